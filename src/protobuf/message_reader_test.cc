// Messages to views: tables of rows, and libprotobuf as the judge over random schemas and bytes.
#include "limpet/protobuf/message_reader.h"

#include "message_fuzz.h"
#include "testing/random_schema.h"
#include "testing/wire_oracle.h"

#include "limpet/base/hex.h"
#include "limpet/value/json_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

namespace limpet::protobuf {
namespace {

using testing::Oracle;
using testing::RandomSchema;
using value::Fault;
using value::FaultKind;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Schema schema_of(std::string_view text) {
  auto schema = parse(text, {.extensions = Extensions::Accept});
  EXPECT_TRUE(schema) << describe(schema.error());
  return *std::move(schema);
}

std::string unhex(std::string_view text) {
  std::string out;
  int high = -1;
  for (const char c : text) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      out.push_back(static_cast<char>(high * 16 + digit));
      high = -1;
    }
  }
  return out;
}

constexpr std::string_view kProto3 = R"(
syntax = "proto3";
package t;
enum E { ZERO = 0; ONE = 1; NEGATIVE = -1; FAR = 70000; }
message In { int32 x = 1; repeated int32 r = 2; In in = 3; }
message M {
  int32 i = 1;
  sint64 s = 2;
  string text = 3;
  E e = 4;
  In in = 5;
  repeated uint32 packed = 6;
  map<string, int32> map = 7;
  oneof o { int32 a = 8; In b = 9; string c = 10; }
  optional bool maybe = 11;
  repeated string texts = 12;
  bytes raw = 13;
  fixed64 f = 14;
  float g = 15;
  map<int32, In> numbers = 16;
  repeated E es = 17;
  double far = 100000;
  repeated In ins = 18;
})";
constexpr std::string_view kProto2 = R"(
syntax = "proto2";
package t;
enum E { ONE = 1; TWO = 2; }
enum F { NIL = 0; TWICE = 2; }
message M {
  required int32 must = 1;
  optional E e = 2;
  repeated E es = 3;
  repeated E packed = 4 [packed = true];
  optional group G = 5 { optional int32 x = 1; }
  repeated group H = 6 { optional int32 x = 1; }
  map<string, F> map = 7;
  optional int32 dflt = 8 [default = 7];
  optional M m = 9;
})";

struct Row {
  const char* name;
  std::string_view schema;
  const char* hex;
  const char* json;  // of what differs from a blank record; or the fault
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

// Without members that are null, default or empty.
std::string brief(const value::View& view) {
  using value::Kind;
  if (view.kind() == Kind::Record) {
    std::string out;
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (view[i].kind() == Kind::Map && view[i].size() == 0) continue;
      const auto text = brief(view[i]);
      if (text.empty() || text == "0" || text == "\"\"" || text == "[]" || text == "0.0" ||
          text == "\"ZERO\"") {
        continue;
      }
      out += (out.empty() ? "" : ",") + view.field_name(i) + ":" + text;
    }
    return "{" + out + "}";
  }
  if (view.is_null()) return "";
  if (view.kind() == Kind::Array) {
    std::string out;
    for (const auto& item : view.items()) out += (out.empty() ? "" : ",") + brief(item);
    return "[" + out + "]";
  }
  if (view.kind() == Kind::Map) {
    std::string out;
    for (const auto& entry : view.entries()) {
      out += (out.empty() ? "" : ",") + brief(entry.key) + ":" + brief(entry.value);
    }
    return "{" + out + "}";
  }
  std::string out;
  EXPECT_FALSE(value::append_json(view, out));
  return out;
}

