// Comparison: does a reader's schema accept every value that a writer's schema accepts?
//
//   auto differences = json_schema::compare({.reader = new_schema, .writer = old_schema});
//   if (!differences) return std::move(differences).error();
//   if (differences->empty()) accept();
//   for (const auto& difference : *differences) say(json_schema::describe(difference));
//
// Pure: the same two schemas give the same list. Threads: safe.
#pragma once

#include "limpet/base/limits.h"
#include "limpet/base/result.h"
#include "limpet/json_schema/difference.h"
#include "limpet/json_schema/schema.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace limpet::json_schema {

struct CompareOptions {
  /// Lets properties join open content models and leave closed ones, and content models narrow.
  bool lenient = false;
  /// Report what is compatible as well.
  bool all_differences = false;
  std::uint64_t max_steps = limits::kComparedPairs;  ///< pairs of schemas, and values within them
  std::size_t max_differences = 100;                 ///< later ones are not reported
};

struct Comparison {
  const Schema& reader;
  const Schema& writer;
  CompareOptions options = {};
  /// When given: a bound that several comparisons share; what this one takes is taken off.
  std::uint64_t* steps_left = nullptr;
};

/// The differences that make the reader refuse something that the writer may write, in the order of
/// the writer's text; empty = compatible. What cannot be decided counts as a difference and says so
/// (is_undecided()). By convention, not by logic: a required property with a default is as good as
/// present, branches of oneOf do not overlap, and formats are rules.
/// Errors: LimitExceeded (more steps, or schemas nested deeper through references, than allowed).
Result<std::vector<Difference>> compare(const Comparison& comparison);

}  // namespace limpet::json_schema
