// A producer that is written against librdkafka itself; limpet only makes the messages.
//
//   librdkafka_producer BOOTSTRAP TOPIC SCHEMA.avsc < records.jsonl
#include <fstream>
#include <iostream>
#include <iterator>
#include <librdkafka/rdkafka.h>
#include <limpet/client/schema_source.h>
#include <limpet/serde/serializer.h>

using namespace limpet;

Result<serde::Serializer<std::string_view>> make_serializer(std::string definition) {
  LIMPET_TRY(auto settings, client::load_settings({}, client::process_environment()));
  LIMPET_TRY(auto registry,
             client::SchemaRegistry::open({.settings = settings, .auto_register = true}));
  return serde::Serializer<std::string_view>::make(
      std::make_shared<client::RegistrySource>(registry), {.definition = std::move(definition)});
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: librdkafka_producer BOOTSTRAP TOPIC SCHEMA.avsc < records.jsonl\n";
    return 2;
  }
  const std::string topic = argv[2];
  std::ifstream file(argv[3]);
  auto serializer = make_serializer({std::istreambuf_iterator<char>(file), {}});
  if (!serializer) {
    std::cerr << describe(serializer.error()) << "\n";
    return 1;
  }

  char why[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof why);
  rd_kafka_t* kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
  if (kafka == nullptr) {
    std::cerr << why << "\n";
    return 1;
  }

  int status = 0;
  codec::ByteBuffer message;
  for (std::string line; std::getline(std::cin, line);) {
    message.clear();
    if (auto failure = serializer->append({.topic = topic}, line, message)) {
      std::cerr << serde::describe(*failure) << "\n";
      status = 1;
      continue;
    }
    // The memory is malloc()'s: librdkafka takes it over instead of copying it.
    auto owned = message.release();
    const rd_kafka_resp_err_t failed =
        rd_kafka_producev(kafka, RD_KAFKA_V_TOPIC(topic.c_str()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_FREE | RD_KAFKA_MSG_F_BLOCK),
                          RD_KAFKA_V_VALUE(owned.bytes.get(), owned.size), RD_KAFKA_V_END);
    if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) {
      owned.bytes.release();
    } else {
      std::cerr << rd_kafka_err2str(failed) << "\n";
      status = 1;
    }
  }
  if (rd_kafka_flush(kafka, 30'000) != RD_KAFKA_RESP_ERR_NO_ERROR) status = 1;
  rd_kafka_destroy(kafka);
  return status;
}
