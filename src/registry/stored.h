// How this room's entities are stored: one RecordType each. The documents are this room's own
// format; a change that an older program must not read raises `format`.
#pragma once

#include "limpet/compat/check.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/explain.h"
#include "limpet/registry/references.h"
#include "limpet/storage/records.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::registry {

/// A metadata pair of a version. `sequence` counts the values of one key.
struct StoredMetadata {
  Uuid version;
  std::string key;
  std::string value;
  std::int64_t sequence = 1;
  Timestamp created{};
};

/// The verdict that a FAILURE version was kept with.
struct StoredVerdict {
  Uuid version;
  Judged judged;
  std::vector<std::int64_t> baselines;
  std::int64_t baseline_count = 0;
  compat::Verdict verdict;
};

/// What a version that was registered with references was made of.
struct StoredReferences {
  Uuid version;
  RegistryName registry;  ///< of the version itself, as schema and number are
  SchemaName schema;
  std::int64_t number = 0;
  std::string submitted;  ///< SHA-256 of the text as it was submitted, hexadecimal
  bool holding = false;   ///< what it references cannot be deleted
  std::vector<Reference> references;
};

/// What an account has in a region, for quotas.
struct Usage {
  std::int64_t registries = 0;
  std::int64_t schemas = 0;
  std::int64_t schema_versions = 0;

  friend bool operator==(const Usage&, const Usage&) = default;
};

inline constexpr std::string_view kByNumber = "by-number";      ///< incarnation, number
inline constexpr std::string_view kByIdentity = "by-identity";  ///< incarnation, identity, number
inline constexpr std::string_view kAvailable = "available";     ///< AVAILABLE: incarnation, number
/// AVAILABLE and PENDING: incarnation, identity. Unique, so that the store itself refuses a second
/// live version of one definition.
inline constexpr std::string_view kLiveIdentity = "live-identity";
/// Of versions that hold others: registry, schema, number of what is referenced, then the same of
/// the holder.
inline constexpr std::string_view kReferenced = "referenced";
inline constexpr std::string_view kByAge = "by-age";  ///< metadata: version, key, sequence

/// The key of a version's record.
storage::Key version_key(const Uuid& id);

}  // namespace limpet::registry

namespace limpet::storage {

template <>
struct RecordType<registry::Registry> {
  static constexpr std::string_view name = "registry";
  static constexpr int format = 1;
  static Key key(const registry::Registry& registry);
  static json::Value encode(const registry::Registry& registry);
  static Result<registry::Registry> decode(Document document, int format);
};

template <>
struct RecordType<registry::Schema> {
  static constexpr std::string_view name = "schema";
  static constexpr int format = 1;
  static Key key(const registry::Schema& schema);
  static json::Value encode(const registry::Schema& schema);
  static Result<registry::Schema> decode(Document document, int format);
};

template <>
struct RecordType<registry::SchemaVersion> {
  static constexpr std::string_view name = "schema-version";
  static constexpr int format = 1;
  static Key key(const registry::SchemaVersion& version);
  static std::vector<IndexEntry> indexes(const registry::SchemaVersion& version);
  static json::Value encode(const registry::SchemaVersion& version);
  static Result<registry::SchemaVersion> decode(Document document, int format);
};

template <>
struct RecordType<registry::StoredMetadata> {
  static constexpr std::string_view name = "metadata";
  static constexpr int format = 1;
  static Key key(const registry::StoredMetadata& metadata);
  static std::vector<IndexEntry> indexes(const registry::StoredMetadata& metadata);
  static json::Value encode(const registry::StoredMetadata& metadata);
  static Result<registry::StoredMetadata> decode(Document document, int format);
};

template <>
struct RecordType<registry::StoredVerdict> {
  static constexpr std::string_view name = "verdict";
  static constexpr int format = 1;
  static Key key(const registry::StoredVerdict& verdict);
  static json::Value encode(const registry::StoredVerdict& verdict);
  static Result<registry::StoredVerdict> decode(Document document, int format);
};

template <>
struct RecordType<registry::StoredReferences> {
  static constexpr std::string_view name = "references";
  static constexpr int format = 1;
  static Key key(const registry::StoredReferences& stored);
  static std::vector<IndexEntry> indexes(const registry::StoredReferences& stored);
  static json::Value encode(const registry::StoredReferences& stored);
  static Result<registry::StoredReferences> decode(Document document, int format);
};

template <>
struct RecordType<registry::Usage> {
  static constexpr std::string_view name = "usage";
  static constexpr int format = 1;
  static constexpr bool in_change_log = false;  // follows from the other records
  static Key key(const registry::Usage& usage);
  static json::Value encode(const registry::Usage& usage);
  static Result<registry::Usage> decode(Document document, int format);
};

}  // namespace limpet::storage
