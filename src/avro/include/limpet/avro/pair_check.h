// The pair check: reader and writer compared as org.apache.avro.SchemaCompatibility (Avro Java
// 1.12) does, whose verdicts and words Confluent's registry and others pass on.
//
//   auto found = avro::check_pair({.reader = new_schema, .writer = old_schema});
//   if (!found) return std::move(found).error();
//   for (const avro::Incompatibility& one : *found) say(one.location + ": " + one.message);
//
// It differs from resolve() where the two classes of Avro Java do: names of records matter, any
// branch of a reader's union may do, aliases are those of the reader's own type or field, lost enum
// symbols need a default. Pure. Threads: safe.
#pragma once

#include "limpet/avro/resolve.h"
#include "limpet/avro/schema.h"
#include "limpet/base/limits.h"
#include "limpet/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace limpet::avro {

struct Incompatibility {
  MismatchKind kind = MismatchKind::TypeMismatch;  ///< never UnusableDefault
  std::string location;     ///< from the reader's root: "/fields/2/type/items"; "/" = the root
  std::string message;      ///< Avro Java's: "expected: my.Order"; at most kIncompatibilityBytes
  std::string field;        ///< for people: "User.address.street"; may be empty
  std::string reader_type;  ///< "int", "enum my.ns.Color"
  std::string writer_type;  ///< likewise; "absent" where there is none

  friend bool operator==(const Incompatibility&, const Incompatibility&) = default;
};

/// Bytes of the longest message (a list of symbols).
inline constexpr std::size_t kIncompatibilityBytes = 10'000;

struct PairCheck {
  const Schema& reader;
  const Schema& writer;
  std::uint64_t max_pairs = limits::kComparedPairs;  ///< pairs of types looked at
  std::size_t max_incompatibilities = 100;           ///< later ones are not reported
  /// When given: a bound that several checks share; what this one looks at is taken off.
  std::uint64_t* pairs_left = nullptr;
};

/// All incompatibilities in Avro Java's order; empty = compatible. A pair of types that is met
/// again repeats what was found at its first place. Where aliases give a reader's field two fields
/// of the writer, Java ends with an exception: that is one AmbiguousAlias alone, with our words.
/// Errors: LimitExceeded (more pairs, or types nested deeper through names, than allowed).
Result<std::vector<Incompatibility>> check_pair(const PairCheck& check);

}  // namespace limpet::avro
