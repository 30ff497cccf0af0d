#include "limpet/protobuf/transcode.h"

#include "limpet/base/hex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace limpet::protobuf {
namespace {

using testing::HasSubstr;

const auto row_name = [](const auto& row) { return row.param.name; };
constexpr std::string_view kText = R"(
syntax = "proto3";
package p;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Color { RED = 0; GREEN = 1; }
message M {
  int32 a = 1;
  string name = 2;
  repeated int64 many = 3;
  map<string, int32> counts = 4;
  M inner = 5;
  oneof choice { bool yes = 6; bytes raw = 7; }
  Color color = 8;
  google.protobuf.Timestamp at = 9;
  google.protobuf.Any any = 10;
  google.protobuf.Value value = 11;
  double ratio = 12;
  optional uint32 maybe = 13;
  google.protobuf.StringValue wrapped = 14;
  sint64 zig = 15;
  repeated M list = 16;
  google.protobuf.Duration length = 17;
  int32 snake_case = 18;
  fixed32 fix = 19;
}
)";

Schema schema_of(std::string_view text) {
  auto schema = parse(text, {.extensions = Extensions::Accept});
  EXPECT_TRUE(schema) << describe(schema.error());
  return *std::move(schema);
}

std::string bytes_of(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(*lower_hex_digit(hex[i]) * 16 + *lower_hex_digit(hex[i + 1])));
  }
  return out;
}

struct Row {
  const char* name;
  std::string hex;
  std::string json;
};

class BothWays : public testing::TestWithParam<Row> {};

TEST_P(BothWays, BytesAndJson) {
  const auto& row = GetParam();
  const auto schema = schema_of(kText);
  const auto& message = *schema.find_message("p.M");
  const auto decoded = decode(schema, message, bytes_of(row.hex));
  ASSERT_TRUE(decoded) << describe(decoded.error());
  EXPECT_EQ(decoded->json, row.json);
  EXPECT_EQ(decoded->unknown_count, 0U);
  const auto encoded = encode(schema, message, row.json);
  ASSERT_TRUE(encoded) << describe(encoded.error());
  EXPECT_EQ(to_hex(*encoded), row.hex);
  const auto transcoder = Transcoder::make(schema, message);
  ASSERT_TRUE(transcoder);
  for (int i = 0; i < 2; ++i) {
    const auto prepared = transcoder->decode(bytes_of(row.hex));
    ASSERT_TRUE(prepared);
    EXPECT_EQ(prepared->json, row.json);
    EXPECT_EQ(transcoder->encode(row.json).value_or(""), *encoded);
  }
}

// The bytes come from the encoding guide of protobuf.dev, or were counted out by hand.
INSTANTIATE_TEST_SUITE_P(
    Values, BothWays,
    testing::Values(
        Row{"Empty", "", "{}"}, Row{"Number", "089601", R"({"a":150})"},
        Row{"Negative", "08ffffffffffffffffff01", R"({"a":-1})"},
        Row{"Text", "120774657374696e67", R"({"name":"testing"})"},
        Row{"Unicode", "1206c3a9e282ac0a", "{\"name\":\"\xC3\xA9\xE2\x82\xAC\\n\"}"},
        Row{"Packed", "1a06038e029ea705", R"({"many":["3","270","86942"]})"},
        Row{"Map", "22050a0161100122050a01621002", R"({"counts":{"a":1,"b":2}})"},
        Row{"Nested", "2a03089601", R"({"inner":{"a":150}})"},
        Row{"OneofFalse", "3000", R"({"yes":false})"},
        Row{"Bytes", "3a0200ff", R"({"raw":"AP8="})"}, Row{"Enum", "4001", R"({"color":"GREEN"})"},
        Row{"OpenEnum", "4007", R"({"color":7})"},
        Row{"Timestamp", "4a02080a", R"({"at":"1970-01-01T00:00:10Z"})"},
        Row{"Any", "521d0a17" + to_hex(std::string_view("type.googleapis.com/p.M")) + "12020801",
            R"({"any":{"@type":"type.googleapis.com/p.M","a":1}})"},
        Row{"Value", "5a022001", R"({"value":true})"},
        Row{"Double", "61000000000000f83f", R"({"ratio":1.5})"},
        Row{"NaN", "61000000000000f87f", R"({"ratio":"NaN"})"},
        Row{"Presence", "6800", R"({"maybe":0})"},
        Row{"Wrapper", "72030a0178", R"({"wrapped":"x"})"},
        Row{"ZigZag", "7803", R"({"zig":"-2"})"},
        Row{"List", "8201008201020801", R"({"list":[{},{"a":1}]})"},
        Row{"Duration", "8a01020803", R"({"length":"3s"})"},
        Row{"CamelCase", "900105", R"({"snakeCase":5})"},
        Row{"Fixed", "9d0101000000", R"({"fix":1})"}),
    row_name);

