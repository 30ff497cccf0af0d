// bench_records: what records cost in one process on one core: frames, reading to structs, values,
// JSON and columns, writing (record_cases.h).
//
//   bench_records --documents bench/records [--only PREFIX]... [--seconds 0.2] [--rounds 9]
//   bench_records --documents bench/records --only "user decode" --exactly --count 100000
//
// A line of JSON for each: {"name":"user decode","ns":12.3,"least_ns":…,"bytes":20}. With --count
// it runs each so often and reads no clock: for valgrind, which counts instructions.
#include "record_cases.h"
#include "timing.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::string documents;
  std::vector<std::string> only;
  limpet::bench::TimingPlan plan;
  bool exactly = false;
  CLI::App app("Time what records cost.", "bench_records");
  app.add_option("--documents", documents, "Folder of schemas and payloads")->required();
  app.add_option("--only", only, "Names that begin so")->allow_extra_args(false);
  app.add_flag("--exactly", exactly, "… or are so");
  app.add_option("--seconds", plan.seconds, "Of one round")->capture_default_str();
  app.add_option("--rounds", plan.rounds, "The median counts")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--count", plan.count, "Run each so often and read no clock");
  CLI11_PARSE(app, argc, argv);
  try {
    for (const auto& each : limpet::bench::record_cases(documents)) {
      const auto chosen = [&each, exactly](const std::string& name) {
        return exactly ? each.name == name : each.name.starts_with(name);
      };
      if (!only.empty() && std::ranges::none_of(only, chosen)) continue;
      const auto timing = limpet::bench::time_operation(each.run, plan);
      std::cout << "{\"name\":\"" << each.name << "\",\"ns\":" << timing.median_ns / each.units
                << ",\"least_ns\":" << timing.least_ns / each.units << ",\"bytes\":" << each.bytes
                << ",\"units\":" << each.units << "}" << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "bench_records: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
