// Producer: write records, idempotently, and hear what became of each.
//
//   LIMPET_TRY(auto producer, kafka::Producer::make(config, {.on_delivery = [](const auto& report)
//   {
//     if (report.error) log(report.tag, describe(*report.error));
//   }}));
//   for (const auto& row : rows) {
//     LIMPET_CHECK(producer.produce({.topic = "orders", .key = key, .value = value}, 10s));
//   }
//   LIMPET_CHECK(producer.flush(30s));
//
// Defaults differ from librdkafka's where Java's producer does: idempotence on (acks = all, no
// duplicates, order kept), keys go to the partition that Java's producer chooses (murmur2). Any of
// it can be set back by Config.properties.
#pragma once

#include "limpet/kafka/config.h"
#include "limpet/kafka/message.h"
#include "limpet/kafka/types.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct rd_kafka_s;

namespace limpet::kafka {

/// A record to be written; all views are borrowed for the call and copied.
struct Record {
  std::string_view topic;
  std::optional<std::int32_t> partition{};  ///< nullopt: by the key's hash, else any
  std::optional<Bytes> key{};
  std::optional<Bytes> value{};
  std::span<const Header> headers{};
  std::optional<Timestamp> timestamp{};  ///< nullopt: now
  std::uint64_t tag = 0;                 ///< comes back in the report. Requires: < 2^63
};

/// What became of a record.
struct Delivery {
  std::uint64_t tag = 0;
  std::string_view topic;
  std::int32_t partition = -1;
  std::int64_t offset = -1;      ///< -1 when it failed, or acks = 0
  std::optional<Error> error{};  ///< nullopt: written and acknowledged
};

/// Where a record went.
struct Written {
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

struct ProducerOptions {
  /// Called for every record, inside produce(), poll() and flush(), on their thread.
  std::function<void(const Delivery&)> on_delivery{};
  bool idempotent = true;
  std::string compression = "lz4";      ///< none, gzip, snappy, lz4, zstd
  std::chrono::milliseconds linger{5};  ///< wait for more records of a batch
  std::chrono::milliseconds delivery_timeout{120'000};
  std::size_t queue_messages_max = 100'000;  ///< records that wait in memory
  std::size_t queue_bytes_max = 256U << 20U;
};

/// Threads: safe; on_delivery then runs on whichever thread polls. Destroying it drops what was not
/// flushed, with no report.
class Producer {
 public:
  /// No connection is waited for. Errors: InvalidInput (`where` = property).
  static Result<Producer> make(const Config& config, ProducerOptions options = {});
  Producer(Producer&&) noexcept;
  Producer& operator=(Producer&&) noexcept;
  ~Producer();

  /// Queue a record. While the queue is full, waits and reports deliveries, `patience` at most.
  /// Errors: Throttled (still full), LimitExceeded (larger than message.max.bytes), NotFound (topic
  /// or partition, when already known), InvalidInput, Conflict (fenced; the producer is done).
  Status produce(const Record& record, std::chrono::milliseconds patience);

  /// Write one record and wait for the broker's answer; for programs that write now and then.
  /// Errors: as produce(), and what the delivery failed with.
  Result<Written> send(const Record& record, std::chrono::milliseconds deadline);

  /// Report what is known, waiting `patience` for something; how many events there were.
  int poll(std::chrono::milliseconds patience);
  /// Wait until every record is delivered or failed. Errors: Unavailable (some are still waiting).
  Status flush(std::chrono::milliseconds deadline);
  /// Drop what waits; reports come with the next poll().
  Status purge();
  /// Records that have no report yet.
  std::size_t waiting() const;

  /// The final error of a producer that can go on no more (idempotence lost, fenced); else nullopt.
  std::optional<Error> fatal_error() const;

  /// librdkafka's handle (rd_kafka_t*), borrowed.
  rd_kafka_s* native_handle() const;

 private:
  friend class TransactionalProducer;
  struct State;
  explicit Producer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace limpet::kafka
