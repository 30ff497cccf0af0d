#include "limpet/kafka/admin.h"

#include "cluster.h"
#include "handle.h"

#include <algorithm>
#include <thread>
#include <tuple>

namespace limpet::kafka {
namespace {

/// How often a call looks whether what it asked for has come to be.
constexpr std::chrono::milliseconds kPause{50};

using OwnedNewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Free<rd_kafka_NewTopic_destroy>>;
using OwnedDeleteTopic =
    std::unique_ptr<rd_kafka_DeleteTopic_t, Free<rd_kafka_DeleteTopic_destroy>>;
using OwnedResource =
    std::unique_ptr<rd_kafka_ConfigResource_t, Free<rd_kafka_ConfigResource_destroy>>;
using OwnedGroupOffsets = std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t,
                                          Free<rd_kafka_ListConsumerGroupOffsets_destroy>>;

std::string text(const char* text) { return text == nullptr ? std::string() : text; }

Status status_of_topic(const rd_kafka_topic_result_t& result) {
  const auto error = rd_kafka_topic_result_error(&result);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return make_error(error, text(rd_kafka_topic_result_error_string(&result)),
                    text(rd_kafka_topic_result_name(&result)));
}

bool has_leaders(const Topic& topic) {
  return !topic.partitions.empty() &&
         std::all_of(topic.partitions.begin(), topic.partitions.end(),
                     [](const Partition& partition) { return partition.leader >= 0; });
}

}  // namespace

struct Admin::State {
  std::unique_ptr<Handle> handle;

  rd_kafka_t* client() const { return handle->get(); }
};

Result<Admin> Admin::make(const Config& config) {
  auto state = std::make_unique<State>();
  // A producer: it has no group to join, and no records here.
  LIMPET_TRY(state->handle, Handle::make(config, {.type = RD_KAFKA_PRODUCER}));
  return Admin(std::move(state));
}

Admin::Admin(std::unique_ptr<State> state) : state_(std::move(state)) {}
Admin::Admin(Admin&&) noexcept = default;
Admin& Admin::operator=(Admin&&) noexcept = default;
Admin::~Admin() = default;

Result<Cluster> Admin::cluster(Deadline deadline) {
  return describe_cluster(*state_->handle, Remaining(deadline));
}

Result<std::vector<Topic>> Admin::topics(Deadline deadline) {
  return describe_topics(*state_->handle, Remaining(deadline));
}

Result<Topic> Admin::topic(const std::string& name, Deadline deadline) {
  return describe_topic(*state_->handle, name, Remaining(deadline));
}

Result<std::vector<Setting>> Admin::topic_settings(const std::string& name, Deadline deadline) {
  const OwnedResource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  LIMPET_TRY(const OwnedEvent event,
             ask(*state_->handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, Remaining(deadline),
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_DescribeConfigs(state_->client(), resources, 1, options, queue);
                   return {};
                 }));
  std::size_t count = 0;
  const auto** answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1) return Error::internal("the broker described another topic");
  const auto error = rd_kafka_ConfigResource_error(answers[0]);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return make_error(error, text(rd_kafka_ConfigResource_error_string(answers[0])), name);
  }
  const auto** entries = rd_kafka_ConfigResource_configs(answers[0], &count);
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < count; ++i) {
    Setting setting{.name = rd_kafka_ConfigEntry_name(entries[i]), .value = std::nullopt};
    if (const char* value = rd_kafka_ConfigEntry_value(entries[i])) setting.value = value;
    setting.is_default = rd_kafka_ConfigEntry_is_default(entries[i]) > 0;
    setting.read_only = rd_kafka_ConfigEntry_is_read_only(entries[i]) > 0;
    setting.sensitive = rd_kafka_ConfigEntry_is_sensitive(entries[i]) > 0;
    settings.push_back(std::move(setting));
  }
  std::sort(settings.begin(), settings.end(),
            [](const Setting& a, const Setting& b) { return a.name < b.name; });
  return settings;
}

