// Simulation: one run of a whole server under seeded clients and faults, and what was wrong with
// it.
//
//   Plant nothing;
//   const Report report = simulate({.seed = 42, .odds = odds_of(42)}, nothing);
//   for (const auto& violation : report.violations) print(violation);
//
// One thread; time, ids, chance, the order of everything and every fault follow from the seed, so a
// run with the same options is the same run, to the byte of its history.
#pragma once

#include "disk.h"
#include "faults.h"
#include "plant.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace limpet::simulation {

struct Options {
  std::uint64_t seed = 1;
  std::size_t clients = 6;
  std::size_t steps = 250;  ///< of the scheduler
  FaultOdds odds = {};
  std::optional<ScriptedFault> script = {};
  std::optional<Unsynced> unsynced = {};  ///< what power losses keep; by chance when not given
  bool keep_history = false;              ///< in the report
};

struct Report {
  std::uint64_t seed = 0;
  std::vector<std::string> violations;
  std::string history_hash;
  std::string history;
  Faults::Counts faults{};
  std::size_t calls = 0;
  std::size_t refusals = 0;  ///< of these: did not take place, by a fault
  std::size_t unknowns = 0;  ///< of these: nobody knows whether they did
  std::size_t crashes = 0;
  std::size_t operations = 0;  ///< of the disk, as Faults::operations() counts them

  std::uint64_t fault_count() const;
};

Report simulate(const Options& options, Plant& plant);

}  // namespace limpet::simulation
