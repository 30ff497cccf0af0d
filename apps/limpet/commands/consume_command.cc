// limpet consume: a topic's records, decoded.
#include "groups.h"
#include "kafka_flags.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "record_filter.h"
#include "record_lines.h"
#include "record_reader.h"
#include "record_source.h"
#include "record_topic.h"
#include "session.h"
#include "view.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPieceBytes = 256U << 10U;

struct Options {
  TopicOptions topic;
  bool follow = false;
  std::uint64_t count = 0;  // 0: all
  std::vector<std::string> where;
  std::string form = "pretty";
  std::string key_format = "auto";
  bool headers = false;
  std::string on_error = "show";
  bool validate = false;
  std::string schema;
  std::string format;
  std::string message;
  std::vector<std::string> imports;
  KafkaFlags kafka;
  RegistryOptions registry;
};

/// What the bytes of a key mean when it was said: text, hex, int, long.
ReadPart key_as(const std::string& format, const std::optional<kafka::Bytes>& key) {
  ReadPart part;
  if (!key) return part;
  part.bytes = *key;
  part.content = ReadPart::Content::Binary;
  part.view = value::View::bytes(kafka::as_text(*key));
  const std::size_t width = format == "int" ? 4 : format == "long" ? 8 : 0;
  if (format == "text") {
    part.content = ReadPart::Content::Text;
    part.view = value::View::string(kafka::as_text(*key));
  } else if (width != 0 && key->size() == width) {
    std::uint64_t bits = 0;
    for (const std::byte byte : *key) bits = bits << 8U | std::to_integer<std::uint64_t>(byte);
    part.content = ReadPart::Content::Json;
    part.view = width == 4 ? value::View::of_int(static_cast<std::int32_t>(bits))
                           : value::View::of_long(static_cast<std::int64_t>(bits));
  }
  return part;
}

RecordForm form_of(const std::string& text) {
  if (text == "json") return RecordForm::Json;
  return text == "value" ? RecordForm::Value : RecordForm::Pretty;
}

class Consumption {
 public:
  Consumption(const Options& options, RecordFilter filter)
      : options_(options),
        form_(form_of(options.form)),
        filter_(std::move(filter)),
        reader_(registry_source(options.registry), reading(options)),
        printer_({.form = form_,
                  .colours = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr}) {}

  int run() {
    auto config = kafka_config(options_.kafka, options_.registry.connection.arguments);
    tell_warnings(config);
    const StopSignals signals;
    TopicReader topic(config, options_.topic, options_.kafka.patience());
    Progress progress;
    const bool tell_progress = ::isatty(STDOUT_FILENO) != 1;
    while (!enough_ && !out_.closed() && topic.next(signals, 200ms)) {
      for (const auto& message : topic.batch()) {
        if (!topic.wants(message)) continue;
        take(message);
        if (enough_ || out_.closed()) break;
      }
      out_.flush();
      if (tell_progress) progress.show(progress_line(progress.seconds()));
    }
    out_.flush();
    if (bad_ == 0) return 0;
    std::cerr << "limpet: " << grouped(bad_) << " of " << grouped(read_)
              << (read_ == 1 ? " record" : " records") << " could not be read" << std::endl;
    return 1;
  }

 private:
  static RecordReaderOptions reading(const Options& options) {
    RecordReaderOptions reading{.validate_json = options.validate};
    if (!options.schema.empty()) {
      reading.unframed = schema_of_file(options.schema, options.format, options.imports);
      reading.unframed_message = options.message;
    } else if (!options.format.empty() || !options.message.empty() || !options.imports.empty()) {
      throw CommandFailed{"--format, --message and --import go with --schema", 2};
    }
    return reading;
  }

  std::string progress_line(double seconds) const {
    return grouped(read_) + " records, " +
           grouped(static_cast<std::uint64_t>(static_cast<double>(read_) / seconds)) + "/s";
  }

  void take(const kafka::Message& message) {
    const kafka::Headers headers = message.headers();
    arena_.reset();
    serde::Context context{.topic = message.topic, .headers = frame_headers_.of(headers)};
    reader_.read(context, message.value, arena_, value_);
    if (form_ != RecordForm::Value || !filter_.empty()) {
      context.is_key = true;
      if (options_.key_format == "auto") {
        reader_.read(context, message.key, arena_, key_);
      } else {
        key_ = key_as(options_.key_format, message.key);
      }
    }
    ++read_;
    if (value_.failure || key_.failure) return take_bad(message, headers);
    if (!filter_.empty() && !matches(message)) return;
    show(message, headers);
  }

  bool matches(const kafka::Message& message) const {
    RecordFacts facts{.key = key_.view,
                      .partition = message.partition,
                      .offset = message.offset,
                      .timestamp_ms = message.timestamp_ms};
    if (value_.schema != nullptr) {
      facts.schema = value_.schema->name();
      facts.version = value_.schema->version_number();
    }
    return filter_.matches(value_.view, facts);
  }

