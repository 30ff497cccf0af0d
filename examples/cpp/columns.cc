// Read a topic of Avro, JSON or Protobuf records, of whatever versions, into Arrow columns.
//
//   columns BOOTSTRAP TOPIC READER.avsc|.json|.proto
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limpet/client/schema_source.h>
#include <limpet/columns/arrow_abi.h>
#include <limpet/kafka/consumer.h>
#include <limpet/serde/batch_reader.h>

using namespace limpet;
using namespace std::chrono_literals;

Result<serde::SchemaPointer> load(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string definition(std::istreambuf_iterator<char>(file), {});
  const auto format = path.extension() == ".proto"  ? DataFormat::Protobuf
                      : path.extension() == ".json" ? DataFormat::Json
                                                    : DataFormat::Avro;
  auto schema = serde::compile_schema({.format = format, .definition = definition});
  if (!schema) return serde::to_error(schema.failure());
  return *std::move(schema);
}

Status run(const std::string& bootstrap, const std::string& topic, const std::string& reader) {
  LIMPET_TRY(auto settings, client::load_settings({}, client::process_environment()));
  LIMPET_TRY(auto registry, client::SchemaRegistry::open({.settings = settings}));
  auto source = std::make_shared<client::RegistrySource>(registry);
  LIMPET_TRY(auto schema, load(reader));
  LIMPET_TRY(auto columns, serde::BatchReader::make(source, schema));

  const auto hand_out = [&columns]() -> Status {
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
  };

  LIMPET_TRY(auto consumer, kafka::Consumer::make({.bootstrap = bootstrap}));
  LIMPET_CHECK(consumer.assign(topic, {}, kafka::Position::earliest(), 10s));
  kafka::Batch batch;
  while (!consumer.at_end()) {
    LIMPET_CHECK(consumer.poll(batch, 1000, 500ms));
    for (const kafka::Message& message : batch) {
      const auto value = message.value.value_or(kafka::Bytes());
      auto pushed = columns.push({.topic = topic}, value);
      if (pushed == serde::Pushed::Full) {
        LIMPET_CHECK(hand_out());
        pushed = columns.push({.topic = topic}, value);
      }
      if (pushed == serde::Pushed::Refused) {  // and no column has anything of it
        std::cerr << "offset " << message.offset << ": " << serde::describe(columns.failure())
                  << "\n";
      }
    }
  }
  return hand_out();
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: columns BOOTSTRAP TOPIC READER.avsc|.json|.proto\n";
    return 2;
  }
  auto done = run(argv[1], argv[2], argv[3]);
  if (!done) std::cerr << describe(done.error()) << "\n";
  return done ? 0 : 1;
}
