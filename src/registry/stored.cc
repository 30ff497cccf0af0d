#include "stored.h"

#include "limpet/storage/document.h"

#include <utility>

namespace limpet::registry {

storage::Key version_key(const Uuid& id) { return {id.to_string()}; }

namespace {

using json::Value;
using storage::Document;

Value number_of(std::int64_t number) { return Value::integer(number); }
Value text_of(std::string_view text) { return Value::string(std::string(text)); }
Value text_of(const Uuid& id) { return Value::string(id.to_string()); }

Value encode_tags(const Tags& tags) {
  return storage::encode_text_map({tags.entries().begin(), tags.entries().end()});
}

Tags read_tags(Document& in, std::string_view name) {
  const auto map = in.text_map(name);
  auto tags = Tags::parse({map.begin(), map.end()});
  if (tags) return *std::move(tags);
  in.fail(name, tags.error().message);
  return {};
}

Uuid read_uuid(Document& in, std::string_view name) {
  const auto id = Uuid::parse(in.text_view(name));
  if (!id) in.fail(name, "not a UUID");
  return id.value_or(Uuid());
}

/// A word of an enumeration; `parse` answers nullopt for what it does not know.
template <class Enum>
Enum read_word(Document& in, std::string_view name, std::optional<Enum> (*parse)(std::string_view),
               Enum fallback) {
  const auto word = parse(in.text_view(name));
  if (!word) in.fail(name, "unknown word");
  return word.value_or(fallback);
}

Value encode_finding(const compat::Finding& finding) {
  return Value::object({{"rule", text_of(finding.rule)},
                        {"direction", text_of(to_string(finding.direction))},
                        {"version", number_of(finding.version)},
                        {"path", text_of(finding.path)},
                        {"field", text_of(finding.field)},
                        {"reader_type", text_of(finding.reader_type)},
                        {"writer_type", text_of(finding.writer_type)},
                        {"message", text_of(finding.message)},
                        {"fix", text_of(finding.fix)}});
}

Result<compat::Finding> decode_finding(const Value& document) {
  Document in(document);
  compat::Finding finding{
      .rule = in.text("rule"),
      .direction = read_word(in, "direction", compat::parse_direction, compat::Direction::Backward),
      .version = in.integer("version"),
      .path = in.text("path"),
      .field = in.text("field"),
      .reader_type = in.text("reader_type"),
      .writer_type = in.text("writer_type"),
      .message = in.text("message"),
      .fix = in.text("fix"),
  };
  LIMPET_CHECK(in.status());
  return finding;
}

Value encode_reference(const Reference& reference) {
  return Value::object({{"name", text_of(reference.name)},
                        {"version", text_of(reference.version)},
                        {"registry", text_of(reference.registry.str())},
                        {"schema", text_of(reference.schema.str())},
                        {"number", number_of(reference.number)}});
}

Result<Reference> decode_reference(const Value& document) {
  Document in(document);
  std::string reference_name = in.text("name");
  const Uuid version = read_uuid(in, "version");
  LIMPET_TRY(auto registry_name, RegistryName::parse(in.text_view("registry")));
  LIMPET_TRY(auto schema_name, SchemaName::parse(in.text_view("schema")));
  Reference reference{.name = std::move(reference_name),
                      .version = version,
                      .registry = std::move(registry_name),
                      .schema = std::move(schema_name),
                      .number = in.integer("number")};
  LIMPET_CHECK(in.status());
  return reference;
}

}  // namespace
}  // namespace limpet::registry

