#include "limpet/serde/schema.h"

#include "limpet/avro/fingerprint.h"

#include <atomic>
#include <utility>

namespace limpet::serde {
namespace {

Failure bad_schema(const RegisteredText& text, const Error& error) {
  Failure out{.kind = FailureKind::BadSchema,
              .message = "the definition of schema version " + text.id.to_string() + " is no " +
                         std::string(to_string(text.format)) + ": " + describe(error)};
  return out;
}

Result<Schema::Model> parse_model(const RegisteredText& text) {
  switch (text.format) {
    case DataFormat::Avro: {
      LIMPET_TRY(auto schema, avro::parse(text.definition));
      return Schema::Model(std::move(schema));
    }
    case DataFormat::Json: {
      LIMPET_TRY(auto schema, json_schema::parse(text.definition));
      auto plan = json_schema::compile(schema);
      return Schema::Model(JsonModel{std::move(schema), std::move(plan)});
    }
    case DataFormat::Protobuf: {
      LIMPET_TRY(auto schema, protobuf::parse(text.definition));
      return Schema::Model(std::move(schema));
    }
  }
  return Error::internal("a format without an engine");
}

std::string identity_of(const Schema& schema) {
  if (const auto* avro = schema.avro()) return avro::identity_form(*avro);
  if (const auto* json = schema.json()) return json_schema::identity_form(json->schema);
  return protobuf::identity_form(*schema.protobuf());
}

class FirstAnswer final : public DefinitionSlot {
 public:
  FirstAnswer(SchemaSource& source, const DefinitionQuery& query)
      : source_(source),
        schema_name_(query.schema_name),
        format_(query.format),
        definition_(query.definition),
        topic_(query.topic) {}

  bool peek(SchemaIds& ids) noexcept override {
    if (!known_.load(std::memory_order_acquire)) return false;
    ids = ids_;
    return true;
  }

  Answer<SchemaIds> get() override {
    SchemaIds known;
    if (peek(known)) return known;
    auto answer = source_.by_definition({.schema_name = schema_name_,
                                         .format = format_,
                                         .definition = definition_,
                                         .topic = topic_});
    if (!answer) return answer;
    const std::lock_guard lock(mutex_);
    if (!known_.load(std::memory_order_relaxed)) {
      ids_ = *answer;
      known_.store(true, std::memory_order_release);
    }
    return ids_;
  }

 private:
  SchemaSource& source_;
  std::string schema_name_;
  DataFormat format_;
  std::string definition_;
  std::string topic_;
  std::mutex mutex_;  // who writes ids_, once
  std::atomic<bool> known_{false};
  SchemaIds ids_;
};

template <class Map, class Key>
SchemaPointer look_up(const Map& map, const Key& key) {
  const auto at = map.find(key);
  return at == map.end() ? nullptr : at->second;
}

Failure unknown(std::string what) {
  return {.kind = FailureKind::UnknownSchema, .message = "there is no " + std::move(what)};
}

}  // namespace

Answer<SchemaPointer> compile_schema(RegisteredText text) {
  auto model = parse_model(text);
  if (!model) return bad_schema(text, model.error());
  return SchemaPointer(std::make_shared<const Schema>(std::move(text), *std::move(model)));
}

Answer<SchemaPointer> SchemaSource::by_confluent_id(std::int32_t id) {
  return Failure{.kind = FailureKind::Unsupported,
                 .message = "schema id " + std::to_string(id) +
                            " is Confluent's, and this source of schemas knows none of these"};
}

Answer<SchemaPointer> SchemaSource::by_confluent_guid(const Uuid& guid) { return by_version(guid); }

Answer<SchemaPointer> SchemaSource::by_fingerprint(std::uint64_t fingerprint) {
  return Failure{.kind = FailureKind::Unsupported,
                 .message = "the message names its schema by fingerprint (" +
                            std::to_string(fingerprint) +
                            "), and this source of schemas knows none of these"};
}

std::unique_ptr<DefinitionSlot> SchemaSource::slot(const DefinitionQuery& query) {
  return std::make_unique<FirstAnswer>(*this, query);
}

void MemorySource::add(SchemaPointer schema) {
  const std::lock_guard lock(mutex_);
  if (const auto* avro = schema->avro()) {
    by_fingerprint_.try_emplace(avro::fingerprints(*avro).crc64, schema);
  }
  if (schema->confluent_id()) by_confluent_id_.try_emplace(*schema->confluent_id(), schema);
  by_id_.try_emplace(schema->id(), std::move(schema));
}

Answer<SchemaPointer> MemorySource::add(RegisteredText text) {
  auto schema = compile_schema(std::move(text));
  if (schema) add(*schema);
  return schema;
}

Answer<SchemaPointer> MemorySource::by_version(const Uuid& id) {
  const std::lock_guard lock(mutex_);
  ++questions_;
  if (auto found = look_up(by_id_, id)) return found;
  return unknown("schema version " + id.to_string());
}

Answer<SchemaPointer> MemorySource::by_confluent_id(std::int32_t id) {
  const std::lock_guard lock(mutex_);
  ++questions_;
  if (auto found = look_up(by_confluent_id_, id)) return found;
  return unknown("schema id " + std::to_string(id));
}

Answer<SchemaPointer> MemorySource::by_fingerprint(std::uint64_t fingerprint) {
  const std::lock_guard lock(mutex_);
  ++questions_;
  if (auto found = look_up(by_fingerprint_, fingerprint)) return found;
  return unknown("schema of fingerprint " + std::to_string(fingerprint));
}

Answer<SchemaIds> MemorySource::by_definition(const DefinitionQuery& query) {
  auto wanted =
      compile_schema({.format = query.format, .definition = std::string(query.definition)});
  if (!wanted) return std::move(wanted).failure();
  const std::string identity = identity_of(**wanted);
  const std::lock_guard lock(mutex_);
  ++questions_;
  for (const auto& [id, schema] : by_id_) {
    if (schema->name() == query.schema_name && schema->format() == query.format &&
        identity_of(*schema) == identity) {
      return SchemaIds{.version = id, .confluent_id = schema->confluent_id()};
    }
  }
  return Failure{.kind = FailureKind::NotRegistered,
                 .message = "schema \"" + std::string(query.schema_name) +
                            "\" has no version with this definition"};
}

std::uint64_t MemorySource::questions() const {
  const std::lock_guard lock(mutex_);
  return questions_;
}

}  // namespace limpet::serde
