#include "buffered_log.h"

#include "fault_vfs.h"
#include "temp_folder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {
namespace {

/// The log of a database, opened as SQLite opens one.
class BufferedLogTest : public testing::Test {
 protected:
  void SetUp() override {
    vfs_ = BufferedLog::upon(disk_.name());
    ASSERT_NE(vfs_, nullptr);
    sqlite3_vfs* vfs = sqlite3_vfs_find(vfs_->name().c_str());
    ASSERT_NE(vfs, nullptr);
    const std::string database = folder_.at("t.db").string();
    const std::string log = database + "-wal";
    std::ofstream{database};  // whose owner and mode the log takes
    name_ = sqlite3_create_filename(database.c_str(), "", log.c_str(), 0, nullptr);
    memory_.resize(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
    ASSERT_EQ(vfs->xOpen(vfs, sqlite3_filename_wal(name_), file(),
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL, nullptr),
              SQLITE_OK);
  }
  void TearDown() override {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
    sqlite3_free_filename(name_);
  }

  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  int write(std::string_view bytes, sqlite3_int64 at) {
    return file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(bytes.size()), at);
  }
  int sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }
  std::string read(std::size_t bytes) {
    std::string text(bytes, '?');
    const int code = file()->pMethods->xRead(file(), text.data(), static_cast<int>(bytes), 0);
    return code == SQLITE_OK ? text : "code " + std::to_string(code);
  }

  TempFolder folder_;
  FaultVfs disk_;
  std::unique_ptr<BufferedLog> vfs_;
  sqlite3_filename name_ = nullptr;
  std::vector<std::max_align_t> memory_;
};

TEST_F(BufferedLogTest, WritesWithTheSyncWhatFollowsEachOther) {
  ASSERT_EQ(write("head", 0), SQLITE_OK);
  ASSERT_EQ(write("page", 4), SQLITE_OK);
  EXPECT_EQ(disk_.used(), 0U);
  ASSERT_EQ(sync(), SQLITE_OK);
  EXPECT_EQ(disk_.used(), 8U);
  EXPECT_FALSE(disk_.dirty("-wal"));
  EXPECT_EQ(read(8), "headpage");
}

TEST_F(BufferedLogTest, ReadsAndMeasuresWhatWasWritten) {
  ASSERT_EQ(write("head", 0), SQLITE_OK);
  EXPECT_EQ(read(4), "head");
  ASSERT_EQ(write("page", 4), SQLITE_OK);
  sqlite3_int64 size = 0;
  ASSERT_EQ(file()->pMethods->xFileSize(file(), &size), SQLITE_OK);
  EXPECT_EQ(size, 8);
  ASSERT_EQ(write("more", 8), SQLITE_OK);
  ASSERT_EQ(file()->pMethods->xTruncate(file(), 6), SQLITE_OK);
  EXPECT_EQ(read(6), "headpa");
}

TEST_F(BufferedLogTest, KeepsTheOrderOfWritesThatDoNotFollowEachOther) {
  ASSERT_EQ(write("aaaabbbb", 0), SQLITE_OK);
  ASSERT_EQ(write("xx", 2), SQLITE_OK);
  EXPECT_EQ(disk_.used(), 8U);
  EXPECT_EQ(read(8), "aaxxbbbb");
}

TEST_F(BufferedLogTest, GathersABoundedNumberOfBytes) {
  const std::string page(4096, 'p');
  for (int i = 0; i < 100; ++i) ASSERT_EQ(write(page, i * 4096), SQLITE_OK);
  EXPECT_GE(disk_.used(), 300U * 1024);
  ASSERT_EQ(sync(), SQLITE_OK);
  EXPECT_EQ(disk_.used(), 400U * 1024);
}

TEST_F(BufferedLogTest, ASyncTellsOfAFailedWriteAndForgetsIt) {
  ASSERT_EQ(write("lost", 0), SQLITE_OK);
  disk_.break_writes(true);
  EXPECT_NE(sync(), SQLITE_OK);
  disk_.break_writes(false);
  ASSERT_EQ(write("kept", 0), SQLITE_OK);
  ASSERT_EQ(sync(), SQLITE_OK);
  EXPECT_EQ(read(4), "kept");
}

TEST_F(BufferedLogTest, AFullDiskIsCalledFull) {
  ASSERT_EQ(write("much", 0), SQLITE_OK);
  disk_.set_quota(2);
  EXPECT_EQ(sync(), SQLITE_FULL);
  disk_.set_quota(std::nullopt);
}

TEST(BufferedLog, NeedsAVfsToStandOn) { EXPECT_EQ(BufferedLog::upon("no such VFS"), nullptr); }

}  // namespace
}  // namespace limpet::storage
