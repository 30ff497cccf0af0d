// limpet produce: JSON lines to records with a schema; bad ones never reach the topic.
#include "groups.h"
#include "kafka_flags.h"
#include "line_writer.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "record_lines.h"
#include "record_registration.h"
#include "record_source.h"
#include "record_writer.h"
#include "session.h"
#include "view.h"

#include "limpet/client/naming.h"
#include "limpet/codec/zlib.h"
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
  std::string key_separator;
  std::string key_schema;
  std::string key_message;
  std::string key_schema_name;
  std::optional<std::string> null_marker;
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

std::string schema_name(const Options& options, bool is_key, const RecordWriter& writer) {
  constexpr std::array<std::pair<std::string_view, client::Naming>, 4> kNames{
      {{"topic", client::Naming::JavaTopic},
       {"topic-value", client::Naming::PythonTopic},
       {"record", client::Naming::Record},
       {"topic-record", client::Naming::TopicRecord}}};
  client::NamingStrategy strategy{.fixed = is_key ? options.key_schema_name : options.schema_name};
  for (const auto& [name, naming] : kNames) {
    if (name == options.naming) strategy.naming = naming;
  }
  auto name = client::schema_name(
      strategy, {.topic = options.topic, .is_key = is_key, .record_name = writer.record_name()});
  if (!name) throw CommandFailed{"--naming " + options.naming + ": " + name.error().message, 2};
  return *std::move(name);
}

std::optional<RecordWriter> key_writer(const Options& options) {
  if (options.key_schema.empty()) {
    if (options.key_message.empty() && options.key_schema_name.empty()) return std::nullopt;
    throw CommandFailed{"--key-message and --key-schema-name go with --key-schema", 2};
  }
  if (options.key_field.empty() && options.key_separator.empty()) {
    throw CommandFailed{"--key-schema needs keys: --key-field or --key-separator", 2};
  }
  auto schema = schema_of_file(options.key_schema, "");
  // How JSON is read goes for keys as well, where their format has that.
  const bool avro = schema->avro() != nullptr;
  return RecordWriter(std::move(schema), {.avro_json = avro && options.writing.avro_json,
                                          .ignore_unknown = avro && options.writing.ignore_unknown,
                                          .message = options.key_message,
                                          .message_option = "--key-message"});
}