class ReadTest : public ::testing::TestWithParam<Row> {};
TEST_P(ReadTest, GivesTheRow) {
  const auto& row = GetParam();
  const auto schema = schema_of(row.schema);
  const auto reader = MessageReader::make(schema, *schema.find_message("t.M"));
  ASSERT_TRUE(reader);
  value::Arena arena;
  value::View view;
  UnknownFields unknown;
  const auto bytes = unhex(row.hex);
  const auto fault = reader->read(bytes_of(bytes), arena, view, &unknown);
  std::string found =
      fault ? std::string(to_string(fault->kind)) + " " + describe(*fault) : brief(view);
  if (unknown.count > 0 && !fault) found += " unknown " + std::to_string(unknown.count);
  EXPECT_EQ(found, row.json);
}
INSTANTIATE_TEST_SUITE_P(
    Proto3, ReadTest,
    ::testing::Values(
        Row{"Nothing", kProto3, "", "{}"},
        Row{"Scalars", kProto3, "08 96 01 10 03 1a 02 68 69 20 01",
            R"({i:150,s:-2,text:"hi",e:"ONE"})"},
        Row{"LastNumberCounts", kProto3, "08 01 08 02", "{i:2}"},
        Row{"NegativeIsTenBytes", kProto3, "08 ff ff ff ff ff ff ff ff ff 01", "{i:-1}"},
        Row{"FiveByteNegative", kProto3, "08 ff ff ff ff 0f", "{i:-1}"},
        Row{"Int32IsCut", kProto3, "08 85 80 80 80 80 01", "{i:5}"},
        Row{"OverlongNumber", kProto3, "08 85 80 80 00", "{i:5}"},
        Row{"EnumOfTenBytes", kProto3, "20 ff ff ff ff ff ff ff ff ff 01", R"({e:"NEGATIVE"})"},
        Row{"EnumFar", kProto3, "20 f0 a2 04", R"({e:"FAR"})"},
        Row{"OpenEnum", kProto3, "20 07 8a 01 02 07 01", R"({e:7,es:[7,"ONE"]})"},
        Row{"Packed", kProto3, "32 03 01 02 03", "{packed:[1,2,3]}"},
        Row{"Unpacked", kProto3, "30 01 32 02 02 03 30 04", "{packed:[1,2,3,4]}"},
        Row{"PackedEmpty", kProto3, "32 00", "{}"},
        Row{"UInt32IsLong", kProto3, "32 05 ff ff ff ff 0f", "{packed:[4294967295]}"},
        Row{"MessagesMerge", kProto3, "2a 02 08 01 2a 03 12 01 05 2a 02 10 06",
            "{in:{x:1,r:[5,6]}}"},
        Row{"MessagesNest", kProto3, "2a 04 1a 02 08 03", "{in:{in:{x:3}}}"},
        Row{"EmptyMessageIsThere", kProto3, "2a 00", "{in:{}}"},
        Row{"Map", kProto3, "3a 05 0a 01 6b 10 01 3a 05 0a 01 6c 10 02", R"({map:{"k":1,"l":2}})"},
        Row{"MapWithoutValue", kProto3, "3a 03 0a 01 6b", R"({map:{"k":0}})"},
        Row{"MapWithoutKey", kProto3, "3a 02 10 07 3a 00", R"({map:{"":7,"":0}})"},
        Row{"MapValueMissing", kProto3, "82 01 02 08 05", "{numbers:{5:{}}}"},
        Row{"MapValueMerges", kProto3, "82 01 08 12 02 08 01 12 02 10 06",
            "{numbers:{0:{x:1,r:[6]}}}"},
        Row{"OneofLastWins", kProto3, "40 01 52 01 78", R"({c:"x"})"},
        Row{"OneofDefaultIsSet", kProto3, "52 01 78 40 00", "{}"},
        Row{"OneofMessageMerges", kProto3, "4a 02 08 01 4a 02 10 02", "{b:{x:1,r:[2]}}"},
        Row{"OneofMessageReplaced", kProto3, "4a 02 08 01 40 05 4a 02 10 02", "{b:{r:[2]}}"},
        Row{"PresentFalse", kProto3, "58 00", "{maybe:false}"},
        Row{"RepeatedTexts", kProto3, "62 01 61 62 00 62 01 62", R"({texts:["a","","b"]})"},
        Row{"Fixed", kProto3, "71 ff ff ff ff ff ff ff ff 7d 00 00 c0 3f",
            "{f:18446744073709551615,g:1.5}"},
        Row{"FarNumber", kProto3, "81 ea 30 00 00 00 00 00 00 f8 3f", "{far:1.5}"},
        Row{"UnknownNumber", kProto3, "f8 01 05", "{} unknown 1"},
        Row{"UnknownGroup", kProto3, "f3 01 08 01 f4 01 08 02", "{i:2} unknown 1"},
        Row{"UnknownWithin", kProto3, "2a 03 f8 01 05", "{in:{}} unknown 1"},
        Row{"OtherWireType", kProto3, "0a 01 61", "{} unknown 1"},
        Row{"OtherWireTypeOfRepeated", kProto3, "60 01", "{} unknown 1"},
        Row{"CutOffTag", kProto3, "88", "truncated byte 1, field \"M\": the message is cut off"},
        Row{"CutOffNumber", kProto3, "08 80",
            "truncated byte 2, field \"M.i\": the message is cut off"},
        Row{"CutOffText", kProto3, "1a 05 68 69",
            "truncated byte 1, field \"M.text\": a length of 5 bytes, with 2 left: the message is "
            "cut off"},
        Row{"CutOffFixed", kProto3, "71 00 00",
            "truncated byte 3, field \"M.f\": the message is cut off"},
        Row{"HugeLength", kProto3, "1a ff ff ff ff 0f",
            "truncated byte 1, field \"M.text\": a length of 4294967295 bytes, with 0 left: the "
            "message is cut off"},
        Row{"LongLength", kProto3, "1a 80 80 80 80 80 00",
            "malformed byte 1, field \"M.text\": a length is longer than 32 bits"},
        Row{"HugeLengthOfUnknown", kProto3, "fa 01 ff ff ff ff 7f",
            "truncated byte 2, field \"M\": a length of 34359738367 bytes, with 0 left: the "
            "message is cut off"},
        Row{"PackedCutOff", kProto3, "32 02 01 80",
            "truncated byte 4, field \"M.packed[1]\": the message is cut off"},
        Row{"ElevenBytes", kProto3, "08 ff ff ff ff ff ff ff ff ff ff 01",
            "malformed byte 1, field \"M.i\": a number is longer than ten bytes"},
        Row{"NumberZero", kProto3, "00 01",
            "malformed byte 0, field \"M\": no field can have the number 0"},
        Row{"WireType6", kProto3, "0e", "malformed byte 0, field \"M\": there is no wire type 6"},
        Row{"WireType7OfUnknown", kProto3, "ff 01",
            "malformed byte 1, field \"M\": there is no wire type 7"},
        Row{"EndOfGroup", kProto3, "0c",
            "malformed byte 0, field \"M\": a group ends that did not begin"},
        Row{"OtherEndOfGroup", kProto3, "f3 01 0c",
            "malformed byte 2, field \"M\": a group ends with another number"},
        Row{"GroupWithoutEnd", kProto3, "f3 01 08 01",
            "truncated byte 4, field \"M\": a group does not end: the message is cut off"},
        Row{"LongTag", kProto3, "88 80 80 80 80 00 01",
            "malformed byte 0, field \"M\": a tag is longer than 32 bits"},
        Row{"BadUtf8", kProto3, "1a 02 c3 28",
            "invalid UTF-8 byte 2, field \"M.text\": a text is not UTF-8"},
        Row{"BadUtf8OfKey", kProto3, "3a 03 0a 01 ff",
            "invalid UTF-8 byte 4, field \"M.map[0].key\": a text is not UTF-8"},
        Row{"DeepFault", kProto3, "92 01 02 08 01 92 01 04 1a 02 08 80",
            "truncated byte 12, field \"M.ins[1].in.x\": the message is cut off"}),
    [](const auto& row) { return std::string(row.param.name); });
