// limpet produce: JSON lines to records with a schema; bad ones never reach the topic.
#include "groups.h"
#include "kafka_flags.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "record_lines.h"
#include "record_source.h"
#include "record_writer.h"
#include "session.h"
#include "view.h"

#include "limpet/client/naming.h"
#include "limpet/codec/zlib.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/kafka/admin.h"
#include "limpet/kafka/producer.h"
#include "limpet/kafka/transactional_producer.h"
#include "limpet/serde/frame.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <utility>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReasonsMax = 5;      // of one record
constexpr std::size_t kDeliveriesMax = 10;  // failures that are told one by one
constexpr unsigned kLineBits = 40;          // of a tag; the file stands above them

struct Options {
  std::string topic;
  std::vector<std::string> files;
  std::string schema;
  std::string format;
  std::vector<std::string> imports;
  RecordWriterOptions writing;
  std::string key_field;
  std::vector<std::string> headers;
  std::optional<std::int32_t> partition;
  std::string schema_name;
  std::string naming = "topic";
  std::string compatibility = "BACKWARD";
  std::string compression = "none";
  bool auto_register = true;
  std::string on_error = "stop";
  std::string dead_letter_topic;
  std::string transactional_id;
  bool dry_run = false;
  std::string form = "table";
  KafkaFlags kafka;
  RegistryOptions registry;
};

client::NamingStrategy naming_of(const Options& options) {
  constexpr std::array<std::pair<std::string_view, client::Naming>, 4> kNames{
      {{"topic", client::Naming::JavaTopic},
       {"topic-value", client::Naming::PythonTopic},
       {"record", client::Naming::Record},
       {"topic-record", client::Naming::TopicRecord}}};
  client::NamingStrategy strategy{.fixed = options.schema_name};
  for (const auto& [name, naming] : kNames) {
    if (name == options.naming) strategy.naming = naming;
  }
  return strategy;
}

/// The schema's version in the registry, made when it has to be, with the first good record.
class Registered {
 public:
  Registered(const Options& options, const RecordWriter& writer)
      : options_(options), writer_(writer) {
    auto name = client::schema_name(naming_of(options),
                                    {.topic = options.topic, .record_name = writer.record_name()});
    if (!name) throw CommandFailed{"--naming " + options.naming + ": " + name.error().message, 2};
    name_ = *std::move(name);
  }

  const std::string& name() const { return name_; }
  const client::RegisteredSchema* version() const { return version_.get(); }

  /// Throws CommandFailed.
  const Uuid& id() {
    if (!version_) version_ = find();
    return version_->version_id;
  }

 private:
  client::SchemaPointer find() {
    auto settings = load_registry_settings(options_.registry);
    client::SchemaRegistryOptions asking = registry_defaults(options_.registry);
    asking.settings = std::move(settings);
    asking.auto_register = options_.auto_register;
    asking.compatibility = options_.compatibility;
    asking.description = "";
    auto opened = client::SchemaRegistry::open(std::move(asking));
    if (!opened) throw CommandFailed{describe(opened.error()), 2};
    registry_ = *std::move(opened);
    // White space is no part of a schema: registries show what they are given.
    const std::string text = registered_text();
    auto found = registry_->by_definition({.schema_name = name_,
                                           .format = writer_.schema().format(),
                                           .definition = text,
                                           .transport = options_.topic});
    if (!found) refuse(found.error());
    if ((*found)->version_number) return *std::move(found);
    // Which number it has, only the version itself tells.
    auto whole = registry_->by_version((*found)->version_id);
    return whole ? *std::move(whole) : *std::move(found);
  }

  std::string registered_text() const {
    const serde::Schema& schema = writer_.schema();
    if (schema.format() == DataFormat::Protobuf) return schema.definition();
    const auto document = json::parse(schema.definition(), {.max_depth = 1100});
    return document ? json::to_text(*document) : schema.definition();
  }

  [[noreturn]] void refuse(const Error& error) const {
    std::string text = "schema " + name_ + " in registry " + options_.registry.registry + ": ";
    // The chain says what was called; the reason is what people need.
    const std::size_t reason = error.message.find(kReason);
    if (error.code == Code::InvalidInput && reason != std::string::npos) {
      text += "the registry refuses this version. " + error.message.substr(reason + kReason.size());
    } else {
      text += describe(error);
      if (!options_.auto_register && error.code == Code::NotFound) {
        text += " (--no-auto-register)";
      }
    }
    throw CommandFailed{text};
  }
  static constexpr std::string_view kReason = " Reason: ";

