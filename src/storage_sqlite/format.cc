#include "format.h"

#include "folder.h"

#include "limpet/storage_sqlite/sqlite_store.h"

#include <array>
#include <string>

namespace limpet::storage {

namespace {

// kSteps[n] leads from format n to n + 1. Only ever append.
//
// kv is a table with row ids. Older folders have it WITHOUT ROWID, which every statement
// works with just the same; but there each comparison with a row that is larger than a quarter of a
// page reads that row's overflow pages (six times the page reads of a look-up, at 1 KiB a row).
constexpr std::array<const char*, SqliteStore::kFormat> kSteps = {
    "CREATE TABLE kv (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT, WITHOUT "
    "ROWID;"
    "INSERT INTO meta(name, value) VALUES('settled', 0);",
};

// A log that has started over is cut to this, so that one burst does not keep the space for ever.
constexpr const char* kLogLimit = "PRAGMA journal_size_limit = 67108864";

Error damaged(const std::filesystem::path& file, const Error& reason) {
  if (reason.code == Code::Unavailable) return reason;
  return Error::internal(file.string() + " is damaged: " + reason.message);
}

Status migrate(Connection& connection, std::int64_t from) {
  if (from == SqliteStore::kFormat) return {};
  std::string sql = "BEGIN IMMEDIATE;";
  for (auto format = from; format < SqliteStore::kFormat; ++format) {
    sql += kSteps[static_cast<std::size_t>(format)];
  }
  sql += "PRAGMA application_id = " + std::to_string(kApplicationId) +
         "; PRAGMA user_version = " + std::to_string(SqliteStore::kFormat) + "; COMMIT";
  if (const int code = connection.execute(sql.c_str()); code != SQLITE_OK) {
    connection.rollback();
    return sqlite_error(
        code, "cannot bring the database to format " + std::to_string(SqliteStore::kFormat));
  }
  return {};
}

}  // namespace

Status prepare_database(Connection& connection, const std::filesystem::path& file) {
  // The header was looked at before; the log may know better.
  const auto application = connection.query_integer("PRAGMA application_id");
  if (!application) return damaged(file, application.error());
  const auto format = connection.query_integer("PRAGMA user_version");
  if (!format) return damaged(file, format.error());
  const auto tables = connection.query_integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return damaged(file, tables.error());
  const bool empty = *application == 0 && *format == 0 && *tables == 0;
  if (!empty && *application != kApplicationId) {
    return Error::invalid_input(file.string() + " is a database of another program");
  }
  if (*format > SqliteStore::kFormat || *format < 0) {
    return Error::invalid_input(file.string() + " has format " + std::to_string(*format) +
                                "; this program knows formats up to " +
                                std::to_string(SqliteStore::kFormat) + ". Nothing was changed");
  }
  for (const char* sql : {"PRAGMA journal_mode = WAL", kLogLimit}) {
    if (const int code = connection.execute(sql); code != SQLITE_OK) {
      return damaged(file, sqlite_error(code, sql));
    }
  }
  LIMPET_CHECK(migrate(connection, *format));
  const auto sound = connection.query_integer("SELECT value FROM meta WHERE name = 'settled'");
  if (!sound) return damaged(file, sound.error());
  return {};
}

}  // namespace limpet::storage
