// Folder: the place on disk, its lock and its format, before SQLite sees any of it.
#pragma once

#include "limpet/base/result.h"

#include <cstdint>
#include <filesystem>

namespace limpet::storage {

inline constexpr const char* kDatabaseName = "limpet.db";
inline constexpr const char* kLockName = "limpet.lock";
/// SQLite's application_id of our files: "Lmpt".
inline constexpr std::uint32_t kApplicationId = 0x4C6D7074;

/// Holds the lock of a folder; it ends with this object or with the process, however that ends.
class FolderLock {
 public:
  /// Errors: Unavailable (another process holds it: the message names its id; no permission).
  static Result<FolderLock> acquire(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// Make the folder (0700) when it is missing. Errors: Unavailable, InvalidInput (a file stands
/// there).
Status make_folder(const std::filesystem::path& folder);

/// Look at the database file without SQLite, which could change it. Makes an empty one (0600) when
/// there is none. Errors: InvalidInput (not a Limpet database; a format above `newest`),
/// Unavailable.
Status inspect_database(const std::filesystem::path& folder, int newest);

/// Force to disk what an earlier process wrote and the kernel still holds. Requires: SQLite has not
/// opened the database (closing a second descriptor would end its locks). Errors: Unavailable.
Status sync_files(const std::filesystem::path& folder);

/// Force to disk that the files exist. Errors: Unavailable.
Status sync_names(const std::filesystem::path& folder);

}  // namespace limpet::storage
