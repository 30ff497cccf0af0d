#include "limpet/storage_sqlite/sqlite_store.h"

#include "temp_folder.h"

#include "limpet/storage/signal.h"
#include "limpet/storage/store_contract.h"

#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace limpet::storage {
namespace {

// A store that takes its folder with it.
class TempStore final : public Store {
 public:
  explicit TempStore(const SqliteOptions& options)
      : store_(*SqliteStore::open(folder_.data(), options)) {}
  Status read(const ReadWork& work) override { return store_->read(work); }
  void submit(WriteWork work, Done done) override {
    store_->submit(std::move(work), std::move(done));
  }
  void stop() override { store_->stop(); }

 private:
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

StoreFactory factory(std::string name, SqliteOptions options) {
  return {std::move(name), [options] { return std::make_unique<TempStore>(options); }};
}

INSTANTIATE_TEST_SUITE_P(
    Sqlite, StoreContract,
    testing::Values(factory("Default", {}), factory("OneWorkInABatch", {.batch_works_max = 1}),
                    factory("SmallBatches", {.batch_works_max = 7, .batch_bytes_max = 100}),
                    factory("TinyCacheAndLog",
                            {.cache_bytes = 0, .read_connections = 2, .checkpoint_bytes = 4096})),
    store_name);

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open(const SqliteOptions& options = {}) {
    auto store = SqliteStore::open(folder_.data(), options);
    EXPECT_TRUE(store) << describe(store.error());
    return store ? *std::move(store) : nullptr;
  }
  Error refusal() {
    auto store = SqliteStore::open(folder_.data(), {});
    EXPECT_FALSE(store);
    return store ? Error() : store.error();
  }
  static Outcome put(Store& store, const std::string& key, const std::string& value) {
    return store.write([&](Txn& txn) { return txn.put(key, value); }).outcome;
  }
  static std::optional<std::string> get(Store& store, const std::string& key) {
    std::optional<std::string> value;
    EXPECT_TRUE(store.read([&](Reader& reader) -> Status {
      LIMPET_TRY(value, reader.get(key));
      return {};
    }));
    return value;
  }
  // Ten keys over and over; values differ, as SQLite writes no page that stays the same.
  void fill(Store& store, int times) {
    for (int i = 0; i < times; ++i) {
      std::string value(20'000, static_cast<char>('a' + ++filled_ % 23));
      ASSERT_EQ(put(store, "k" + std::to_string(i % 10), value), Outcome::Committed);
    }
  }
  // As an operator would with the sqlite3 program.
  void execute(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(database().c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  std::filesystem::path database() const { return folder_.data() / "limpet.db"; }
  static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write_database(const std::string& bytes) {
    std::filesystem::create_directories(folder_.data());
    std::ofstream(database(), std::ios::binary) << bytes;
  }

  TempFolder folder_;
  int filled_ = 0;
};

TEST_F(SqliteStoreTest, KeepsWhatWasCommittedAcrossOpens) {
  auto store = open();
  EXPECT_EQ(put(*store, "greeting", "hello"), Outcome::Committed);
  store.reset();
  store = open();
  EXPECT_EQ(get(*store, "greeting"), "hello");
}

TEST_F(SqliteStoreTest, MakesAPrivateFolder) {
  auto store = open();
  put(*store, "a", "1");
  struct stat found = {};
  ASSERT_EQ(::stat(folder_.data().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700U);
  for (const char* name : {"limpet.db", "limpet.db-wal", "limpet.lock"}) {
    ASSERT_EQ(::stat((folder_.data() / name).c_str(), &found), 0) << name;
    EXPECT_EQ(found.st_mode & 0777, 0600U) << name;
  }
  store->stop();
  EXPECT_EQ(std::filesystem::file_size(folder_.data() / "limpet.db-wal"), 0U);
}

TEST_F(SqliteStoreTest, CanBeReadWithSqliteWhileItRuns) {
  auto store = open();
  put(*store, "aws!1!r!schema!a", R"({"_format":1})");
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open_v2(database().c_str(), &db, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* query = nullptr;
  ASSERT_EQ(
      sqlite3_prepare_v2(db, "SELECT value ->> '_format' FROM kv WHERE key = 'aws!1!r!schema!a'",
                         -1, &query, nullptr),
      SQLITE_OK);
  EXPECT_EQ(sqlite3_step(query), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(query, 0), 1);
  // The visitor's open transaction hinders nobody.
  EXPECT_EQ(put(*store, "b", "2"), Outcome::Committed);
  store->stop();
  sqlite3_finalize(query);
  sqlite3_close(db);
  EXPECT_EQ(get(*open(), "b"), "2");
}

TEST_F(SqliteStoreTest, RefusesASecondOpenAndNamesTheFolderAndTheProcess) {
  auto store = open();
  const Error error = refusal();
  EXPECT_EQ(error.code, Code::Unavailable);
  EXPECT_EQ(error.message, "the folder " + folder_.data().string() + " is in use by process " +
                               std::to_string(::getpid()));
  EXPECT_EQ(put(*store, "a", "1"), Outcome::Committed);  // and leaves the first alone
  store.reset();
  EXPECT_EQ(get(*open(), "a"), "1");
}

TEST_F(SqliteStoreTest, RefusesANewerFormatAndChangesNothing) {
  open()->stop();
  execute("PRAGMA user_version = 2");
  const std::string before = bytes_of(database());
  const Error error = refusal();
  EXPECT_EQ(error.code, Code::InvalidInput);
  EXPECT_EQ(error.message, "the folder " + folder_.data().string() +
                               " has format 2; this program knows formats up to 1. Nothing was "
                               "changed");
  EXPECT_EQ(bytes_of(database()), before);
  EXPECT_FALSE(std::filesystem::exists(folder_.data() / "limpet.db-wal"));
}

TEST_F(SqliteStoreTest, RefusesANewerFormatThatOnlyTheLogKnows) {
  open()->stop();
  sqlite3* db = nullptr;  // still open, so its log is not moved into the file
  ASSERT_EQ(sqlite3_open(database().c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "PRAGMA user_version = 7", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::string before = bytes_of(database());
  const std::string log_before = bytes_of(database().string() + "-wal");
  EXPECT_EQ(refusal().code, Code::InvalidInput);
  EXPECT_EQ(bytes_of(database()), before);
  EXPECT_EQ(bytes_of(database().string() + "-wal"), log_before);
  sqlite3_close(db);
}

TEST_F(SqliteStoreTest, RefusesWhatIsNoDatabase) {
  write_database("this is a text file\n");
  const Error error = refusal();
  EXPECT_EQ(error.code, Code::InvalidInput);
  EXPECT_EQ(error.message, database().string() + " is not a SQLite database");
  EXPECT_EQ(bytes_of(database()), "this is a text file\n");
}

TEST_F(SqliteStoreTest, RefusesADatabaseOfAnotherProgram) {
  std::filesystem::create_directories(folder_.data());
  execute("CREATE TABLE songs(title TEXT)");
  EXPECT_EQ(refusal().message, database().string() + " is a database of another program");
  execute("PRAGMA application_id = 42");
  EXPECT_EQ(refusal().code, Code::InvalidInput);
}

TEST_F(SqliteStoreTest, RefusesADamagedDatabase) {
  auto store = open();
  put(*store, "a", "1");
  store.reset();
  std::string bytes = bytes_of(database());
  std::fill(bytes.begin() + 100, bytes.begin() + 4096, '\xFF');
  write_database(bytes);
  const Error error = refusal();
  EXPECT_EQ(error.code, Code::Internal);
  EXPECT_EQ(error.message.find(database().string() + " is damaged: "), 0U) << error.message;
}

TEST_F(SqliteStoreTest, AnswersInternalForADamagedPageWithoutStopping) {
  auto store = open();
  for (int i = 0; i < 300; ++i) put(*store, "k" + std::to_string(i), std::string(1000, 'v'));
  store.reset();
  std::string bytes = bytes_of(database());
  std::fill(bytes.end() - 40 * 4096, bytes.end() - 8 * 4096, '\xFF');
  write_database(bytes);
  store = open();
  const auto read = store->read([](Reader& reader) -> Status {
    LIMPET_CHECK(reader.scan({.limit = 1000}));
    return {};
  });
  EXPECT_EQ(code_of(read), Code::Internal);
}

TEST_F(SqliteStoreTest, FinishesAFileThatAnInterruptedOpenLeft) {
  write_database("");
  open()->stop();
  std::filesystem::remove_all(folder_.data());
  std::filesystem::create_directories(folder_.data());
  execute("PRAGMA journal_mode = WAL");
  auto store = open();
  EXPECT_EQ(put(*store, "a", "1"), Outcome::Committed);
}

TEST_F(SqliteStoreTest, RefusesAFileInTheFoldersPlace) {
  std::ofstream(folder_.data()) << "x";
  EXPECT_EQ(refusal().code, Code::InvalidInput);
}

TEST_F(SqliteStoreTest, PutsWhatIsQueuedIntoOneCommit) {
  auto store = open();
  const auto before = store->stats();
  Signal running;
  Signal go_on;
  Signal all_done;
  std::atomic<int> done = 0;
  store->submit(
      [&](Txn& txn) -> Status {
        running.fire();
        go_on.wait();
        return txn.put("first", "v");
      },
      [](const CommitResult&) {});
  running.wait();
  for (int i = 0; i < 64; ++i) {
    store->submit([i](Txn& txn) { return txn.put("k" + std::to_string(i), "v"); },
                  [&](const CommitResult& result) {
                    EXPECT_EQ(result.outcome, Outcome::Committed);
                    if (++done == 64) all_done.fire();
                  });
  }
  EXPECT_EQ(store->stats().queued_works, 65U);
  go_on.fire();
  all_done.wait();
  const auto after = store->stats();
  EXPECT_EQ(after.commits - before.commits, 2U);
  EXPECT_EQ(after.works_committed - before.works_committed, 65U);
  EXPECT_EQ(after.queued_works, 0U);
}

TEST_F(SqliteStoreTest, DoesNotSyncForTransactionsThatWriteNothing) {
  auto store = open();
  const auto before = store->stats();
  EXPECT_EQ(store->write([](Txn&) -> Status { return {}; }).outcome, Outcome::Committed);
  EXPECT_EQ(store->write([](Txn&) -> Status { return Error::not_found("no"); }).outcome,
            Outcome::RolledBack);
  EXPECT_EQ(store->stats().commits, before.commits);
}

TEST_F(SqliteStoreTest, RefusesMoreThanItsQueueHolds) {
  auto store = open({.queue_works_max = 3});
  Signal running;
  Signal go_on;
  store->submit(
      [&](Txn&) -> Status {
        running.fire();
        go_on.wait();
        return {};
      },
      [](const CommitResult&) {});
  running.wait();
  std::atomic<int> committed = 0;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 5; ++i) {
    store->submit([](Txn&) -> Status { return {}; },
                  [&](const CommitResult& result) {
                    if (result.outcome == Outcome::Committed) {
                      ++committed;
                    } else if (result.error->code == Code::Unavailable) {
                      ++refused;
                    }
                  });
  }
  EXPECT_EQ(refused, 3);
  go_on.fire();
  store->stop();
  EXPECT_EQ(committed, 2);
}

TEST_F(SqliteStoreTest, MovesTheLogIntoTheFileAsItGrows) {
  auto store = open({.checkpoint_bytes = 64 << 10});
  fill(*store, 200);
  const auto stats = store->stats();
  EXPECT_GT(stats.checkpoints, 10U);
  EXPECT_LT(stats.log_bytes, 256U << 10);
  EXPECT_LT(std::filesystem::file_size(database().string() + "-wal"), 512U << 10);
}

TEST_F(SqliteStoreTest, TheLogStartsOverOnceALongReadEnds) {
  auto store = open({.checkpoint_bytes = 64 << 10});
  Signal reading;
  Signal leave;
  std::thread reader([&] {
    EXPECT_TRUE(store->read([&](Reader& snapshot) -> Status {
      LIMPET_CHECK(snapshot.get("k0"));
      reading.fire();
      leave.wait();
      LIMPET_TRY(const auto value, snapshot.get("k0"));
      EXPECT_EQ(value, std::nullopt);
      return {};
    }));
  });
  reading.wait();
  fill(*store, 60);
  EXPECT_GT(store->stats().log_bytes, 1U << 20);
  leave.fire();
  reader.join();
  fill(*store, 20);
  EXPECT_LT(store->stats().log_bytes, 256U << 10);
}

}  // namespace
}  // namespace limpet::storage