LineOptions line_options(const Options& options) {
  LineOptions lines{.key_separator = options.key_separator, .null_marker = options.null_marker};
  // As people write it where no shell makes a tab of it.
  if (lines.key_separator == "\\t") lines.key_separator = "\t";
  if (!options.key_field.empty()) {
    auto path = FieldPath::parse(options.key_field);
    if (!path) throw CommandFailed{"--key-field: " + describe(path.error()), 2};
    lines.key_field = *std::move(path);
  }
  return lines;
}

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
        key_writer_(key_writer(options)),
        line_writer_(writer_, key_writer_ ? &*key_writer_ : nullptr, line_options(options)),
        registry_({.registry = options.registry,
                   .topic = options.topic,
                   .auto_register = options.auto_register,
                   .compatibility = options.compatibility}),
        registered_(registry_, schema_name(options, false, writer_), writer_.schema()),
        lines_(options.files),
        dead_letter_topic_(options.dead_letter_topic.empty() ? options.topic + "-dead-letter"
                                                             : options.dead_letter_topic) {
    if (key_writer_) {
      registered_key_.emplace(registry_, schema_name(options, true, *key_writer_),
                              key_writer_->schema());
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
        if (line_writer_.is_blank(line->text)) continue;
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
    const auto problems = line_writer_.write(line.text, record_);
    if (!problems.empty()) return take_bad(line, problems);
    ++good_;
    if (options_.dry_run) return true;
    kafka::Record record{.topic = options_.topic,
                         .partition = options_.partition,
                         .headers = headers_,
                         .tag = tag_of(line)};
    // Java's producer asks for the key's schema first.
    if (record_.has_key) record.key = framed_key();
    if (record_.has_value) record.value = framed_value();
    queue(record, line);
    return true;
  }

  /// Never compressed: which partition it belongs to would depend on the zlib that did it.
  kafka::Bytes framed_key() {
    if (!registered_key_) return record_.key.bytes();
    key_.clear();
    serde::append_glue_header(key_, id_of(*registered_key_), serde::Compression::None);
    key_.append(record_.key.bytes());
    return key_.bytes();
  }

  kafka::Bytes framed_value() {
    value_.clear();
    const bool zlib = options_.compression == "zlib";
    serde::append_glue_header(value_, id_of(registered_),
                              zlib ? serde::Compression::Zlib : serde::Compression::None);
    if (zlib) {
      deflater_.deflate(record_.value.bytes(), value_);
    } else {
      value_.append(record_.value.bytes());
    }
    return value_.bytes();
  }

  const Uuid& id_of(Registration& registered) {
    try {
      return registered.id();
    } catch (CommandFailed& failed) {
      // Why the registry may have refused: AWS's Java library names both after the topic.
      if (registered_key_ && registered_key_->name() == registered_.name()) {
        failed.message +=
            " (the schemas of keys and of values share that name, as AWS's Java library has it: "
            "--key-schema-name, or --naming topic-value, tells them apart)";
      }
      throw;
    }
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
      const auto schema = [&](const std::string& prefix, const Registration& registered) {
        out.key(prefix + "SchemaName").value(registered.name());
        const auto* known = registered.version();
        if (known == nullptr) return;
        if (known->version_number) count(prefix + "SchemaVersion", *known->version_number);
        out.key(prefix + "SchemaVersionId").value(known->version_id.to_string());
      };
      schema("", registered_);
      if (registered_key_) schema("Key", *registered_key_);
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
      const auto schema = [&text](std::string_view what, const Registration& registered) {
        const client::RegisteredSchema* version = registered.version();
        if (version == nullptr) return;
        text += " (" + std::string(what) + " " + registered.name();
        if (version->version_number) {
          text += " version " + std::to_string(*version->version_number);
        }
        text += ", " + version->version_id.to_string() + ")";
      };
      schema("schema", registered_);
      if (registered_key_) schema("key schema", *registered_key_);
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
  std::optional<RecordWriter> key_writer_;
  LineWriter line_writer_;
  ProducerRegistry registry_;
  Registration registered_;
  std::optional<Registration> registered_key_;
  LineReader lines_;
  std::string dead_letter_topic_;
  bool has_dead_letter_topic_ = false;
  std::vector<kafka::Header> headers_;
  std::vector<std::string> file_names_;
  std::string file_;
  Counts counts_;
  std::uint64_t queued_ = 0;
  std::uint64_t good_ = 0;
  std::uint64_t lines_read_ = 0;
  bool rolled_back_ = false;
  LineRecord record_;
  codec::ByteBuffer key_;
  codec::ByteBuffer value_;
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
      "  limpet produce -t users --schema user.avsc --dry-run users.jsonl\n"
      "  printf 'ada\\tNULL\\n' | limpet produce -t users --schema user.avsc --key-separator '\\t' "
      "--null-marker NULL");
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
  command
      .add_option("--key-separator", options->key_separator,
                  "Each line is a key, this text and the record: \\t, say. The first one counts.")
      ->type_name("TEXT")
      ->excludes("--key-field")
      ->check(CLI::Validator([](const std::string& text) { return text.empty() ? "is empty" : ""; },
                             ""));
  command
      .add_option("--null-marker", options->null_marker,
                  "A line, or key or record on a line with --key-separator, that is exactly this "
                  "text is null. A record that is null is a tombstone.")
      ->type_name("TEXT");
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
                  "Of the values: none (default) or zlib. That of Kafka's batches: -X "
                  "compression.type=….")
      ->check(CLI::IsMember({"none", "zlib"}).description(""))
      ->type_name("CODEC")
      ->group(registry);
  const char* keys = "Keys with a schema";
  command
      .add_option("--key-schema", options->key_schema,
                  "File with the definition of keys, which then are JSON and get a frame too. "
                  "Without it they are texts.")
      ->type_name("FILE")
      ->group(keys);
  command
      .add_option("--key-message", options->key_message,
                  "PROTOBUF: full name of the keys' message. Default: the only one of the file.")
      ->type_name("NAME")
      ->group(keys);
  command
      .add_option("--key-schema-name", options->key_schema_name,
                  "The name of the keys' schema, instead of --naming, by which it is the topic, "
                  "like that of the values (topic), TOPIC-key (topic-value), the key's record, or "
                  "topic and record.")
      ->type_name("NAME")
      ->group(keys);
  add_kafka_options(command, options->kafka);
  add_registry_options(command, options->registry);
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
