// Comparison as Confluent Schema Registry does it: the differences that its users know, its quirks
// included.
//
//   auto found = json_schema::confluent_compare({.reader = new_schema, .writer = old_schema});
//   if (!found) return std::move(found).error();
//   for (const auto& [difference, path] : *found) say(to_string(difference.rule), path);
//
// compare() answers whether a value may be refused; this walks two trees of schemas and knows what
// has changed between them. So it passes over if/then/else, contains, propertyNames, format and
// patternProperties, and over names that are required and not declared; and it refuses what cannot
// be told from the trees alone. Pure. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/json_schema/compare.h"

#include <string>
#include <vector>

namespace limpet::json_schema {

struct ConfluentDifference {
  Difference difference;
  std::string path;  ///< the way of the comparison: "#/properties/age", "#/" = the root

  friend bool operator==(const ConfluentDifference&, const ConfluentDifference&) = default;
};

/// The differences that break, in the order required, properties (by name), dependencies, further
/// properties, counts; empty = compatible. `lenient` is the registry's policy LENIENT;
/// `all_differences` does not apply. References are followed to their ends. A pair of schemas that
/// is met within itself is taken for compatible until it is found not to be.
/// Errors: LimitExceeded (more steps, or schemas nested deeper through references, than allowed).
Result<std::vector<ConfluentDifference>> confluent_compare(const Comparison& comparison);

}  // namespace limpet::json_schema
