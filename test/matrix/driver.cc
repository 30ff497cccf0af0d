// matrix_driver: limpet's own library as a producer and a consumer; a JSON line for each JSON line.
//
//   {"op":"produce", …, "format":F, "compression":C, "schema":S, "message":M, "records":[R]}
//   {"op":"consume", …, "count":N}                            {"ok":true,"records":[R]}
//
// All have "bootstrap", "topic", "endpoint", "region", "access_key" and "secret_key". R is JSON
// text. What fails is answered {"ok":false,"error":WHY}. The topic has one partition.
#include "limpet/client/schema_registry.h"
#include "limpet/client/schema_source.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/kafka/consumer.h"
#include "limpet/kafka/producer.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/serializer.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

namespace {

using namespace limpet;                // NOLINT: a program
using namespace std::chrono_literals;  // NOLINT

std::string text_of(const json::Value& question, std::string_view name) {
  const json::Value* found = question.find(name);
  return found == nullptr ? std::string() : found->text();
}

Result<std::shared_ptr<serde::SchemaSource>> source_of(const json::Value& question) {
  client::SchemaRegistryOptions options{
      .settings = {.endpoint = text_of(question, "endpoint"),
                   .region = text_of(question, "region"),
                   .credentials = aws::Credentials{text_of(question, "access_key"),
                                                   text_of(question, "secret_key"), ""}},
      .auto_register = true};
  LIMPET_TRY(auto registry, client::SchemaRegistry::open(std::move(options)));
  return std::shared_ptr<serde::SchemaSource>(
      std::make_shared<client::RegistrySource>(std::move(registry)));
}

Result<json::Value> produce(const json::Value& question) {
  LIMPET_TRY(auto source, source_of(question));
  const std::string topic = text_of(question, "topic");
  LIMPET_TRY(const auto serializer,
             serde::Serializer<std::string_view>::make(
                 source, {.format = *parse_data_format(text_of(question, "format")),
                          .definition = text_of(question, "schema"),
                          .message = text_of(question, "message"),
                          .compression = text_of(question, "compression") == "ZLIB"
                                             ? serde::Compression::Zlib
                                             : serde::Compression::None}));
  LIMPET_TRY(auto producer, kafka::Producer::make({.bootstrap = text_of(question, "bootstrap")}));
  codec::ByteBuffer out;
  for (const json::Value& record : question.find("records")->items()) {
    out.clear();
    if (auto failure = serializer.append({.topic = topic}, record.text(), out)) {
      return serde::to_error(*failure);
    }
    LIMPET_TRY([[maybe_unused]] const auto written,
               producer.send({.topic = topic, .value = out.bytes()}, 30s));
  }
  return json::Value::object({{"ok", json::Value::boolean(true)}});
}

Result<json::Value> consume(const json::Value& question) {
  LIMPET_TRY(auto source, source_of(question));
  LIMPET_TRY(const auto deserializer, serde::Deserializer<std::string>::make(source));
  LIMPET_TRY(auto consumer, kafka::Consumer::make({.bootstrap = text_of(question, "bootstrap")}));
  const std::string topic = text_of(question, "topic");
  LIMPET_CHECK(consumer.assign(topic, {}, {.kind = kafka::Position::Kind::Earliest}, 30s));
  const auto count = static_cast<std::size_t>(*question.find("count")->as_int64());
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  json::Value records = json::Value::array({});
  value::Arena arena;
  kafka::Batch batch;
  while (records.items().size() < count) {
    if (std::chrono::steady_clock::now() > deadline) {
      return Error::unavailable("only " + std::to_string(records.items().size()) + " records came");
    }
    LIMPET_CHECK(consumer.poll(batch, count, 200ms));
    for (const auto& message : batch) {
      arena.reset();
      std::string text;
      const auto bytes = message.value ? *message.value : std::span<const std::byte>();
      if (auto failure = deserializer.read({.topic = topic}, bytes, arena, text)) {
        return serde::to_error(*failure);
      }
      records.push_back(json::Value::string(std::move(text)));
    }
  }
  return json::Value::object({{"ok", json::Value::boolean(true)}, {"records", std::move(records)}});
}

Result<json::Value> answer(const std::string& line) {
  LIMPET_TRY(const json::Value question, json::parse(line));
  const std::string op = text_of(question, "op");
  if (op == "produce") return produce(question);
  if (op == "consume") return consume(question);
  return Error::invalid_input("no such op: " + op);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    auto answered = answer(line);
    if (!answered) {
      answered = json::Value::object({{"ok", json::Value::boolean(false)},
                                      {"error", json::Value::string(describe(answered.error()))}});
    }
    std::cout << json::to_text(*answered) << std::endl;
  }
  return 0;
}
