#include "cluster.h"

#include <algorithm>
#include <map>

namespace limpet::kafka {
namespace {

constexpr std::size_t kTopicNameMax = 249;

using OwnedTopics =
    std::unique_ptr<rd_kafka_TopicCollection_t, Free<rd_kafka_TopicCollection_destroy>>;

Broker broker_of(const rd_kafka_Node_t& node) {
  const char* host = rd_kafka_Node_host(&node);
  return {rd_kafka_Node_id(&node), host == nullptr ? "" : host, rd_kafka_Node_port(&node)};
}

std::vector<std::int32_t> ids_of(const rd_kafka_Node_t** nodes, std::size_t count) {
  std::vector<std::int32_t> ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (nodes[i] != nullptr) ids.push_back(rd_kafka_Node_id(nodes[i]));
  }
  return ids;
}

Topic topic_of(const rd_kafka_TopicDescription_t& from) {
  Topic topic{.name = rd_kafka_TopicDescription_name(&from),
              .internal = rd_kafka_TopicDescription_is_internal(&from) != 0};
  std::size_t count = 0;
  const auto** partitions = rd_kafka_TopicDescription_partitions(&from, &count);
  for (std::size_t i = 0; i < count; ++i) {
    Partition partition{.id = rd_kafka_TopicPartitionInfo_partition(partitions[i])};
    if (const auto* leader = rd_kafka_TopicPartitionInfo_leader(partitions[i])) {
      partition.leader = rd_kafka_Node_id(leader);
    }
    std::size_t nodes = 0;
    const auto** replicas = rd_kafka_TopicPartitionInfo_replicas(partitions[i], &nodes);
    partition.replicas = ids_of(replicas, nodes);
    const auto** in_sync = rd_kafka_TopicPartitionInfo_isr(partitions[i], &nodes);
    partition.in_sync = ids_of(in_sync, nodes);
    topic.partitions.push_back(std::move(partition));
  }
  std::sort(topic.partitions.begin(), topic.partitions.end(),
            [](const Partition& a, const Partition& b) { return a.id < b.id; });
  return topic;
}

/// One ListOffsets call; -1 where a time is behind the last record.
Result<std::map<TopicPartition, std::int64_t>> list_offsets(
    Handle& handle, const std::vector<TopicPartition>& partitions, std::int64_t spec,
    const Remaining& remaining) {
  const OwnedList list = make_list(partitions);
  for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = spec;
  LIMPET_TRY(const OwnedEvent event,
             ask(handle, RD_KAFKA_ADMIN_OP_LISTOFFSETS, remaining,
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_ListOffsets(handle.get(), list.get(), options, queue);
                   return {};
                 }));
  std::size_t count = 0;
  const auto** infos =
      rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
  std::map<TopicPartition, std::int64_t> offsets;
  for (std::size_t i = 0; i < count; ++i) {
    const auto* at = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    TopicPartition partition{at->topic, at->partition};
    if (at->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return make_error(at->err, {}, to_string(partition));
    }
    offsets.emplace(std::move(partition), at->offset);
  }
  for (const auto& partition : partitions) {
    if (!offsets.contains(partition)) {
      return make_error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, {}, to_string(partition));
    }
  }
  return offsets;
}

}  // namespace

Result<OwnedEvent> ask(
    Handle& handle, rd_kafka_admin_op_t operation, const Remaining& remaining,
    const std::function<Status(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send) {
  const OwnedOptions options(rd_kafka_AdminOptions_new(handle.get(), operation));
  const OwnedQueue queue(rd_kafka_queue_new(handle.get()));
  char text[256];
  const int timeout = std::max(remaining.milliseconds(), 1);
  const auto set =
      rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout, text, sizeof text);
  if (set != RD_KAFKA_RESP_ERR_NO_ERROR) return make_error(set, text);
  LIMPET_CHECK(send(options.get(), queue.get()));
  return handle.wait(queue.get(), remaining);
}

Result<Cluster> describe_cluster(Handle& handle, const Remaining& remaining) {
  LIMPET_TRY(const OwnedEvent event,
             ask(handle, RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER, remaining,
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_DescribeCluster(handle.get(), options, queue);
                   return {};
                 }));
  const auto* answer = rd_kafka_event_DescribeCluster_result(event.get());
  Cluster cluster;
  if (const char* id = rd_kafka_DescribeCluster_result_cluster_id(answer)) cluster.id = id;
  if (const auto* node = rd_kafka_DescribeCluster_result_controller(answer)) {
    cluster.controller = rd_kafka_Node_id(node);
  }
  std::size_t count = 0;
  const auto** nodes = rd_kafka_DescribeCluster_result_nodes(answer, &count);
  for (std::size_t i = 0; i < count; ++i) cluster.brokers.push_back(broker_of(*nodes[i]));
  std::sort(cluster.brokers.begin(), cluster.brokers.end(),
            [](const Broker& a, const Broker& b) { return a.id < b.id; });
  return cluster;
}

