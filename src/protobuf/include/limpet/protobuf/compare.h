// Evolution: can data written with one schema be read with another?
//
//   auto differences = protobuf::compare({.reader = new_schema, .writer = old_schema});
//   if (!differences) return std::move(differences).error();
//   if (differences->empty()) accept();                     // every old record can be read
//   for (const protobuf::Difference& difference : *differences)
//   say(protobuf::describe(difference));
//
// Fields are matched by number, types by name; what protobuf.dev calls safe ("Updating A Message
// Type") is no difference that breaks. Pure: the same two schemas give the same list.
// Threads: safe.
#pragma once

#include "limpet/base/limits.h"
#include "limpet/base/result.h"
#include "limpet/protobuf/schema.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

/// What changed on the way from the writer's schema to the reader's.
enum class Rule : std::uint8_t {
  PackageChanged,
  MessageRemoved,
  MessageAdded,
  MessageMoved,
  EnumRemoved,
  EnumAdded,
  EnumConstRemoved,
  EnumConstAdded,
  EnumConstChanged,
  FieldRemoved,
  FieldAdded,
  RequiredFieldRemoved,
  RequiredFieldAdded,
  FieldNameChanged,
  FieldKindChanged,                ///< between scalar, map, message, group
  FieldScalarKindChanged,          ///< to a scalar that is written differently
  FieldNamedTypeChanged,           ///< to a message of another name
  FieldNumericLabelChanged,        ///< optional, repeated; packed numbers
  FieldStringOrBytesLabelChanged,  ///< optional, repeated
  FieldBecameRequired,             ///< Glue
  FieldNoLongerRequired,           ///< Glue
  OneofRemoved,
  OneofAdded,
  OneofFieldRemoved,
  OneofFieldAdded,
  OneofFieldMovedToTopLevel,
  MultipleFieldsMovedToOneof,
  FieldMovedToExistingOneof,
  ServiceRemoved,  ///< Glue, and the following
  ServiceAdded,
  MethodRemoved,
  MethodAdded,
  MethodChanged,  ///< other request or response type, or streaming
};
std::string_view to_string(Rule rule);  ///< "FIELD_KIND_CHANGED", …

/// Whose rules. Confluent's registry never looks at services and lets a required field come and go
/// by other rules; AWS's developer guide says how Glue differs.
enum class Profile : std::uint8_t { Glue, Confluent };

/// One schema's half of a difference.
struct Side {
  std::string value;       ///< as people write it: "optional int32"; "absent" where there is none
  std::uint32_t line = 0;  ///< in its text, of it or of what lacks it, from 1; 0 = unknown

  friend bool operator==(const Side&, const Side&) = default;
};

struct Difference {
  Rule rule = Rule::FieldKindChanged;
  bool breaks = false;  ///< the reader cannot read the writer's data
  std::string path;     ///< "#/Order/Line/payment/3": messages, oneof, number of the field
  std::string field;    ///< for people: "shop.Order.Line.amount"; may be empty
  Side reader;
  Side writer;

  friend bool operator==(const Difference&, const Difference&) = default;
};

/// One plain sentence without full stop: `field "shop.Order.id" (1): the reader expects string, the
/// writer has int32`.
std::string describe(const Difference& difference, std::string_view reader = "the reader",
                     std::string_view writer = "the writer");

struct CompareOptions {
  Profile profile = Profile::Glue;
  bool harmless = false;                             ///< also list differences that do not break
  std::uint64_t max_pairs = limits::kComparedPairs;  ///< definitions looked at
  std::size_t max_differences = 100;                 ///< later ones are not reported
};

struct Comparison {
  const Schema& reader;
  const Schema& writer;
  CompareOptions options = {};
  /// When given: a bound that several comparisons share; what this one looks at is taken off.
  std::uint64_t* pairs_left = nullptr;
};

/// The differences, package first, then messages and enums by name, in a message oneofs and then
/// fields by number, last the services. Without `harmless`: empty = compatible.
/// Errors: LimitExceeded (more pairs than allowed).
Result<std::vector<Difference>> compare(const Comparison& comparison);

}  // namespace limpet::protobuf
