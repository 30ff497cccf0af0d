// limpet topic list|describe|lag: a Kafka cluster's topics, and how far groups are behind.
#include "groups.h"
#include "kafka_flags.h"
#include "local.h"
#include "view.h"

#include "limpet/json/writer.h"
#include "limpet/kafka/admin.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <numeric>
#include <optional>

namespace limpet::app {
namespace {

struct Common {
  KafkaFlags kafka;
  client::Arguments aws;
  std::string form = "table";

  bool json() const { return form == "json"; }
  std::chrono::milliseconds patience() const { return kafka.patience(); }
  kafka::Admin admin() const { return done(kafka::Admin::make(kafka_config(kafka, aws))); }
};

void add_common(CLI::App& command, Common& common) {
  add_output_option(command, common.form, "table (default), or json.");
  add_kafka_options(command, common.kafka);
  add_msk_options(command, common.aws);
}

json::Value text(std::string value) { return json::Value::string(std::move(value)); }
json::Value number(std::int64_t value) { return json::Value::integer(value); }

json::Value numbers(const std::vector<std::int32_t>& values) {
  std::vector<json::Value> items;
  for (const auto value : values) items.push_back(number(value));
  return json::Value::array(std::move(items));
}

void print(const json::Value& document) { std::cout << json::to_pretty_text(document) << "\n"; }

/// Copies of each record: those of the partition that has the fewest.
std::int64_t replication(const kafka::Topic& topic) {
  std::size_t fewest = topic.partitions.empty() ? 0 : topic.partitions.front().replicas.size();
  for (const auto& partition : topic.partitions) {
    fewest = std::min(fewest, partition.replicas.size());
  }
  return static_cast<std::int64_t>(fewest);
}

void add_list(CLI::App& group, int& status) {
  struct Options : Common {
    bool internal = false;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "list", "List the topics.",
                              "limpet topic list\n"
                              "  limpet topic list --bootstrap kafka-1:9092,kafka-2:9092 "
                              "--output json");
  command.add_flag("--internal", options->internal, "Also Kafka's own topics (__…).");
  add_common(command, *options);
  on_run_locally(command, status, [options] {
    auto admin = options->admin();
    std::vector<json::Value> items;
    for (const auto& topic : done(admin.topics(options->patience()))) {
      if (topic.internal && !options->internal) continue;
      items.push_back(json::Value::object(
          {{"Name", text(topic.name)},
           {"Partitions", number(static_cast<std::int64_t>(topic.partitions.size()))},
           {"Replication", number(replication(topic))},
           {"Internal", json::Value::boolean(topic.internal)}}));
    }
    auto list = json::Value::array(std::move(items));
    if (options->json()) {
      print(json::Value::object({{"Topics", std::move(list)}}));
    } else {
      std::cout << list_view(list, {"Name", "Partitions", "Replication"});
    }
    return 0;
  });
}

void add_describe(CLI::App& group, int& status) {
  struct Options : Common {
    std::string topic;
    bool all = false;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      group, "describe", "Show a topic's partitions, the offsets they hold, and its settings.",
      "limpet topic describe orders\n  limpet topic describe orders --all-settings");
  command.add_option("TOPIC", options->topic, "Name of the topic.")->required();
  command.add_flag("--all-settings", options->all, "Also settings that are at their default.");
  add_common(command, *options);
  on_run_locally(command, status, [options] {
    auto admin = options->admin();
    const auto topic = done(admin.topic(options->topic, options->patience()));
    std::vector<kafka::TopicPartition> partitions;
    bool led = true;
    for (const auto& partition : topic.partitions) {
      partitions.push_back({topic.name, partition.id});
      led = led && partition.leader >= 0;
    }
    // A partition without a leader cannot tell its offsets, and must not hide the others'.
    std::map<kafka::TopicPartition, kafka::Watermarks> held;
    if (led) held = done(admin.watermarks(partitions, options->patience()));
    const auto settings = admin.topic_settings(topic.name, options->patience());
    // Who may read a topic may not always read its settings.
    if (!settings && settings.error().code != Code::AccessDenied) fail(settings.error());

    std::vector<json::Value> rows;
    std::int64_t records = 0;
    for (const auto& partition : topic.partitions) {
      auto row = json::Value::object({{"Partition", number(partition.id)},
                                      {"Leader", number(partition.leader)},
                                      {"Replicas", numbers(partition.replicas)},
                                      {"InSync", numbers(partition.in_sync)}});
      if (led) {
        const auto marks = held.at({topic.name, partition.id});
        records += marks.high - marks.low;
        row.set("First", number(marks.low));
        row.set("End", number(marks.high));
        row.set("Offsets", number(marks.high - marks.low));
      }
      rows.push_back(std::move(row));
    }
    std::vector<json::Value> shown;
    if (settings) {
      for (const auto& setting : *settings) {
        if (setting.is_default && !options->all) continue;
        auto row = json::Value::object({{"Name", text(setting.name)}});
        row.set("Value", setting.value ? text(*setting.value) : json::Value());
        row.set("Default", json::Value::boolean(setting.is_default));
        shown.push_back(std::move(row));
      }
    }
    auto document = json::Value::object(
        {{"Name", text(topic.name)},
         {"Partitions", number(static_cast<std::int64_t>(topic.partitions.size()))},
         {"Replication", number(replication(topic))},
         {"Internal", json::Value::boolean(topic.internal)}});
    if (led) document.set("Offsets", number(records));
    auto row_list = json::Value::array(std::move(rows));
    auto setting_list = json::Value::array(std::move(shown));
    if (options->json()) {
      document.set("PartitionList", std::move(row_list));
      document.set("Settings", settings ? std::move(setting_list) : json::Value());
      print(document);
      return 0;
    }
    std::cout << object_view(document) << "\n"
              << list_view(row_list, {"Partition", "Leader", "Replicas", "InSync", "First", "End",
                                      "Offsets"});
    if (!settings) {
      std::cout << "\nthe settings may not be read\n";
    } else if (!setting_list.items().empty()) {
      std::cout << "\n" << list_view(setting_list, {"Name", "Value", "Default"});
    }
    return 0;
  });
}

/// Every group, without those that read nothing that was asked for.
json::Value groups_of(kafka::Admin& admin, const std::vector<std::string>& topics,
                      std::chrono::milliseconds patience) {
  std::vector<json::Value> rows;
  for (const auto& group : done(admin.groups(patience))) {
    const auto offsets = done(admin.group_offsets(group.id, patience));
    std::vector<kafka::TopicPartition> partitions;
    for (const auto& at : offsets) {
      if (topics.empty() || std::find(topics.begin(), topics.end(), at.topic) != topics.end()) {
        partitions.push_back({at.topic, at.partition});
      }
    }
    if (partitions.empty() && !topics.empty()) continue;
    const auto lags = partitions.empty() ? std::vector<kafka::PartitionLag>()
                                         : done(admin.lag(group.id, topics, patience));
    const std::int64_t lag =
        std::accumulate(lags.begin(), lags.end(), std::int64_t{0},
                        [](std::int64_t sum, const auto& part) { return sum + part.lag; });
    rows.push_back(
        json::Value::object({{"Group", text(group.id)},
                             {"State", text(group.state)},
                             {"Partitions", number(static_cast<std::int64_t>(lags.size()))},
                             {"Lag", number(lag)}}));
  }
  return json::Value::array(std::move(rows));
}

void add_lag(CLI::App& group, int& status) {
  struct Options : Common {
    std::string group;
    std::vector<std::string> topics;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      group, "lag",
      "Show how many records groups have still to read: of one group by partition, else of all.",
      "limpet topic lag\n  limpet topic lag orders\n  limpet topic lag --group billing");
  command.add_option("TOPIC", options->topics, "Only these topics.");
  command.add_option("--group", options->group, "One group, partition by partition.");
  add_common(command, *options);
  on_run_locally(command, status, [options] {
    auto admin = options->admin();
    const auto patience = options->patience();
    // A topic that does not exist is an error, not a group without lag.
    for (const auto& topic : options->topics) done(admin.topic(topic, patience));
    if (options->group.empty()) {
      auto rows = groups_of(admin, options->topics, patience);
      if (options->json()) {
        print(json::Value::object({{"Groups", std::move(rows)}}));
      } else {
        std::cout << list_view(rows, {"Group", "State", "Partitions", "Lag"});
      }
      return 0;
    }
    const auto lags = done(admin.lag(options->group, options->topics, patience));
    const auto details = done(admin.group(options->group, patience));
    std::vector<json::Value> rows;
    std::int64_t sum = 0;
    for (const auto& part : lags) {
      sum += part.lag;
      const kafka::TopicPartition at{part.topic, part.partition};
      const auto reader = std::find_if(
          details.members.begin(), details.members.end(), [&](const kafka::GroupMember& member) {
            return std::find(member.assignment.begin(), member.assignment.end(), at) !=
                   member.assignment.end();
          });
      rows.push_back(json::Value::object(
          {{"Topic", text(part.topic)},
           {"Partition", number(part.partition)},
           {"Committed", part.committed ? number(*part.committed) : json::Value()},
           {"End", number(part.held.high)},
           {"Lag", number(part.lag)},
           {"Reader", reader == details.members.end() ? json::Value() : text(reader->client_id)}}));
    }
    auto list = json::Value::array(std::move(rows));
    auto document =
        json::Value::object({{"Group", text(options->group)},
                             {"State", text(details.state)},
                             {"Members", number(static_cast<std::int64_t>(details.members.size()))},
                             {"Lag", number(sum)}});
    if (options->json()) {
      document.set("Partitions", std::move(list));
      print(document);
    } else {
      std::cout << object_view(document) << "\n"
                << list_view(list, {"Topic", "Partition", "Committed", "End", "Lag", "Reader"});
    }
    return 0;
  });
}

}  // namespace

void add_topic_commands(CLI::App& app, int& status) {
  auto* group = app.add_subcommand("topic", "Topics of a Kafka cluster.");
  group->require_subcommand(1);
  add_list(*group, status);
  add_describe(*group, status);
  add_lag(*group, status);
  add_topic_verify_command(*group, status);
}

}  // namespace limpet::app
