#include "memory_vfs.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>

namespace limpet::simulation {
namespace {

class Scripted final : public Injector {
 public:
  Fate meet(const Operation& operation) override { return decide ? decide(operation) : Fate::Pass; }
  std::function<Fate(const Operation&)> decide;
};

class MemoryVfsTest : public testing::Test {
 protected:
  using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

  Database open() {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open_v2("/t.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                              vfs.name().c_str()),
              SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return {db, sqlite3_close_v2};
  }
  static int run(const Database& db, const char* sql) {
    return sqlite3_exec(db.get(), sql, nullptr, nullptr, nullptr);
  }
  /// nullopt: an error.
  static std::optional<int> number(const Database& db, const char* sql) {
    sqlite3_stmt* query = nullptr;
    std::optional<int> value;
    if (sqlite3_prepare_v2(db.get(), sql, -1, &query, nullptr) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW) {
      value = sqlite3_column_int(query, 0);
    }
    sqlite3_finalize(query);
    return value;
  }
  Database prepared() {
    auto db = open();
    EXPECT_EQ(run(db,
                  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA "
                  "wal_autocheckpoint = 0; CREATE TABLE t(x); INSERT INTO t VALUES(1)"),
              SQLITE_OK);
    disk.sync_names();
    return db;
  }
  void lose_power(Unsynced unsynced) {
    EXPECT_EQ(vfs.open_files(), 0U);
    disk.lose_power(unsynced, vfs.random());
    vfs.revive();
  }

  Disk disk;
  Scripted injector;
  MemoryVfs vfs{disk, injector, 1};
};

TEST_F(MemoryVfsTest, ReadersAndAWriterShareALog) {
  const auto writer = prepared();
  const auto reader = open();
  EXPECT_EQ(run(reader, "BEGIN"), SQLITE_OK);
  EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 1);
  EXPECT_EQ(run(writer, "INSERT INTO t VALUES(2)"), SQLITE_OK);
  EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 1) << "its snapshot";
  EXPECT_EQ(run(reader, "COMMIT"), SQLITE_OK);
  EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 2);
  EXPECT_EQ(number(reader, "PRAGMA integrity_check(1)"), 0) << "says ok";
}

TEST_F(MemoryVfsTest, LocksKeepASecondWriterOut) {
  const auto first = prepared();
  const auto second = open();
  EXPECT_EQ(run(first, "BEGIN IMMEDIATE"), SQLITE_OK);
  EXPECT_EQ(run(second, "BEGIN IMMEDIATE"), SQLITE_BUSY);
  EXPECT_EQ(run(first, "COMMIT"), SQLITE_OK);
  EXPECT_EQ(run(second, "BEGIN IMMEDIATE"), SQLITE_OK);
}

TEST_F(MemoryVfsTest, LocksWorkWithARollbackJournalToo) {
  const auto first = open();
  EXPECT_EQ(run(first, "CREATE TABLE t(x); BEGIN EXCLUSIVE"), SQLITE_OK);
  const auto second = open();
  EXPECT_EQ(number(second, "SELECT count(*) FROM t"), std::nullopt);
  EXPECT_EQ(run(first, "INSERT INTO t VALUES(1); COMMIT"), SQLITE_OK);
  EXPECT_EQ(number(second, "SELECT count(*) FROM t"), 1);
}

TEST_F(MemoryVfsTest, APowerLossKeepsACommitThatWasSynced) {
  prepared();
  lose_power(Unsynced::Lost);
  EXPECT_EQ(number(open(), "SELECT count(*) FROM t"), 1);
}

TEST_F(MemoryVfsTest, APowerLossDuringTheSyncLosesTheCommit) {
  {
    const auto db = prepared();
    injector.decide = [](const Operation& operation) {
      return operation.call == Call::Sync ? Fate::PowerLoss : Fate::Pass;
    };
    EXPECT_NE(run(db, "INSERT INTO t VALUES(2)"), SQLITE_OK);
    EXPECT_TRUE(vfs.dead());
    EXPECT_EQ(number(db, "SELECT count(*) FROM t"), std::nullopt) << "nothing works any more";
    injector.decide = {};
  }
  lose_power(Unsynced::Lost);
  EXPECT_EQ(number(open(), "SELECT count(*) FROM t"), 1);
}

TEST_F(MemoryVfsTest, AKilledProcessLosesNothing) {
  {
    const auto db = prepared();
    injector.decide = [](const Operation& operation) {
      return operation.call == Call::Sync ? Fate::Kill : Fate::Pass;
    };
    EXPECT_NE(run(db, "INSERT INTO t VALUES(2)"), SQLITE_OK);
    injector.decide = {};
  }
  vfs.revive();
  EXPECT_EQ(number(open(), "SELECT count(*) FROM t"), 2);
}

struct FateRow {
  const char* name;
  Call call;
  Fate fate;
  int code;
};

class Fates : public MemoryVfsTest, public testing::WithParamInterface<FateRow> {};

TEST_P(Fates, AreWhatSqliteSees) {
  const auto& row = GetParam();
  const auto db = prepared();
  injector.decide = [&](const Operation& operation) {
    return operation.call == row.call ? row.fate : Fate::Pass;
  };
  run(db, "INSERT INTO t VALUES(2)");
  EXPECT_EQ(sqlite3_extended_errcode(db.get()), row.code);
  injector.decide = {};
  run(db, "ROLLBACK");
  EXPECT_EQ(number(db, "SELECT count(*) FROM t"), row.code == SQLITE_OK ? 2 : 1);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Fates,
    testing::Values(FateRow{"IoError", Call::Write, Fate::IoError, SQLITE_IOERR_WRITE},
                    FateRow{"Full", Call::Write, Fate::Full, SQLITE_FULL},
                    FateRow{"ShortWrite", Call::Write, Fate::ShortWrite, SQLITE_IOERR_WRITE},
                    FateRow{"FailedSync", Call::Sync, Fate::SyncStaysDirty, SQLITE_IOERR_FSYNC},
                    FateRow{"DroppedSync", Call::Sync, Fate::SyncDropped, SQLITE_IOERR_FSYNC},
                    FateRow{"LyingSync", Call::Sync, Fate::SyncLies, SQLITE_OK}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::simulation
