#include "limpet/serde/payload.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace limpet::serde {
namespace {

using namespace std::string_literals;

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}
std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: bytes as text
}

const Uuid kVersion = *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");

codec::ByteBuffer packed_message(std::string_view payload) {
  codec::ByteBuffer out;
  append_glue_header(out, kVersion, Compression::Zlib);
  codec::Deflater().deflate(as_bytes(payload), out);
  return out;
}

TEST(Payload, IsPartOfTheMessageOrInTheArena) {
  codec::Inflater inflater;
  value::Arena arena;
  codec::ByteBuffer plain;
  append_glue_header(plain, kVersion);
  plain.append("payload");
  const auto whole = open_payload(inspect(plain.bytes()), inflater, arena);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole.bytes.data(), plain.data() + kGlueHeaderBytes);
  EXPECT_EQ(as_text(whole.bytes), "payload");
  EXPECT_EQ(arena.used(), 0U);

  const auto message = packed_message("payload");
  const auto inflated = open_payload(inspect(message.bytes()), inflater, arena);
  ASSERT_TRUE(inflated);
  EXPECT_EQ(as_text(inflated.bytes), "payload");
  EXPECT_EQ(as_text(whole.bytes), "payload");
  EXPECT_GT(arena.used(), 0U);
}

TEST(Payload, MemoryIsAMultipleOfTheOutput) {
  codec::Inflater inflater;
  for (const std::size_t size : {1'000UL, 10'000UL, 300'000UL, 1'000'000UL}) {
    value::Arena arena;
    const auto message = packed_message(std::string(size, 'a'));
    const auto payload = open_payload(inspect(message.bytes()), inflater, arena);
    ASSERT_TRUE(payload);
    EXPECT_EQ(payload.bytes.size(), size);
    EXPECT_LE(arena.used(), 4 * size);
  }
}

TEST(Payload, ArenaAndLimitsBoundIt) {
  codec::Inflater inflater;
  const auto message = packed_message(std::string(100'000, 'a'));
  const Frame frame = inspect(message.bytes());
  value::Arena small(20'000);
  const auto no_room = open_payload(frame, inflater, small);
  EXPECT_EQ(no_room.fault, codec::InflateFault::NoRoom);
  EXPECT_EQ(to_error(frame, no_room).code, Code::LimitExceeded);
  value::Arena arena;
  const codec::InflateLimits limits{.max_bytes = 99'999};
  const auto above = open_payload(frame, inflater, arena, limits);
  EXPECT_EQ(above.fault, codec::InflateFault::LimitExceeded);
  EXPECT_EQ(to_error(frame, above, limits).message,
            "the zlib stream holds more than the allowed 99999 bytes");
}

TEST(Payload, ErrorsCountBytesOfTheMessage) {
  codec::Inflater inflater;
  value::Arena arena;
  auto message = packed_message("payload");
  message.shrink(message.size() - 5);
  const Frame frame = inspect(message.bytes());
  const auto payload = open_payload(frame, inflater, arena);
  EXPECT_EQ(payload.fault, codec::InflateFault::CutOff);
  EXPECT_EQ(to_error(frame, payload).where, "byte " + std::to_string(message.size()));
}

constexpr std::string_view kProto = R"(syntax = "proto3";
package p;
message Z { string name = 1; }
message B {
  message C {}
  message A { message D {} }
  map<string, string> tags = 1;
}
)";

struct IndexRow {
  std::string name;
  std::string bytes;
  std::string message;  ///< empty: refused
  std::size_t size = 0;
  std::string error{};
};
void PrintTo(const IndexRow& row, std::ostream* out) { *out << row.name; }

class GlueIndexTest : public testing::TestWithParam<IndexRow> {};

TEST_P(GlueIndexTest, FindsTheMessage) {
  const IndexRow& row = GetParam();
  const auto schema = protobuf::parse(kProto);
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto record = glue_message(*schema, as_bytes(row.bytes));
  if (row.message.empty()) {
    ASSERT_EQ(code_of(record), Code::InvalidInput);
    EXPECT_EQ(describe(record.error()), row.error);
    return;
  }
  ASSERT_TRUE(record) << describe(record.error());
  EXPECT_EQ(record->message->full_name, row.message);
  EXPECT_EQ(record->bytes.size(), row.bytes.size() - row.size);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, GlueIndexTest,
    testing::Values(IndexRow{"First", "\0rest"s, "p.B", 1}, IndexRow{"A", "\1"s, "p.B.A", 1},
                    IndexRow{"D", "\2"s, "p.B.A.D", 1}, IndexRow{"C", "\3"s, "p.B.C", 1},
                    IndexRow{"MapEntry", "\4"s, "p.B.TagsEntry", 1},
                    IndexRow{"Last", "\5rest"s, "p.Z", 1},
                    IndexRow{"LongSpelling", "\x85\x80\0"s, "p.Z", 3},
                    IndexRow{"Above", "\6"s, "", 0,
                             "expected the index of one of 6 messages, found 6 (at byte 0)"},
                    IndexRow{
                        "FarAbove", "\xFF\xFF\xFF\xFF\x0F"s, "", 0,
                        "expected the index of one of 6 messages, found 4294967295 (at byte 0)"},
                    IndexRow{"Nothing", "", "", 0, "the message index is cut off (at byte 0)"},
                    IndexRow{"CutOff", "\x80"s, "", 0, "the message index is cut off (at byte 0)"},
                    IndexRow{"Above32Bits", "\x80\x80\x80\x80\x10"s, "", 0,
                             "the message index is above 32 bits (at byte 0)"}),
    [](const auto& row) { return row.param.name; });

class PathTest : public testing::TestWithParam<IndexRow> {};

TEST_P(PathTest, FindsTheMessage) {
  const IndexRow& row = GetParam();
  const auto schema = protobuf::parse(kProto);
  ASSERT_TRUE(schema) << describe(schema.error());
  codec::ByteBuffer before;
  append_confluent_id(before, 7);
  before.append(row.bytes);
  const Frame frame = inspect(before.bytes());
  const auto record = confluent_message(*schema, frame);

  codec::ByteBuffer value;
  append_confluent_guid(value, kVersion);
  value.append(row.bytes);
  const RecordHeader header{kValueSchemaIdHeader, value.bytes()};
  const Frame in_header = inspect(as_bytes("rest"), {&header, 1});
  const auto from_header = confluent_message(*schema, in_header);

  if (row.message.empty()) {
    ASSERT_EQ(code_of(record), Code::InvalidInput);
    EXPECT_EQ(describe(record.error()), row.error);
    EXPECT_EQ(code_of(from_header), Code::InvalidInput);
    return;
  }
  ASSERT_TRUE(record) << describe(record.error());
  EXPECT_EQ(record->message->full_name, row.message);
  EXPECT_EQ(record->bytes.size(), row.bytes.size() - row.size);
  ASSERT_TRUE(from_header) << describe(from_header.error());
  EXPECT_EQ(from_header->message->full_name, row.message);
  EXPECT_EQ(as_text(from_header->bytes), "rest");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PathTest,
    testing::Values(IndexRow{"Short", "\0rest"s, "p.Z", 1}, IndexRow{"Long", "\2\0rest"s, "p.Z", 2},
                    IndexRow{"Second", "\2\2"s, "p.B", 2},
                    IndexRow{"Nested", "\4\2\0"s, "p.B.C", 3},
                    IndexRow{"Deeper", "\6\2\2\0"s, "p.B.A.D", 4},
                    IndexRow{"None", "\2\4"s, "", 0,
                             "the schema has no message at the position that is given (at byte 5)"},
                    IndexRow{"TooDeep", "\4\0\0"s, "", 0,
                             "the schema has no message at the position that is given (at byte 5)"},
                    IndexRow{"Negative", "\2\1"s, "", 0, "a message index is negative (at byte 5)"},
                    IndexRow{"NegativeCount", "\1"s, "", 0,
                             "a message index is negative (at byte 5)"},
                    IndexRow{"CutOff", "\4\2"s, "", 0, "the message index is cut off (at byte 5)"},
                    IndexRow{"Nothing", "", "", 0, "the message index is cut off (at byte 5)"},
                    IndexRow{"Many", "\xFE\xFF\xFF\xFF\x0F"s, "", 0,
                             "the message index names more than 64 levels (at byte 5)"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::serde