  const Options& options_;
  const RecordWriter& writer_;
  std::string name_;
  std::shared_ptr<client::SchemaRegistry> registry_;
  client::SchemaPointer version_;
};

struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t refused = 0;
  std::uint64_t dead_lettered = 0;
  std::uint64_t undelivered = 0;
};

class Production {
 public:
  explicit Production(const Options& options)
      : options_(options),
        writer_(schema_of_file(options.schema, options.format, options.imports), options.writing),
        registered_(options, writer_),
        lines_(options.files),
        dead_letter_topic_(options.dead_letter_topic.empty() ? options.topic + "-dead-letter"
                                                             : options.dead_letter_topic) {
    if (!options.key_field.empty()) {
      auto path = FieldPath::parse(options.key_field);
      if (!path) throw CommandFailed{"--key-field: " + describe(path.error()), 2};
      key_at_ = *std::move(path);
    }
    for (const std::string& pair : options.headers) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string::npos || equals == 0) {
        throw CommandFailed{"a header is NAME=VALUE, not \"" + pair + "\"", 2};
      }
      headers_.push_back({std::string_view(pair).substr(0, equals),
                          kafka::as_bytes(std::string_view(pair).substr(equals + 1))});
    }
  }

  int run() {
    const StopSignals signals;
    if (!options_.dry_run) open();
    const std::string failed = send_all(signals);
    finish(failed.empty());
    if (!failed.empty()) std::cerr << "limpet: " << printable(failed) << std::endl;
    summarise();
    const bool all =
        failed.empty() && counts_.undelivered == 0 && counts_.refused == 0 && !signals.asked();
    return all ? 0 : 1;
  }

 private:
  kafka::Producer& producer() { return transactional_ ? transactional_->producer() : *producer_; }

  void open() {
    auto config = kafka_config(options_.kafka, options_.registry.connection.arguments);
    tell_warnings(config);
    config_ = config;
    kafka::ProducerOptions producing{
        .on_delivery = [this](const kafka::Delivery& delivery) { take(delivery); },
        // Not every client can read the others: kafka-python needs packages for them.
        .compression = "none"};
    if (options_.transactional_id.empty()) {
      producer_ = done(kafka::Producer::make(config, std::move(producing)));
      return;
    }
    transactional_ =
        done(kafka::TransactionalProducer::make(config, {.id = options_.transactional_id,
                                                         .transaction_timeout = 15min,
                                                         .producer = std::move(producing)}));
    settle(transactional_->init(options_.kafka.patience()));
    settle(transactional_->begin());
  }

  static void settle(const kafka::TransactionStatus& status) {
    if (!status) throw CommandFailed{"the transaction failed: " + describe(status.error())};
  }

  /// What ended it early; empty: nothing.
  std::string send_all(const StopSignals& signals) {
    Progress progress;
    try {
      while (const Line* line = lines_.next()) {
        if (signals.asked()) return "stopped by a signal before " + place(*line);
        if (line->text.find_first_not_of(" \t") == std::string_view::npos) continue;
        if (!send(*line)) return "stopped: nothing behind " + place(*line) + " was sent";
        // Before it waits for input, what the brokers said should be told.
        if (!options_.dry_run && lines_.would_wait()) producer().poll(0ms);
        if (++lines_read_ % 4096 == 0) {
          progress.show(grouped(lines_read_) + " records, " +
                        grouped(static_cast<std::uint64_t>(static_cast<double>(lines_read_) /
                                                           std::max(progress.seconds(), 1e-3))) +
                        "/s");
        }
      }
      return signals.asked() ? "stopped by a signal" : "";
    } catch (const CommandFailed& failed) {
      if (queued_ == 0) throw;
      return failed.message;
    }
  }

  std::string place(const Line& line) const {
    return (line.file.empty() ? "" : std::string(line.file) + ": ") + "line " +
           std::to_string(line.number);
  }

  /// false: the record is bad, and that ends it.
  bool send(const Line& line) {
    out_.clear();
    key_.clear();
    payload_.clear();
    const auto problems = writer_.append(line.text, payload_, key_at_, &key_);
    if (!problems.empty()) return take_bad(line, problems);
    ++good_;
    if (options_.dry_run) return true;
    const bool zlib = options_.compression == "zlib";
    serde::append_glue_header(out_, registered_.id(),
                              zlib ? serde::Compression::Zlib : serde::Compression::None);
    if (zlib) {
      deflater_.deflate(payload_.bytes(), out_);
    } else {
      out_.append(payload_.bytes());
    }
    kafka::Record record{.topic = options_.topic,
                         .partition = options_.partition,
                         .value = out_.bytes(),
                         .headers = headers_,
                         .tag = tag_of(line)};
    if (key_at_) record.key = kafka::as_bytes(key_);
    queue(record, line);
    return true;
  }

  void queue(const kafka::Record& record, const Line& line) {
    const auto queued = producer().produce(
        record, std::max<std::chrono::milliseconds>(options_.kafka.patience(), 1ms));
    if (!queued) throw CommandFailed{place(line) + ": not sent: " + describe(queued.error())};
    ++queued_;
  }

  bool take_bad(const Line& line, const std::vector<RecordProblem>& problems) {
    ++counts_.refused;
    for (std::size_t i = 0; i < std::min(problems.size(), kReasonsMax); ++i) {
      std::cerr << place(line) << ": " << printable(sentence(problems[i])) << "\n";
    }
    if (problems.size() > kReasonsMax) {
      std::cerr << place(line) << ": and " << problems.size() - kReasonsMax << " more\n";
    }
    std::cerr << std::flush;
    if (options_.on_error == "stop") return false;
    if (options_.on_error == "dead-letter" && !options_.dry_run) bury(line, problems.front());
    return true;
  }

  void bury(const Line& line, const RecordProblem& problem) {
    need_dead_letter_topic();
    const std::string number = std::to_string(line.number);
    const auto bytes = [](std::string_view text) { return kafka::as_bytes(text); };
    const std::string name = writer_.schema().name();
    std::vector<kafka::Header> headers{{"limpet.reason", bytes(problem.reason)},
                                       {"limpet.path", bytes(problem.path)},
                                       {"limpet.line", bytes(number)},
                                       {"limpet.topic", bytes(options_.topic)},
                                       {"limpet.schema", bytes(registered_.name())}};
    if (!line.file.empty()) headers.push_back({"limpet.file", bytes(line.file)});
    headers.insert(headers.end(), headers_.begin(), headers_.end());
    queue({.topic = dead_letter_topic_,
           .value = kafka::as_bytes(line.text),
           .headers = headers,
           .tag = tag_of(line) | kDeadLetter},
          line);
  }

  void need_dead_letter_topic() {
    if (has_dead_letter_topic_) return;
    has_dead_letter_topic_ = true;
    const auto patience = options_.kafka.patience();
    auto admin = done(kafka::Admin::make(*config_));
    const auto known = admin.topic(dead_letter_topic_, patience);
    if (known) return;
    if (known.error().code != Code::NotFound) throw CommandFailed{describe(known.error())};
    const auto made = admin.create_topic({.name = dead_letter_topic_}, patience);
    if (!made && made.error().code != Code::AlreadyExists) {
      throw CommandFailed{"cannot make the topic " + dead_letter_topic_ + ": " +
                          describe(made.error())};
    }
  }

  std::uint64_t tag_of(const Line& line) {
    if (line.file.empty()) return line.number;
    if (line.file != file_) {
      file_ = line.file;
      file_names_.push_back(file_);
    }
    return file_names_.size() << kLineBits | line.number;
  }

  std::string place(std::uint64_t tag) const {
    const std::uint64_t file = (tag & ~kDeadLetter) >> kLineBits;
    const std::string line = "line " + std::to_string(tag & ((1ULL << kLineBits) - 1));
    return file == 0 ? line : file_names_[file - 1] + ": " + line;
  }

  void take(const kafka::Delivery& delivery) {
    const bool dead_letter = (delivery.tag & kDeadLetter) != 0;
    if (!delivery.error) {
      ++(dead_letter ? counts_.dead_lettered : counts_.sent);
      return;
    }
    if (++counts_.undelivered > kDeliveriesMax) return;
    std::cerr << place(delivery.tag) << ": not delivered"
              << (dead_letter ? " to " + dead_letter_topic_ : "") << ": "
              << printable(describe(*delivery.error)) << std::endl;
  }

  void finish(bool whole) {
    if (options_.dry_run) {
      counts_.sent = 0;
      return;
    }
    if (!transactional_) {
      // Each record has a time limit of its own: this ends.
      const auto flushed = producer().flush(std::chrono::milliseconds(150'000));
      if (!flushed) throw CommandFailed{describe(flushed.error())};
      return;
    }
    if (whole && counts_.undelivered == 0) {
      const auto committed = transactional_->commit(150s);
      if (committed) return;
      rolled_back_ = true;
      std::cerr << "limpet: the transaction failed: " << printable(describe(committed.error()))
                << std::endl;
      ++counts_.undelivered;
    }
    rolled_back_ = true;
    const auto failed = counts_.undelivered;
    counts_.undelivered = kDeliveriesMax;  // what is thrown away is not told line by line
    settle(transactional_->abort(options_.kafka.patience()));
    counts_.undelivered = failed;
    counts_.sent = counts_.dead_lettered = 0;
  }

  void summarise() const {
    const client::RegisteredSchema* version = registered_.version();
    if (options_.form == "json") {
      json::Writer out;
      out.begin_object().key("Topic").value(options_.topic);
      const auto count = [&out](std::string_view name, std::uint64_t number) {
        out.key(name).value(static_cast<std::int64_t>(number));
      };
      if (options_.dry_run) count("Valid", good_);
      count("Sent", counts_.sent);
      count("Refused", counts_.refused);
      count("DeadLettered", counts_.dead_lettered);
      count("Undelivered", counts_.undelivered);
      out.key("SchemaName").value(registered_.name());
      if (version != nullptr) {
        if (version->version_number) count("SchemaVersion", *version->version_number);
        out.key("SchemaVersionId").value(version->version_id.to_string());
      }
      out.end_object();
      std::cout << std::move(out).take() << "\n";
      return;
    }
    std::string text;
    const auto records = [](std::uint64_t number) {
      return grouped(number) + (number == 1 ? " record" : " records");
    };
    if (options_.dry_run) {
      text = records(good_) + (good_ == 1 ? " is" : " are") + " valid; nothing was sent";
    } else {
      text = "sent " + records(counts_.sent) + " to " + options_.topic;
      if (version != nullptr) {
        text += " (schema " + registered_.name();
        if (version->version_number) {
          text += " version " + std::to_string(*version->version_number);
        }
        text += ", " + version->version_id.to_string() + ")";
      }
      if (rolled_back_) text += "; the transaction was rolled back";
    }
    if (counts_.refused > 0) text += "; refused " + grouped(counts_.refused);
    if (counts_.dead_lettered > 0) {
      text += ", of them to " + dead_letter_topic_ + " " + grouped(counts_.dead_lettered);
    }
    if (counts_.undelivered > 0) text += "; not delivered " + grouped(counts_.undelivered);
    std::cerr << printable(text) << std::endl;
  }

  static constexpr std::uint64_t kDeadLetter = 1ULL << 62U;

  const Options& options_;
  RecordWriter writer_;
  Registered registered_;
  LineReader lines_;
  std::string dead_letter_topic_;
  bool has_dead_letter_topic_ = false;
  std::optional<FieldPath> key_at_;
  std::vector<kafka::Header> headers_;
  std::vector<std::string> file_names_;
  std::string file_;
  Counts counts_;
  std::uint64_t queued_ = 0;
  std::uint64_t good_ = 0;
  std::uint64_t lines_read_ = 0;
  bool rolled_back_ = false;
  std::string key_;
  codec::ByteBuffer payload_;
  codec::ByteBuffer out_;
  codec::Deflater deflater_;
  std::optional<kafka::Config> config_;
  // Their reports come to what stands above.
  std::optional<kafka::Producer> producer_;
  std::optional<kafka::TransactionalProducer> transactional_;
};

int run(const Options& options) { return Production(options).run(); }

}  // namespace

