// Write typed records with a registered schema, read them back.
//
//   hello [BOOTSTRAP [TOPIC]]
//
// Where the registry is, and whose keys are used, comes from where the AWS tools have it:
// AWS_ENDPOINT_URL_GLUE, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
#include "user.h"  // limpet codegen user.avsc -o user.h

#include <iostream>
#include <limpet/client/schema_source.h>
#include <limpet/kafka/consumer.h>
#include <limpet/kafka/producer.h>
#include <limpet/serde/deserializer.h>
#include <limpet/serde/serializer.h>

using namespace limpet;
using namespace std::chrono_literals;
using my::namespace_::User;

Status run(const std::string& bootstrap, const std::string& topic) {
  LIMPET_TRY(auto settings, client::load_settings({}, client::process_environment()));
  LIMPET_TRY(auto registry,
             client::SchemaRegistry::open({.settings = settings, .auto_register = true}));
  auto source = std::make_shared<client::RegistrySource>(registry);

  LIMPET_TRY(auto writer, serde::Serializer<User>::make(
                              source, {.definition = std::string(avro::Exact<User>::kSchema)}));
  LIMPET_TRY(auto producer, kafka::Producer::make({.bootstrap = bootstrap}));
  codec::ByteBuffer message;
  if (auto failure = writer.append({.topic = topic}, {"John Doe", 6, "something"}, message)) {
    return serde::to_error(*failure);
  }
  LIMPET_TRY(auto written, producer.send({.topic = topic, .value = message.bytes()}, 10s));
  std::cout << "written at offset " << written.offset << "\n";

  LIMPET_TRY(auto reader, serde::Deserializer<User>::make(source));
  LIMPET_TRY(auto consumer, kafka::Consumer::make({.bootstrap = bootstrap}));
  LIMPET_CHECK(consumer.assign(topic, {}, kafka::Position::earliest(), 10s));
  value::Arena arena;
  kafka::Batch batch;
  while (!consumer.at_end()) {
    LIMPET_CHECK(consumer.poll(batch, 1000, 500ms));
    for (const kafka::Message& each : batch) {
      User user;
      arena.reset();
      if (auto failure =
              reader.read({.topic = topic}, each.value.value_or(kafka::Bytes()), arena, user)) {
        std::cerr << "offset " << each.offset << ": " << serde::describe(*failure) << "\n";
        continue;
      }
      std::cout << user.name << " is " << user.age << "\n";
    }
  }
  return {};
}

int main(int argc, char** argv) {
  auto done = run(argc > 1 ? argv[1] : "127.0.0.1:9092", argc > 2 ? argv[2] : "hello");
  if (!done) std::cerr << describe(done.error()) << "\n";
  return done ? 0 : 1;
}
