// Views to messages: libprotobuf's bytes of the same message, and tables of rows.
#include "limpet/protobuf/message_writer.h"

#include "testing/random_schema.h"
#include "testing/wire_oracle.h"

#include "limpet/base/hex.h"
#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/value/json_reader.h"
#include "limpet/value/json_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace limpet::protobuf {
namespace {

using testing::Oracle;
using testing::RandomSchema;
using value::FaultKind;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

constexpr std::string_view kProto3 = R"(
syntax = "proto3";
package t;
enum E { ZERO = 0; ONE = 1; NEGATIVE = -1; }
message In { int32 x = 1; In in = 2; }
message M {
  int32 i = 1;
  sint64 s = 2;
  string text = 3;
  E e = 4;
  In in = 5;
  repeated uint32 packed = 6;
  map<string, int32> map = 7;
  oneof o { int32 a = 8; string c = 10; }
  optional bool maybe = 11;
  bytes raw = 13;
  fixed64 f = 14;
  float g = 15;
  map<int64, In> numbers = 16;
  map<bool, string> flags = 17;
  double long_name = 18;
  uint64 u = 19;
})";

struct Row {
  const char* name;
  const char* json;
  const char* bytes;  // in hex, or the fault
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
class WriteTest : public ::testing::TestWithParam<Row> {};
TEST_P(WriteTest, GivesTheRow) {
  const auto& row = GetParam();
  const auto schema = *parse(kProto3);
  const auto writer = *MessageWriter::make(schema, *schema.find_message("t.M"));
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(value::read_json(row.json, arena, view));
  std::string out = "x";
  const auto fault = writer.append(view, out);
  if (fault) {
    EXPECT_EQ(out, "x");
    EXPECT_EQ(std::string(to_string(fault->kind)) + " " + describe(*fault), row.bytes);
    return;
  }
  EXPECT_EQ(to_hex(std::string_view(out).substr(1)), row.bytes);
  // What ProtoJSON takes as well it takes as the same.
  const auto same = encode(schema, *schema.find_message("t.M"), row.json);
  if (same) {
    EXPECT_EQ(to_hex(*same), row.bytes);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Rows, WriteTest,
    ::testing::Values(
        Row{"Nothing", "{}", ""}, Row{"Defaults", R"({"i":0,"text":"","e":"ZERO","raw":""})", ""},
        Row{"Scalars", R"({"text":"hi","i":150,"s":-2,"e":"ONE"})", "08960110031a0268692001"},
        Row{"Negative", R"({"i":-1})", "08ffffffffffffffffff01"},
        Row{"NegativeEnum", R"({"e":"NEGATIVE"})", "20ffffffffffffffffff01"},
        Row{"OpenEnum", R"({"e":7})", "2007"}, Row{"EmptyMessage", R"({"in":{}})", "2a00"},
        Row{"Nested", R"({"in":{"in":{"x":1}}})", "2a0412020801"},
        Row{"Packed", R"({"packed":[1,300,4294967295]})",
            "32"
            "08"
            "01"
            "ac02"
            "ffffffff0f"},
        Row{"EmptyArray", R"({"packed":[]})", ""},
        Row{"Map", R"({"map":{"k":1}})", "3a050a016b1001"},
        Row{"MapDefault", R"({"map":{"":0}})", "3a040a001000"},
        Row{"NumberKeys", R"({"numbers":{"-1":{}}})", "82010d08ffffffffffffffffff011200"},
        Row{"BoolKeys", R"({"flags":{"true":"x"}})",
            "8a010508011201"
            "78"},
        Row{"Oneof", R"({"a":0})", "4000"}, Row{"OneofNull", R"({"a":null,"c":""})", "5200"},
        Row{"Presence", R"({"maybe":false})", "5800"},
        Row{"Base64", R"({"raw":"AP8="})", "6a0200ff"},
        Row{"Fixed", R"({"f":"18446744073709551615","g":1.5})", "71ffffffffffffffff7d0000c03f"},
        Row{"NotANumber", R"({"g":"Infinity"})", "7d0000807f"},
        Row{"MinusZero", R"({"g":-0.0})", "7d00000080"},
        Row{"JsonName", R"({"longName":1})", "9101000000000000f03f"},
        Row{"TextName", R"({"long_name":1})", "9101000000000000f03f"},
        Row{"Text64", R"({"s":"-1","u":"7"})",
            "10019801"
            "07"},
        Row{"WholeDouble", R"({"i":1e2})", "0864"},
        Row{"TooLarge", R"({"i":2147483648})",
            "out of range byte 0, field \"M.i\": the number does not fit int32"},
        Row{"NegativeNatural", R"({"packed":[1,-1]})",
            "out of range byte 0, field \"M.packed[1]\": the number does not fit uint32"},
        Row{"Fraction", R"({"in":{"x":1.5}})",
            "out of range byte 0, field \"M.in.x\": the number does not fit int32"},
        Row{"FloatOverflow", R"({"g":1e39})",
            "out of range byte 0, field \"M.g\": the number does not fit float"},
        Row{"NoText", R"({"text":5})",
            "type mismatch field \"M.text\": expected a value for string, found long"},
        Row{"NoTextEither", R"({"text":0})",
            "type mismatch field \"M.text\": expected a value for string, found long"},
        Row{"NoNumber", R"({"i":""})",
            "type mismatch field \"M.i\": expected a value for int32, found string"},
        Row{"NoArray", R"({"packed":5})",
            "type mismatch field \"M.packed\": expected a value for uint32, found long"},
        Row{"NullItem", R"({"packed":[null]})",
            "type mismatch field \"M.packed[0]\": expected a value for uint32, found null"},
        Row{"NoRecord", R"({"in":[]})",
            "type mismatch field \"M.in\": expected a record for message t.In, found array"},
        Row{"NoSymbol", R"({"e":"TWO"})",
            "out of range byte 0, field \"M.e\": t.E has no value TWO"},
        Row{"NoKey", R"({"numbers":{"x":{}}})",
            "type mismatch field \"M.numbers[0]\": expected a value for int64, found string"},
        Row{"NoBase64", R"({"raw":"A"})", "type mismatch field \"M.raw\": the text is no base64"},
        Row{"TwoOfOneof", R"({"a":1,"c":"x"})",
            "type mismatch field \"M.c\": two members of one oneof have a value"},
        Row{"Unknown", R"({"none":1})", "unknown field field \"M.none\": t.M has no field none"},
        Row{"UnknownNull", R"({"none":null})", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MessageWriter, WantsRequiredFields) {
  const auto schema =
      *parse("syntax = \"proto2\"; message M { required int32 x = 1; optional M m = 2; }");
  const auto writer = *MessageWriter::make(schema, *schema.find_message("M"));
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(value::read_json(R"({"x":0,"m":{}})", arena, view));
  std::string out;
  const auto fault = writer.append(view, out);
  ASSERT_TRUE(fault);
  EXPECT_EQ(describe(*fault), "field \"M.m\": the required field x has no value");
}

TEST(MessageWriter, IsBound) {
  const auto schema = *parse(kProto3);
  const auto& type = *schema.find_message("t.M");
  value::Arena arena;
  value::View view;
  std::string deep = "{}";
  for (int i = 0; i < 100; ++i) deep = "{\"in\":" + deep + "}";
  ASSERT_FALSE(value::read_json(deep, arena, view));
  std::string out;
  EXPECT_FALSE((*MessageWriter::make(schema, type)).append(view, out));
  const auto shallow = *MessageWriter::make(schema, type, {.max_depth = 99});
  EXPECT_EQ(shallow.append(view, out)->kind, FaultKind::TooDeep);
  ASSERT_FALSE(value::read_json(R"({"text":"more than ten bytes"})", arena, view));
  const auto small = *MessageWriter::make(schema, type, {.max_bytes = 10});
  EXPECT_EQ(small.append(view, out)->kind, FaultKind::TooLarge);
}

// Bytes of maps and of what a dynamic message merges aside, they are libprotobuf's own.
TEST(MessageWriter, WritesWhatLibprotobufWrites) {
  const auto* wanted = std::getenv("LIMPET_PAIRS");
  const auto seeds = wanted == nullptr ? 400 : std::strtoull(wanted, nullptr, 10);
  std::size_t equal = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    RandomSchema random(seed);
    const auto text = random.text();
    const auto schema = *parse(text);
    for (const auto* type : schema.messages()) {
      if (type->map_entry) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + type->full_name + "\n" + text);
      const auto reader = *MessageReader::make(schema, *type);
      const auto writer = *MessageWriter::make(schema, *type);
      Oracle oracle(schema, *type);
      for (int i = 0; i < 5; ++i) {
        const auto message = oracle.random(random);
        const auto bytes = message->SerializePartialAsString();
        value::Arena arena;
        value::View view;
        const auto bad = reader.read(bytes_of(bytes), arena, view);
        ASSERT_FALSE(bad) << describe(*bad);
        std::string written;
        const auto fault = writer.append(view, written);
        ASSERT_FALSE(fault) << describe(*fault);
        equal += written == bytes ? 1 : 0;
        const auto back = oracle.read(written);
        ASSERT_TRUE(back);
        EXPECT_EQ(testing::difference(*back, view), "") << to_hex(bytes) << "\n" << to_hex(written);
        // The same again through another shape: names instead of positions.
        std::string json;
        ASSERT_FALSE(value::append_json(view, json));
        value::View tree;
        ASSERT_FALSE(value::read_json(json, arena, tree)) << json;
        std::string from_json;
        const auto problem = writer.append(tree, from_json);
        ASSERT_FALSE(problem) << describe(*problem) << json;
        const auto again = oracle.read(from_json);
        ASSERT_TRUE(again);
        value::View third;
        ASSERT_FALSE(reader.read(bytes_of(from_json), arena, third));
        EXPECT_EQ(testing::difference(*again, third), "");
        if (::testing::Test::HasFailure()) return;
      }
    }
  }
  EXPECT_GT(equal, seeds * 5);
}

}  // namespace
}  // namespace limpet::protobuf
