#include "limpet/storage_sqlite/backup.h"

#include "folder.h"
#include "temp_folder.h"

#include "limpet/storage_sqlite/sqlite_snapshot.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <sys/stat.h>

namespace limpet::storage {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const Timestamp kNow{1'700'000'000'000ms};  // 2023-11-14T22:13:20Z

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class BackupTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open(const fs::path& folder) {
    auto store = SqliteStore::open(folder, {});
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  static void put(Store& store, const std::string& key, const std::string& value) {
    ASSERT_TRUE(store.write([&](Txn& txn) { return txn.put(key, value); }).status());
  }
  static void put_many(Store& store) {
    const auto work = [](Txn& txn) -> Status {
      for (int i = 0; i < 5000; ++i) {
        LIMPET_CHECK(txn.put("k" + std::to_string(i), std::string(100, 'v')));
      }
      return {};
    };
    ASSERT_TRUE(store.write(work).status());
  }
  static std::optional<std::string> get(Store& store, const std::string& key) {
    std::optional<std::string> value;
    EXPECT_TRUE(store.read([&](Reader& reader) -> Status {
      LIMPET_TRY(value, reader.get(key));
      return {};
    }));
    return value;
  }
  static void execute(const fs::path& file, const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  static std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TempFolder folder_;
  const fs::path data_ = folder_.data();
  const fs::path file_ = folder_.at("copy.db");
};

TEST_F(BackupTest, ACopyOfAnOpenStoreRestoresElsewhere) {
  auto store = open(data_);
  put(*store, "a", "{1}");
  put(*store, "b", "a");
  const auto copied = back_up(data_, file_, {});
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(copied->records, 1U);  // the other row is no document
  EXPECT_EQ(copied->bytes, fs::file_size(file_));
  EXPECT_TRUE(copied->kept.empty());
  struct stat found{};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  put(*store, "c", "later");  // the store goes on

  const auto restored = restore(file_, folder_.at("other"), {.now = kNow});
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_TRUE(restored->kept.empty());
  auto other = open(folder_.at("other"));
  EXPECT_EQ(get(*other, "a"), "{1}");
  EXPECT_EQ(get(*other, "b"), "a");
  EXPECT_EQ(get(*other, "c"), std::nullopt);
  EXPECT_EQ(get(*store, "c"), "later");
}

TEST_F(BackupTest, ACopyIsOneFileAndKeepsNothingThatWasErased) {
  auto store = open(data_);
  put(*store, "secret", std::string(100'000, 's'));
  ASSERT_TRUE(store->write([](Txn& txn) { return txn.erase("secret"); }).status());
  ASSERT_TRUE(back_up(data_, file_, {}));
  EXPECT_EQ(names_in(folder_.at("")), (std::vector<std::string>{"copy.db", "data"}));
  EXPECT_EQ(bytes_of(file_).find("ssss"), std::string::npos);
  EXPECT_EQ(bytes_of(file_)[18], 1);  // no WAL: readable where nobody may write
}

TEST_F(BackupTest, AnExistingFileIsReplacedOnRequestOnly) {
  auto store = open(data_);
  put(*store, "a", "1");
  std::ofstream(file_) << "mine";
  EXPECT_EQ(code_of(back_up(data_, file_, {})), Code::AlreadyExists);
  EXPECT_EQ(bytes_of(file_), "mine");
  ASSERT_TRUE(back_up(data_, file_, {.replace = true}));
  EXPECT_TRUE(SqliteSnapshot::open(file_));
}

TEST_F(BackupTest, NeverWritesToTheFolderThatItCopies) {
  auto store = open(data_);
  put(*store, "a", "1");
  for (const char* name : {"limpet.db", "limpet.db-wal", "limpet.db-shm", "limpet.lock"}) {
    EXPECT_EQ(code_of(back_up(data_, data_ / name, {.replace = true})), Code::InvalidInput) << name;
  }
  EXPECT_EQ(get(*store, "a"), "1");
}

TEST_F(BackupTest, WhatAKilledProcessLeftIsUsedAgainAndWhatALivingOneWritesIsNot) {
  auto store = open(data_);
  const fs::path partial = file_.string() + ".partial";
  std::ofstream(partial) << "half a copy";
  ASSERT_TRUE(back_up(data_, file_, {}));
  EXPECT_FALSE(fs::exists(partial));
  const CopyProgress nested = [&](std::string_view, std::uint64_t, std::uint64_t) {
    EXPECT_EQ(code_of(back_up(data_, file_, {.replace = true})), Code::Unavailable);
  };
  put_many(*store);
  EXPECT_TRUE(back_up(data_, file_, {.replace = true, .progress = nested}));
}

TEST_F(BackupTest, AFailedCopyLeavesNothing) {
  EXPECT_EQ(code_of(back_up(data_, file_, {})), Code::NotFound);
  fs::create_directories(data_);
  EXPECT_EQ(code_of(back_up(data_, file_, {})), Code::NotFound);
  std::ofstream(data_ / kDatabaseName) << "a text, longer than the header of a database would be "
                                          "and so no database at all, whoever looks at it ......";
  EXPECT_EQ(code_of(back_up(data_, file_, {})), Code::Internal);
  EXPECT_EQ(names_in(folder_.at("")), std::vector<std::string>{"data"});
}

TEST_F(BackupTest, RefusesToRestoreWhatIsNoSoundCopy) {
  open(data_)->stop();
  ASSERT_TRUE(back_up(data_, file_, {}));
  const fs::path target = folder_.at("target");
  const auto code = [&] { return code_of(restore(file_, target, {.now = kNow})); };
  execute(file_, "PRAGMA user_version = 9");
  EXPECT_EQ(code(), Code::InvalidInput);
  execute(file_, "PRAGMA user_version = 1; PRAGMA application_id = 7");
  EXPECT_EQ(code(), Code::InvalidInput);
  fs::remove(file_);
  EXPECT_EQ(code(), Code::NotFound);
  std::ofstream(file_) << "";
  EXPECT_EQ(code(), Code::NotFound);
  EXPECT_FALSE(fs::exists(target));
}

TEST_F(BackupTest, RefusesToRestoreADamagedCopy) {
  auto store = open(data_);
  put_many(*store);
  ASSERT_TRUE(back_up(data_, file_, {}));
  std::string bytes = bytes_of(file_);
  bytes[4096 * 40] = '\x7f';  // the kind of a page
  std::ofstream(file_, std::ios::binary) << bytes;
  EXPECT_EQ(code_of(restore(file_, folder_.at("target"), {.now = kNow})), Code::Internal);
  EXPECT_FALSE(fs::exists(folder_.at("target")));
}

TEST_F(BackupTest, KeepsTheDatabaseThatItReplaces) {
  put(*open(data_), "a", "old");
  ASSERT_TRUE(back_up(data_, file_, {}));
  put(*open(data_), "a", "new");
  EXPECT_EQ(code_of(restore(file_, data_, {.now = kNow})), Code::AlreadyExists);
  EXPECT_EQ(get(*open(data_), "a"), "new");

  const auto restored = restore(file_, data_, {.replace = true, .now = kNow});
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(restored->kept, data_ / "limpet.db.before-restore-20231114T221320Z");
  EXPECT_EQ(get(*open(data_), "a"), "old");
  const auto kept = SqliteSnapshot::open(restored->kept);
  ASSERT_TRUE(kept);
  EXPECT_EQ(*(*kept)->reader().get("a"), "new");

  // Another one in the same second, even of what the first one kept.
  const auto again = restore(restored->kept, data_, {.replace = true, .now = kNow});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->kept, data_ / "limpet.db.before-restore-20231114T221320Z-2");
  EXPECT_EQ(get(*open(data_), "a"), "new");
}

TEST_F(BackupTest, KeepsTheLogOfADatabaseThatCannotBeOpened) {
  put(*open(data_), "a", "old");
  ASSERT_TRUE(back_up(data_, file_, {}));
  std::ofstream(data_ / kDatabaseName, std::ios::binary) << std::string(8192, '?');
  std::ofstream(data_ / "limpet.db-wal", std::ios::binary) << std::string(9000, '!');
  const auto restored = restore(file_, data_, {.replace = true, .now = kNow});
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(bytes_of(restored->kept), std::string(8192, '?'));
  EXPECT_EQ(bytes_of(restored->kept.string() + "-wal"), std::string(9000, '!'));
  EXPECT_EQ(get(*open(data_), "a"), "old");
}

TEST_F(BackupTest, RefusesAFolderThatIsInUse) {
  auto store = open(data_);
  put(*store, "a", "1");
  ASSERT_TRUE(back_up(data_, file_, {}));
  EXPECT_EQ(code_of(restore(file_, data_, {.replace = true, .now = kNow})), Code::Unavailable);
  EXPECT_EQ(code_of(restore(data_ / kDatabaseName, data_, {.replace = true, .now = kNow})),
            Code::InvalidInput);
  EXPECT_EQ(get(*store, "a"), "1");
}

TEST_F(BackupTest, ASnapshotSeesOneMoment) {
  auto store = open(data_);
  put(*store, "a", "1");
  const auto snapshot = SqliteSnapshot::open(data_);
  ASSERT_TRUE(snapshot);
  put(*store, "a", "2");
  EXPECT_EQ(*(*snapshot)->reader().get("a"), "1");
  EXPECT_EQ((*snapshot)->format(), SqliteStore::kFormat);
  EXPECT_EQ((*snapshot)->bytes() % 4096, 0U);
  EXPECT_EQ(*(*snapshot)->check_pages(PageCheck::Full), std::vector<std::string>());
}

}  // namespace
}  // namespace limpet::storage
