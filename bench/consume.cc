// bench_consume: what reading a topic costs on a real broker: librdkafka alone, decoding, printing
// (consume_ways.h).
//
//   bench_consume --bootstrap 127.0.0.1:9092 --topic users --documents bench/records --record user
//     --id 7d0c… --records 1000000 --fill
//   bench_consume … [--way NAME]... [--rounds 5]
//
// A line of JSON for each round of each way, which take turns:
// {"way":"struct","records":…,"bytes":…,"made":…,"seconds":…,"processor_seconds":…}.
// Whoever wants one core pins the process to it: librdkafka's threads are part of it.
#include "checked.h"
#include "consume_ways.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

using limpet::bench::Kind;

struct Options {
  limpet::bench::Topic topic;
  std::string id;
  std::uint64_t records = 100'000;
  int rounds = 1;
  std::vector<std::string> ways;
  std::vector<std::string> properties;
  bool fill = false;
};

void run(Options& options) {
  const auto id = limpet::Uuid::parse(options.id);
  if (!id) limpet::bench::fail("--id is no UUID");
  options.topic.version = *id;
  for (const std::string& pair : options.properties) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) limpet::bench::fail("--property is NAME=VALUE");
    options.topic.properties.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  if (options.fill) return limpet::bench::fill(options.topic, options.records);
  const auto ways = limpet::bench::consume_ways(options.topic);
  for (int round = 0; round < options.rounds; ++round) {
    for (const auto& way : ways) {
      if (!options.ways.empty() &&
          std::ranges::find(options.ways, way.name) == options.ways.end()) {
        continue;
      }
      const auto reading = way.run(options.records);
      std::cout << "{\"way\":\"" << way.name << "\",\"records\":" << reading.records
                << ",\"bytes\":" << reading.bytes << ",\"made\":" << reading.made
                << ",\"seconds\":" << reading.seconds
                << ",\"processor_seconds\":" << reading.processor_seconds << "}" << std::endl;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Time what reading a topic costs.", "bench_consume");
  app.add_option("--bootstrap", options.topic.bootstrap, "A broker")->required();
  app.add_option("--topic", options.topic.name, "A topic of one partition")->required();
  app.add_option("--documents", options.topic.documents, "Folder of schemas")->required();
  app.add_option("--record", options.topic.kind, "What its records are")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Kind>{{"user", Kind::User},
                                      {"order-json", Kind::OrderJson},
                                      {"order-protobuf", Kind::OrderProtobuf}}));
  app.add_option("--id", options.id, "Of the schema version that they name")->required();
  app.add_option("--records", options.records, "How many to read, or to write")
      ->check(CLI::PositiveNumber);
  app.add_option("--rounds", options.rounds, "How often each way is gone");
  app.add_option("--way", options.ways, "Only this one; may be repeated")->allow_extra_args(false);
  app.add_option("--batch", options.topic.batch, "Messages of one call")->capture_default_str();
  app.add_option("-X,--property", options.properties, "NAME=VALUE of librdkafka, for all ways")
      ->allow_extra_args(false);
  app.add_flag("--fill", options.fill, "Write records instead of reading them");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::cerr << "bench_consume: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
