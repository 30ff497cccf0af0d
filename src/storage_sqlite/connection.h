// Connection: one SQLite connection with the statements that the store needs.
#pragma once

#include "buffered_log.h"

#include "limpet/storage/store.h"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::storage {

/// What an SQLite result code means to a caller. `what` begins the message.
Error sqlite_error(int code, std::string_view what);

/// How long a connection waits for a lock. Ours never meet one; a visitor with the sqlite3 program
/// may hold one for a moment.
inline constexpr int kBusyMilliseconds = 5000;

enum class Access : bool { Read, Write };

struct ConnectionSettings {
  std::filesystem::path file;
  Access access = Access::Read;
  std::size_t cache_bytes = 0;
  std::string vfs = {};
};

/// Threads: confined (one at a time).
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // SQLite's extended result code; SQLITE_OK when it worked.
  int begin();            ///< a snapshot, taken by the first read
  int begin_immediate();  ///< the write lock
  int commit();
  int rollback();
  int savepoint();
  int release();
  int rollback_to();
  int execute(const char* sql);
  bool in_transaction() const;

  /// The first row's first column of a PRAGMA or SELECT.
  Result<std::int64_t> query_integer(const char* sql);

  Result<std::optional<std::string>> get(std::string_view key);
  Result<std::vector<Row>> scan(const Range& range);
  Status put(std::string_view key, std::string_view value);
  Status erase(std::string_view key);

  /// The result code of the last get, scan, put or erase.
  int last_code() const { return last_code_; }
  std::string last_message() const;
  sqlite3* handle() const { return db_; }

 private:
  enum Sql : std::size_t {
    kBegin,
    kBeginImmediate,
    kCommit,
    kRollback,
    kSavepoint,
    kRelease,
    kRollbackTo,
    kGet,
    kPut,
    kErase,
    kScanUp,
    kScanUpToEnd,
    kScanDown,
    kScanDownFromEnd,
    kSqlCount
  };
  class Use;  // binds a statement and resets it again

  Connection(std::unique_ptr<BufferedLog> vfs, sqlite3* db) : vfs_(std::move(vfs)), db_(db) {}
  sqlite3_stmt* statement(Sql sql);
  int run(Sql sql);
  Error failure(int code, std::string_view what);

  std::unique_ptr<BufferedLog> vfs_;  // of a connection that writes
  sqlite3* db_;
  std::array<sqlite3_stmt*, kSqlCount> statements_{};
  int last_code_ = SQLITE_OK;
};

/// A read transaction's view of a connection.
class ConnectionReader final : public Reader {
 public:
  explicit ConnectionReader(Connection& connection) : connection_(connection) {}
  Result<std::optional<std::string>> get(std::string_view key) override;
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override;
  Result<std::vector<Row>> scan(const Range& range) override;

 private:
  Connection& connection_;
};

}  // namespace limpet::storage
