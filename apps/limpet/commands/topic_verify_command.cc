// limpet topic verify: is every record of a topic what its schema says?
#include "groups.h"
#include "kafka_flags.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "record_lines.h"
#include "record_reader.h"
#include "record_source.h"
#include "record_topic.h"
#include "session.h"
#include "view.h"

#include "limpet/json/writer.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <unistd.h>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kFirstBadOffsets = 10;  // of each partition
constexpr std::size_t kSchemasMax = 100'000;  // apart; the others are counted as one

struct Options {
  TopicOptions topic{.until_end = true};
  std::string until = "end";
  bool allow_unframed = false;
  bool allow_trailing = false;
  bool keys = false;
  std::string schema;
  std::string format;
  std::string message;
  std::vector<std::string> imports;
  std::string form = "table";
  KafkaFlags kafka;
  RegistryOptions registry;
};

struct BadRecord {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string sentence{};
};

/// Records of one schema version, or of a kind of frame without one.
struct Group {
  std::string schema{};
  std::optional<std::uint64_t> version{};
  std::string format{};
  std::string framing{};
  std::string id{};
  std::uint64_t records = 0;
  std::uint64_t bad = 0;
};

json::Value text(std::string value) { return json::Value::string(std::move(value)); }
json::Value number(std::uint64_t value) {
  return json::Value::integer(static_cast<std::int64_t>(value));
}

/// With one digit behind the point.
json::Value tenths(double value) {
  std::array<char, 40> digits{};
  std::snprintf(digits.data(), digits.size(), "%.1f", value);
  return json::Value::number(digits.data());
}

class Verification {
 public:
  explicit Verification(const Options& options)
      : options_(options), reader_(registry_source(options.registry), reading(options)) {}

  int run() {
    auto config = kafka_config(options_.kafka, options_.registry.connection.arguments);
    tell_warnings(config);
    const StopSignals signals;
    TopicReader topic(config, options_.topic, options_.kafka.patience());
    Progress progress;
    while (topic.next(signals, 200ms)) {
      for (const auto& message : topic.batch()) {
        if (topic.wants(message)) take(message);
      }
      progress.show(progress_line(topic, progress.seconds()));
    }
    seconds_ = std::max(progress.seconds(), 1e-3);
    stopped_ = signals.asked();
    report(topic);
    return bad_ == 0 && !stopped_ ? 0 : 1;
  }

 private:
  static RecordReaderOptions reading(const Options& options) {
    RecordReaderOptions reading{.validate_json = true, .whole = !options.allow_trailing};
    if (!options.schema.empty()) {
      reading.unframed = schema_of_file(options.schema, options.format, options.imports);
      reading.unframed_message = options.message;
    } else if (!options.format.empty() || !options.message.empty() || !options.imports.empty()) {
      throw CommandFailed{"--format, --message and --import go with --schema", 2};
    }
    return reading;
  }

  std::string progress_line(const TopicReader& topic, double seconds) const {
    std::string line = grouped(records_);
    if (topic.expected() > 0) {
      line += " of " + grouped(static_cast<std::uint64_t>(topic.expected()));
    }
    line += " records, " +
            grouped(static_cast<std::uint64_t>(static_cast<double>(records_) / seconds)) + "/s";
    if (bad_ > 0) line += ", " + grouped(bad_) + " bad";
    return line;
  }

  void take(const kafka::Message& message) {
    ++records_;
    bytes_ += message.value ? message.value->size() : 0;
    bytes_ += message.key ? message.key->size() : 0;
    arena_.reset();
    const kafka::Headers headers = message.headers();
    serde::Context context{.topic = message.topic, .headers = frame_headers_.of(headers)};
    reader_.read(context, message.value, arena_, value_);
    Group& group = group_of(value_);
    ++group.records;
    using Content = ReadPart::Content;
    if (value_.content == Content::Null) ++tombstones_;
    const bool bare = value_.content == Content::Json || value_.content == Content::Text ||
                      value_.content == Content::Binary;
    bool bad = false;
    if (value_.failure) {
      take_failure(message, *value_.failure, "");
      bad = true;
    } else if (bare && !options_.allow_unframed) {
      take_failure(message,
                   {.kind = serde::FailureKind::NotFramed,
                    .message = "the value has no frame that names a schema"},
                   "");
      bad = true;
    }
    if (options_.keys && message.key) {
      context.is_key = true;
      reader_.read(context, message.key, arena_, value_);
      if (value_.failure) {
        take_failure(message, *value_.failure, "key: ");
        bad = true;
      }
    }
    if (!bad) return;
    ++bad_;
    ++group.bad;
  }

