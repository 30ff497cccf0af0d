// Backup: copy a database while a server writes to it, and put a copy in place of a folder's own.
//
//   const auto copy = storage::back_up("/var/lib/limpet", "/backup/monday.db", {});
//   …
//   const auto restored = storage::restore("/backup/monday.db", "/var/lib/limpet", {.now = now});
//
// A copy is one plain file: no log beside it, no free pages, readable with the sqlite3 program. It
// is written under another name, verified, synced and only then renamed, so that FILE is never half
// a copy, whatever happens. The database that is copied from is only read.
#pragma once

#include "limpet/base/result.h"
#include "limpet/base/time.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

namespace limpet::storage {

/// Told now and then: what is going on ("copying", "verifying"), bytes written, bytes expected at
/// most.
using CopyProgress =
    std::function<void(std::string_view step, std::uint64_t bytes, std::uint64_t expected)>;

struct CopyReport {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  /// restore(): where the folder's earlier database is now; empty when there was none.
  std::filesystem::path kept{};
};

struct BackupOptions {
  bool replace = false;  ///< an existing file may be replaced
  CopyProgress progress{};
};

/// Copy the database of a folder (or a database file) to `file`, mode 0600. Everything that was
/// acknowledged before the call is in it. Errors: AlreadyExists; NotFound (nothing to copy);
/// InvalidInput (not Limpet's, a newer format, `file` belongs to a data folder); Internal (the
/// source is damaged, the copy does not verify); Unavailable (no space, no permission).
Result<CopyReport> back_up(const std::filesystem::path& source, const std::filesystem::path& file,
                           const BackupOptions& options);

struct RestoreOptions {
  /// A database that the folder has is kept under another name; false: it is an error.
  bool replace = false;
  /// Names what is kept.
  Timestamp now{};
  CopyProgress progress{};
};

/// Make `file` the database of `folder`, which is made when it is missing. The file is verified
/// first. When this returns the new state is durable; when it fails or the process is killed, the
/// folder has its old state or the new one. Errors: as back_up(); Unavailable (a server has the
/// folder); AlreadyExists (the folder has data, and `replace` is false).
Result<CopyReport> restore(const std::filesystem::path& file, const std::filesystem::path& folder,
                           const RestoreOptions& options);

}  // namespace limpet::storage
