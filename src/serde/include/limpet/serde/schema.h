// Schema: one version of a schema, compiled; SchemaSource: where serializers get them.
//
//   auto schema = serde::compile_schema({.id = id, .format = DataFormat::Avro,
//                                        .definition = text, .name = "orders"});
//   if (!schema) return serde::to_error(schema.failure());
//   (*schema)->avro()->root().name.full;                       // "my.namespace.User"
//
//   auto source = std::make_shared<serde::MemorySource>();     // no registry: tests, offline tools
//   source->add(*schema);
//
// The source of a registry is client::RegistrySource.
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/data_format.h"
#include "limpet/base/uuid.h"
#include "limpet/json_schema/schema.h"
#include "limpet/json_schema/validate.h"
#include "limpet/protobuf/schema.h"
#include "limpet/serde/error.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace limpet::serde {

/// What a registry says about a version.
struct RegisteredText {
  Uuid id{};  ///< SchemaVersionId
  DataFormat format = DataFormat::Avro;
  std::string definition{};
  std::string name{};  ///< of the schema: "orders"
  std::optional<std::uint64_t> version_number{};
  bool available = true;                       ///< its status is AVAILABLE
  std::optional<std::int32_t> confluent_id{};  ///< in a Confluent registry
};

struct JsonModel {
  json_schema::Schema schema;
  json_schema::Plan plan;
};

/// Immutable. Threads: safe.
class Schema {
 public:
  using Model = std::variant<avro::Schema, JsonModel, protobuf::Schema>;
  Schema(RegisteredText text, Model model) : text_(std::move(text)), model_(std::move(model)) {}

  const Uuid& id() const { return text_.id; }
  DataFormat format() const { return text_.format; }
  const std::string& definition() const { return text_.definition; }
  const std::string& name() const { return text_.name; }
  const std::optional<std::uint64_t>& version_number() const { return text_.version_number; }
  bool available() const { return text_.available; }
  const std::optional<std::int32_t>& confluent_id() const { return text_.confluent_id; }

  /// nullptr: it is of another format.
  const avro::Schema* avro() const { return std::get_if<avro::Schema>(&model_); }
  const JsonModel* json() const { return std::get_if<JsonModel>(&model_); }
  const protobuf::Schema* protobuf() const { return std::get_if<protobuf::Schema>(&model_); }

 private:
  RegisteredText text_;
  Model model_;
};
using SchemaPointer = std::shared_ptr<const Schema>;

/// Parse a definition. Limits: those of the format's parse(). Failures: BadSchema.
Answer<SchemaPointer> compile_schema(RegisteredText text);

/// A definition that a serializer writes with. Views: for the call.
struct DefinitionQuery {
  std::string_view schema_name{};
  DataFormat format = DataFormat::Avro;
  std::string_view definition{};
  std::string_view topic{};
};

/// How messages name a version.
struct SchemaIds {
  Uuid version{};
  std::optional<std::int32_t> confluent_id{};
};

/// The answer to one DefinitionQuery, asked for record after record. Must not outlive its source.
/// Threads: safe.
class DefinitionSlot {
 public:
  virtual ~DefinitionSlot() = default;
  /// From memory, in a few nanoseconds; false: ask get().
  virtual bool peek(SchemaIds& ids) noexcept = 0;
  virtual Answer<SchemaIds> get() = 0;
};

/// Whom a Deserializer asks about ids and a Serializer about definitions. May block, and is asked
/// for the same thing by several threads at once. Who wants failures to be remembered for a while
/// does that here. Threads: safe.
class SchemaSource {
 public:
  virtual ~SchemaSource() = default;

  /// Failures: UnknownSchema, BadSchema, and what is wrong with the way to the registry.
  virtual Answer<SchemaPointer> by_version(const Uuid& id) = 0;
  /// Of Confluent framing. By default Unsupported, and the GUID is taken for a version id.
  virtual Answer<SchemaPointer> by_confluent_id(std::int32_t id);
  virtual Answer<SchemaPointer> by_confluent_guid(const Uuid& guid);
  /// CRC-64-AVRO, of single-object encoding. By default Unsupported.
  virtual Answer<SchemaPointer> by_fingerprint(std::uint64_t fingerprint);

  /// The version of a definition; whether it is registered first is the source's affair.
  /// Failures: NotRegistered, Incompatible, and as by_version.
  virtual Answer<SchemaIds> by_definition(const DefinitionQuery& query) = 0;
  /// By default a slot that keeps the first answer for good.
  virtual std::unique_ptr<DefinitionSlot> slot(const DefinitionQuery& query);
};

/// Schemas in memory. Definitions are told apart as the registry does it, by identity and name.
/// Threads: safe.
class MemorySource final : public SchemaSource {
 public:
  /// Found from now on by its id, its Confluent id and, of Avro, its fingerprint. The first of an
  /// id stays.
  void add(SchemaPointer schema);
  /// The same of a text.
  Answer<SchemaPointer> add(RegisteredText text);

  Answer<SchemaPointer> by_version(const Uuid& id) override;
  Answer<SchemaPointer> by_confluent_id(std::int32_t id) override;
  Answer<SchemaPointer> by_fingerprint(std::uint64_t fingerprint) override;
  Answer<SchemaIds> by_definition(const DefinitionQuery& query) override;

  /// Questions asked so far.
  std::uint64_t questions() const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::map<Uuid, SchemaPointer> by_id_;
  std::map<std::int32_t, SchemaPointer> by_confluent_id_;
  std::map<std::uint64_t, SchemaPointer> by_fingerprint_;
  std::uint64_t questions_ = 0;
};

}  // namespace limpet::serde
