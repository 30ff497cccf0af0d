// Fetch what a caller names, or answer the service's sentence that it does not exist.
#pragma once

#include "stored.h"

#include "limpet/registry/entities.h"
#include "limpet/registry/refs.h"

#include <cstdint>
#include <optional>

namespace limpet::registry {

Result<Registry> require_registry(storage::RecordReader& records, const RegistryRef& registry);

/// nullopt when there is none.
Result<std::optional<Schema>> find_schema(storage::RecordReader& records, const SchemaRef& schema);
Result<Schema> require_schema(storage::RecordReader& records, const SchemaRef& schema);

Result<std::optional<SchemaVersion>> find_number(storage::RecordReader& records,
                                                 const Schema& schema, std::int64_t number);
/// A version of `schema`, which the caller named `ref`.
Result<SchemaVersion> require_version(storage::RecordReader& records, const Schema& schema,
                                      const SchemaRef& ref, const VersionSelector& selector);
Result<SchemaVersion> require_version(storage::RecordReader& records, const VersionRef& version);

/// The AVAILABLE or PENDING version of this identity.
Result<std::optional<SchemaVersion>> find_live(storage::RecordReader& records, const Schema& schema,
                                               const std::string& identity);

/// The definition of a version: what was submitted, or the bundle made of it. Errors: Internal when
/// it is gone.
Result<std::string> text_of_version(storage::RecordReader& records, const SchemaVersion& version);

Result<Usage> load_usage(storage::RecordReader& records);

/// Would one more be too many?
inline bool reached(const std::optional<std::int64_t>& quota, std::int64_t count) {
  return quota && count >= *quota;
}

}  // namespace limpet::registry
