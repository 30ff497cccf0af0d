#include "limpet/json_schema/compare.h"

#include "comparer.h"

#include <algorithm>

namespace limpet::json_schema {

Result<std::vector<Difference>> compare(const Comparison& comparison) {
  const auto allowed = comparison.options.max_steps;
  const auto steps =
      comparison.steps_left == nullptr ? allowed : std::min(allowed, *comparison.steps_left);
  Comparer comparer(comparison, steps);
  auto differences = comparer.run();
  if (comparison.steps_left != nullptr) *comparison.steps_left -= steps - comparer.steps_left();
  return differences;
}

}  // namespace limpet::json_schema
