// Log file: makes sure that what the write-ahead log shows is what the disk holds.
#pragma once

#include "limpet/base/result.h"

#include <filesystem>
#include <string>

namespace limpet::storage {

/// Write the log of `database` over with what it holds already, and sync it; nothing when there is
/// none. A sync alone is not enough after one that failed: the kernel may have dropped the pages of
/// the failed one and yet show them, clean, to the next process, which would take commits for
/// durable that are not on the disk. Pages that are written again are dirty again. Requires:
/// nobody writes to the log meanwhile; readers may read. Errors: Unavailable.
Status rewrite_log(const std::filesystem::path& database, const std::string& vfs);

}  // namespace limpet::storage