  Group& group_of(const ReadPart& part) {
    if (part.schema != nullptr && part.schema == last_schema_ && part.schema->id() == last_id_ &&
        part.frame.kind == last_framing_) {
      return *last_group_;
    }
    const auto framing = part.content == ReadPart::Content::Null
                             ? std::string_view("tombstone")
                             : serde::to_string(part.frame.kind);
    std::string id;
    if (part.schema != nullptr && part.frame.kind != serde::Framing::ConfluentId) {
      if (part.frame.kind != serde::Framing::None) id = part.schema->id().to_string();
    } else if (part.frame.kind == serde::Framing::Glue ||
               part.frame.kind == serde::Framing::ConfluentGuid) {
      id = part.frame.version.to_string();
    } else if (part.frame.kind == serde::Framing::ConfluentId) {
      id = std::to_string(part.frame.id);
    }
    std::string key = std::string(framing) + "/" + id;
    if (groups_.size() >= kSchemasMax && !groups_.contains(key)) key = "others/";
    Group& group = groups_[key];
    if (group.records == 0) {
      group.framing = framing;
      group.id = id;
    }
    if (part.schema != nullptr && group.format.empty()) {
      group.schema = part.schema->name();
      group.version = part.schema->version_number();
      group.format = to_string(part.schema->format());
    }
    last_schema_ = part.schema;
    if (part.schema != nullptr) last_id_ = part.schema->id();
    last_framing_ = part.frame.kind;
    last_group_ = &group;
    return group;
  }

  void take_failure(const kafka::Message& message, const serde::Failure& failure,
                    std::string_view part) {
    if (is_registry_trouble(failure)) {
      throw CommandFailed{std::string(message.topic) + "[" + std::to_string(message.partition) +
                              "] offset " + std::to_string(message.offset) + ": " +
                              serde::describe(failure),
                          failure.kind == serde::FailureKind::Config ? 2 : 1};
    }
    ++kinds_[std::string(part) + std::string(serde::to_string(failure.kind))];
    auto& firsts = first_bad_[message.partition];
    if (firsts.size() < kFirstBadOffsets) {
      firsts.push_back({.partition = message.partition,
                        .offset = message.offset,
                        .sentence = std::string(part) + serde::describe(failure)});
    }
  }

  json::Value summary(const TopicReader& topic) const {
    auto out = json::Value::object({});
    out.set("Topic", text(options_.topic.topic));
    out.set("Partitions", number(topic.partitions()));
    out.set("Records", number(records_));
    out.set("Good", number(records_ - bad_));
    out.set("Bad", number(bad_));
    out.set("Tombstones", number(tombstones_));
    out.set("Bytes", number(bytes_));
    out.set("Seconds", tenths(seconds_));
    out.set("RecordsPerSecond",
            number(static_cast<std::uint64_t>(static_cast<double>(records_) / seconds_)));
    out.set("BytesPerSecond",
            number(static_cast<std::uint64_t>(static_cast<double>(bytes_) / seconds_)));
    out.set("Whole", json::Value::boolean(!stopped_));
    return out;
  }

  json::Value groups() const {
    // By schema and version; what has neither keeps its order.
    std::vector<std::tuple<std::string_view, std::uint64_t, std::size_t, const Group*>> order;
    for (const auto& [key, group] : groups_) {
      order.emplace_back(group.schema, group.version.value_or(0), order.size(), &group);
    }
    std::sort(order.begin(), order.end());
    std::vector<json::Value> rows;
    for (const auto& [schema, version, position, group] : order) {
      auto row = json::Value::object({});
      row.set("Schema", group->schema.empty() ? json::Value() : text(group->schema));
      row.set("Version", group->version ? number(*group->version) : json::Value());
      row.set("Format", group->format.empty() ? json::Value() : text(group->format));
      row.set("Framing", text(group->framing));
      row.set("Id", group->id.empty() ? json::Value() : text(group->id));
      row.set("Records", number(group->records));
      row.set("Bad", number(group->bad));
      rows.push_back(std::move(row));
    }
    return json::Value::array(std::move(rows));
  }

