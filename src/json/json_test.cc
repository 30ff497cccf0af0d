#include "limpet/json/parse.h"
#include "limpet/json/value.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace limpet::json {
namespace {

using namespace std::literals;

TEST(Parse, KeepsOrderNumbersAndOffsets) {
  const auto text =
      R"({"z": 1.10, "a": [true, null, "xA"], "big": 123456789012345678901234567890})"s;
  const auto document = parse(text);
  ASSERT_TRUE(document) << describe(document.error());
  EXPECT_EQ(to_text(*document),
            R"({"z":1.10,"a":[true,null,"xA"],"big":123456789012345678901234567890})");
  EXPECT_EQ(document->find("z")->offset(), text.find("1.10"));
  EXPECT_EQ(document->find("big")->as_int64(), std::nullopt);
  EXPECT_EQ(document->find("nothing"), nullptr);
}

TEST(Parse, OffsetsOfContainersAreOnlyNearby) {
  const auto text = R"( [true, {"a": 12, "b\n": [ {} ], "c": "xy"}])"s;
  const auto document = parse(text);
  ASSERT_TRUE(document) << describe(document.error());
  const auto& object = document->items()[1];
  EXPECT_EQ(object.find("a")->offset(), text.find("12"));
  EXPECT_EQ(object.find("c")->offset(), text.find("\"xy\""));
  EXPECT_LE(document->offset(), text.find('['));
  EXPECT_LE(object.offset(), text.find('{'));
  EXPECT_LE(object.find("b\n")->offset(), text.find("[ {"));
  EXPECT_LE(object.find("b\n")->items()[0].offset(), text.find("{}"));
}

TEST(Parse, RefusesRepeatedNamesWhereTheyAreForbidden) {
  const auto where = [](std::string_view text) {
    const auto value = parse(text, {.distinct_names = true});
    return value ? "" : value.error().message + " at " + value.error().where;
  };
  EXPECT_EQ(where(R"({"a":[{"a":1},{"a":2}],"b":{"a":3}})"), "");
  EXPECT_EQ(where(R"({"a":1,"a":2})"), R"(the member "a" stands twice in one object at byte 7)");
  EXPECT_EQ(where(R"([{"b":{"long":1, "x":2, "long" :3}}])"),
            R"(the member "long" stands twice in one object at byte 24)");
  // Spelled with an escape, the name ends before this byte.
  EXPECT_EQ(where(R"({"c":1,"\u0063":2})"),
            R"(the member "c" stands twice in one object at byte 14)");
}

TEST(Parse, LastDuplicateWinsAtTheFirstPlace) {
  EXPECT_EQ(to_text(*parse(R"({"a":1,"b":2,"a":3,"c":4,"b":{"x":5},"a":6})")),
            R"({"a":6,"b":{"x":5},"c":4})");
}

struct Row {
  const char* name;
  std::string text;
  Code fails;
};

class Refused : public testing::TestWithParam<Row> {};

TEST_P(Refused, WithCode) { EXPECT_EQ(code_of(parse(GetParam().text)), GetParam().fails); }

INSTANTIATE_TEST_SUITE_P(
    Json, Refused,
    testing::Values(Row{"Empty", "", Code::InvalidInput}, Row{"Bare", "nope", Code::InvalidInput},
                    Row{"Trailing", "{} {}", Code::InvalidInput},
                    Row{"TrailingComma", "[1,]", Code::InvalidInput},
                    Row{"Cut", "{\"a\":", Code::InvalidInput},
                    Row{"Mark", "\xef\xbb\xbf{}", Code::InvalidInput},
                    Row{"BadUtf8", "\"\xc3\x28\"", Code::InvalidInput},
                    Row{"LoneSurrogate", "\"\\ud800\"", Code::InvalidInput},
                    Row{"RawControl", "\"a\nb\"", Code::InvalidInput},
                    Row{"Nul", std::string("{}\0", 3), Code::InvalidInput},
                    Row{"Comment", "/* c */ {}", Code::InvalidInput},
                    Row{"Deep", std::string(10'000, '['), Code::InvalidInput},
                    Row{"Wide", "[" + std::string(400'000, '0') + "]", Code::InvalidInput}),
    [](const auto& row) { return row.param.name; });

TEST(Parse, BoundsBytesAndNodes) {
  EXPECT_EQ(code_of(parse("[1,2,3]", {.max_bytes = 6})), Code::LimitExceeded);
  EXPECT_EQ(code_of(parse("[1,2,3]", {.max_nodes = 3})), Code::LimitExceeded);
  EXPECT_TRUE(parse("[1,2,3]", {.max_nodes = 4}));
  EXPECT_TRUE(parse("[[]]", {.max_depth = 2}));
  EXPECT_EQ(code_of(parse("[[[]]]", {.max_depth = 2})), Code::InvalidInput);
}

TEST(Parse, LargeNumbersAndText) {
  EXPECT_EQ(*parse("-9223372036854775808")->as_int64(), INT64_MIN);
  EXPECT_EQ(*parse("1e400")->as_double(), HUGE_VAL);
  EXPECT_EQ(parse("1.0")->as_int64(), std::nullopt);
  const std::string digits(100'000, '7');
  EXPECT_EQ(parse(digits)->text(), digits);
}

TEST(Writer, EscapesAndSeparates) {
  Writer out;
  out.begin_object().key("a\"b").value("x\n\x01é").key("n").value(std::int64_t{-5});
  out.key("list").begin_array().value(true).value(1.5).null().end_array();
  out.key("o").begin_object().end_object().end_object();
  EXPECT_EQ(out.text(), "{\"a\\\"b\":\"x\\n\\u0001é\",\"n\":-5,\"list\":[true,1.5,null],\"o\":{}}");
  EXPECT_TRUE(parse(out.text()));
}

TEST(Writer, PrintsForPeople) {
  EXPECT_EQ(to_pretty_text(*parse(R"({"a":[1],"b":{}})")),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
}

TEST(Value, BuildsInCode) {
  auto object = Value::object({});
  object.set("a", Value::integer(1));
  object.set("a", Value::string("x"));
  object.set("b", Value::array({}));
  EXPECT_EQ(to_text(object), R"({"a":"x","b":[]})");
  EXPECT_EQ(object, *parse(R"({"a":"x","b":[]})"));
}

}  // namespace
}  // namespace limpet::json
