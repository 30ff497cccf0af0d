// Reader/writer resolution: can data written with one schema be read with another?
//
//   auto mismatches = avro::resolve({.reader = new_schema, .writer = old_schema});
//   if (!mismatches) return std::move(mismatches).error();
//   if (mismatches->empty()) accept();                      // every old record can be read
//   for (const avro::Mismatch& mismatch : *mismatches) say(avro::describe(mismatch));
//
// Pure: the same two schemas give the same list. Threads: safe.
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/limits.h"
#include "limpet/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::avro {

/// Why a reader cannot read a writer's data (Avro 1.11.4 specification, "Schema Resolution").
enum class MismatchKind : std::uint8_t {
  NameMismatch,                    ///< enum or fixed (or, where asked for, record) of another name
  FixedSizeMismatch,               ///< fixed of another size
  MissingEnumSymbols,              ///< the writer's enum has symbols that the reader's lacks
  ReaderFieldMissingDefaultValue,  ///< the reader has a field without default that the writer lacks
  TypeMismatch,                    ///< no promotion leads from the writer's type to the reader's
  MissingUnionBranch,              ///< the reader's union has no branch for the writer's type
  UnusableDefault,                 ///< a default that is needed cannot be encoded, or one of the
                                   ///< writer's does not fit what an alias made of its type
  AmbiguousAlias,  ///< aliases give one name to two things of the writer, or lead from one to
                   ///< another
};
std::string_view to_string(MismatchKind kind);  ///< "READER_FIELD_MISSING_DEFAULT_VALUE", …

struct Mismatch {
  MismatchKind kind = MismatchKind::TypeMismatch;
  std::string path;   ///< from the reader's root: "/fields/2/type/items"; "/" = the root itself
  std::string field;  ///< full dotted field path for people: "User.address.street"; may be empty
  std::string reader_type;  ///< as people write it: "int", "enum my.ns.Color", "absent"
  std::string writer_type;  ///< likewise
  std::string detail;       ///< symbols, sizes, names: what exactly differs; may be empty

  friend bool operator==(const Mismatch&, const Mismatch&) = default;
};

/// One plain sentence without full stop: `field "User.age": the reader expects int, the writer has
/// string`.
std::string describe(const Mismatch& mismatch);

struct ResolveOptions {
  bool enum_symbols_strict = true;   ///< losing a symbol without reader default is a mismatch
  bool record_names_matter = false;  ///< compare simple names of records outside unions
  std::uint64_t max_pairs = limits::kComparedPairs;  ///< pairs of types looked at
  std::size_t max_mismatches = 100;                  ///< later ones are not reported
};

struct Resolution {
  const Schema& reader;
  const Schema& writer;
  ResolveOptions options = {};
  /// When given: a bound that several resolutions share; what this one looks at is taken off.
  std::uint64_t* pairs_left = nullptr;
};

/// All mismatches in the order of the reader's text; empty = compatible. Without
/// enum_symbols_strict the verdict is that of org.apache.avro.SchemaValidator 1.11.4: the writer is
/// seen through the reader's aliases; names of records do not matter; of a reader's union one
/// branch is chosen and must do. A pair of records that is met twice is reported where it was met
/// first. Errors: LimitExceeded (more pairs than allowed).
Result<std::vector<Mismatch>> resolve(const Resolution& resolution);

}  // namespace limpet::avro
