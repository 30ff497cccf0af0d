#include "consume_ways.h"

#include "checked.h"
#include "record_reader.h"
#include "record_text.h"
#include "record_topic.h"
#include "record_types.h"
#include "timing.h"

#include "limpet/kafka/consumer.h"
#include "limpet/kafka/producer.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/schema.h"
#include "limpet/serde/serializer.h"
#include "limpet/value/arena.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <memory>
#include <unistd.h>
#include <utility>

namespace limpet::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 30s;
constexpr std::size_t kPieceBytes = 256U << 10U;
constexpr std::array<std::string_view, 8> kNames{"John Doe", "Ada Byron", "Grace H", "Zoe Meyer",
                                                 "Li Wei",   "Ana Ruiz",  "Kim Min", "Max Born"};

DataFormat format_of(Kind kind) {
  if (kind == Kind::User) return DataFormat::Avro;
  return kind == Kind::OrderJson ? DataFormat::Json : DataFormat::Protobuf;
}

std::string definition_of(const Topic& topic) {
  const auto* name = topic.kind == Kind::User        ? "user.avsc"
                     : topic.kind == Kind::OrderJson ? "order.json"
                                                     : "order.proto";
  return read_file(topic.documents / name);
}

std::shared_ptr<serde::SchemaSource> source_of(const Topic& topic) {
  auto source = std::make_shared<serde::MemorySource>();
  checked(source->add({.id = topic.version,
                       .format = format_of(topic.kind),
                       .definition = definition_of(topic),
                       .name = topic.name,
                       .version_number = 1}));
  return source;
}

kafka::Config config_of(const Topic& topic) {
  return {.bootstrap = topic.bootstrap, .properties = topic.properties};
}

double clock_seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Times a Reading.
class Watch {
 public:
  explicit Watch(std::uint64_t records) : records_(records) {}
  /// Before the first message is used.
  void arrived() {
    if (first_ == 0) first_ = clock_seconds(CLOCK_MONOTONIC);
  }
  Reading stop(std::uint64_t bytes, std::uint64_t made = 0) const {
    return {.records = records_,
            .bytes = bytes,
            .made = made,
            .seconds = clock_seconds(CLOCK_MONOTONIC) - first_,
            .processor_seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - used_};
  }

 private:
  std::uint64_t records_;
  double used_ = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
  double first_ = 0;
};

// ---- librdkafka's own interface
// -------------------------------------------------------------------

/// A client that reads partition 0 from its beginning.
class Bare {
 public:
  explicit Bare(const Topic& topic, bool as_ours) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    std::vector<std::pair<const char*, const char*>> properties{
        {"bootstrap.servers", topic.bootstrap.c_str()}, {"group.id", "bench"}};
    if (as_ours) {
      properties.insert(properties.end(), {{"enable.auto.commit", "false"},
                                           {"enable.partition.eof", "true"},
                                           {"check.crcs", "true"},
                                           {"isolation.level", "read_committed"}});
    }
    for (const auto& [name, value] : topic.properties) {
      properties.emplace_back(name.c_str(), value.c_str());
    }
    std::array<char, 512> reason{};
    for (const auto& [name, value] : properties) {
      if (rd_kafka_conf_set(conf, name, value, reason.data(), reason.size()) != RD_KAFKA_CONF_OK) {
        fail(reason.data());
      }
    }
    client_ = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason.data(), reason.size());
    if (client_ == nullptr) fail(reason.data());
    rd_kafka_poll_set_consumer(client_);
    queue_ = rd_kafka_queue_get_consumer(client_);
    auto* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.name.c_str(), 0)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client_, list);
    rd_kafka_topic_partition_list_destroy(list);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    rd_kafka_consumer_close(client_);
    rd_kafka_queue_destroy(queue_);
    rd_kafka_destroy(client_);
  }

  rd_kafka_t* client() const { return client_; }
  rd_kafka_queue_t* queue() const { return queue_; }

 private:
  rd_kafka_t* client_ = nullptr;
  rd_kafka_queue_t* queue_ = nullptr;
};