  json::Value errors() const {
    std::vector<json::Value> rows;
    for (const auto& [kind, count] : kinds_) {
      rows.push_back(json::Value::object({{"Error", text(kind)}, {"Records", number(count)}}));
    }
    return json::Value::array(std::move(rows));
  }

  json::Value first_bad() const {
    std::vector<json::Value> rows;
    for (const auto& [partition, firsts] : first_bad_) {
      for (const BadRecord& bad : firsts) {
        rows.push_back(json::Value::object({{"Partition", json::Value::integer(bad.partition)},
                                            {"Offset", json::Value::integer(bad.offset)},
                                            {"Error", text(printable(bad.sentence))}}));
      }
    }
    return json::Value::array(std::move(rows));
  }

  void report(const TopicReader& topic) const {
    auto document = summary(topic);
    if (options_.form == "json") {
      document.set("Schemas", groups());
      document.set("Errors", errors());
      document.set("FirstBad", first_bad());
      std::cout << json::to_pretty_text(document) << "\n";
      return;
    }
    std::cout << object_view(document);
    if (!groups_.empty()) {
      std::cout << "\n"
                << list_view(groups(),
                             {"Schema", "Version", "Format", "Framing", "Id", "Records", "Bad"});
    }
    if (bad_ == 0) return;
    std::cout << "\n" << list_view(errors(), {"Error", "Records"});
    std::cout << "\n" << list_view(first_bad(), {"Partition", "Offset", "Error"});
  }

  const Options& options_;
  RecordReader reader_;
  FrameHeaders frame_headers_;
  value::Arena arena_;
  ReadPart value_;
  std::uint64_t records_ = 0;
  std::uint64_t bad_ = 0;
  std::uint64_t tombstones_ = 0;
  std::uint64_t bytes_ = 0;
  double seconds_ = 0;
  bool stopped_ = false;
  std::map<std::string, Group> groups_;
  const serde::Schema* last_schema_ = nullptr;
  Uuid last_id_{};  // another schema may come to stand where one was
  serde::Framing last_framing_ = serde::Framing::None;
  Group* last_group_ = nullptr;
  std::map<std::string, std::uint64_t> kinds_;
  std::map<std::int32_t, std::vector<BadRecord>> first_bad_;
};

}  // namespace

void add_topic_verify_command(CLI::App& group, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      group, "verify",
      "Check every record of a topic against the schema that it names, JSON Schema's rules "
      "included: counts for each schema version and error, the rate, and the first bad offsets. "
      "Exit status 0: all are good, 1: not all, or brokers or registry failed, 2: wrong use.",
      "limpet topic verify orders\n"
      "  limpet topic verify orders --from 2026-01-31 --output json\n"
      "  limpet topic verify orders --keys --allow-unframed");
  command.add_option("TOPIC", options->topic.topic, "Name of the topic.")->required();
  command
      .add_option("-p,--partition", options->topic.partitions, "Only this one; may be repeated.")
      ->type_name("NUMBER")
      ->allow_extra_args(false);
  add_from_option(command, options->topic.from)->default_str("earliest");
  command
      .add_option("--until", options->until,
                  "end (default): the end as it was when the command began.")
      ->check(CLI::IsMember({"end"}).description(""))
      ->type_name("PLACE");
  command.add_flag("--keys", options->keys, "Also keys that have a frame.");
  command.add_flag("--allow-unframed", options->allow_unframed,
                   "Values without a frame are not bad.");
  command.add_flag("--allow-trailing", options->allow_trailing,
                   "Bytes behind a value are not bad: all clients of AWS Glue ignore them.");
  command
      .add_option("--schema", options->schema,
                  "The definition that values without a frame were written with.")
      ->type_name("FILE");
  add_format_option(command, options->format);
  command.add_option("--message", options->message,
                     "PROTOBUF: full name of the message, of values without a frame.");
  add_import_option(command, options->imports);
  add_output_option(command, options->form, "table (default), or json.");
  add_kafka_options(command, options->kafka);
  add_registry_options(command, options->registry);
  on_run_locally(command, status, [options] { return Verification(*options).run(); });
}

}  // namespace limpet::app
