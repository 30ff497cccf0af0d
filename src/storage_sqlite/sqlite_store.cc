#include "limpet/storage_sqlite/sqlite_store.h"

#include "folder.h"
#include "format.h"
#include "log_file.h"
#include "read_pool.h"
#include "writer.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace limpet::storage {

namespace {

class DiskFolder final : public SqliteFolder {
 public:
  explicit DiskFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Status take() override {
    LIMPET_CHECK(make_folder(folder_));
    LIMPET_TRY(lock_, FolderLock::acquire(folder_));
    LIMPET_CHECK(inspect_database(folder_, SqliteStore::kFormat));
    return sync_files(folder_);
  }
  Status sync_names() override { return storage::sync_names(folder_); }
  void release() override { lock_.reset(); }

 private:
  const std::filesystem::path folder_;
  std::optional<FolderLock> lock_;
};

/// Without other connections the log is read anew, and a commit that failed may be found in it.
Result<std::unique_ptr<Connection>> reopen(const ConnectionSettings& settings) {
  LIMPET_CHECK(rewrite_log(settings.file, settings.vfs));
  return Connection::open(settings);
}

}  // namespace

struct SqliteStore::Parts {
  std::shared_ptr<SqliteFolder> folder;
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
  parts->folder = options.folder ? options.folder : std::make_shared<DiskFolder>(folder);
  LIMPET_CHECK(parts->folder->take());
  // Commits of a killed process will be visible, so they have to be durable before anybody is told
  // of them, even if a sync of them has failed before.
  LIMPET_CHECK(rewrite_log(folder / kDatabaseName, options.vfs));

  ConnectionSettings settings{.file = folder / kDatabaseName,
                              .access = Access::Write,
                              .cache_bytes = options.cache_bytes / 2,
                              .vfs = options.vfs};
  LIMPET_TRY(auto connection, Connection::open(settings));
  LIMPET_CHECK(prepare_database(*connection, settings.file));
  // Failure is no reason to refuse: the log is as durable as the file.
  sqlite3_wal_checkpoint_v2(connection->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
  LIMPET_CHECK(parts->folder->sync_names());

  const auto readers = std::max<std::size_t>(options.read_connections, 1);
  parts->writer = std::make_unique<Writer>(
      std::move(connection), [settings] { return reopen(settings); }, options);
  settings.access = Access::Read;
  settings.cache_bytes = options.cache_bytes / 2 / readers;
  parts->pool = std::make_unique<ReadPool>(settings, readers);
  LIMPET_CHECK(parts->pool->open_ahead(options.read_connections_ahead));
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
    parts_->folder->release();
  });
}

std::size_t SqliteStore::run_queued() { return parts_->writer->run_queued(); }

SqliteStats SqliteStore::stats() const {
  SqliteStats stats = parts_->writer->stats();
  stats.reads = parts_->reads;
  return stats;
}

}  // namespace limpet::storage
