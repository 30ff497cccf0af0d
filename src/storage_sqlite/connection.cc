#include "connection.h"

#include "page_cache.h"

#include <algorithm>
#include <limits>

namespace limpet::storage {

namespace {

constexpr std::array<const char*, 14> kSqlTexts = {
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT work",
    "RELEASE work",
    "ROLLBACK TO work",
    "SELECT value FROM kv WHERE key = ?1",
    "INSERT INTO kv(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2",
    "DELETE FROM kv WHERE key = ?1",
    "SELECT key, value FROM kv WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3",
    "SELECT key, value FROM kv WHERE key >= ?1 ORDER BY key LIMIT ?3",
    "SELECT key, value FROM kv WHERE key >= ?1 AND key < ?2 ORDER BY key DESC LIMIT ?3",
    "SELECT key, value FROM kv WHERE key >= ?1 ORDER BY key DESC LIMIT ?3",
};

std::string column(sqlite3_stmt* statement, int index) {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(statement, index));
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
  return text == nullptr ? std::string() : std::string(text, bytes);
}

Error open_error(int code, const std::filesystem::path& file) {
  const bool damaged = (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
  return sqlite_error(code,
                      damaged ? file.string() + " is damaged" : "cannot open " + file.string());
}

}  // namespace

Error sqlite_error(int code, std::string_view what) {
  const std::string message = std::string(what) + ": " + sqlite3_errstr(code) + " (SQLite code " +
                              std::to_string(code) + ")";
  switch (code & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_AUTH:
      return Error::unavailable(message);
    case SQLITE_TOOBIG:
      return Error::limit_exceeded(message);
    default:
      return Error::internal(message);
  }
}

// Keeps a statement's bindings for one execution; SQLite copies nothing, so the texts must outlive
// it.
class Connection::Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  void bind(int index, std::string_view text) {
    // A null pointer would bind NULL.
    const char* bytes = text.data() == nullptr ? "" : text.data();
    note(sqlite3_bind_text64(statement_, index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  void bind(int index, std::size_t number) {
    constexpr auto kMax = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    note(sqlite3_bind_int64(statement_, index, static_cast<std::int64_t>(std::min(number, kMax))));
  }
  /// SQLITE_ROW, SQLITE_DONE or an error, that of an earlier bind included.
  int step() { return code_ == SQLITE_OK ? sqlite3_step(statement_) : code_; }
  std::string text(int index) const { return column(statement_, index); }

 private:
  void note(int code) {
    if (code_ == SQLITE_OK) code_ = code;
  }
  sqlite3_stmt* statement_;
  int code_ = SQLITE_OK;
};

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings) {
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
      (settings.access == Access::Write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  use_page_cache();
  sqlite3_initialize();
  std::unique_ptr<BufferedLog> vfs;
  if (settings.access == Access::Write) {
    vfs = BufferedLog::upon(settings.vfs);
    if (!vfs) return Error::internal("SQLite knows no VFS " + settings.vfs);
  }
  const std::string& name = vfs ? vfs->name() : settings.vfs;
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(settings.file.c_str(), &db, flags, name.empty() ? nullptr : name.c_str());
  std::unique_ptr<Connection> connection(new Connection(std::move(vfs), db));
  if (code != SQLITE_OK) return open_error(code, settings.file);

  sqlite3_busy_timeout(db, kBusyMilliseconds);
  // Only the writer moves the log into the file, and never because a connection closes.
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Plans do not depend on what is bound; otherwise a new LIMIT means preparing anew.
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  const std::string settings_sql =
      "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
      "PRAGMA synchronous = FULL; PRAGMA cache_size = -" +
      std::to_string(std::max<std::size_t>(settings.cache_bytes / 1024, 256));
  if (const int set = connection->execute(settings_sql.c_str()); set != SQLITE_OK) {
    return open_error(set, settings.file);
  }
  return connection;
}

Connection::~Connection() {
  for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(db_);
}

sqlite3_stmt* Connection::statement(Sql sql) {
  static_assert(kSqlTexts.size() == kSqlCount);
  sqlite3_stmt*& cached = statements_[sql];
  if (cached == nullptr) {
    last_code_ =
        sqlite3_prepare_v3(db_, kSqlTexts[sql], -1, SQLITE_PREPARE_PERSISTENT, &cached, nullptr);
  }
  return cached;
}

int Connection::run(Sql sql) {
  sqlite3_stmt* prepared = statement(sql);
  if (prepared == nullptr) return last_code_;
  const int code = sqlite3_step(prepared);
  const int reset = sqlite3_reset(prepared);
  return code == SQLITE_DONE ? SQLITE_OK : reset;
}

int Connection::begin() { return run(kBegin); }
int Connection::begin_immediate() { return run(kBeginImmediate); }
int Connection::commit() { return run(kCommit); }
int Connection::rollback() { return in_transaction() ? run(kRollback) : SQLITE_OK; }
int Connection::savepoint() { return run(kSavepoint); }
int Connection::release() { return run(kRelease); }
int Connection::rollback_to() { return run(kRollbackTo); }

int Connection::execute(const char* sql) {
  return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

Result<std::int64_t> Connection::query_integer(const char* sql) {
  sqlite3_stmt* query = nullptr;
  int code = sqlite3_prepare_v2(db_, sql, -1, &query, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(query);
  const std::int64_t value = code == SQLITE_ROW ? sqlite3_column_int64(query, 0) : 0;
  sqlite3_finalize(query);
  if (code != SQLITE_ROW) return sqlite_error(code, sql);
  return value;
}

Error Connection::failure(int code, std::string_view what) {
  last_code_ = code;
  return sqlite_error(code, what);
}

Result<std::optional<std::string>> Connection::get(std::string_view key) {
  sqlite3_stmt* prepared = statement(kGet);
  if (prepared == nullptr) return failure(last_code_, "cannot read");
  Use use(prepared);
  use.bind(1, key);
  const int code = use.step();
  last_code_ = SQLITE_OK;
  if (code == SQLITE_ROW) return std::optional(use.text(0));
  if (code == SQLITE_DONE) return std::optional<std::string>();
  return failure(code, "cannot read");
}

Result<std::vector<Row>> Connection::scan(const Range& range) {
  const bool up = range.order == Order::Ascending;
  const Sql sql =
      range.to.empty() ? (up ? kScanUpToEnd : kScanDownFromEnd) : (up ? kScanUp : kScanDown);
  sqlite3_stmt* prepared = statement(sql);
  if (prepared == nullptr) return failure(last_code_, "cannot scan");
  Use use(prepared);
  use.bind(1, range.from);
  if (!range.to.empty()) use.bind(2, range.to);
  use.bind(3, range.limit);
  std::vector<Row> rows;
  int code = use.step();
  for (; code == SQLITE_ROW; code = use.step()) rows.push_back({use.text(0), use.text(1)});
  if (code != SQLITE_DONE) return failure(code, "cannot scan");
  last_code_ = SQLITE_OK;
  return rows;
}

Status Connection::put(std::string_view key, std::string_view value) {
  sqlite3_stmt* prepared = statement(kPut);
  if (prepared == nullptr) return failure(last_code_, "cannot write");
  Use use(prepared);
  use.bind(1, key);
  use.bind(2, value);
  if (const int code = use.step(); code != SQLITE_DONE) return failure(code, "cannot write");
  last_code_ = SQLITE_OK;
  return {};
}

Status Connection::erase(std::string_view key) {
  sqlite3_stmt* prepared = statement(kErase);
  if (prepared == nullptr) return failure(last_code_, "cannot erase");
  Use use(prepared);
  use.bind(1, key);
  if (const int code = use.step(); code != SQLITE_DONE) return failure(code, "cannot erase");
  last_code_ = SQLITE_OK;
  return {};
}

std::string Connection::last_message() const { return sqlite3_errmsg(db_); }

Result<std::optional<std::string>> ConnectionReader::get(std::string_view key) {
  return connection_.get(key);
}

Result<std::vector<std::optional<std::string>>> ConnectionReader::get_many(
    std::span<const std::string> keys) {
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    LIMPET_TRY(auto value, connection_.get(key));
    values.push_back(std::move(value));
  }
  return values;
}

Result<std::vector<Row>> ConnectionReader::scan(const Range& range) {
  return connection_.scan(range);
}

}  // namespace limpet::storage
