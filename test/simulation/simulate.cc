// limpet_simulate: runs of the simulation from the command line; see scripts/simulate.
#include "planted_faults.h"
#include "simulation.h"
#include "sweep.h"

#include "limpet/crypto/sha256.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>

namespace limpet::simulation {
namespace {

struct Arguments {
  std::uint64_t seed = 1;
  std::uint64_t runs = 200;
  std::uint64_t faults = 0;  // 0: until `runs` are done
  std::string plant;
  bool sweep = false;
  bool history = false;
  bool list = false;
};

/// What has been done, over all runs.
struct Totals {
  std::uint64_t runs = 0, calls = 0, refusals = 0, unknowns = 0, crashes = 0, faults = 0;
  Faults::Counts by_kind{};
  std::string hashes;

  void add(const Report& report) {
    ++runs;
    calls += report.calls;
    refusals += report.refusals;
    unknowns += report.unknowns;
    crashes += report.crashes;
    faults += report.fault_count();
    for (std::size_t i = 0; i < by_kind.size(); ++i) by_kind.at(i) += report.faults.at(i);
    hashes += report.history_hash;
  }

  void print() const {
    std::cout << runs << " runs, " << calls << " calls: " << refusals << " refused for a fault, "
              << unknowns << " of unknown outcome; " << crashes << " crashes\n";
    std::cout << faults << " faults injected:\n";
    for (std::size_t i = 0; i < by_kind.size(); ++i) {
      if (by_kind.at(i) == 0) continue;
      std::cout << "  " << std::setw(9) << by_kind.at(i) << "  " << to_string(static_cast<Fate>(i))
                << "\n";
    }
    std::cout << "SHA-256 over the histories' hashes: " << crypto::sha256_hex(hashes) << "\n";
  }
};

void print_violations(const Report& report) {
  for (const auto& violation : report.violations) std::cout << "  " << violation << "\n";
}

std::unique_ptr<Plant> plant_named(const std::string& name) {
  if (name.empty()) return std::make_unique<Plant>();
  for (const auto& fault : planted_faults()) {
    if (fault.name == name) return fault.make();
  }
  throw CLI::ValidationError("--plant", "no such fault: " + name);
}

int by_chance(const Arguments& arguments) {
  Totals totals;
  for (std::uint64_t i = 0;
       arguments.faults > 0 ? totals.faults < arguments.faults : i < arguments.runs; ++i) {
    const std::uint64_t seed = arguments.seed + i;
    const auto plant = plant_named(arguments.plant);
    const Report report =
        simulate({.seed = seed, .odds = odds_of(seed), .keep_history = arguments.history}, *plant);
    totals.add(report);
    if (arguments.history) std::cout << report.history;
    if (arguments.history || arguments.runs == 1) {
      std::cout << "seed " << seed << ": history " << report.history_hash << "\n";
    }
    if (report.violations.empty()) continue;
    std::cout << "seed " << seed << ": VIOLATION\n";
    print_violations(report);
    std::cout << "repeat it: scripts/simulate --seed " << seed << " --runs 1 --history";
    if (!arguments.plant.empty()) std::cout << " --plant " << arguments.plant;
    std::cout << "\n";
    return 1;
  }
  std::cout << "seeds " << arguments.seed << " to " << arguments.seed + totals.runs - 1 << "\n";
  totals.print();
  return 0;
}

int sweeps(const Arguments& arguments) {
  Totals totals;
  for (const Sweep& sweep : all_sweeps()) {
    const std::size_t operations = count_operations(sweep, arguments.seed);
    for (std::size_t at = 1; at <= operations; ++at) {
      Plant nothing;
      Options options = sweep_options(sweep, arguments.seed, at);
      const Report report = simulate(options, nothing);
      totals.add(report);
      if (report.violations.empty()) continue;
      std::cout << sweep.name << ", operation " << at << ": VIOLATION\n";
      print_violations(report);
      std::cout << "repeat it: scripts/simulate --sweep --seed " << arguments.seed << "\n";
      return 1;
    }
    std::cout << sweep.name << ": each of " << operations << " in turn\n";
  }
  totals.print();
  return 0;
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"Runs the whole server on one thread under seeded clients and faults."};
  app.add_option("--seed", arguments.seed, "The first seed; each run takes the next one");
  app.add_option("--runs", arguments.runs, "How many runs")->capture_default_str();
  app.add_option("--faults", arguments.faults, "Run until so many faults have been injected");
  app.add_option("--plant", arguments.plant, "Put a fault into the server (see --list)");
  app.add_flag("--sweep", arguments.sweep, "One fault at every operation of the disk in turn");
  app.add_flag("--history", arguments.history, "Print every event");
  app.add_flag("--list", arguments.list, "List the faults that can be planted");
  CLI11_PARSE(app, argc, argv);
  if (arguments.list) {
    for (const auto& fault : planted_faults()) {
      std::cout << std::left << std::setw(28) << fault.name << fault.what << "\n";
    }
    return 0;
  }
  const auto begun = std::chrono::steady_clock::now();
  const int code = arguments.sweep ? sweeps(arguments) : by_chance(arguments);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << std::fixed << std::setprecision(1) << took.count() << " s\n";
  return code;
}

}  // namespace
}  // namespace limpet::simulation

int main(int argc, char** argv) { return limpet::simulation::run(argc, argv); }