  void show(const kafka::Message& message, const kafka::Headers& headers) {
    const bool with_headers = form_ == RecordForm::Json || options_.headers;
    printer_.append({.topic = message.topic,
                     .partition = message.partition,
                     .offset = message.offset,
                     .timestamp_ms = message.timestamp_ms,
                     .key = &key_,
                     .value = &value_,
                     .headers = with_headers ? &headers : nullptr},
                    out_.text());
    out_.flush_when(kPieceBytes);
    if (options_.count != 0 && ++shown_ == options_.count) enough_ = true;
  }

  void take_bad(const kafka::Message& message, const kafka::Headers& headers) {
    const serde::Failure& failure = value_.failure ? *value_.failure : *key_.failure;
    const std::string place = std::string(message.topic) + "[" + std::to_string(message.partition) +
                              "] offset " + std::to_string(message.offset);
    if (is_registry_trouble(failure)) {
      out_.flush();
      throw CommandFailed{
          place + ": " + serde::describe(failure) + "; to go on from here: --partition " +
              std::to_string(message.partition) + " --from " + std::to_string(message.offset),
          failure.kind == serde::FailureKind::Config ? 2 : 1};
    }
    ++bad_;
    const std::string sentence = place + ": " + serde::describe(failure);
    if (options_.on_error == "stop") {
      out_.flush();
      throw CommandFailed{sentence};
    }
    if (options_.on_error == "skip") return;
    if (form_ == RecordForm::Value) {
      out_.flush();
      std::cerr << "limpet: " << printable(sentence) << std::endl;
    } else {
      show(message, headers);
    }
  }

  const Options& options_;
  RecordForm form_;
  RecordFilter filter_;
  RecordReader reader_;
  RecordPrinter printer_;
  StandardOutput out_;
  FrameHeaders frame_headers_;
  value::Arena arena_;
  ReadPart key_;
  ReadPart value_;
  std::uint64_t read_ = 0;
  std::uint64_t shown_ = 0;
  std::uint64_t bad_ = 0;
  bool enough_ = false;
};

int run(const Options& options) {
  auto filter = RecordFilter::parse(options.where);
  if (!filter) {
    throw CommandFailed{"--where \"" + filter.error().where + "\": " + filter.error().message, 2};
  }
  return Consumption(options, *std::move(filter)).run();
}

}  // namespace

void add_consume_command(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      app, "consume",
      "Show the records of a topic, decoded by their schemas, however they are framed: AWS Glue, "
      "Confluent, Avro single object, or not at all. Exit status 0: all could be read, 1: not all, "
      "or brokers or registry failed, 2: wrong use.",
      "limpet consume -t orders\n"
      "  limpet consume -t orders --from 2026-01-31T08:00:00Z --until-end --output json\n"
      "  limpet consume -t orders --where 'amount >= 100' --where 'customer.city = Graz' --count "
      "5\n"
      "  limpet consume -t orders --from=-10 --until-end --output value");
  add_topic_options(command, options->topic);
  add_from_option(command, options->topic.from)->default_str("earliest");
  command.add_option("--count", options->count, "Stop after so many that were shown. 0: all.")
      ->check(CLI::NonNegativeNumber.description(""))
      ->type_name("NUMBER");
  auto* until_end = command.add_flag("--until-end", options->topic.until_end,
                                     "Stop at the end, as it was when the command began.");
  command.add_flag("--follow", options->follow, "Wait for more records at the end (the default).")
      ->excludes(until_end);
  command
      .add_option("--where", options->where,
                  "Only records whose value fits: FIELD OP VALUE, or FIELD exists. OP: = != < <= > "
                  ">= ~ (regular expression). Fields: address.city, lines[0].sku, lines.sku (any "
                  "of the list), $key, $partition, $offset, $timestamp, $schema, $version. "
                  "Numbers compare as numbers. Several must all hold.")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command
      .add_option("--output", options->form,
                  "pretty (default), json: a line for each record with all that is known of it, "
                  "or value: a line for each value.")
      ->check(CLI::IsMember({"pretty", "json", "value"}).description(""))
      ->type_name("FORM");
  command
      .add_option("--key-format", options->key_format,
                  "auto (default: by its frame, else text, else hexadecimal), text, hex, int or "
                  "long (Kafka's own serializers).")
      ->check(CLI::IsMember({"auto", "text", "hex", "int", "long"}).description(""))
      ->type_name("FORMAT");
  command.add_flag("--headers", options->headers, "Also show headers (json always does).");
  command
      .add_option("--on-error", options->on_error,
                  "Records that cannot be read: show (default) them as bytes with the reason, skip "
                  "them, or stop.")
      ->check(CLI::IsMember({"show", "skip", "stop"}).description(""))
      ->type_name("ACTION");
  command.add_flag("--validate", options->validate, "Check JSON against its schema.");
  command
      .add_option("--schema", options->schema,
                  "The definition that values without a frame were written with.")
      ->type_name("FILE");
  add_format_option(command, options->format);
  command.add_option("--message", options->message,
                     "PROTOBUF: full name of the message, of values without a frame.");
  add_import_option(command, options->imports);
  add_kafka_options(command, options->kafka);
  add_registry_options(command, options->registry);
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