INSTANTIATE_TEST_SUITE_P(
    Proto2, ReadTest,
    ::testing::Values(
        Row{"Required", kProto2, "08 05", "{must:5}"},
        Row{"RequiredMissing", kProto2, "",
            "missing field field \"M\": the required field must is missing"},
        Row{"RequiredMissingWithin", kProto2, "08 01 4a 00",
            "missing field field \"M.m\": the required field must is missing"},
        Row{"RequiredComesLater", kProto2, "08 01 4a 00 4a 02 08 02", "{must:1,m:{must:2}}"},
        Row{"ClosedEnum", kProto2, "08 01 10 07", "{must:1} unknown 1"},
        Row{"ClosedEnumRepeated", kProto2, "08 01 18 01 18 09 18 02",
            R"({must:1,es:["ONE","TWO"]} unknown 1)"},
        Row{"ClosedEnumPacked", kProto2, "08 01 22 03 01 09 02",
            R"({must:1,packed:["ONE","TWO"]} unknown 1)"},
        Row{"ClosedEnumInMap", kProto2, "08 01 3a 05 0a 01 6b 10 09 3a 05 0a 01 6c 10 02",
            R"({must:1,map:{"l":"TWICE"}} unknown 1)"},
        Row{"MapWithoutValue", kProto2, "08 01 3a 03 0a 01 6b", R"({must:1,map:{"k":"NIL"}})"},
        Row{"Group", kProto2, "08 01 2b 08 03 2c", "{must:1,g:{x:3}}"},
        Row{"Groups", kProto2, "08 01 33 08 03 34 33 34", "{must:1,h:[{x:3},{}]}"},
        Row{"DefaultIsNull", kProto2, "08 01", "{must:1}"},
        Row{"GroupEndsWrong", kProto2, "08 01 2b 08 03 34",
            "malformed byte 5, field \"M.g\": a group ends with another number"},
        Row{"GroupCutOff", kProto2, "08 01 2b 08 03",
            "truncated byte 5, field \"M.g\": a group does not end: the message is cut off"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MessageReader, ReplacesOrTrustsBadText) {
  const auto schema = schema_of(kProto3);
  const auto& type = *schema.find_message("t.M");
  const auto bytes = unhex("1a 04 61 ff c3 62");
  value::Arena arena;
  value::View view;
  const auto replacing = *MessageReader::make(schema, type, {.utf8 = value::Utf8Policy::Replace});
  ASSERT_FALSE(replacing.read(bytes_of(bytes), arena, view));
  EXPECT_EQ(view.find("text")->text(),
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b");
  const auto trusting = *MessageReader::make(schema, type, {.utf8 = value::Utf8Policy::Trust});
  ASSERT_FALSE(trusting.read(bytes_of(bytes), arena, view));
  EXPECT_EQ(view.find("text")->text(),
            "a\xFF\xC3"
            "b");
}

TEST(MessageReader, TextsPointIntoTheMessage) {
  const auto schema = schema_of(kProto3);
  const auto reader = *MessageReader::make(schema, *schema.find_message("t.M"));
  const auto bytes = unhex("1a 02 68 69");
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(reader.read(bytes_of(bytes), arena, view));
  EXPECT_EQ(view.find("text")->text().data(), bytes.data() + 2);
}

TEST(MessageReader, KeepsUnknownFields) {
  const auto schema = schema_of(kProto3);
  const auto reader = *MessageReader::make(schema, *schema.find_message("t.M"));
  const auto bytes = unhex("f8 01 05 2a 06 fa 01 03 61 62 63 f8 01 06");
  value::Arena arena;
  value::View view;
  UnknownFields unknown{.keep = 2, .count = 0, .fields = {}};
  ASSERT_FALSE(reader.read(bytes_of(bytes), arena, view, &unknown));
  EXPECT_EQ(unknown.count, 3U);
  EXPECT_EQ(unknown.fields, (std::vector<UnknownField>{{"t.M", 31, unhex("f8 01 05")},
                                                       {"t.In", 31, unhex("fa 01 03 61 62 63")}}));
}

std::string deep(int levels) {
  std::string out;
  for (int i = 0; i < levels; ++i) {
    std::string outer = i + 1 == levels ? "\x2A" : "\x1A";
    for (auto size = out.size();; size >>= 7) {
      if (size < 0x80) {
        outer.push_back(static_cast<char>(size));
        break;
      }
      outer.push_back(static_cast<char>(size | 0x80));
    }
    out = outer + out;
  }
  return out;
}

TEST(MessageReader, IsBoundInDepth) {
  const auto schema = schema_of(kProto3);
  const auto& type = *schema.find_message("t.M");
  const auto reader = *MessageReader::make(schema, type);
  Oracle oracle(schema, type);
  value::Arena arena;
  value::View view;
  EXPECT_FALSE(reader.read(bytes_of(deep(100)), arena, view));
  EXPECT_TRUE(oracle.read(deep(100)));
  const auto fault = reader.read(bytes_of(deep(101)), arena, view);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, FaultKind::TooDeep);
  EXPECT_FALSE(oracle.read(deep(101)));
  std::string open;
  for (int i = 0; i < 101; ++i) open += unhex("fb 01");
  EXPECT_EQ(reader.read(bytes_of(open), arena, view)->kind, FaultKind::TooDeep);
}

TEST(MessageReader, IsBoundInMemory) {
  const auto schema = schema_of(kProto3);
  const auto& type = *schema.find_message("t.M");
  const auto reader = *MessageReader::make(schema, type, {.max_memory = 10'000});
  std::string many;
  for (int i = 0; i < 300; ++i) many += unhex("92 01 00");
  value::Arena arena;
  value::View view;
  EXPECT_EQ(reader.read(bytes_of(many), arena, view)->kind, FaultKind::TooLarge);
  value::Arena small(4096);
  const auto free = *MessageReader::make(schema, type);
  EXPECT_EQ(free.read(bytes_of(many), small, view)->kind, FaultKind::TooLarge);
  EXPECT_FALSE(free.read(bytes_of(many), arena, view));
  EXPECT_EQ(view.find("ins")->size(), 300U);
}

// The arena gives what the header says and no more.
TEST(MessageReader, MemoryFollowsFromInput) {
  const auto schema = schema_of(
      "syntax = \"proto3\"; message M { repeated bool b = 1; map<bool, bool> m = 2; repeated "
      "string s = 3; }");
  const auto reader = *MessageReader::make(schema, *schema.find_message("M"));
  for (const auto* unit : {"08 01", "0a 01 01", "12 00", "12 04 08 01 10 01", "1a 00"}) {
    for (const int times : {1, 2, 3, 5, 100, 1025, 4097}) {
      std::string bytes;
      for (int i = 0; i < times; ++i) bytes += unhex(unit);
      value::Arena arena;
      value::View view;
      ASSERT_FALSE(reader.read(bytes_of(bytes), arena, view));
      EXPECT_LE(arena.used(), 64 * bytes.size() + 5 * 16) << unit << " " << times;
    }
  }
}

// LIMPET_PAIRS asks for more.
std::uint64_t seeds() {
  const auto* wanted = std::getenv("LIMPET_PAIRS");
  return wanted == nullptr ? 300 : std::strtoull(wanted, nullptr, 10);
}

/// Both read `bytes` alike, or both refuse them.
void expect_same(Oracle& oracle, const MessageReader& reader, std::string_view bytes) {
  value::Arena arena;
  value::View view;
  const auto fault = reader.read(bytes_of(bytes), arena, view);
  const auto message = oracle.read(bytes);
  if (fault && fault->message == "a tag is longer than 32 bits") return;  // libprotobuf cuts it
  ASSERT_EQ(!fault, message != nullptr) << (fault ? describe(*fault) : "") << "\n" << to_hex(bytes);
  if (fault) {
    EXPECT_LE(fault->offset, bytes.size());
    return;
  }
  EXPECT_EQ(testing::difference(*message, view), "") << to_hex(bytes);
}

TEST(MessageReader, ReadsWhatLibprotobufReads) {
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    RandomSchema random(seed);
    const auto text = random.text();
    const auto schema = schema_of(text);
    const bool proto3 = schema.file().syntax == Syntax::Proto3;
    for (const auto* type : schema.messages()) {
      if (type->map_entry) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + type->full_name + "\n" + text);
      // libprotobuf checks the texts of proto3 alone.
      const auto reader = *MessageReader::make(
          schema, *type,
          {.utf8 = proto3 ? value::Utf8Policy::Validate : value::Utf8Policy::Trust,
           .check_required = false});
      Oracle oracle(schema, *type);
      const auto one = oracle.random(random)->SerializePartialAsString();
      const auto two = oracle.random(random)->SerializePartialAsString();
      expect_same(oracle, reader, one);
      expect_same(oracle, reader, one + two);
      for (std::size_t cut = 0; cut < std::min<std::size_t>(one.size(), 60); ++cut) {
        expect_same(oracle, reader, one.substr(0, cut));
      }
      for (int i = 0; i < 30 && !one.empty(); ++i) {
        auto damaged = one + (i % 2 == 0 ? two : "");
        for (auto flips = 1 + random.pick(3); flips > 0; --flips) {
          damaged[random.pick(damaged.size())] ^= static_cast<char>(1U << random.pick(8));
        }
        expect_same(oracle, reader, damaged);
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(MessageReader, ReplaysTheCorpus) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/message")) {
    SCOPED_TRACE(file.path());
    std::ifstream in(file.path(), std::ios::binary);
    fuzz_message(std::string(std::istreambuf_iterator<char>(in), {}));
    ++files;
  }
  EXPECT_GE(files, 7U);
}

}  // namespace
}  // namespace limpet::protobuf
