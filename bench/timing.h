// Timing of one operation in this thread: rounds of a fixed length, of which the median counts.
//
//   const Timing timing = time_operation([] { work(); }, {.seconds = 0.2, .rounds = 9});
//   timing.median_ns;
//
// It is processor time: what only computes takes as much on a machine with other work.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <vector>

namespace limpet::bench {

/// What this thread has used of a processor.
inline double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

struct TimingPlan {
  double seconds = 0.2;  ///< of one round
  std::size_t rounds = 9;
  /// When not 0: run it so often and read no clock, for a program that counts instructions.
  std::uint64_t count = 0;
};

struct Timing {
  double median_ns = 0;  ///< of one operation
  double least_ns = 0;
  std::uint64_t operations = 0;
};

/// Keep the compiler from leaving out what made `value`.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// One round before the first is for warming up, and tells how many operations make a round.
template <class Operation>
Timing time_operation(Operation operation, const TimingPlan& plan) {
  const auto run = [&](std::uint64_t count) {
    const double start = processor_seconds();
    for (std::uint64_t i = 0; i < count; ++i) operation();
    return processor_seconds() - start;
  };
  if (plan.count != 0) {
    run(plan.count);
    return {.operations = plan.count};
  }
  std::uint64_t count = 1;
  double seconds = run(count);
  while (seconds < plan.seconds) {
    const double wanted = seconds > 1e-6 ? plan.seconds / seconds * 1.05 : 100;
    count = static_cast<std::uint64_t>(static_cast<double>(count) * std::min(wanted, 100.0)) + 1;
    seconds = run(count);
  }
  std::vector<double> rounds;
  for (std::size_t i = 0; i < plan.rounds; ++i) rounds.push_back(run(count));
  std::ranges::sort(rounds);
  const auto each = [&](double round) { return round / static_cast<double>(count) * 1e9; };
  return {.median_ns = each(rounds[rounds.size() / 2]),
          .least_ns = each(rounds.front()),
          .operations = count * rounds.size()};
}

}  // namespace limpet::bench
