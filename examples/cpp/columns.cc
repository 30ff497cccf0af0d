// Read a topic of Avro records, of whatever versions, into Arrow columns.
//
//   columns BOOTSTRAP TOPIC READER.avsc
#include <fstream>
#include <iostream>
#include <iterator>
#include <limpet/avro/column_reader.h>
#include <limpet/client/schema_source.h>
#include <limpet/columns/arrow_abi.h>
#include <limpet/kafka/consumer.h>
#include <limpet/serde/deserializer.h>
#include <unordered_map>

using namespace limpet;
using namespace std::chrono_literals;

Status run(const std::string& bootstrap, const std::string& topic, const std::string& definition) {
  LIMPET_TRY(auto settings, client::load_settings({}, client::process_environment()));
  LIMPET_TRY(auto registry, client::SchemaRegistry::open({.settings = settings}));
  auto source = std::make_shared<client::RegistrySource>(registry);
  LIMPET_TRY(auto schema, avro::parse(definition));
  LIMPET_TRY(auto columns, avro::ColumnReader::make(schema));
  LIMPET_TRY(auto payloads, serde::Deserializer<serde::Payload>::make(source));

  LIMPET_TRY(auto consumer, kafka::Consumer::make({.bootstrap = bootstrap}));
  LIMPET_CHECK(consumer.assign(topic, {}, kafka::Position::earliest(), 10s));
  std::unordered_map<const serde::Schema*, avro::ColumnPlan>
      plans;  // one for each writer's version
  value::Arena arena;
  kafka::Batch batch;
  while (!consumer.at_end()) {
    LIMPET_CHECK(consumer.poll(batch, 1000, 500ms));
    for (const kafka::Message& message : batch) {
      arena.reset();
      serde::Payload payload;
      if (auto failure = payloads.read({.topic = topic}, message.value.value_or(kafka::Bytes()),
                                       arena, payload)) {
        std::cerr << "offset " << message.offset << ": " << serde::describe(*failure) << "\n";
        continue;
      }
      if (payload.schema == nullptr || payload.schema->avro() == nullptr) continue;
      auto plan = plans.find(payload.schema);
      if (plan == plans.end()) {
        LIMPET_TRY(auto made, columns.layout().plan(*payload.schema->avro()));
        plan = plans.emplace(payload.schema, std::move(made)).first;
      }
      if (columns.add(plan->second, payload.bytes) == avro::Added::Refused) {
        std::cerr << "offset " << message.offset << ": " << value::describe(columns.fault())
                  << "\n";
      }
    }
  }

  ArrowSchema names{};
  ArrowArray data{};
  LIMPET_CHECK(columns.finish(&names, &data));  // what any Arrow library can import
  std::cout << data.length << " rows\n";
  for (std::int64_t i = 0; i < names.n_children; ++i) {
    std::cout << names.children[i]->name << " (" << names.children[i]->format << ")\n";
  }
  data.release(&data);
  names.release(&names);
  return {};
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: columns BOOTSTRAP TOPIC READER.avsc\n";
    return 2;
  }
  std::ifstream file(argv[3]);
  const std::string definition(std::istreambuf_iterator<char>(file), {});
  auto done = run(argv[1], argv[2], definition);
  if (!done) std::cerr << describe(done.error()) << "\n";
  return done ? 0 : 1;
}
