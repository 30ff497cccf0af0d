// Inputs that are made to cost as much as their bounds allow.
//
//   for (const CostlyInput& each : costly_inputs()) {
//     const Cost cost = cost_of(each);
//     ...cost.milliseconds, cost.mebibytes...
//   }
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace limpet::bench {

struct CostlyInput {
  std::string name;
  /// Does what is needed first, without being measured; what it gives is measured, once, and says
  /// how it ended: "compatible", "3 differences", "more than 2000000 steps", …
  std::function<std::function<std::string()>()> prepare;
};

/// Each definition has at most as many characters as the API takes (limits::kDefinitionCharacters).
std::vector<CostlyInput> costly_inputs();

struct Cost {
  double milliseconds = 0;  ///< of processor time
  double mebibytes = 0;     ///< by which the process grew at most, after the preparation
  std::string outcome;
};

/// Run it in a process of its own. Throws std::runtime_error when that process dies.
Cost cost_of(const CostlyInput& input);

}  // namespace limpet::bench