constexpr int kWaitMs = 30'000;

/// Whether it is a message; the end of the partition, met too early, is none.
bool use(const rd_kafka_message_t& message, std::uint64_t& bytes) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return false;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_err2str(message.err));
  bytes += message.len + message.key_len;
  return true;
}

Reading read_bare(const Topic& topic, std::uint64_t records, bool as_ours) {
  Watch watch(records);
  const Bare bare(topic, as_ours);
  std::vector<rd_kafka_message_t*> batch(topic.batch);
  std::uint64_t bytes = 0;
  for (std::uint64_t left = records; left > 0;) {
    // It waits until all have come, or for so long.
    const auto wanted = std::min<std::uint64_t>(left, batch.size());
    const auto count = rd_kafka_consume_batch_queue(bare.queue(), kWaitMs, batch.data(), wanted);
    if (count <= 0) fail("no message came");
    watch.arrived();
    for (ssize_t i = 0; i < count; ++i) {
      rd_kafka_message_t* message = batch[static_cast<std::size_t>(i)];
      if (use(*message, bytes)) --left;
      rd_kafka_message_destroy(message);
    }
  }
  return watch.stop(bytes);
}

Reading read_bare_one_by_one(const Topic& topic, std::uint64_t records) {
  Watch watch(records);
  const Bare bare(topic, true);
  std::uint64_t bytes = 0;
  for (std::uint64_t left = records; left > 0;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(bare.client(), kWaitMs);
    if (message == nullptr) fail("no message came");
    watch.arrived();
    if (use(*message, bytes)) --left;
    rd_kafka_message_destroy(message);
  }
  return watch.stop(bytes);
}

// ---- Limpet's
// -------------------------------------------------------------------------------------

/// `each` is given every message, `done` is called behind each batch.
template <class Each, class Done>
Reading read_wrapped(const Topic& topic, std::uint64_t records, Each each, Done done) {
  Watch watch(records);
  auto consumer = checked(kafka::Consumer::make(config_of(topic)));
  checked(consumer.assign({{topic.name, 0, 0}}));
  kafka::Batch batch;
  std::uint64_t bytes = 0;
  for (std::uint64_t left = records; left > 0;) {
    checked(consumer.poll(batch, topic.batch, kPatience));
    if (batch.empty()) fail("no message came");
    watch.arrived();
    for (const kafka::Message& message : batch) {
      if (left == 0) break;
      if (message.value) bytes += message.value->size();
      if (message.key) bytes += message.key->size();
      each(message);
      --left;
    }
    done();
  }
  batch.clear();
  return watch.stop(bytes);
}

template <class T>
std::function<Reading(std::uint64_t)> decoding(const Topic& topic) {
  auto reader = std::make_shared<serde::Deserializer<T>>(
      checked(serde::Deserializer<T>::make(source_of(topic), {})));
  return [topic, reader](std::uint64_t records) {
    value::Arena arena;
    T target;
    const auto each = [&](const kafka::Message& message) {
      arena.reset();
      none(reader->read({.topic = message.topic}, message.value.value_or(kafka::Bytes()), arena,
                        target));
      keep(target);
    };
    return read_wrapped(topic, records, each, [] {});
  };
}

