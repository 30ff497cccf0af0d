#include "lookup.h"

#include "limpet/registry/messages.h"
#include "limpet/storage/content.h"

#include <utility>

namespace limpet::registry {

Result<Registry> require_registry(storage::RecordReader& records, const RegistryRef& registry) {
  LIMPET_TRY(auto found, records.get<Registry>({registry.name}));
  if (!found) return no_such_registry(registry);
  return *std::move(found);
}

Result<std::optional<Schema>> find_schema(storage::RecordReader& records, const SchemaRef& schema) {
  return records.get<Schema>({schema.registry, schema.name});
}

Result<Schema> require_schema(storage::RecordReader& records, const SchemaRef& schema) {
  LIMPET_TRY(auto found, find_schema(records, schema));
  if (!found) return no_such_schema(schema);
  return *std::move(found);
}

Result<std::optional<SchemaVersion>> find_number(storage::RecordReader& records,
                                                 const Schema& schema, std::int64_t number) {
  if (number < 1 || number >= schema.next) return std::optional<SchemaVersion>();
  return records.find<SchemaVersion>(kByNumber, {schema.incarnation.to_string(), number});
}

Result<SchemaVersion> require_version(storage::RecordReader& records, const Schema& schema,
                                      const SchemaRef& ref, const VersionSelector& selector) {
  LIMPET_TRY(auto found, find_number(records, schema, selector.number.value_or(schema.latest)));
  if (!found) return no_such_version(ref, selector);
  return *std::move(found);
}

Result<SchemaVersion> require_version(storage::RecordReader& records, const VersionRef& version) {
  if (const auto* id = std::get_if<Uuid>(&version)) {
    LIMPET_TRY(auto found, records.get<SchemaVersion>(version_key(*id)));
    if (!found) return no_such_version(*id);
    return *std::move(found);
  }
  const auto& numbered = std::get<NumberedVersion>(version);
  LIMPET_TRY(const Schema schema, require_schema(records, numbered.schema));
  return require_version(records, schema, numbered.schema, numbered.version);
}

Result<std::optional<SchemaVersion>> find_live(storage::RecordReader& records, const Schema& schema,
                                               const std::string& identity) {
  return records.find<SchemaVersion>(kLiveIdentity, {schema.incarnation.to_string(), identity});
}

Result<std::string> text_of_version(storage::RecordReader& records, const SchemaVersion& version) {
  LIMPET_TRY(auto text, storage::get_text(records, version.content));
  if (!text) {
    return Error::internal("the text of schema version " + version.id.to_string() + " is missing");
  }
  return *std::move(text);
}

Result<Usage> load_usage(storage::RecordReader& records) {
  LIMPET_TRY(const auto usage, records.get<Usage>(storage::RecordType<Usage>::key({})));
  return usage.value_or(Usage{});
}

}  // namespace limpet::registry
