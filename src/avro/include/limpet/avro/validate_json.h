// Data in Avro's JSON encoding: is a JSON value a datum of a schema?
//
//   auto violations = avro::validate_json(*schema, *json::parse(R"({"age":"six"})"));
//   if (!violations) return std::move(violations).error();
//   for (const auto& violation : *violations) say(violation.path, avro::describe(violation));
//   // /age: expected int, found the string "six"
//
// Pure. Threads: safe.
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/json/value.h"

#include <cstddef>
#include <string>
#include <vector>

namespace limpet::avro {

/// One place where a value is not what its schema describes.
struct Violation {
  std::string path;      ///< JSON pointer into the value; "" = the whole of it
  std::string expected;  ///< "int", "enum my.ns.Color", "one of null, string"
  std::string found;     ///< "the string \"six\"", "null", "nothing"
  std::string hint;      ///< what was probably meant, without full stop; may be empty

  friend bool operator==(const Violation&, const Violation&) = default;
};

/// One plain sentence without full stop: "expected int, found nothing (a writer …)".
std::string describe(const Violation& violation);

struct ValidateJsonLimits {
  std::size_t max_violations = 100;  ///< later ones are not reported
  std::size_t max_depth = 1'100;     ///< arrays and objects of the value within each other
};

/// Everything that is wrong, fields in the order of the schema; empty = valid. The rules are those
/// of the Avro 1.11.4 specification, "JSON Encoding", and of Avro Java's JsonDecoder: a value of a
/// union stands in an object whose one member is named after its branch (full name, or the word of
/// its type), null stands alone; bytes and fixed are strings of the characters U+0000 to U+00FF;
/// each field of a record is there, whatever its default, under its own name, and nothing else is.
/// Unlike Java this lets nothing go in silence: a number with a fraction is no int or long, a
/// character above U+00FF no byte, and members behind a record's last field count as well. "NaN",
/// "Infinity" and "-Infinity" are numbers, as Java's JsonEncoder writes them. Logical types are
/// annotations. Cost: the size of the value. Errors: LimitExceeded (too deep).
Result<std::vector<Violation>> validate_json(const Schema& schema, const json::Value& value,
                                             const ValidateJsonLimits& limits = {});

}  // namespace limpet::avro
