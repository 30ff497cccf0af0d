// What bench_consume measures: ways to read a topic from its beginning, each with a client of its
// own.
//
//   const Topic topic{.bootstrap = "127.0.0.1:9092", .name = "users", .record = Kind::User, …};
//   fill(topic, 1'000'000);
//   for (const Way& way : consume_ways(topic)) const Reading reading = way.run(1'000'000);
#pragma once

#include "limpet/base/uuid.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace limpet::bench {

enum class Kind : std::uint8_t { User, OrderJson, OrderProtobuf };

struct Topic {
  std::string bootstrap;
  std::string name;
  Kind kind = Kind::User;
  Uuid version{};                   ///< of the schema that its records name
  std::filesystem::path documents;  ///< bench/records
  std::size_t batch = 500;          ///< messages of one call: as `limpet consume` asks
  std::vector<std::pair<std::string, std::string>> properties;  ///< librdkafka's; they win
};

/// What reading took, from before the client was made until the last record was used; the client's
/// end is not part of it.
struct Reading {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;       ///< of keys and values
  std::uint64_t made = 0;        ///< bytes of text, of a way that prints
  double seconds = 0;            ///< from the first record on
  double processor_seconds = 0;  ///< of all threads of the process
};

struct Way {
  std::string name;
  std::function<Reading(std::uint64_t records)> run;
};

/// All of them use what they read: they sum the sizes of keys and values.
///
///   bare defaults   librdkafka's C interface, rd_kafka_consume_batch_queue, as it comes
///   bare            the same with the properties of kafka::Consumer: the floor
///   bare poll       the same with rd_kafka_consumer_poll, a message a call
///   wrapped         kafka::Consumer::poll into a Batch
///   headers         wrapped, and each record asked for its headers, of which it has none
///   struct          wrapped, and each record to a struct
///   view            wrapped, and each record to a view
///   json            wrapped, read and printed by what `limpet consume --output json` is made of
///   pretty, value   likewise
///
/// Throws std::runtime_error.
std::vector<Way> consume_ways(const Topic& topic);

/// Writes so many records with Limpet's serializer and producer. The topic must exist.
void fill(const Topic& topic, std::uint64_t records);

}  // namespace limpet::bench
