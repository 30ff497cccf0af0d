// Format: the tables of a database, made new or brought up from an older format.
#pragma once

#include "connection.h"

#include <filesystem>

namespace limpet::storage {

/// Verify that the open database is ours and of a format up to SqliteStore::kFormat, set WAL mode,
/// and bring it up to kFormat in one transaction. `file` is for messages. Errors: InvalidInput
/// (another program's, a newer format), Internal (damaged), Unavailable.
Status prepare_database(Connection& connection, const std::filesystem::path& file);

}  // namespace limpet::storage
