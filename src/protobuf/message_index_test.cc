#include "limpet/protobuf/message_index.h"

#include "limpet/base/hex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace limpet::protobuf {
namespace {

using testing::ElementsAre;

const auto row_name = [](const auto& row) { return row.param.name; };

std::vector<std::string> names(std::string_view text) {
  const auto schema = parse(text);
  EXPECT_TRUE(schema) << describe(schema.error());
  std::vector<std::string> out;
  for (const auto* message : schema->messages()) {
    EXPECT_EQ(glue_index(*schema, message->full_name), out.size());
    EXPECT_EQ(message_at(*schema, static_cast<std::uint32_t>(out.size())), message);
    EXPECT_EQ(message_at(*schema, message_path(*message)), message);
    out.push_back(message->full_name);
  }
  EXPECT_EQ(message_at(*schema, static_cast<std::uint32_t>(out.size())), nullptr);
  return out;
}

// Orders as protobuf-java and AWS's serializer give them.
TEST(GlueIndex, Ranks) {
  EXPECT_THAT(names(R"(syntax = "proto3"; package p; message Z {}
      message B { message C {} message A { message D {} } map<string, string> tags = 1; })"),
              ElementsAre("p.B", "p.B.A", "p.B.A.D", "p.B.C", "p.B.TagsEntry", "p.Z"));
  EXPECT_THAT(names(R"(syntax = "proto3"; message Customer {} message Address {})"),
              ElementsAre("Address", "Customer"));
  EXPECT_THAT(names(R"(syntax = "proto3"; package p; message a {} message Aa {} message A_ {}
      message AB {} message A1 {} message A { message B {} })"),
              ElementsAre("p.A", "p.A.B", "p.A1", "p.AB", "p.A_", "p.Aa", "p.a"));
  EXPECT_THAT(names(R"(syntax = "proto3"; import "google/protobuf/any.proto"; enum E { X = 0; }
      message M { google.protobuf.Any any = 1; } service S {})"),
              ElementsAre("M"));
}

TEST(GlueIndex, UnknownName) {
  const auto schema = parse("message M {}");
  ASSERT_TRUE(schema);
  EXPECT_EQ(glue_index(*schema, "N"), std::nullopt);
  EXPECT_EQ(glue_index(*schema, ""), std::nullopt);
}

struct Number {
  const char* name;
  std::uint32_t index;
  std::string_view hex;
};

class GlueBytes : public testing::TestWithParam<Number> {};

TEST_P(GlueBytes, BothWays) {
  const auto& row = GetParam();
  EXPECT_EQ(to_hex(encode_glue_index(row.index)), row.hex);
  const auto read = decode_glue_index(encode_glue_index(row.index) + "rest");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->index, row.index);
  EXPECT_EQ(read->size, row.hex.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Vectors, GlueBytes,
                         testing::Values(Number{"First", 0, "00"}, Number{"Second", 1, "01"},
                                         Number{"Nested", 6, "06"}, Number{"OneByte", 127, "7f"},
                                         Number{"TwoBytes", 128, "8001"}, Number{"C8", 200, "c801"},
                                         Number{"AC", 300, "ac02"},
                                         Number{"Greatest", UINT32_MAX, "ffffffff0f"}),
                         row_name);

TEST(GlueBytes, LongSpelling) {
  const auto read = decode_glue_index(std::string_view("\x80\x00rest", 6));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->index, 0U);
  EXPECT_EQ(read->size, 2U);
}

TEST(GlueBytes, Bad) {
  EXPECT_EQ(code_of(decode_glue_index("")), Code::InvalidInput);
  EXPECT_EQ(code_of(decode_glue_index("\x80")), Code::InvalidInput);
  EXPECT_EQ(code_of(decode_glue_index("\xff\xff\xff\xff\x1f")), Code::InvalidInput);
  EXPECT_EQ(code_of(decode_glue_index("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
            Code::InvalidInput);
  EXPECT_EQ(code_of(decode_glue_index(std::string(20, '\x80'))), Code::InvalidInput);
}

struct Path {
  const char* name;
  std::vector<std::uint32_t> path;
  std::string_view hex;
};

class PathBytes : public testing::TestWithParam<Path> {};

TEST_P(PathBytes, BothWays) {
  const auto& row = GetParam();
  EXPECT_EQ(to_hex(encode_message_path(row.path)), row.hex);
  const auto read = decode_message_path(encode_message_path(row.path) + "rest");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->path, row.path);
  EXPECT_EQ(read->size, row.hex.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Vectors, PathBytes,
                         testing::Values(Path{"First", {0}, "00"}, Path{"Second", {1}, "0202"},
                                         Path{"Nested", {1, 0}, "040200"},
                                         Path{"Deeper", {2, 1, 0}, "06040200"},
                                         Path{"TwoBytes", {64}, "028001"}),
                         row_name);

TEST(PathBytes, LongFormOfTheFirst) {
  const auto read = decode_message_path(std::string_view("\x02\x00", 2));
  ASSERT_TRUE(read);
  EXPECT_THAT(read->path, ElementsAre(0));
}

TEST(PathBytes, Bad) {
  EXPECT_EQ(code_of(decode_message_path("")), Code::InvalidInput);
  EXPECT_EQ(code_of(decode_message_path("\x04\x02")), Code::InvalidInput);  // one of two
  EXPECT_EQ(code_of(decode_message_path("\x01")), Code::InvalidInput);      // length -1
  EXPECT_EQ(code_of(decode_message_path("\x02\x01")), Code::InvalidInput);  // index -1
  EXPECT_EQ(code_of(decode_message_path("\xfe\xff\xff\xff\x0f")), Code::InvalidInput);  // huge
}

TEST(PathBytes, NamesMessages) {
  const auto schema =
      parse(R"(message A { message B {} message C { message D {} } } message E {})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(message_at(*schema, std::vector<std::uint32_t>{0, 1, 0})->full_name, "A.C.D");
  EXPECT_EQ(message_at(*schema, std::vector<std::uint32_t>{})->full_name, "A");
  EXPECT_EQ(message_at(*schema, std::vector<std::uint32_t>{2}), nullptr);
  EXPECT_EQ(message_at(*schema, std::vector<std::uint32_t>{1, 0}), nullptr);
  EXPECT_THAT(message_path(*schema->find_message("A.C.D")), ElementsAre(0, 1, 0));
}

}  // namespace
}  // namespace limpet::protobuf
