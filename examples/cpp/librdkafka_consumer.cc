// A consumer that is written against librdkafka itself; limpet only reads the messages, as JSON.
//
//   librdkafka_consumer BOOTSTRAP TOPIC COUNT
#include <cstdlib>
#include <iostream>
#include <librdkafka/rdkafka.h>
#include <limpet/client/schema_source.h>
#include <limpet/serde/deserializer.h>

using namespace limpet;

Result<serde::Deserializer<std::string>> make_deserializer() {
  LIMPET_TRY(auto settings, client::load_settings({}, client::process_environment()));
  LIMPET_TRY(auto registry, client::SchemaRegistry::open({.settings = settings}));
  return serde::Deserializer<std::string>::make(std::make_shared<client::RegistrySource>(registry));
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: librdkafka_consumer BOOTSTRAP TOPIC COUNT\n";
    return 2;
  }
  const std::string topic = argv[2];
  auto deserializer = make_deserializer();
  if (!deserializer) {
    std::cerr << describe(deserializer.error()) << "\n";
    return 1;
  }

  char why[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof why);
  rd_kafka_conf_set(conf, "group.id", "limpet-example", why, sizeof why);
  rd_kafka_t* kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
  if (kafka == nullptr) {
    std::cerr << why << "\n";
    return 1;
  }
  rd_kafka_poll_set_consumer(kafka);
  rd_kafka_topic_partition_list_t* partitions = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(partitions, topic.c_str(), 0)->offset =
      RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(kafka, partitions);
  rd_kafka_topic_partition_list_destroy(partitions);

  value::Arena arena;
  std::string json;
  int silence = 0;
  for (int left = std::atoi(argv[3]); left > 0 && silence < 30;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(kafka, 1'000);
    if (message == nullptr) {
      ++silence;
      continue;
    }
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      arena.reset();
      const std::span bytes(static_cast<const std::byte*>(message->payload), message->len);
      if (auto failure = deserializer->read({.topic = topic}, bytes, arena, json)) {
        std::cerr << "offset " << message->offset << ": " << serde::describe(*failure) << "\n";
      } else {
        std::cout << json << "\n";
      }
      --left;
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(kafka);
  rd_kafka_destroy(kafka);
  return silence < 30 ? 0 : 1;
}
