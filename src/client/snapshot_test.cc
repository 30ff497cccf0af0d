#include "snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace limpet::client {
namespace {

using testing::HasSubstr;

SchemaPointer schema(std::uint8_t number, std::string definition) {
  return std::make_shared<const RegisteredSchema>(
      RegisteredSchema{.version_id = Uuid::v4({number}),
                       .format = DataFormat::Protobuf,
                       .definition = std::move(definition),
                       .schema_name = "näme\n",
                       .schema_arn = "arn:aws:glue:us-east-1:123456789012:schema/r/s",
                       .version_number = number,
                       .status = VersionStatus::Failure});
}

const std::vector<SchemaPointer> kSchemas{schema(1, "{\"a\":\"é\"}\n"), schema(2, "\x01 text")};

TEST(Snapshot, ReadsWhatItWrote) {
  const auto read = decode_snapshot(encode_snapshot(kSchemas), {});
  ASSERT_TRUE(read) << describe(read.error());
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(*(*read)[0], *kSchemas[0]);
  EXPECT_EQ(*(*read)[1], *kSchemas[1]);
  EXPECT_TRUE(decode_snapshot(encode_snapshot({}), {})->empty());
}

TEST(Snapshot, AnyDamageIsFound) {
  const std::string whole = encode_snapshot(kSchemas);
  for (std::size_t end = 0; end < whole.size(); ++end) {
    EXPECT_EQ(code_of(decode_snapshot(whole.substr(0, end), {})), Code::InvalidInput) << end;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    EXPECT_EQ(code_of(decode_snapshot(flipped, {})), Code::InvalidInput) << at;
  }
}

TEST(Snapshot, HeedsTheBounds) {
  const std::string whole = encode_snapshot(kSchemas);
  EXPECT_EQ(code_of(decode_snapshot(whole, {.entries_max = 1})), Code::LimitExceeded);
  EXPECT_EQ(code_of(decode_snapshot(whole, {.bytes_max = 300})), Code::LimitExceeded);
  EXPECT_TRUE(decode_snapshot(whole, {.entries_max = 2}));
}

class SnapshotFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("limpet-snapshots-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::filesystem::path folder_;
};

TEST_F(SnapshotFileTest, ReplacesTheFileAndLeavesNothingElse) {
  ASSERT_TRUE(write_snapshot(path("s"), {kSchemas[0]}));
  ASSERT_TRUE(write_snapshot(path("s"), kSchemas));
  EXPECT_EQ(read_snapshot(path("s"), {})->size(), 2U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(SnapshotFileTest, FaultsOfTheDisk) {
  EXPECT_EQ(code_of(write_snapshot(path("none/s"), kSchemas)), Code::Unavailable);
  std::filesystem::create_directory(folder_ / "dir");
  EXPECT_EQ(code_of(write_snapshot(path("dir"), kSchemas)), Code::Unavailable);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_EQ(code_of(read_snapshot(path("dir"), {})), Code::InvalidInput);
  EXPECT_TRUE(read_snapshot(path("none"), {})->empty());
  std::ofstream(path("large")) << std::string(4'000, 'x');
  EXPECT_EQ(code_of(read_snapshot(path("large"), {.entries_max = 1, .bytes_max = 1})),
            Code::LimitExceeded);
}

}  // namespace
}  // namespace limpet::client
