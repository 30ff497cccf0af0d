// MockCluster: librdkafka's own mock brokers, for tests: they fail on demand. They hold records in
// memory; topics are made by name, administration is not served.
#pragma once

#include "limpet/kafka/config.h"
#include "limpet/kafka/consumer.h"
#include "limpet/kafka/producer.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <string>
#include <vector>

namespace limpet::kafka {

inline constexpr std::chrono::seconds kPatience{30};

class MockCluster {
 public:
  explicit MockCluster(int brokers = 1) {
    char text[256];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, nullptr);
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    cluster_ = rd_kafka_mock_cluster_new(client_, brokers);
    rd_kafka_mock_set_controller_id(cluster_, 1);
    rd_kafka_mock_group_initial_rebalance_delay_ms(cluster_, 0);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }

  rd_kafka_mock_cluster_t* native() const { return cluster_; }
  Config config() const {
    Config config{.bootstrap = rd_kafka_mock_cluster_bootstraps(cluster_)};
    // As fast as can be: tests wait for what a real cluster would do once in a while.
    config.properties = {{"reconnect.backoff.ms", "10"},
                         {"reconnect.backoff.max.ms", "100"},
                         {"retry.backoff.ms", "10"},
                         {"topic.metadata.refresh.fast.interval.ms", "20"}};
    return config;
  }
  void create(const std::string& topic, int partitions = 1, int replicas = 1) {
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, replicas);
  }

 private:
  rd_kafka_t* client_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

/// Kafka's numbers of requests (Kafka protocol guide, "Protocol API Keys").
enum Api : std::int16_t {
  kProduce = 0,
  kFetch = 1,
  kListOffsets = 2,
  kMetadata = 3,
  kOffsetCommit = 8,
  kInitProducerId = 22,
  kAddPartitionsToTxn = 24,
  kEndTxn = 26,
  kTxnOffsetCommit = 28,
};

/// Texts of the values that come until `count` are there or the time is over.
inline std::vector<std::string> read_values(Consumer& consumer, std::size_t count) {
  std::vector<std::string> values;
  Batch batch;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (values.size() < count && std::chrono::steady_clock::now() < end) {
    if (const auto polled = consumer.poll(batch, 100, std::chrono::milliseconds(200)); !polled) {
      values.push_back(describe(polled.error()));
    }
    for (const auto& message : batch) {
      values.emplace_back(message.value ? as_text(*message.value) : "null");
    }
  }
  return values;
}

inline std::vector<std::string> numbered(const std::string& stem, int from, int to) {
  std::vector<std::string> texts;
  for (int i = from; i < to; ++i) texts.push_back(stem + std::to_string(i));
  return texts;
}

/// Writes values one after the other and waits for all; the first failure otherwise.
inline Status write_values(Producer& producer, const std::string& topic,
                           const std::vector<std::string>& values) {
  for (const auto& value : values) {
    LIMPET_CHECK(
        producer.produce({.topic = topic, .partition = 0, .value = as_bytes(value)}, kPatience));
  }
  return producer.flush(kPatience);
}

}  // namespace limpet::kafka