// ---- bytes that are no message, or too much of one ----

struct Bad {
  const char* name;
  std::string bytes;
  Code code;
  std::string message;  // a part of it
  std::string where = "";
};

class BadBytes : public testing::TestWithParam<Bad> {};

TEST_P(BadBytes, AreRefused) {
  const auto& row = GetParam();
  const auto schema = schema_of(kText);
  const auto decoded = decode(schema, *schema.find_message("p.M"), row.bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, row.code);
  EXPECT_THAT(decoded.error().message, HasSubstr(row.message));
  EXPECT_EQ(decoded.error().where, row.where);
}

// `depth` messages within each other: field `number` holds the next one.
std::string nested(int depth, std::uint8_t tag) {
  std::string out;
  for (int i = 0; i < depth; ++i) {
    std::string size;
    auto left = out.size();
    for (; left >= 0x80; left >>= 7) size.push_back(static_cast<char>(left | 0x80));
    size.push_back(static_cast<char>(left));
    out = std::string(1, static_cast<char>(tag)) + size + out;
  }
  return out;
}

std::string repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadBytes,
    testing::Values(
        Bad{"CutOffTag", bytes_of("80"), Code::InvalidInput, "cut off", "byte 1"},
        Bad{"CutOffNumber", bytes_of("0896"), Code::InvalidInput, "cut off", "byte 2"},
        Bad{"CutOffText", bytes_of("120574"), Code::InvalidInput, "cut off", "byte 2"},
        Bad{"CutOffFixed", bytes_of("61000000"), Code::InvalidInput, "cut off", "byte 1"},
        Bad{"HugeLength", bytes_of("12ffffffffffffffffff01"), Code::InvalidInput, "cut off",
            "byte 11"},
        Bad{"LongNumber", bytes_of("08ffffffffffffffffffff01"), Code::InvalidInput,
            "longer than ten bytes", "byte 1"},
        Bad{"FieldZero", bytes_of("0000"), Code::InvalidInput, "number 0", "byte 0"},
        Bad{"WireType", bytes_of("0e"), Code::InvalidInput, "no wire type 6", "byte 0"},
        Bad{"EndOfNoGroup", bytes_of("0c"), Code::InvalidInput, "did not begin", "byte 1"},
        Bad{"WrongEndOfGroup", bytes_of("a306ac06"), Code::InvalidInput, "another number",
            "byte 2"},
        Bad{"OpenGroup", bytes_of("a306"), Code::InvalidInput, "cut off", "byte 2"},
        Bad{"DeepGroups", repeat(bytes_of("a306"), 1000), Code::InvalidInput, "nested deeper",
            "byte 98"},
        Bad{"NotUtf8", bytes_of("1201ff"), Code::InvalidInput, "p.M.name is not UTF-8", "byte 2"},
        Bad{"Deep", nested(50, 0x2A), Code::InvalidInput, "nested deeper than 50 messages",
            "byte 100"},
        Bad{"InsideAMessage", bytes_of("2a0108"), Code::InvalidInput, "cut off", "byte 3"},
        Bad{"UnknownAny", bytes_of("52090a03612f6212020801"), Code::InvalidInput, "no JSON form"},
        // A Struct in an Any whose `fields` are a number.
        Bad{"WrongTypeInAny",
            bytes_of("52300a2a") + "type.googleapis.com/google.protobuf.Struct" +
                bytes_of("12020801"),
            Code::InvalidInput, "a record of google.protobuf.Struct has another type", "byte 49"},
        Bad{"BadTimestamp", bytes_of("4a0a08ffffffffffffffff7f"), Code::InvalidInput,
            "no JSON form"},
        Bad{"Bytes", std::string((4UL << 20) + 1, '\0'), Code::LimitExceeded,
            "longer than 4194304 bytes"},
        // Three bytes each, but an object in memory.
        Bad{"ManyMessages", repeat(bytes_of("820100"), 100'000), Code::LimitExceeded,
            "more than 67108864 bytes of memory"}),
    row_name);

