// Give a schema its next version, inside a transaction that is under way.
#pragma once

#include "stored.h"

#include "limpet/registry/schemas.h"

#include <optional>

namespace limpet::registry {

/// The largest version number (AWS Glue API reference, VersionLongNumber).
inline constexpr std::int64_t kVersionNumberMax = 100'000;

/// Writes the version and its text, and moves `schema` and `usage` on; the caller writes those two.
/// Requires: `id`, if there is one, names nothing yet.
Result<SchemaVersion> append_version(storage::Records& records, Schema& schema,
                                     const Candidate& candidate, VersionStatus status, Usage& usage,
                                     std::optional<Uuid> id = {});

}  // namespace limpet::registry
