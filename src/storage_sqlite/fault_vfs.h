// FaultVfs: an SQLite VFS for tests that counts and holds syncs, fails on command, runs out of
// space, and can tell what a disk would hold after a power loss.
#pragma once

#include <sqlite3.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

/// Registered under name() while it lives; must outlive its connections. Threads: safe.
class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const { return name_; }

  /// Syncs that have completed, of files whose name ends so.
  std::uint64_t syncs(std::string_view suffix) const;
  /// Such a file has been written since its last sync.
  bool dirty(std::string_view suffix) const;

  /// Syncs wait from now on, until release_syncs().
  void hold_syncs();
  /// False when none came; it waits long enough for any machine.
  bool wait_for_held_sync();
  void release_syncs();
  /// The next syncs of such files fail.
  void fail_syncs(std::string_view suffix, int count);
  /// Bytes that all files together may have; writes that need more fail with SQLITE_FULL.
  void set_quota(std::optional<std::uint64_t> bytes);
  std::uint64_t used() const;
  /// All writes fail with an I/O error.
  void break_writes(bool broken);

  enum class Unsynced { Lost, Kept, Some };
  /// Writes the files as a disk would hold them had the power failed now: what was synced, and of
  /// later writes none, all, or some sectors of 512 bytes (by `random`).
  void write_image(const std::filesystem::path& folder, Unsynced unsynced, std::mt19937& random);

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::optional<std::string> bytes;  // nullopt = truncate to offset
  };
  struct Content {
    std::string durable;
    std::string now;
    std::vector<Change> unsynced;
    std::uint64_t syncs = 0;
    int failing_syncs = 0;
  };
  struct File;
  struct Calls;

  int write(const std::string& file, const void* bytes, int count, sqlite3_int64 offset,
            sqlite3_file* real);
  int truncate(const std::string& file, sqlite3_int64 size, sqlite3_file* real);
  int sync(const std::string& file, int flags, sqlite3_file* real);
  std::uint64_t used_locked() const;

  std::string name_;
  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  sqlite3_io_methods methods_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Content> files_;
  std::map<std::string, int> failing_;
  std::optional<std::uint64_t> quota_;
  bool broken_ = false;
  bool holding_ = false;
  int held_ = 0;
};

}  // namespace limpet::storage