Status Admin::create_topic(const NewTopic& topic, Deadline deadline) {
  const Remaining remaining(deadline);
  char reason[256];
  const OwnedNewTopic made(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                                                 topic.replication, reason, sizeof reason));
  if (!made) return Error::invalid_input(reason, topic.name);
  for (const auto& [name, value] : topic.settings) {
    const auto error = rd_kafka_NewTopic_set_config(made.get(), name.c_str(), value.c_str());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return make_error(error, {}, name);
  }
  rd_kafka_NewTopic_t* topics[] = {made.get()};
  LIMPET_TRY(const OwnedEvent event,
             ask(*state_->handle, RD_KAFKA_ADMIN_OP_CREATETOPICS, remaining,
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_CreateTopics(state_->client(), topics, 1, options, queue);
                   return {};
                 }));
  std::size_t count = 0;
  const auto** answers =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) LIMPET_CHECK(status_of_topic(*answers[i]));
  // Brokers hear of it one after the other, and elect leaders then.
  while (true) {
    auto described = describe_topic(*state_->handle, topic.name, remaining);
    if (described && has_leaders(*described)) return {};
    if (!described && described.error().code != Code::NotFound && !retriable(described.error())) {
      return std::move(described).error();
    }
    if (remaining.over()) {
      return make_error(RD_KAFKA_RESP_ERR__TIMED_OUT, "created, but not ready in time", topic.name);
    }
    std::this_thread::sleep_for(kPause);
  }
}

Status Admin::delete_topic(const std::string& name, Deadline deadline) {
  const Remaining remaining(deadline);
  const OwnedDeleteTopic wanted(rd_kafka_DeleteTopic_new(name.c_str()));
  rd_kafka_DeleteTopic_t* topics[] = {wanted.get()};
  LIMPET_TRY(const OwnedEvent event,
             ask(*state_->handle, RD_KAFKA_ADMIN_OP_DELETETOPICS, remaining,
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_DeleteTopics(state_->client(), topics, 1, options, queue);
                   return {};
                 }));
  std::size_t count = 0;
  const auto** answers =
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) LIMPET_CHECK(status_of_topic(*answers[i]));
  while (true) {
    auto described = describe_topic(*state_->handle, name, remaining);
    if (!described && described.error().code == Code::NotFound) return {};
    if (!described && !retriable(described.error())) return std::move(described).error();
    if (remaining.over()) {
      return make_error(RD_KAFKA_RESP_ERR__TIMED_OUT, "deleted, but not gone in time", name);
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<std::vector<Group>> Admin::groups(Deadline deadline) {
  LIMPET_TRY(const OwnedEvent event,
             ask(*state_->handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, Remaining(deadline),
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_ListConsumerGroups(state_->client(), options, queue);
                   return {};
                 }));
  const auto* answer = rd_kafka_event_ListConsumerGroups_result(event.get());
  std::size_t count = 0;
  const auto** failed = rd_kafka_ListConsumerGroups_result_errors(answer, &count);
  // A broker that did not answer would make the list look shorter than it is.
  if (count > 0) return make_error(failed[0]);
  const auto** listed = rd_kafka_ListConsumerGroups_result_valid(answer, &count);
  std::vector<Group> groups;
  for (std::size_t i = 0; i < count; ++i) {
    groups.push_back(
        {text(rd_kafka_ConsumerGroupListing_group_id(listed[i])),
         text(rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupListing_state(listed[i]))),
         text(rd_kafka_consumer_group_type_name(rd_kafka_ConsumerGroupListing_type(listed[i])))});
  }
  std::sort(groups.begin(), groups.end(),
            [](const Group& a, const Group& b) { return a.id < b.id; });
  return groups;
}

Result<GroupDetails> Admin::group(const std::string& id, Deadline deadline) {
  const char* ids[] = {id.c_str()};
  LIMPET_TRY(const OwnedEvent event,
             ask(*state_->handle, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, Remaining(deadline),
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_DescribeConsumerGroups(state_->client(), ids, 1, options, queue);
                   return {};
                 }));
  std::size_t count = 0;
  const auto** answers = rd_kafka_DescribeConsumerGroups_result_groups(
      rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
  if (count != 1) return Error::internal("the broker described another group");
  const auto* from = answers[0];
  if (const auto* error = rd_kafka_ConsumerGroupDescription_error(from)) {
    return make_error(error, id);
  }
  const auto state = rd_kafka_ConsumerGroupDescription_state(from);
  if (state == RD_KAFKA_CONSUMER_GROUP_STATE_DEAD) {
    return make_error(RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND, {}, id);
  }
  GroupDetails group{.id = id,
                     .state = text(rd_kafka_consumer_group_state_name(state)),
                     .assignor = text(rd_kafka_ConsumerGroupDescription_partition_assignor(from))};
  if (const auto* node = rd_kafka_ConsumerGroupDescription_coordinator(from)) {
    group.coordinator = {rd_kafka_Node_id(node), text(rd_kafka_Node_host(node)),
                         rd_kafka_Node_port(node)};
  }
  const std::size_t members = rd_kafka_ConsumerGroupDescription_member_count(from);
  for (std::size_t i = 0; i < members; ++i) {
    const auto* member = rd_kafka_ConsumerGroupDescription_member(from, i);
    GroupMember made{.id = text(rd_kafka_MemberDescription_consumer_id(member)),
                     .client_id = text(rd_kafka_MemberDescription_client_id(member)),
                     .host = text(rd_kafka_MemberDescription_host(member))};
    const auto* list =
        rd_kafka_MemberAssignment_partitions(rd_kafka_MemberDescription_assignment(member));
    for (int p = 0; list != nullptr && p < list->cnt; ++p) {
      made.assignment.push_back({list->elems[p].topic, list->elems[p].partition});
    }
    group.members.push_back(std::move(made));
  }
  return group;
}

