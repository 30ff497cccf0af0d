#include "limpet/storage_sqlite/sqlite_store.h"

#include "folder.h"
#include "format.h"
#include "read_pool.h"
#include "writer.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace limpet::storage {

struct SqliteStore::Parts {
  std::optional<FolderLock> lock;
  std::unique_ptr<ReadPool> pool;
  std::unique_ptr<Writer> writer;
  std::atomic<std::uint64_t> reads = 0;
  std::once_flag stopped;
};

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SqliteStore::~SqliteStore() { SqliteStore::stop(); }

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::filesystem::path& folder,
                                                       const SqliteOptions& options) {
  auto parts = std::make_unique<Parts>();
  LIMPET_CHECK(make_folder(folder));
  LIMPET_TRY(parts->lock, FolderLock::acquire(folder));
  LIMPET_CHECK(inspect_database(folder, kFormat));
  // A killed process may have left commits that only the kernel knows. They will be visible, so
  // they have to be durable before anybody is told of them.
  LIMPET_CHECK(sync_files(folder));

  ConnectionSettings settings{.file = folder / kDatabaseName,
                              .access = Access::Write,
                              .cache_bytes = options.cache_bytes / 2,
                              .vfs = options.vfs};
  LIMPET_TRY(auto connection, Connection::open(settings));
  LIMPET_CHECK(prepare_database(*connection, settings.file));
  // Failure is no reason to refuse: the log is as durable as the file.
  sqlite3_wal_checkpoint_v2(connection->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
  LIMPET_CHECK(sync_names(folder));

  const auto readers = std::max<std::size_t>(options.read_connections, 1);
  parts->writer = std::make_unique<Writer>(
      std::move(connection), [settings] { return Connection::open(settings); }, options);
  settings.access = Access::Read;
  settings.cache_bytes = options.cache_bytes / 2 / readers;
  parts->pool = std::make_unique<ReadPool>(settings, readers);
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

Status SqliteStore::read(const ReadWork& work) {
  ++parts_->reads;
  return parts_->pool->read(work);
}

void SqliteStore::submit(WriteWork work, Done done) {
  parts_->writer->submit(std::move(work), std::move(done));
}

void SqliteStore::stop() {
  std::call_once(parts_->stopped, [this] {
    parts_->writer->stop();
    parts_->pool->stop();
    parts_->writer->close();
    parts_->lock.reset();
  });
}

SqliteStats SqliteStore::stats() const {
  SqliteStats stats = parts_->writer->stats();
  stats.reads = parts_->reads;
  return stats;
}

}  // namespace limpet::storage
