#include "limpet/storage_sqlite/sqlite_snapshot.h"

#include "connection.h"
#include "folder.h"
#include "ticking.h"

#include "limpet/storage_sqlite/sqlite_store.h"

#include <system_error>
#include <utility>

namespace limpet::storage {

namespace {

constexpr std::size_t kCacheBytes = 16UL << 20;

// The file that `path` means, and whether it is there at all.
Result<std::filesystem::path> database_of(const std::filesystem::path& path) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(path, error);
  const auto file = folder ? path / kDatabaseName : path;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return Error::not_found(folder ? "the folder " + path.string() + " holds no " + kDatabaseName
                                   : file.string() + " does not exist");
  }
  if (error) return Error::unavailable("cannot read " + file.string() + ": " + error.message());
  if (status.type() != std::filesystem::file_type::regular) {
    return Error::invalid_input(file.string() + " is not a file");
  }
  return file;
}

}  // namespace

struct SqliteSnapshot::Parts {
  std::filesystem::path file;
  std::unique_ptr<Connection> connection;
  std::unique_ptr<ConnectionReader> reader;
  int format = 0;
  std::uint64_t bytes = 0;
};

// What the first read failed with, in words that help.
Error SqliteSnapshot::explained(const Parts& parts, const Error& error) {
  const std::string file = parts.file.string();
  const int code = sqlite3_errcode(parts.connection->handle()) & 0xFF;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return Error::internal(file + " is damaged: " + error.message);
  }
  if (code == SQLITE_CANTOPEN) {
    return Error::unavailable("cannot read " + file + ": " + file +
                              "-shm is needed, and this user may neither write nor make it");
  }
  return error;
}

Status SqliteSnapshot::judge_format(const Parts& parts, std::int64_t format) {
  const std::string file = parts.file.string();
  LIMPET_TRY(const auto application, parts.connection->query_integer("PRAGMA application_id"));
  LIMPET_TRY(const auto tables,
             parts.connection->query_integer("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && format == 0 && tables == 0) {
    return Error::not_found(file + " holds nothing yet");
  }
  if (application != kApplicationId || format < 1) {
    return Error::invalid_input(file + " is a database of another program");
  }
  if (format > SqliteStore::kFormat) {
    return Error::invalid_input(file + " has format " + std::to_string(format) +
                                "; this program knows formats up to " +
                                std::to_string(SqliteStore::kFormat) + ". Nothing was changed");
  }
  return {};
}

SqliteSnapshot::SqliteSnapshot(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteSnapshot::~SqliteSnapshot() = default;

Result<std::unique_ptr<SqliteSnapshot>> SqliteSnapshot::open(const std::filesystem::path& path) {
  auto parts = std::make_unique<Parts>();
  LIMPET_TRY(parts->file, database_of(path));
  auto connection = Connection::open(
      {.file = parts->file, .access = Access::Read, .cache_bytes = kCacheBytes, .vfs = {}});
  if (!connection) return std::move(connection).error();
  parts->connection = *std::move(connection);
  if (const int code = parts->connection->begin(); code != SQLITE_OK) {
    return sqlite_error(code, "cannot begin to read " + parts->file.string());
  }
  // The first read takes the snapshot.
  const auto format = parts->connection->query_integer("PRAGMA user_version");
  if (!format) return explained(*parts, format.error());
  LIMPET_CHECK(judge_format(*parts, *format));
  LIMPET_TRY(const auto pages, parts->connection->query_integer("PRAGMA page_count"));
  LIMPET_TRY(const auto page_bytes, parts->connection->query_integer("PRAGMA page_size"));
  parts->format = static_cast<int>(*format);
  parts->bytes = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
  parts->reader = std::make_unique<ConnectionReader>(*parts->connection);
  return std::unique_ptr<SqliteSnapshot>(new SqliteSnapshot(std::move(parts)));
}

Reader& SqliteSnapshot::reader() { return *parts_->reader; }
const std::filesystem::path& SqliteSnapshot::file() const { return parts_->file; }
int SqliteSnapshot::format() const { return parts_->format; }
std::uint64_t SqliteSnapshot::bytes() const { return parts_->bytes; }

Result<std::vector<std::string>> SqliteSnapshot::check_pages(PageCheck how, const Tick& tick) {
  const Ticking ticking(*parts_->connection, tick);
  sqlite3* db = parts_->connection->handle();
  sqlite3_stmt* query = nullptr;
  int code = sqlite3_prepare_v2(
      db, how == PageCheck::Full ? "PRAGMA integrity_check(100)" : "PRAGMA quick_check(100)", -1,
      &query, nullptr);
  std::vector<std::string> found;
  if (code == SQLITE_OK) {
    for (code = sqlite3_step(query); code == SQLITE_ROW; code = sqlite3_step(query)) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(query, 0));
      found.emplace_back(text == nullptr ? "" : text);
    }
  }
  sqlite3_finalize(query);
  if (found == std::vector<std::string>{"ok"}) found.clear();
  if (code == SQLITE_DONE) return found;
  if ((code & 0xFF) != SQLITE_CORRUPT) return sqlite_error(code, "cannot check the pages");
  found.emplace_back(sqlite3_errstr(code));
  return found;
}

Result<std::uint64_t> SqliteSnapshot::count_records(const Tick& tick) {
  const Ticking ticking(*parts_->connection, tick);
  // A document is a JSON object; a row of an index holds a key, which never begins like one.
  LIMPET_TRY(const auto count, parts_->connection->query_integer(
                                   "SELECT count(*) FROM kv WHERE substr(value, 1, 1) = '{'"));
  return static_cast<std::uint64_t>(count);
}

}  // namespace limpet::storage
