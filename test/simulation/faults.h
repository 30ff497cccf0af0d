// Faults: which operations of the disk fail, and how: by seeded chance, or one after a script.
#pragma once

#include "memory_vfs.h"
#include "plant.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::simulation {

std::string_view to_string(Fate fate);

/// In a thousand operations of the kind that it strikes.
struct FaultOdds {
  unsigned io_error = 0;     ///< write (nothing, half or all done), truncate, delete, open
  unsigned read_error = 0;   ///< read
  unsigned failed_sync = 0;  ///< sync
  unsigned full = 0;         ///< a write that grows a file; the disk then stays full for a while
  unsigned spell = 0;        ///< of the failures above: the next operations often fail, too
  unsigned power_loss = 0;   ///< write, truncate, sync, delete
  unsigned kill = 0;
};

/// A little of everything.
inline constexpr FaultOdds kEverything{.io_error = 8,
                                       .read_error = 1,
                                       .failed_sync = 40,
                                       .full = 6,
                                       .spell = 300,
                                       .power_loss = 6,
                                       .kill = 3};

/// Calm disks, sick disks, full disks, machines that crash and machines that never do: one of a few
/// characters by seed.
FaultOdds odds_of(std::uint64_t seed);

/// The one fault of a sweep: the operations from the `at`-th on (that change something, or of one
/// kind), `count` of them, meet it.
struct ScriptedFault {
  std::size_t at = 0;
  Fate fate = Fate::Pass;
  std::size_t count = 1;
  std::optional<Call> call = {};  ///< counts only these
};

/// Threads: confined.
class Faults final : public Injector {
 public:
  Faults(const FaultOdds& odds, std::optional<ScriptedFault> script, std::uint64_t seed,
         Plant& plant);

  Fate meet(const Operation& operation) override;

  /// Called with an operation that changes something, before it happens.
  std::function<void(const Operation&)> meanwhile;
  /// Told of every fault.
  std::function<void(const Operation&, Fate)> told;

  void enable(bool enabled) { enabled_ = enabled; }
  bool enabled() const { return enabled_; }

  using Counts = std::array<std::uint64_t, kFateCount>;
  const Counts& counts() const { return counts_; }
  /// Operations that change something (or of the script's kind), so far.
  std::size_t operations() const { return operations_; }

 private:
  Fate choose(const Operation& operation);
  Fate by_chance(const Operation& operation);
  Fate failure(const Operation& operation);

  const FaultOdds odds_;
  const std::optional<ScriptedFault> script_;
  Random random_;
  Plant& plant_;
  bool enabled_ = true;
  std::size_t operations_ = 0;
  std::size_t full_for_ = 0;   // so many more writes
  std::size_t spell_for_ = 0;  // so many more operations that change something
  Counts counts_{};
};

}  // namespace limpet::simulation
