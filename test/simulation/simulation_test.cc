// The short form of the simulation: seeds that must be clean, runs that must be the same, faults at
// every operation in turn, and planted faults that must be found. scripts/simulate is the long one.
#include "simulation.h"

#include "planted_faults.h"
#include "sweep.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace limpet::simulation {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr bool kSlowBuild = true;
#else
constexpr bool kSlowBuild = false;
#endif

Report run(std::uint64_t seed, Plant& plant) {
  return simulate({.seed = seed, .odds = odds_of(seed)}, plant);
}

Report run_clean(std::uint64_t seed) {
  Plant nothing;
  return run(seed, nothing);
}

class Seeds : public testing::TestWithParam<std::uint64_t> {};

constexpr std::uint64_t kSeedsPerTest = kSlowBuild ? 5 : 25;

TEST_P(Seeds, FindNothing) {
  Faults::Counts faults{};
  for (std::uint64_t seed = GetParam(); seed < GetParam() + kSeedsPerTest; ++seed) {
    const Report report = run_clean(seed);
    EXPECT_EQ(report.violations, std::vector<std::string>()) << "seed " << seed;
    std::ranges::transform(faults, report.faults, faults.begin(), std::plus<>());
  }
  for (const Fate fate : {Fate::IoError, Fate::Full, Fate::SyncDropped, Fate::PowerLoss}) {
    EXPECT_GT(faults.at(static_cast<std::size_t>(fate)), 0U) << to_string(fate);
  }
}

INSTANTIATE_TEST_SUITE_P(From, Seeds, testing::Values(1, 101, 201, 301, 401, 501),
                         testing::PrintToStringParamName());

TEST(Simulation, IsTheSameForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= (kSlowBuild ? 5 : 15); ++seed) {
    Plant nothing;
    const Options options{.seed = seed, .odds = odds_of(seed), .keep_history = true};
    const Report first = simulate(options, nothing);
    const Report second = simulate(options, nothing);
    ASSERT_EQ(first.history, second.history) << "seed " << seed;
    EXPECT_EQ(first.history_hash, second.history_hash);
    EXPECT_EQ(first.faults, second.faults);
    EXPECT_NE(first.history_hash, run_clean(seed + 1).history_hash);
  }
}

// Without faults nothing is refused and nothing is unknown, so the checks are at their strictest.
TEST(Simulation, OfAMachineThatNeverFailsAnswersEverything) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Plant nothing;
    const Report report = simulate({.seed = seed, .steps = 400}, nothing);
    EXPECT_EQ(report.violations, std::vector<std::string>()) << "seed " << seed;
    EXPECT_EQ(report.fault_count(), 0U);
    EXPECT_GT(report.calls, 100U);
  }
}

// Seeds that have found something, and what it was.
struct PastSeed {
  std::uint64_t seed;
  const char* what;
};
const std::vector<PastSeed>& past_seeds() {
  static const std::vector<PastSeed> kSeeds = {
      {1455, "after a failed sync, a new process took for durable what the kernel still showed"},
      {2076, "the same: acknowledged changes were gone after the next power loss"},
      {2596, "the same: a row of the change log was half another's"},
      {3556, "the same"},
      {3646, "the same, in a folder that was being made"},
      {3671, "the same"},
      {2650, "a write that failed had reached the disk: a refused version was there after a kill"},
  };
  return kSeeds;
}

TEST(Simulation, FindsNothingInPastSeeds) {
  for (const auto& past : past_seeds()) {
    EXPECT_EQ(run_clean(past.seed).violations, std::vector<std::string>())
        << "seed " << past.seed << ": " << past.what;
  }
}

class Sweeps : public testing::TestWithParam<Sweep> {};

TEST_P(Sweeps, FindNothing) {
  constexpr std::uint64_t kSeed = 5;
  const std::size_t operations = count_operations(GetParam(), kSeed);
  ASSERT_GT(operations, 20U);
  // Reads are many and alike.
  const std::size_t stride = (kSlowBuild ? 7 : 1) * (GetParam().call == Call::Read ? 11 : 1);
  std::uint64_t faults = 0;
  for (std::size_t at = 1; at <= operations; at += stride) {
    Plant nothing;
    const Report report = simulate(sweep_options(GetParam(), kSeed, at), nothing);
    ASSERT_EQ(report.violations, std::vector<std::string>()) << "operation " << at;
    faults += report.fault_count();
  }
  EXPECT_GE(faults, operations / stride);
}

INSTANTIATE_TEST_SUITE_P(Every, Sweeps, testing::ValuesIn(all_sweeps()),
                         [](const auto& sweep) { return std::string(sweep.param.name); });

class Planted : public testing::TestWithParam<std::size_t> {};

constexpr std::uint64_t kBudget = 300;

TEST_P(Planted, IsFound) {
  const PlantedFault& fault = planted_faults().at(GetParam());
  for (std::uint64_t seed = 1; seed <= kBudget; ++seed) {
    const auto plant = fault.make();
    if (run(seed, *plant).violations.empty()) continue;
    EXPECT_EQ(run_clean(seed).violations, std::vector<std::string>()) << "seed " << seed;
    return;
  }
  FAIL() << fault.name << " (" << fault.what << ") not found by seeds 1 to " << kBudget;
}

std::string planted_name(const testing::TestParamInfo<std::size_t>& info) {
  std::string name(planted_faults().at(info.param).name);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Fault, Planted, testing::Range<std::size_t>(0, planted_faults().size()),
                         planted_name);

}  // namespace
}  // namespace limpet::simulation
