// TopicReader: a topic's records from some place on, to its end as it was or for good.
//
//   TopicReader topic(config, {.topic = "orders", .until_end = true}, patience);
//   while (topic.next(signals)) {
//     for (const auto& message : topic.batch()) {
//       if (topic.wants(message)) use(message);
//     }
//   }
//
// Everything throws CommandFailed. Threads: confined.
#pragma once

#include "kafka_flags.h"
#include "record_lines.h"

#include "limpet/kafka/consumer.h"
#include "limpet/serde/frame.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace limpet::app {

struct TopicOptions {
  std::string topic{};
  std::vector<std::int32_t> partitions{};  ///< empty: all
  std::string from = "earliest";
  bool until_end = false;  ///< stop where the end was when reading began
};

class TopicReader {
 public:
  TopicReader(const kafka::Config& config, const TopicOptions& options,
              std::chrono::milliseconds patience);

  /// Waits for records, `pause` at most; batch() may then be empty. false: the end was reached, or
  /// a signal came.
  bool next(const StopSignals& signals, std::chrono::milliseconds pause);
  const kafka::Batch& batch() const { return batch_; }
  /// Whether it stood in the topic when reading began, of a reader that goes until the end.
  bool wants(const kafka::Message& message) const {
    return !until_end_ || message.offset < ends_[static_cast<std::size_t>(message.partition)];
  }
  std::size_t partitions() const { return chosen_.size(); }
  /// Records between the oldest and the end as it was; 0: not asked for (no until_end).
  std::int64_t expected() const { return expected_; }

 private:
  bool finished();

  kafka::Consumer consumer_;
  kafka::Batch batch_;
  bool until_end_;
  std::chrono::milliseconds patience_;
  std::chrono::steady_clock::time_point heard_;
  std::vector<kafka::TopicPartition> chosen_;
  std::vector<std::int64_t> ends_;  // by partition
  std::vector<std::int64_t> next_;  // by partition: behind the last record that came
  std::int64_t expected_ = 0;
};

/// The headers that frames stand in; good until the next call of `of`.
class FrameHeaders {
 public:
  std::span<const serde::RecordHeader> of(const kafka::Headers& headers);

 private:
  std::vector<serde::RecordHeader> found_;
};

/// `-t TOPIC`, `--partition P`.
void add_topic_options(CLI::App& command, TopicOptions& options);

}  // namespace limpet::app
