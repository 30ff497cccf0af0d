// SqliteStore: the Store in a folder, one SQLite database in WAL mode with full sync.
//
//   auto store = storage::SqliteStore::open("/var/lib/limpet", {});
//   if (!store) return store.error();          // the message names the folder and the reason
//   (*store)->write([](storage::Txn& txn) { return txn.put("greeting", "hello"); });
//
// Files: limpet.db (with -wal and -shm) and limpet.lock. One process at a time. Rows are in
// kv(key, value), readable with the sqlite3 program while the store runs. Threads: safe.
#pragma once

#include "limpet/storage/store.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace limpet::storage {

/// What a store does to its folder outside SQLite. Empty in SqliteOptions: on the file system.
/// Simulations bring another one, together with a VFS that holds the files.
class SqliteFolder {
 public:
  virtual ~SqliteFolder() = default;
  /// Make the folder, take it for this process, see that its database is none or ours, and force
  /// to disk what an earlier process wrote. Called once, before SQLite sees a file.
  virtual Status take() = 0;
  /// Force to disk that the files exist.
  virtual Status sync_names() = 0;
  /// The store is closed.
  virtual void release() = 0;
};

struct SqliteOptions {
  std::size_t cache_bytes = 64UL << 20;       ///< page cache; half for the writer, half for reads
  std::size_t read_connections = 8;           ///< reads at the same time; more wait
  std::size_t read_connections_ahead = 0;     ///< of these, opened at once: see ReadPool
  std::size_t batch_works_max = 256;          ///< transactions in one commit
  std::size_t batch_bytes_max = 8UL << 20;    ///< bytes written after which a commit is not delayed
  std::size_t queue_works_max = 10'000;       ///< transactions that wait; more are refused
  std::size_t checkpoint_bytes = 16UL << 20;  ///< log size at which the writer moves it to the file
  std::string vfs = {};                       ///< SQLite VFS; empty = the system's. For tests
  std::shared_ptr<SqliteFolder> folder = {};  ///< for simulations, with a VFS of their own
  /// False: there is no writer thread; submitted works wait until somebody calls run_queued(), and
  /// write() would wait for ever. Then everything happens on the callers' one thread.
  bool own_thread = true;
};

/// Counts since open.
struct SqliteStats {
  std::uint64_t commits = 0;             ///< commits that wrote: each is one sync of the log
  std::uint64_t works_committed = 0;     ///< transactions in them
  std::uint64_t works_rolled_back = 0;   ///< by their own error or the store's
  std::uint64_t works_unknown = 0;       ///< answered Unknown
  std::uint64_t failed_commits = 0;      ///< commits that the disk refused
  std::uint64_t checkpoints = 0;         ///< two syncs each
  std::uint64_t failed_checkpoints = 0;  ///< tried again later
  std::uint64_t reads = 0;
  std::uint64_t queued_works = 0;  ///< waiting now
  std::uint64_t log_bytes = 0;     ///< of the write-ahead log after the last commit
};

class SqliteStore final : public Store {
 public:
  /// The format of the folder that this program writes.
  static constexpr int kFormat = 1;

  /// Open a folder, made (mode 0700) when it is missing. What an earlier process had committed is
  /// on disk before this returns. Errors: Unavailable (in use by another process, no permission, no
  /// space), InvalidInput (not a Limpet folder; a newer format, left untouched), Internal
  /// (damaged).
  static Result<std::unique_ptr<SqliteStore>> open(const std::filesystem::path& folder,
                                                   const SqliteOptions& options);
  ~SqliteStore() override;

  Status read(const ReadWork& work) override;
  void submit(WriteWork work, Done done) override;
  void stop() override;

  /// Run and answer the transactions that wait, as many as one batch may have, and checkpoint when
  /// it is due; the number answered. Requires: own_thread is false; not called from a work or a
  /// done.
  std::size_t run_queued();

  SqliteStats stats() const;

 private:
  struct Parts;
  explicit SqliteStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace limpet::storage
