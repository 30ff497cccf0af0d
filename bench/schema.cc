// bench_schema: what schema definitions cost in one process on one core: parsing, identity,
// verdicts, validation (schema_cases.h), and what the most costly inputs cost (schema_budgets.h).
//
//   bench_schema --documents bench/schemas [--only PREFIX]... [--seconds 0.2] [--rounds 9]
//   bench_schema --documents bench/schemas --only "AVRO register" --count 1000
//
// A line of JSON for each: {"name":"AVRO register","ns":12345.6,"least_ns":…,"operations":…}. With
// --count it runs each so often and reads no clock: for valgrind, which counts instructions.
// --budgets does the costly inputs instead: {"name":…,"ms":…,"mebibytes":…,"outcome":…}.
#include "schema_budgets.h"
#include "schema_cases.h"
#include "timing.h"

#include "limpet/json/writer.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Choice {
  std::vector<std::string> names;
  bool exactly = false;

  bool has(const std::string& name) const {
    return names.empty() || std::ranges::any_of(names, [&](const std::string& chosen) {
             return exactly ? name == chosen : name.starts_with(chosen);
           });
  }
};

void run_cases(const std::string& documents, std::size_t versions, const Choice& only,
               const limpet::bench::TimingPlan& plan) {
  for (const auto& each : limpet::bench::schema_cases(documents, versions)) {
    if (!only.has(each.name)) continue;
    const auto timing = limpet::bench::time_operation(each.run, plan);
    std::cout << "{\"name\":\"" << each.name << "\",\"ns\":" << timing.median_ns / each.units
              << ",\"least_ns\":" << timing.least_ns / each.units
              << ",\"operations\":" << timing.operations << ",\"units\":" << each.units << "}"
              << std::endl;
  }
}

void run_budgets(const Choice& only) {
  for (const auto& each : limpet::bench::costly_inputs()) {
    if (!only.has(each.name)) continue;
    const auto cost = limpet::bench::cost_of(each);
    std::string outcome;
    limpet::json::append_string(outcome, cost.outcome);
    std::cout << "{\"name\":\"" << each.name << "\",\"ms\":" << cost.milliseconds
              << ",\"mebibytes\":" << cost.mebibytes << ",\"outcome\":" << outcome << "}"
              << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string documents;
  Choice only;
  limpet::bench::TimingPlan plan;
  std::size_t versions = 1000;
  bool budgets = false;
  CLI::App app("Time what schema definitions cost.", "bench_schema");
  app.add_option("--documents", documents, "Folder of definitions and values");
  app.add_option("--only", only.names, "Names that begin so")->allow_extra_args(false);
  app.add_flag("--exactly", only.exactly, "… or are so");
  app.add_option("--seconds", plan.seconds, "Of one round")->capture_default_str();
  app.add_option("--rounds", plan.rounds, "The median counts")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--count", plan.count, "Run each so often and read no clock");
  app.add_option("--versions", versions, "How many a definition is compared with")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_flag("--budgets", budgets, "The most costly inputs");
  CLI11_PARSE(app, argc, argv);
  try {
    if (budgets) {
      run_budgets(only);
    } else {
      run_cases(documents, versions, only, plan);
    }
  } catch (const std::exception& error) {
    std::cerr << "bench_schema: " << error.what() << std::endl;
    return 1;
  }
}
