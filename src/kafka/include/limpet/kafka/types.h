// What Kafka's clients speak of: topics' partitions, offsets, where to start, errors.
//
//   LIMPET_TRY(const kafka::Position from, kafka::parse_position("2026-01-31T08:00:00Z"));
//
// Errors of this room carry librdkafka's sentence and the name of Kafka's error in brackets:
// "Broker: Unknown topic or partition [UNKNOWN_TOPIC_OR_PART]". Their codes:
//   InvalidInput   wrong use or configuration (`where` = the property, or "topic[partition]")
//   NotFound       no such topic, partition, group or offset
//   AlreadyExists  the topic to be created exists
//   AccessDenied   not logged in, or not allowed
//   LimitExceeded  a message too large
//   Throttled      the producer's own queue is full
//   Conflict       lost a race: a rebalance, an election; the same call may succeed when repeated
//   Unavailable    brokers not reached, or no answer in time
//   Internal       all else
#pragma once

#include "limpet/base/result.h"
#include "limpet/base/time.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace limpet::kafka {

using Bytes = std::span<const std::byte>;

/// View text as bytes; valid while the text is.
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
/// View bytes as text, whatever is in them.
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether the same call may succeed later: Unavailable, Throttled, Conflict.
bool retriable(const Error& error);

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;

  friend bool operator==(const TopicPartition&, const TopicPartition&) = default;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

/// "orders[3]".
std::string to_string(const TopicPartition& partition);

/// The next offset to be read or committed.
struct PartitionOffset {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;

  friend bool operator==(const PartitionOffset&, const PartitionOffset&) = default;
};

/// Offsets that are held: [low, high). `high` is the next to be written.
struct Watermarks {
  std::int64_t low = 0;
  std::int64_t high = 0;

  friend bool operator==(const Watermarks&, const Watermarks&) = default;
};

/// Where to begin in each partition.
struct Position {
  enum class Kind : std::uint8_t {
    Earliest,
    Latest,     ///< behind the last record there is
    Offset,     ///< `value` is an offset
    Tail,       ///< `value` records before the end
    Time,       ///< the first record at or after `value`, in epoch milliseconds
    Committed,  ///< what the group committed, else `auto.offset.reset`
  };
  Kind kind = Kind::Earliest;
  std::int64_t value = 0;

  static Position earliest() { return {}; }
  static Position latest() { return {Kind::Latest, 0}; }
  static Position committed() { return {Kind::Committed, 0}; }
  static Position offset(std::int64_t offset) { return {Kind::Offset, offset}; }
  static Position tail(std::int64_t records) { return {Kind::Tail, records}; }
  static Position at(Timestamp time) { return {Kind::Time, time.time_since_epoch().count()}; }

  friend bool operator==(const Position&, const Position&) = default;
};

/// Read a position as people write it. The forms cannot be confused:
///   earliest, latest            either end
///   1200                        digits alone are an offset
///   -100                        the last hundred records of each partition
///   2026-01-31T08:00:00Z        RFC 3339, zone needed, fraction of a second allowed
///   2026-01-31                  midnight, UTC
///   1769846400000ms             epoch milliseconds, the unit needed
/// Errors: InvalidInput.
Result<Position> parse_position(std::string_view text);

}  // namespace limpet::kafka
