#include "sweep.h"

#include "plant.h"

#include <limits>

namespace limpet::simulation {

namespace {

constexpr std::size_t kSteps = 60;
constexpr std::size_t kFullFor = 25;

}  // namespace

const std::vector<Sweep>& all_sweeps() {
  static const std::vector<Sweep> kSweeps = {
      {.name = "PowerLossAllLost", .fate = Fate::PowerLoss, .unsynced = Unsynced::Lost},
      {.name = "PowerLossAllKept", .fate = Fate::PowerLoss, .unsynced = Unsynced::Kept},
      {.name = "PowerLossTornSectors", .fate = Fate::PowerLoss, .unsynced = Unsynced::Torn},
      {.name = "PowerLossReordered", .fate = Fate::PowerLoss, .unsynced = Unsynced::Reordered},
      {.name = "PowerLossPrefix", .fate = Fate::PowerLoss, .unsynced = Unsynced::Prefix},
      {.name = "Killed", .fate = Fate::Kill},
      {.name = "SyncFailsPagesStayDirty", .fate = Fate::SyncStaysDirty, .call = Call::Sync},
      {.name = "SyncFailsPagesDropped", .fate = Fate::SyncDropped, .call = Call::Sync},
      {.name = "SyncFailsPagesReverted", .fate = Fate::SyncReverted, .call = Call::Sync},
      {.name = "SyncFailsTwice", .fate = Fate::SyncDropped, .call = Call::Sync, .count = 2},
      {.name = "DiskFullOnce", .fate = Fate::Full, .call = Call::Write},
      {.name = "DiskFullForAWhile", .fate = Fate::Full, .call = Call::Write, .count = kFullFor},
      {.name = "WriteFails", .fate = Fate::IoError, .call = Call::Write},
      {.name = "WriteFailsForAWhile", .fate = Fate::IoError, .call = Call::Write, .count = 5},
      {.name = "WriteFailsLate", .fate = Fate::LateError, .call = Call::Write},
      {.name = "ShortWrite", .fate = Fate::ShortWrite, .call = Call::Write},
      {.name = "ReadFails", .fate = Fate::IoError, .call = Call::Read},
  };
  return kSweeps;
}

Options sweep_options(const Sweep& sweep, std::uint64_t seed, std::size_t at) {
  return {.seed = seed,
          .clients = 5,
          .steps = kSteps,
          .script =
              ScriptedFault{.at = at, .fate = sweep.fate, .count = sweep.count, .call = sweep.call},
          .unsynced = sweep.unsynced};
}

std::size_t count_operations(const Sweep& sweep, std::uint64_t seed) {
  Plant nothing;
  const auto never = std::numeric_limits<std::size_t>::max() / 2;
  return simulate(sweep_options(sweep, seed, never), nothing).operations;
}

}  // namespace limpet::simulation