/// A file that takes everything.
class Sink {
 public:
  Sink() : descriptor_(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail("/dev/null");
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() { ::close(descriptor_); }

  void write(std::string& text) {
    made_ += text.size();
    if (::write(descriptor_, text.data(), text.size()) < 0) fail("/dev/null");
    text.clear();
  }
  std::uint64_t made() const { return made_; }

 private:
  int descriptor_;
  std::uint64_t made_ = 0;
};

std::function<Reading(std::uint64_t)> printing(const Topic& topic, app::RecordForm form) {
  auto reader = std::make_shared<app::RecordReader>(source_of(topic), app::RecordReaderOptions{});
  return [topic, reader, form](std::uint64_t records) {
    app::RecordPrinter printer({.form = form});
    app::FrameHeaders frame_headers;
    app::ReadPart key;
    app::ReadPart value;
    value::Arena arena;
    std::string text;
    Sink sink;
    const auto each = [&](const kafka::Message& message) {
      const kafka::Headers headers = message.headers();
      arena.reset();
      serde::Context context{.topic = message.topic, .headers = frame_headers.of(headers)};
      reader->read(context, message.value, arena, value);
      context.is_key = true;
      reader->read(context, message.key, arena, key);
      if (value.failure || key.failure) fail("a record cannot be read");
      printer.append({.topic = message.topic,
                      .partition = message.partition,
                      .offset = message.offset,
                      .timestamp_ms = message.timestamp_ms,
                      .key = &key,
                      .value = &value,
                      .headers = &headers},
                     text);
      if (text.size() >= kPieceBytes) sink.write(text);
    };
    Reading reading = read_wrapped(topic, records, each, [&] { sink.write(text); });
    reading.made = sink.made();
    return reading;
  };
}

/// Calls `send` with each record's message.
template <class T, class Make, class Send>
void write_all(const Topic& topic, std::uint64_t records, Make make, Send send) {
  const auto writer =
      checked(serde::Serializer<T>::make(source_of(topic), {.format = format_of(topic.kind),
                                                            .definition = definition_of(topic),
                                                            .version = topic.version}));
  codec::ByteBuffer out;
  for (std::uint64_t i = 0; i < records; ++i) {
    out.clear();
    none(writer.append({.topic = topic.name}, make(i), out));
    send(out.bytes());
  }
}

}  // namespace

std::vector<Way> consume_ways(const Topic& topic) {
  const auto nothing = [](const kafka::Message&) {};
  const auto look = [](const kafka::Message& message) { keep(message.headers()); };
  const bool user = topic.kind == Kind::User;
  return {{"bare defaults", [=](std::uint64_t n) { return read_bare(topic, n, false); }},
          {"bare", [=](std::uint64_t n) { return read_bare(topic, n, true); }},
          {"bare poll", [=](std::uint64_t n) { return read_bare_one_by_one(topic, n); }},
          {"wrapped", [=](std::uint64_t n) { return read_wrapped(topic, n, nothing, [] {}); }},
          {"headers", [=](std::uint64_t n) { return read_wrapped(topic, n, look, [] {}); }},
          {"struct", user ? decoding<User>(topic) : decoding<Order>(topic)},
          {"view", decoding<value::View>(topic)},
          {"json", printing(topic, app::RecordForm::Json)},
          {"value", printing(topic, app::RecordForm::Value)},
          {"pretty", printing(topic, app::RecordForm::Pretty)}};
}

void fill(const Topic& topic, std::uint64_t records) {
  auto producer =
      checked(kafka::Producer::make(config_of(topic), {.on_delivery =
                                                           [](const kafka::Delivery& delivery) {
                                                             if (delivery.error)
                                                               fail(describe(*delivery.error));
                                                           },
                                                       .compression = "none"}));
  const auto send = [&](kafka::Bytes message) {
    checked(producer.produce({.topic = topic.name, .partition = 0, .value = message}, kPatience));
  };
  if (topic.kind == Kind::User) {
    const auto make = [](std::uint64_t i) {
      return User{kNames[i % kNames.size()], static_cast<std::int32_t>(i % 90), "something"};
    };
    write_all<User>(topic, records, make, send);
  } else {
    const std::string order = read_file(topic.documents / "order-value.json");
    const auto make = [&](std::uint64_t) { return std::string_view(order); };
    write_all<std::string_view>(topic, records, make, send);
  }
  checked(producer.flush(120s));
}

}  // namespace limpet::bench