namespace limpet::storage {

using namespace registry;  // NOLINT: this file is both rooms' meeting point

Key RecordType<Registry>::key(const Registry& registry) { return {registry.name}; }

Value RecordType<Registry>::encode(const Registry& registry) {
  return Value::object({{"name", text_of(registry.name.str())},
                        {"description", text_of(registry.description)},
                        {"status", text_of(to_string(registry.status))},
                        {"created", encode_time(registry.created)},
                        {"updated", encode_time(registry.updated)},
                        {"tags", encode_tags(registry.tags)}});
}

Result<Registry> RecordType<Registry>::decode(Document in, int) {
  LIMPET_TRY(auto registry_name, RegistryName::parse(in.text_view("name")));
  Registry registry{
      .name = std::move(registry_name),
      .description = in.text("description"),
      .status = read_word(in, "status", parse_registry_status, RegistryStatus::Available),
      .created = in.time("created"),
      .updated = in.time("updated"),
      .tags = read_tags(in, "tags"),
  };
  LIMPET_CHECK(in.status());
  return registry;
}

Key RecordType<Schema>::key(const Schema& schema) { return {schema.registry, schema.name}; }

Value RecordType<Schema>::encode(const Schema& schema) {
  return Value::object({{"registry", text_of(schema.registry.str())},
                        {"name", text_of(schema.name.str())},
                        {"incarnation", text_of(schema.incarnation)},
                        {"format", text_of(to_string(schema.format))},
                        {"mode", text_of(to_string(schema.mode))},
                        {"description", text_of(schema.description)},
                        {"status", text_of(to_string(schema.status))},
                        {"checkpoint", number_of(schema.checkpoint)},
                        {"latest", number_of(schema.latest)},
                        {"next", number_of(schema.next)},
                        {"generation", number_of(schema.generation)},
                        {"created", encode_time(schema.created)},
                        {"updated", encode_time(schema.updated)},
                        {"tags", encode_tags(schema.tags)}});
}

Result<Schema> RecordType<Schema>::decode(Document in, int) {
  LIMPET_TRY(auto registry_name, RegistryName::parse(in.text_view("registry")));
  LIMPET_TRY(auto schema_name, SchemaName::parse(in.text_view("name")));
  Schema schema{
      .registry = std::move(registry_name),
      .name = std::move(schema_name),
      .incarnation = read_uuid(in, "incarnation"),
      .format = read_word(in, "format", compat::parse_format, Format::Avro),
      .mode = read_word(in, "mode", compat::parse_mode, Mode::Disabled),
      .description = in.text("description"),
      .status = read_word(in, "status", parse_schema_status, SchemaStatus::Available),
      .checkpoint = in.integer("checkpoint"),
      .latest = in.integer("latest"),
      .next = in.integer("next"),
      .generation = in.integer("generation"),
      .created = in.time("created"),
      .updated = in.time("updated"),
      .tags = read_tags(in, "tags"),
  };
  LIMPET_CHECK(in.status());
  return schema;
}

Key RecordType<SchemaVersion>::key(const SchemaVersion& version) { return version_key(version.id); }

std::vector<IndexEntry> RecordType<SchemaVersion>::indexes(const SchemaVersion& version) {
  const std::string incarnation = version.incarnation.to_string();
  std::vector<IndexEntry> entries{
      {kByNumber, {incarnation, version.number}, Unique::Yes},
      {kByIdentity, {incarnation, version.identity, version.number}, Unique::Yes},
  };
  if (version.status == VersionStatus::Available) {
    entries.push_back({kAvailable, {incarnation, version.number}, Unique::Yes});
  }
  if (version.status == VersionStatus::Available || version.status == VersionStatus::Pending) {
    entries.push_back({kLiveIdentity, {incarnation, version.identity}, Unique::Yes});
  }
  return entries;
}

Value RecordType<SchemaVersion>::encode(const SchemaVersion& version) {
  return Value::object({{"id", text_of(version.id)},
                        {"registry", text_of(version.registry.str())},
                        {"schema", text_of(version.schema.str())},
                        {"incarnation", text_of(version.incarnation)},
                        {"number", number_of(version.number)},
                        {"status", text_of(to_string(version.status))},
                        {"format", text_of(to_string(version.format))},
                        {"identity", text_of(version.identity)},
                        {"content", text_of(version.content)},
                        {"created", encode_time(version.created)}});
}

Result<SchemaVersion> RecordType<SchemaVersion>::decode(Document in, int) {
  LIMPET_TRY(auto registry_name, RegistryName::parse(in.text_view("registry")));
  LIMPET_TRY(auto schema_name, SchemaName::parse(in.text_view("schema")));
  SchemaVersion version{
      .id = read_uuid(in, "id"),
      .registry = std::move(registry_name),
      .schema = std::move(schema_name),
      .incarnation = read_uuid(in, "incarnation"),
      .number = in.integer("number"),
      .status = read_word(in, "status", parse_version_status, VersionStatus::Failure),
      .format = read_word(in, "format", compat::parse_format, Format::Avro),
      .identity = in.text("identity"),
      .content = in.text("content"),
      .created = in.time("created"),
  };
  if (version.number < 1) in.fail("number", "not a version number");
  LIMPET_CHECK(in.status());
  return version;
}

Key RecordType<StoredMetadata>::key(const StoredMetadata& metadata) {
  return {metadata.version.to_string(), metadata.key, metadata.value};
}

std::vector<IndexEntry> RecordType<StoredMetadata>::indexes(const StoredMetadata& metadata) {
  return {
      {kByAge, {metadata.version.to_string(), metadata.key, metadata.sequence}, Unique::Yes},
  };
}

Value RecordType<StoredMetadata>::encode(const StoredMetadata& metadata) {
  return Value::object({{"version", text_of(metadata.version)},
                        {"key", text_of(metadata.key)},
                        {"value", text_of(metadata.value)},
                        {"sequence", number_of(metadata.sequence)},
                        {"created", encode_time(metadata.created)}});
}

Result<StoredMetadata> RecordType<StoredMetadata>::decode(Document in, int) {
  StoredMetadata metadata{
      .version = read_uuid(in, "version"),
      .key = in.text("key"),
      .value = in.text("value"),
      .sequence = in.integer("sequence"),
      .created = in.time("created"),
  };
  if (metadata.sequence < 1) in.fail("sequence", "not a sequence number");
  LIMPET_CHECK(in.status());
  return metadata;
}

Key RecordType<StoredVerdict>::key(const StoredVerdict& verdict) {
  return version_key(verdict.version);
}

Value RecordType<StoredVerdict>::encode(const StoredVerdict& stored) {
  std::vector<Value> baselines;
  for (const std::int64_t number : stored.baselines) baselines.push_back(number_of(number));
  std::vector<Value> findings;
  for (const auto& finding : stored.verdict.findings) findings.push_back(encode_finding(finding));
  return Value::object({{"version", text_of(stored.version)},
                        {"mode", text_of(to_string(stored.judged.mode))},
                        {"checkpoint", number_of(stored.judged.checkpoint)},
                        {"latest", number_of(stored.judged.latest)},
                        {"generation", number_of(stored.judged.generation)},
                        {"rules", text_of(stored.judged.rules)},
                        {"baselines", Value::array(std::move(baselines))},
                        {"baseline_count", number_of(stored.baseline_count)},
                        {"findings", Value::array(std::move(findings))}});
}

Result<StoredVerdict> RecordType<StoredVerdict>::decode(Document in, int) {
  StoredVerdict stored;
  stored.version = read_uuid(in, "version");
  stored.judged.mode = read_word(in, "mode", compat::parse_mode, Mode::Disabled);
  stored.judged.checkpoint = in.integer("checkpoint");
  stored.judged.latest = in.integer("latest");
  stored.judged.generation = in.integer("generation");
  stored.judged.rules = in.text("rules");
  stored.baseline_count = in.integer("baseline_count");
  stored.verdict.mode = stored.judged.mode;
  if (const auto baselines = in.value("baselines")) {
    for (const Value& number : baselines->items()) {
      stored.baselines.push_back(number.as_int64().value_or(0));
    }
  }
  if (const auto findings = in.value("findings")) {
    for (const Value& item : findings->items()) {
      LIMPET_TRY(auto finding, decode_finding(item));
      stored.verdict.findings.push_back(std::move(finding));
    }
  }
  LIMPET_CHECK(in.status());
  return stored;
}

Key RecordType<StoredReferences>::key(const StoredReferences& stored) {
  return version_key(stored.version);
}

std::vector<IndexEntry> RecordType<StoredReferences>::indexes(const StoredReferences& stored) {
  std::vector<IndexEntry> entries;
  if (!stored.holding) return entries;
  for (const Reference& reference : stored.references) {
    entries.push_back({kReferenced,
                       {reference.registry, reference.schema, reference.number, stored.registry,
                        stored.schema, stored.number},
                       Unique::No});
  }
  return entries;
}

Value RecordType<StoredReferences>::encode(const StoredReferences& stored) {
  std::vector<Value> references;
  for (const Reference& reference : stored.references) {
    references.push_back(encode_reference(reference));
  }
  return Value::object({{"version", text_of(stored.version)},
                        {"registry", text_of(stored.registry.str())},
                        {"schema", text_of(stored.schema.str())},
                        {"number", number_of(stored.number)},
                        {"submitted", text_of(stored.submitted)},
                        {"holding", Value::boolean(stored.holding)},
                        {"references", Value::array(std::move(references))}});
}

Result<StoredReferences> RecordType<StoredReferences>::decode(Document in, int) {
  const Uuid version = read_uuid(in, "version");
  LIMPET_TRY(auto registry_name, RegistryName::parse(in.text_view("registry")));
  LIMPET_TRY(auto schema_name, SchemaName::parse(in.text_view("schema")));
  StoredReferences stored{.version = version,
                          .registry = std::move(registry_name),
                          .schema = std::move(schema_name),
                          .number = in.integer("number"),
                          .submitted = in.text("submitted"),
                          .holding = in.boolean("holding"),
                          .references = {}};
  if (const auto references = in.value("references")) {
    for (const Value& item : references->items()) {
      LIMPET_TRY(auto reference, decode_reference(item));
      stored.references.push_back(std::move(reference));
    }
  }
  LIMPET_CHECK(in.status());
  return stored;
}

Key RecordType<Usage>::key(const Usage&) { return {"counts"}; }

Value RecordType<Usage>::encode(const Usage& usage) {
  return Value::object({{"registries", number_of(usage.registries)},
                        {"schemas", number_of(usage.schemas)},
                        {"schema_versions", number_of(usage.schema_versions)}});
}

Result<Usage> RecordType<Usage>::decode(Document in, int) {
  const Usage usage{.registries = in.integer("registries"),
                    .schemas = in.integer("schemas"),
                    .schema_versions = in.integer("schema_versions")};
  LIMPET_CHECK(in.status());
  return usage;
}

}  // namespace limpet::storage
