// Metadata: key-value pairs on a schema version; a key may have several values.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/settings.h"
#include "limpet/storage/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::registry {

/// The read-only key under which a FAILURE version tells why it failed. Its value is made from the
/// explanation, outside pattern and quota.
inline constexpr std::string_view kReasonKey = "limpet.reason";

struct MetadataPair {
  MetadataKey key;
  MetadataValue value;
};

/// Errors: NotFound (version), InvalidInput (kReasonKey), LimitExceeded (quota, looked at before),
/// AlreadyExists. Answers the version.
Result<SchemaVersion> put_metadata(storage::Txn& txn, const Context& context,
                                   const Settings& settings, const VersionRef& version,
                                   const MetadataPair& pair);

/// Errors: NotFound (version, pair), InvalidInput (kReasonKey). Answers the version.
Result<SchemaVersion> remove_metadata(storage::Txn& txn, const Context& context,
                                      const VersionRef& version, const MetadataPair& pair);

/// One alternative of a query: a pair, all values of a key, or all keys of a value. Raw text: what
/// cannot be a key matches nothing.
struct MetadataFilter {
  std::optional<std::string> key;
  std::optional<std::string> value;
};

struct MetadataPage {
  SchemaVersion version;
  Page<Metadata> page;  ///< by key, then oldest first: the first of a key is its primary value
};

/// Pairs that match any filter; all pairs when there is none. Looks at a bounded number of pairs: a
/// page may hold fewer than asked for, or none, and still have a next one. Errors: NotFound.
Result<MetadataPage> query_metadata(storage::Reader& reader, const Context& context,
                                    const Settings& settings, const VersionRef& version,
                                    const std::vector<MetadataFilter>& filters,
                                    const PageRequest& page);

}  // namespace limpet::registry
