// Consumer: read topics, as a member of a group or partitions of one's own choice.
//
//   LIMPET_TRY(auto consumer, kafka::Consumer::make(config, {.group = "billing"}));
//   LIMPET_CHECK(consumer.subscribe({"orders"}));
//   kafka::Batch batch;
//   while (running) {
//     LIMPET_CHECK(consumer.poll(batch, 1000, 200ms));
//     for (const auto& message : batch) use(message.value);
//     if (!batch.empty()) LIMPET_CHECK(consumer.commit(10s));
//   }
//
// Offsets are committed only by commit(): at least once, unless Options.auto_commit. Errors that
// librdkafka gets over by itself (a broker gone, a leader that moved) are told to Config.on_log and
// end no poll; what poll() answers with is of a partition or final.
//
// A batch of some hundred messages costs least for each: their memory is still in the processor's
// cache when they are used. `fetch.queue.backoff.ms` is 10, not librdkafka's 1000, with which a
// reader that falls behind waits most of each second although there is more.
#pragma once

#include "limpet/kafka/config.h"
#include "limpet/kafka/message.h"
#include "limpet/kafka/types.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct rd_kafka_s;

namespace limpet::kafka {

enum class Isolation : std::uint8_t { ReadCommitted, ReadUncommitted };

struct ConsumerOptions {
  std::string group{};           ///< needed by subscribe() and commit()
  std::string group_instance{};  ///< static membership
  Isolation isolation = Isolation::ReadCommitted;
  /// Where a partition begins that the group has not committed, or whose offset is gone: earliest,
  /// latest; anything else: poll() answers NotFound.
  Position::Kind reset = Position::Kind::Earliest;
  bool auto_commit = false;
  bool check_crcs = true;  ///< a record damaged on its way or on disk is an error

  /// Called inside poll(), close() and the destructor, on their thread. `on_assigned` may set the
  /// offsets where reading begins; -1001, which they are, is what the group committed, else
  /// `reset`.
  std::function<void(std::vector<PartitionOffset>&)> on_assigned{};
  /// May commit. `lost`: others own them already, a commit would fail.
  std::function<void(std::span<const TopicPartition>, bool lost)> on_revoked{};
};

/// A group's generation, for TransactionalProducer::send_offsets().
class GroupMetadata {
 public:
  explicit GroupMetadata(void* native);
  void* native() const { return native_.get(); }

 private:
  struct Free {
    void operator()(void* native) const;
  };
  std::unique_ptr<void, Free> native_;
};

/// Threads: confined to one thread at a time; wake() from any. Destroying it leaves the group,
/// waiting for brokers at most some seconds.
class Consumer {
 public:
  /// No connection is waited for. Errors: InvalidInput (`where` = property).
  static Result<Consumer> make(const Config& config, ConsumerOptions options = {});
  Consumer(Consumer&&) noexcept;
  Consumer& operator=(Consumer&&) noexcept;
  ~Consumer();

  /// Join the group for these topics ("^…" is a regular expression). Errors: InvalidInput.
  Status subscribe(const std::vector<std::string>& topics);
  /// Leave the group, give up all partitions.
  Status unsubscribe();

  /// Read exactly these partitions; no group is joined. Offsets may be -2 (earliest), -1 (latest).
  Status assign(const std::vector<PartitionOffset>& partitions);
  /// Read partitions of `topic`, all of them when `partitions` is empty, from `from`. A time behind
  /// the last record, and an offset out of range, begin where `reset` says.
  /// Errors: NotFound (topic, partition), AccessDenied, Unavailable.
  Status assign(const std::string& topic, const std::vector<std::int32_t>& partitions,
                Position from, std::chrono::milliseconds deadline);
  std::vector<TopicPartition> assignment() const;

  /// Wait until there is a message, `patience` at most; then take what is there, up to
  /// `messages_max`. An empty batch is no error. An error that comes behind messages is the answer
  /// of the next call.
  /// Errors: NotFound (topic, or no offset and no reset), AccessDenied, InvalidInput (a record that
  /// is damaged), Conflict (fenced), Unavailable (polled too seldom and thrown out of the group).
  Status poll(Batch& batch, std::size_t messages_max, std::chrono::milliseconds patience);
  /// One message; nullopt when none came in time, or wake() was called.
  Result<std::optional<Received>> poll(std::chrono::milliseconds patience);
  /// End a poll() that waits, or the next one.
  void wake();

  /// Whether every assigned partition has been read up to its end as it was when the end was met;
  /// false while nothing is assigned. A later message makes it false again.
  bool at_end() const;
  bool at_end(const TopicPartition& partition) const;

  /// Go on elsewhere. Requires: the partitions are assigned.
  Status seek(const TopicPartition& partition, std::int64_t offset,
              std::chrono::milliseconds deadline);
  /// All assigned partitions. Kind::Committed is InvalidInput.
  Status seek(Position to, std::chrono::milliseconds deadline);
  Status pause(const std::vector<TopicPartition>& partitions);
  Status resume(const std::vector<TopicPartition>& partitions);

  /// The next offset to be read of each assigned partition; -1001 before the first message.
  Result<std::vector<PartitionOffset>> positions() const;
  /// Commit behind what poll() has returned; waits for the answer. Nothing new to commit is no
  /// error. Errors: Conflict (the group rebalanced), AccessDenied, Unavailable.
  Status commit(std::chrono::milliseconds deadline);
  /// Commit exactly these.
  Status commit(const std::vector<PartitionOffset>& offsets, std::chrono::milliseconds deadline);
  /// What the group has committed; -1001: nothing.
  Result<std::vector<PartitionOffset>> committed(const std::vector<TopicPartition>& partitions,
                                                 std::chrono::milliseconds deadline);

  /// Ask the broker. Errors: NotFound, Unavailable.
  Result<Watermarks> watermarks(const TopicPartition& partition,
                                std::chrono::milliseconds deadline);
  /// As the last fetch saw them; nullopt before one.
  std::optional<Watermarks> known_watermarks(const TopicPartition& partition) const;

  Result<GroupMetadata> group_metadata() const;
  /// Leave the group and close. Then only destruction. Errors: as commit() (auto_commit).
  Status close();

  /// librdkafka's handle (rd_kafka_t*), borrowed.
  rd_kafka_s* native_handle() const;

 private:
  struct State;
  explicit Consumer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace limpet::kafka
