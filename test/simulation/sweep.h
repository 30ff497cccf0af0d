// Sweep: one fixed small workload, again and again, with one fault that strikes one operation of
// the disk later each time, until every operation has been struck.
#pragma once

#include "simulation.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace limpet::simulation {

struct Sweep {
  std::string_view name;
  Fate fate = Fate::Pass;
  std::optional<Call> call = {};  ///< strikes these; nullopt: whatever changes something
  std::size_t count = 1;          ///< operations that it strikes, one after the other
  std::optional<Unsynced> unsynced = {};
};

const std::vector<Sweep>& all_sweeps();

/// The run whose fault strikes the `at`-th operation, from 1 on.
Options sweep_options(const Sweep& sweep, std::uint64_t seed, std::size_t at);

/// How many operations the workload has for this sweep.
std::size_t count_operations(const Sweep& sweep, std::uint64_t seed);

}  // namespace limpet::simulation