void add_produce_command(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      app, "produce",
      "Send records, one JSON value a line, to a topic with AWS Glue's framing. A record that its "
      "schema does not describe is refused with line, path and reason, and never sent. The schema "
      "is registered with the first good record. Exit status 0: all were sent, 1: not all, or the "
      "schema was refused, 2: wrong use.",
      "limpet produce -t users --schema user.avsc users.jsonl\n"
      "  cat users.jsonl | limpet produce -t users --schema user.avsc --key-field name "
      "--on-error dead-letter\n"
      "  limpet produce -t users --schema user.avsc --dry-run users.jsonl");
  command.add_option("-t,--topic", options->topic, "The topic.")->required()->type_name("TOPIC");
  command.add_option("--schema", options->schema, "File with the definition.")
      ->required()
      ->type_name("FILE");
  add_format_option(command, options->format);
  add_import_option(command, options->imports);
  command.add_option("--message", options->writing.message,
                     "PROTOBUF: full name of the message. Default: the only one of the file.");
  command.add_flag("--avro-json", options->writing.avro_json,
                   "AVRO: records are in Avro's JSON encoding, with the names of union branches.");
  command.add_flag("--ignore-unknown", options->writing.ignore_unknown,
                   "AVRO: leave out members that the schema does not have, instead of refusing the "
                   "record.");
  command.add_option("FILE", options->files, "Records; - or none reads standard input.");
  command
      .add_option("--key-field", options->key_field,
                  "Field whose value is the record's key: id, customer.id, lines[0].sku.")
      ->type_name("PATH");
  command.add_option("--header", options->headers, "Header of every record; may be repeated.")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("-p,--partition", options->partition,
                  "Default: by the key as Java's producer does, else any.")
      ->type_name("NUMBER");
  command
      .add_option("--on-error", options->on_error,
                  "Bad records: stop (default: nothing behind the first is sent), skip them, or "
                  "dead-letter: send the line to another topic, with the reason in headers.")
      ->check(CLI::IsMember({"stop", "skip", "dead-letter"}).description(""))
      ->type_name("ACTION");
  command
      .add_option("--dead-letter-topic", options->dead_letter_topic,
                  "Default: TOPIC-dead-letter; made when it does not exist.")
      ->type_name("TOPIC");
  command.add_flag("--dry-run", options->dry_run,
                   "Check the records only; needs no brokers and no registry.");
  command
      .add_option("--transactional-id", options->transactional_id,
                  "Send all records in one transaction: all of them or none.")
      ->type_name("ID");
  command
      .add_option("--output", options->form,
                  "The summary: table (default), a line on standard error; or json on standard "
                  "output.")
      ->check(CLI::IsMember({"table", "json"}).description(""))
      ->type_name("FORM");
  const char* registry = "Schema";
  command.add_option("--registry", options->registry.registry, "Default: default-registry.")
      ->type_name("NAME")
      ->group(registry);
  command
      .add_option("--schema-name", options->schema_name, "The schema's name, instead of --naming.")
      ->type_name("NAME")
      ->group(registry);
  command
      .add_option("--naming", options->naming,
                  "Name of the schema: topic (default, as AWS's Java library), topic-value (as the "
                  "Python package), record, or topic-record.")
      ->check(CLI::IsMember({"topic", "topic-value", "record", "topic-record"}).description(""))
      ->type_name("STRATEGY")
      ->group(registry);
  command
      .add_option("--compatibility", options->compatibility,
                  "Mode of a schema that is created. Default: BACKWARD.")
      ->check(CLI::IsMember({"NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD",
                             "FORWARD_ALL", "FULL", "FULL_ALL"})
                  .description(""))
      ->type_name("MODE")
      ->group(registry);
  command
      .add_flag("--auto-register,!--no-auto-register", options->auto_register,
                "Register a schema or version that is not known (the default), or not.")
      ->group(registry);
  command
      .add_option("--compression", options->compression,
                  "Of the payload: none (default) or zlib. That of Kafka's batches: -X "
                  "compression.type=….")
      ->check(CLI::IsMember({"none", "zlib"}).description(""))
      ->type_name("CODEC")
      ->group(registry);
  add_kafka_options(command, options->kafka);
  add_registry_options(command, options->registry);
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
