// Erase entities with all that belongs to them, inside a transaction that is under way.
#pragma once

#include "stored.h"

namespace limpet::registry {

/// The version with its text, metadata and verdict.
Status erase_version(storage::Records& records, const SchemaVersion& version, Usage& usage);
/// The schema with its versions.
Status erase_schema(storage::Records& records, const Schema& schema, Usage& usage);
/// The registry with its schemas.
Status erase_registry(storage::Records& records, const Registry& registry, Usage& usage);

}  // namespace limpet::registry