Result<std::vector<PartitionOffset>> Admin::group_offsets(const std::string& id,
                                                          Deadline deadline) {
  if (id.empty()) return Error::invalid_input("a group has a name");
  const OwnedGroupOffsets wanted(rd_kafka_ListConsumerGroupOffsets_new(id.c_str(), nullptr));
  rd_kafka_ListConsumerGroupOffsets_t* groups[] = {wanted.get()};
  LIMPET_TRY(const OwnedEvent event,
             ask(*state_->handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, Remaining(deadline),
                 [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) -> Status {
                   rd_kafka_ListConsumerGroupOffsets(state_->client(), groups, 1, options, queue);
                   return {};
                 }));
  std::size_t count = 0;
  const auto** answers = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  if (count != 1) return Error::internal("the broker answered for another group");
  if (const auto* error = rd_kafka_group_result_error(answers[0])) {
    if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) {
      return std::vector<PartitionOffset>();
    }
    return make_error(error, id);
  }
  const auto* list = rd_kafka_group_result_partitions(answers[0]);
  if (list == nullptr) return std::vector<PartitionOffset>();
  LIMPET_CHECK(first_error(*list));
  auto offsets = offsets_of(*list);
  std::erase_if(offsets, [](const PartitionOffset& at) { return at.offset < 0; });
  std::sort(offsets.begin(), offsets.end(), [](const PartitionOffset& a, const PartitionOffset& b) {
    return std::tie(a.topic, a.partition) < std::tie(b.topic, b.partition);
  });
  return offsets;
}

Result<std::vector<PartitionOffset>> Admin::offsets(const std::vector<TopicPartition>& partitions,
                                                    Position position, Deadline deadline) {
  return resolve(*state_->handle, partitions, position, Remaining(deadline));
}

Result<std::map<TopicPartition, Watermarks>> Admin::watermarks(
    const std::vector<TopicPartition>& partitions, Deadline deadline) {
  const Remaining remaining(deadline);
  LIMPET_TRY(const auto low, resolve(*state_->handle, partitions, Position::earliest(), remaining));
  LIMPET_TRY(const auto high, resolve(*state_->handle, partitions, Position::latest(), remaining));
  std::map<TopicPartition, Watermarks> watermarks;
  for (std::size_t i = 0; i < low.size(); ++i) {
    watermarks[{low[i].topic, low[i].partition}] = {low[i].offset, high[i].offset};
  }
  return watermarks;
}

Result<std::vector<PartitionLag>> Admin::lag(const std::string& group,
                                             const std::vector<std::string>& topics,
                                             Deadline deadline) {
  const Remaining remaining(deadline);
  const auto left = [&] { return std::chrono::milliseconds(remaining.milliseconds()); };
  LIMPET_TRY(const auto committed, group_offsets(group, left()));
  if (committed.empty()) LIMPET_CHECK(this->group(group, left()));
  std::map<TopicPartition, std::optional<std::int64_t>> wanted;
  for (const auto& name : topics) {
    LIMPET_TRY(const Topic topic, this->topic(name, left()));
    for (const auto& partition : topic.partitions) wanted[{name, partition.id}] = std::nullopt;
  }
  for (const auto& at : committed) {
    const bool asked =
        topics.empty() || std::find(topics.begin(), topics.end(), at.topic) != topics.end();
    if (asked) wanted[{at.topic, at.partition}] = at.offset;
  }
  std::vector<TopicPartition> partitions;
  for (const auto& [partition, offset] : wanted) partitions.push_back(partition);
  LIMPET_TRY(const auto held, watermarks(partitions, left()));
  std::vector<PartitionLag> lags;
  for (const auto& [partition, offset] : wanted) {
    const Watermarks marks = held.at(partition);
    const std::int64_t next = std::max(offset.value_or(marks.low), marks.low);
    lags.push_back({partition.topic, partition.partition, offset, marks,
                    std::max<std::int64_t>(marks.high - next, 0)});
  }
  return lags;
}

rd_kafka_s* Admin::native_handle() const { return state_->client(); }

}  // namespace limpet::kafka
