#include "deletion.h"

#include "composition.h"

#include "limpet/storage/content.h"

namespace limpet::registry {
namespace {

constexpr std::size_t kBatch = 100;

Status erase_metadata(storage::Records& records, const Uuid& version) {
  while (true) {
    LIMPET_TRY(const auto page,
               records.scan<StoredMetadata>({.under = {version.to_string()}, .limit = kBatch}));
    for (const auto& metadata : page.records) {
      LIMPET_CHECK(
          records.erase<StoredMetadata>(storage::RecordType<StoredMetadata>::key(metadata)));
    }
    if (page.next.empty()) return {};
  }
}

}  // namespace

Status erase_version(storage::Records& records, const SchemaVersion& version, Usage& usage) {
  LIMPET_CHECK(erase_metadata(records, version.id));
  if (version.status == VersionStatus::Failure) {
    LIMPET_CHECK(records.erase<StoredVerdict>(version_key(version.id)));
  }
  LIMPET_CHECK(erase_composition(records, version.id));
  LIMPET_CHECK(storage::release_text(records, version.content, storage::text_user(version)));
  LIMPET_CHECK(records.erase<SchemaVersion>(version_key(version.id)));
  --usage.schema_versions;
  return {};
}

Status erase_schema(storage::Records& records, const Schema& schema, Usage& usage) {
  while (true) {
    LIMPET_TRY(const auto page,
               records.scan_index<SchemaVersion>(
                   kByNumber, {.under = {schema.incarnation.to_string()}, .limit = kBatch}));
    for (const auto& version : page.records) {
      LIMPET_CHECK(erase_version(records, version, usage));
    }
    if (page.next.empty()) break;
  }
  LIMPET_CHECK(records.erase<Schema>({schema.registry, schema.name}));
  --usage.schemas;
  return {};
}

Status erase_registry(storage::Records& records, const Registry& registry, Usage& usage) {
  while (true) {
    LIMPET_TRY(const auto page, records.scan<Schema>({.under = {registry.name}, .limit = kBatch}));
    for (const auto& schema : page.records) LIMPET_CHECK(erase_schema(records, schema, usage));
    if (page.next.empty()) break;
  }
  LIMPET_CHECK(records.erase<Registry>({registry.name}));
  --usage.registries;
  return {};
}

}  // namespace limpet::registry
