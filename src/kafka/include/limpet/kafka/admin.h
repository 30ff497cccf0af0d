// Admin: topics, their settings, groups and offsets.
//
//   LIMPET_TRY(auto admin, kafka::Admin::make(config));
//   LIMPET_TRY(const auto topics, admin.topics(10s));
//   LIMPET_CHECK(admin.create_topic({.name = "orders", .partitions = 6}, 30s));
//   for (const auto& part : *admin.lag("billing", {}, 10s)) print(part.topic, part.lag);
#pragma once

#include "limpet/kafka/config.h"
#include "limpet/kafka/types.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct rd_kafka_s;

namespace limpet::kafka {

struct Broker {
  std::int32_t id = 0;
  std::string host;
  std::int32_t port = 0;
};

struct Cluster {
  std::string id;
  std::int32_t controller = -1;
  std::vector<Broker> brokers;
};

struct Partition {
  std::int32_t id = 0;
  std::int32_t leader = -1;  ///< -1: none now
  std::vector<std::int32_t> replicas{};
  std::vector<std::int32_t> in_sync{};
};

struct Topic {
  std::string name;
  bool internal = false;  ///< Kafka's own: "__…"
  std::vector<Partition> partitions{};
};

struct Setting {
  std::string name;
  std::optional<std::string> value;  ///< nullopt: not told (sensitive)
  bool is_default = false;
  bool read_only = false;
  bool sensitive = false;
};

struct NewTopic {
  std::string name;
  std::int32_t partitions = 1;
  std::int32_t replication = -1;  ///< -1: the cluster's default
  std::vector<std::pair<std::string, std::string>> settings{};
};

struct Group {
  std::string id;
  std::string state;  ///< "Stable", "Empty", …
  std::string type;   ///< "Classic", "Consumer"
};

struct GroupMember {
  std::string id;
  std::string client_id;
  std::string host;
  std::vector<TopicPartition> assignment{};
};

struct GroupDetails {
  std::string id;
  std::string state;
  std::string assignor;
  Broker coordinator{};
  std::vector<GroupMember> members{};
};

struct PartitionLag {
  std::string topic;
  std::int32_t partition = 0;
  std::optional<std::int64_t> committed;  ///< nullopt: nothing committed
  Watermarks held{};
  /// Records that the group has still to read: `high` - committed, all that are held when nothing
  /// is committed or what was is gone.
  std::int64_t lag = 0;
};

/// Every call asks the cluster anew and ends by its deadline. Errors of all: AccessDenied,
/// Unavailable. Threads: safe.
class Admin {
 public:
  /// No connection is waited for. Errors: InvalidInput (`where` = property).
  static Result<Admin> make(const Config& config);
  Admin(Admin&&) noexcept;
  Admin& operator=(Admin&&) noexcept;
  ~Admin();

  using Deadline = std::chrono::milliseconds;

  Result<Cluster> cluster(Deadline deadline);
  /// By name, in order.
  Result<std::vector<Topic>> topics(Deadline deadline);
  /// Errors: NotFound.
  Result<Topic> topic(const std::string& name, Deadline deadline);
  /// By name, in order. Errors: NotFound.
  Result<std::vector<Setting>> topic_settings(const std::string& name, Deadline deadline);

  /// Waits until every partition has a leader. Errors: AlreadyExists, InvalidInput.
  Status create_topic(const NewTopic& topic, Deadline deadline);
  /// Waits until it is gone. Errors: NotFound.
  Status delete_topic(const std::string& name, Deadline deadline);

  Result<std::vector<Group>> groups(Deadline deadline);
  /// Errors: NotFound.
  Result<GroupDetails> group(const std::string& id, Deadline deadline);
  /// What the group has committed, by topic and partition; empty for an unknown group.
  Result<std::vector<PartitionOffset>> group_offsets(const std::string& id, Deadline deadline);

  /// The offset of a position in each partition. Time behind the last record: the end.
  /// Errors: NotFound; InvalidInput (Kind::Committed).
  Result<std::vector<PartitionOffset>> offsets(const std::vector<TopicPartition>& partitions,
                                               Position position, Deadline deadline);
  Result<std::map<TopicPartition, Watermarks>> watermarks(
      const std::vector<TopicPartition>& partitions, Deadline deadline);

  /// How far a group is behind in all partitions of `topics`; in those that it committed, when none
  /// is given.
  /// Errors: NotFound (a topic; the group, when it committed nothing and has no members).
  Result<std::vector<PartitionLag>> lag(const std::string& group,
                                        const std::vector<std::string>& topics, Deadline deadline);

  /// librdkafka's handle (rd_kafka_t*), borrowed.
  rd_kafka_s* native_handle() const;

 private:
  struct State;
  explicit Admin(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace limpet::kafka