Result<Topic> describe_topic(Handle& handle, const std::string& name, const Remaining& remaining) {
  if (name.empty() || name.size() > kTopicNameMax) {
    return Error::invalid_input("a topic's name has 1 to 249 characters", name.substr(0, 40));
  }
  const char* names[] = {name.c_str()};
  const OwnedTopics topics(rd_kafka_TopicCollection_of_topic_names(names, 1));
  LIMPET_TRY(const OwnedEvent event,
             ask(handle, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, remaining,
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_DescribeTopics(handle.get(), topics.get(), options, queue);
                   return {};
                 }));
  std::size_t count = 0;
  const auto** answers = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(event.get()), &count);
  if (count != 1) return make_error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, {}, name);
  const auto* error = rd_kafka_TopicDescription_error(answers[0]);
  if (error != nullptr && rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return make_error(error, name);
  }
  return topic_of(*answers[0]);
}

Result<std::vector<Topic>> describe_topics(Handle& handle, const Remaining& remaining) {
  // rd_kafka_metadata() waits out its time when logging in fails; this does not.
  LIMPET_CHECK(describe_cluster(handle, remaining));
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error =
      rd_kafka_metadata(handle.get(), 1, nullptr, &metadata, std::max(remaining.milliseconds(), 1));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return handle.explained(make_error(error));
  const std::unique_ptr<const rd_kafka_metadata_t, Free<rd_kafka_metadata_destroy>> owned(metadata);
  std::vector<Topic> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const auto& from = metadata->topics[i];
    // Listed though not to be described: deleted a moment ago, or an election.
    if (from.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) continue;
    if (from.err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        from.err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
      return make_error(from.err, {}, from.topic);
    }
    Topic topic{.name = from.topic, .internal = std::string_view(from.topic).starts_with("__")};
    for (int p = 0; p < from.partition_cnt; ++p) {
      const auto& part = from.partitions[p];
      topic.partitions.push_back({part.id, part.leader,
                                  std::vector(part.replicas, part.replicas + part.replica_cnt),
                                  std::vector(part.isrs, part.isrs + part.isr_cnt)});
    }
    std::sort(topic.partitions.begin(), topic.partitions.end(),
              [](const Partition& a, const Partition& b) { return a.id < b.id; });
    topics.push_back(std::move(topic));
  }
  std::sort(topics.begin(), topics.end(),
            [](const Topic& a, const Topic& b) { return a.name < b.name; });
  return topics;
}

Result<std::vector<PartitionOffset>> resolve(Handle& handle,
                                             const std::vector<TopicPartition>& partitions,
                                             Position position, const Remaining& remaining) {
  using Kind = Position::Kind;
  std::vector<PartitionOffset> found;
  if (partitions.empty()) return found;
  std::map<TopicPartition, std::int64_t> first;
  std::map<TopicPartition, std::int64_t> second;
  switch (position.kind) {
    case Kind::Committed:
      return Error::invalid_input("what a group committed is not a place in a topic");
    case Kind::Offset:
      break;
    case Kind::Earliest: {
      LIMPET_TRY(first, list_offsets(handle, partitions, RD_KAFKA_OFFSET_SPEC_EARLIEST, remaining));
      break;
    }
    case Kind::Latest: {
      LIMPET_TRY(first, list_offsets(handle, partitions, RD_KAFKA_OFFSET_SPEC_LATEST, remaining));
      break;
    }
    case Kind::Tail: {
      LIMPET_TRY(first, list_offsets(handle, partitions, RD_KAFKA_OFFSET_SPEC_LATEST, remaining));
      LIMPET_TRY(second,
                 list_offsets(handle, partitions, RD_KAFKA_OFFSET_SPEC_EARLIEST, remaining));
      break;
    }
    case Kind::Time: {
      LIMPET_TRY(first, list_offsets(handle, partitions, RD_KAFKA_OFFSET_SPEC_LATEST, remaining));
      LIMPET_TRY(second, list_offsets(handle, partitions, std::max<std::int64_t>(position.value, 0),
                                      remaining));
      break;
    }
  }
  for (const auto& partition : partitions) {
    std::int64_t offset = position.value;
    if (position.kind != Kind::Offset) offset = first[partition];
    if (position.kind == Kind::Tail) offset = std::max(second[partition], offset - position.value);
    if (position.kind == Kind::Time && second[partition] >= 0) offset = second[partition];
    found.push_back({partition.topic, partition.partition, offset});
  }
  return found;
}

}  // namespace limpet::kafka
