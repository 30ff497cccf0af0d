// limpet_verdicts: the oracle of verdicts for one format; scripts/verdicts starts it.
#include "oracle.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

using limpet::verdicts::Settings;
using limpet::verdicts::Tally;

using Try = Tally (*)(const Settings&);

// Jobs take seeds far from each other's.
Tally run(Try format, const Settings& settings, unsigned jobs) {
  constexpr std::uint64_t kSeedsPerJob = 1'000'000'000;
  std::vector<Tally> tallies(jobs);
  std::vector<std::thread> threads;
  for (unsigned job = 0; job < jobs; ++job) {
    threads.emplace_back([&, job] {
      auto own = settings;
      own.pairs = settings.pairs / jobs + (job == 0 ? settings.pairs % jobs : 0);
      own.seed += job * kSeedsPerJob;
      tallies[job] = format(own);
    });
  }
  for (auto& thread : threads) thread.join();
  Tally all;
  for (const auto& tally : tallies) all += tally;
  return all;
}

void print(const std::string& name, const Settings& settings, const Tally& tally, double seconds) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  for (const auto& finding : tally.findings) std::printf("%s\n", finding.c_str());
  std::printf("%s: seed %llu, %llu pairs, %.1f %% compatible, %llu values read", name.c_str(),
              number(settings.seed), number(tally.pairs),
              100.0 * static_cast<double>(tally.compatible) / static_cast<double>(tally.pairs),
              number(tally.values));
  if (tally.peer_pairs > 0) std::printf(", peer read %llu pairs", number(tally.peer_pairs));
  if (tally.excused > 0) std::printf(" and failed on %llu", number(tally.excused));
  if (tally.judged > 0) {
    std::printf(", stricter than need be: %.1f %% of %llu",
                100.0 * static_cast<double>(tally.stricter) / static_cast<double>(tally.judged),
                number(tally.judged));
  }
  std::printf(", disputed %llu, unsound %llu, %.0f s\n", number(tally.disputed),
              number(tally.unsound), seconds);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Random schema pairs: is what we call compatible readable?"};
  std::string format;
  Settings settings;
  unsigned jobs = 1;
  app.add_option("--format", format)->required();
  app.add_option("--pairs", settings.pairs)->check(CLI::PositiveNumber);
  app.add_option("--seed", settings.seed);
  app.add_option("--jobs", jobs)->check(CLI::Range(1, 64));
  app.add_flag("--plant", settings.planted);
  app.add_option("--peer-share", settings.peer_share)->check(CLI::PositiveNumber);
  app.add_option("peer", settings.peer, "command of the independent reader, behind --");
  CLI11_PARSE(app, argc, argv);

  const Try chosen = format == "avro"       ? limpet::verdicts::try_avro
                     : format == "json"     ? limpet::verdicts::try_json
                     : format == "protobuf" ? limpet::verdicts::try_protobuf
                                            : nullptr;
  if (chosen == nullptr || (format == "avro" && settings.peer.empty())) {
    std::fprintf(stderr, "error: --format is avro (with a peer), json or protobuf\n");
    return 2;
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto tally = run(chosen, settings, jobs);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  print(format, settings, tally, taken.count());
  // What is planted must be found.
  const bool wrong = tally.unsound > 0 || tally.disputed > 0;
  return wrong != settings.planted ? 1 : 0;
}