TEST(Decode, NestsUpToTheLimit) {
  const auto schema = schema_of(kText);
  EXPECT_TRUE(decode(schema, *schema.find_message("p.M"), nested(49, 0x2A)));
}

// A name of the schema is written once for every two bytes of the message.
TEST(Decode, LongNamesAreCounted) {
  const auto schema = schema_of("syntax = \"proto3\"; message M { repeated M m = 1; int32 " +
                                std::string(4000, 'a') + " = 2; }");
  const auto decoded =
      decode(schema, *schema.find_message("M"), repeat(bytes_of("0a021001"), 10'000));
  EXPECT_EQ(code_of(decoded), Code::LimitExceeded);
}

TEST(Decode, WideMessagesAreCounted) {
  std::string text = "syntax = \"proto3\"; message M { repeated int32 f = 1 [packed = false];";
  for (int i = 2; i <= 5000; ++i) {
    text += "int32 f" + std::to_string(i) + " = " + std::to_string(i) + ";";
  }
  const auto schema = schema_of(text + "}");
  const auto bytes = repeat(bytes_of("0801"), 20'000);
  const auto& message = *schema.find_message("M");
  EXPECT_EQ(code_of(decode(schema, message, bytes)), Code::LimitExceeded);
  const auto decoded = decode(schema, message, bytes.substr(0, 2000));
  EXPECT_TRUE(decoded);
  std::string json = R"({"f":[1)" + repeat(",1", 20'000) + "]}";
  EXPECT_EQ(code_of(encode(schema, message, json)), Code::LimitExceeded);
}

TEST(Decode, ContentOfAnyIsCounted) {
  const auto schema = schema_of(kText);
  const std::string url = "type.googleapis.com/p.M";
  std::string any = bytes_of("0a17") + url + bytes_of("12");
  const auto content = repeat(bytes_of("820100"), 100'000);  // 300,000 bytes
  any += bytes_of("e0a712") + content;
  std::string size;
  auto left = any.size();
  for (; left >= 0x80; left >>= 7) size.push_back(static_cast<char>(left | 0x80));
  size.push_back(static_cast<char>(left));
  const auto decoded = decode(schema, *schema.find_message("p.M"), bytes_of("52") + size + any);
  ASSERT_FALSE(decoded);
  EXPECT_THAT(decoded.error().message, HasSubstr("bytes of memory"));
}

TEST(Decode, MergesAndSorts) {
  const auto schema = schema_of(kText);
  const auto& message = *schema.find_message("p.M");
  // The last number wins, messages are merged, map entries come in the order of their keys.
  const auto decoded = decode(schema, message,
                              bytes_of("0801"
                                       "0802"
                                       "2a020801"
                                       "2a03120178"
                                       "22050a01621002"
                                       "22050a01611001"));
  ASSERT_TRUE(decoded) << describe(decoded.error());
  EXPECT_EQ(decoded->json, R"({"a":2,"counts":{"a":1,"b":2},"inner":{"a":1,"name":"x"}})");
}

TEST(Decode, UnknownFieldsAreKept) {
  const auto schema = schema_of(
      "syntax = \"proto2\"; message M { optional E e = 1; optional int32 a = 2; optional M m = 3; "
      "repeated E es = 4 [packed = true]; } enum E { X = 1; }");
  const auto decoded = decode(schema, *schema.find_message("M"),
                              bytes_of("0802") + bytes_of("1507000000") + bytes_of("1a03a00601") +
                                  bytes_of("22020105") +
                                  bytes_of("a306"
                                           "0801"
                                           "a406"));
  ASSERT_TRUE(decoded) << describe(decoded.error());
  EXPECT_EQ(decoded->json, R"({"m":{},"es":["X"]})");
  EXPECT_EQ(decoded->unknown_count, 5U);
  EXPECT_THAT(decoded->unknown,
              testing::ElementsAre(UnknownField{"M", 1, bytes_of("0802")},        // no such value
                                   UnknownField{"M", 2, bytes_of("1507000000")},  // fixed32
                                   UnknownField{"M", 100, bytes_of("a00601")},
                                   UnknownField{"M", 4, bytes_of("05")},
                                   UnknownField{"M", 100, bytes_of("a3060801a406")}));
}

TEST(Decode, Styles) {
  const auto schema = schema_of("syntax = \"proto3\"; message M { int32 a_b = 1; string c = 2; }");
  const auto& message = *schema.find_message("M");
  const auto bytes = bytes_of("0801");
  EXPECT_EQ(decode(schema, message, bytes)->json, R"({"aB":1})");
  EXPECT_EQ(decode(schema, message, bytes, {.proto_names = true})->json, R"({"a_b":1})");
  EXPECT_EQ(decode(schema, message, bytes, {.defaults = true})->json, R"({"aB":1,"c":""})");
}

TEST(Decode, RequiredFieldsMustBeThere) {
  const auto schema = schema_of(
      "message M { required int32 a = 1; repeated N n = 2; } message N { required M m = "
      "1; }");
  const auto& message = *schema.find_message("M");
  EXPECT_TRUE(decode(schema, message, bytes_of("0801")));
  EXPECT_THAT(decode(schema, message, "").error().message, HasSubstr("required fields"));
  EXPECT_THAT(decode(schema, message, bytes_of("08011200")).error().message, HasSubstr("n[0].m"));
  EXPECT_EQ(code_of(encode(schema, message, "{}")), Code::InvalidInput);
  EXPECT_EQ(encode(schema, message, R"({"a":1})").value_or("-"), bytes_of("0801"));
}

TEST(Decode, GroupsHaveNoJson) {
  const auto schema = schema_of("message M { optional group G = 1 { } }");
  const auto decoded = decode(schema, *schema.find_message("M"), bytes_of("0b0c"));
  ASSERT_FALSE(decoded);
  EXPECT_THAT(decoded.error().message, HasSubstr("groups have no JSON form: M.g"));
}

// ---- JSON that is no message ----

class BadJson : public testing::TestWithParam<Bad> {};

TEST_P(BadJson, IsRefused) {
  const auto& row = GetParam();
  const auto schema = schema_of(kText);
  const auto encoded = encode(schema, *schema.find_message("p.M"), row.bytes);
  ASSERT_FALSE(encoded) << to_hex(*encoded);
  EXPECT_EQ(encoded.error().code, row.code);
  EXPECT_THAT(encoded.error().message, HasSubstr(row.message));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadJson,
    testing::Values(Bad{"NotJson", "{a:1}", Code::InvalidInput, ""},
                    Bad{"SingleQuotes", "{'a':1}", Code::InvalidInput, ""},
                    Bad{"NoObject", "[]", Code::InvalidInput, ""},
                    Bad{"UnknownMember", R"({"nowhere":1})", Code::InvalidInput, "nowhere"},
                    Bad{"WrongType", R"({"a":"x"})", Code::InvalidInput, "a"},
                    Bad{"TooLarge", R"({"a":2147483648})", Code::InvalidInput, "a"},
                    Bad{"Fraction", R"({"a":1.5})", Code::InvalidInput, "a"},
                    Bad{"UnknownEnum", R"({"color":"BLUE"})", Code::InvalidInput, "color"},
                    Bad{"BadBase64", R"({"raw":"*"})", Code::InvalidInput, "raw"},
                    Bad{"TwoOfAOneof", R"({"yes":true,"raw":""})", Code::InvalidInput, "oneof"},
                    Bad{"Deep", repeat(R"({"inner":)", 60) + "{}" + repeat("}", 60),
                        Code::InvalidInput, "nested deeper than 50 messages"},
                    Bad{"VeryDeep", repeat(R"({"inner":)", 100'000), Code::InvalidInput, ""},
                    Bad{"Bytes", std::string((16UL << 20) + 1, ' '), Code::LimitExceeded,
                        "longer than 16777216 bytes"}),
    row_name);

// Other spellings of the same message.
TEST(Encode, TakesWhatTheMappingAllows) {
  const auto schema = schema_of(kText);
  const auto hex = [&](std::string_view json) {
    auto encoded = encode(schema, *schema.find_message("p.M"), json);
    EXPECT_TRUE(encoded) << json << describe(encoded.error());
    return encoded ? to_hex(*encoded) : std::string();
  };
  EXPECT_EQ(hex(R"({"a":"150"})"), "089601");
  EXPECT_EQ(hex(R"({"a":1.5e2})"), "089601");
  EXPECT_EQ(hex(R"({"a":null})"), "");
  EXPECT_EQ(hex(R"({"snake_case":5})"), "900105");
  EXPECT_EQ(hex(R"({"color":1})"), "4001");
  EXPECT_EQ(hex(R"({"counts":{"b":2,"a":1}})"), "22050a0161100122050a01621002");
}

}  // namespace
}  // namespace limpet::protobuf
