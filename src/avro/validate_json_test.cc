#include "limpet/avro/validate_json.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <string>

namespace limpet::avro {
namespace {

Result<std::vector<Violation>> validate(std::string_view schema, std::string_view data,
                                        const ValidateJsonLimits& limits = {}) {
  const auto parsed = parse(schema);
  if (!parsed) return parsed.error();
  const auto value = json::parse(data, {.max_depth = 5'000});
  if (!value) return value.error();
  return validate_json(*parsed, *value, limits);
}

/// Every violation as "path: sentence", a line each; empty = valid.
std::string said(std::string_view schema, std::string_view data) {
  const auto violations = validate(schema, data);
  if (!violations) return "error: " + describe(violations.error());
  std::string out;
  for (const auto& violation : *violations) {
    out += (out.empty() ? "" : "\n") + violation.path + ": " + describe(violation);
  }
  return out;
}

TEST(ValidateJson, ExampleOfTheHeader) {
  EXPECT_EQ(said(R"({"type":"record","name":"A","fields":[{"name":"age","type":"int"}]})",
                 R"({"age":"six"})"),
            R"(/age: expected int, found the string "six")");
}

struct Row {
  const char* name;
  const char* schema;
  const char* data;
  const char* says;  // "" = valid
};

class ValidateJsonTest : public testing::TestWithParam<Row> {};

TEST_P(ValidateJsonTest, Says) {
  const auto& row = GetParam();
  EXPECT_EQ(said(row.schema, row.data), row.says);
}

constexpr const char* kRecord =
    R"({"type":"record","name":"shop.A","fields":[{"name":"a","type":"int"},
        {"name":"b","type":["null","string"],"default":null,"aliases":["old"]}]})";
constexpr const char* kUnion =
    R"(["null","int","string",{"type":"record","name":"n.R","fields":[{"name":"x","type":"int"}]},
        {"type":"map","values":"int"}])";
constexpr const char* kFixed = R"({"type":"fixed","name":"F","size":2})";
constexpr const char* kEnum = R"({"type":"enum","name":"E","symbols":["A","B"],"default":"A"})";

INSTANTIATE_TEST_SUITE_P(
    Rows, ValidateJsonTest,
    testing::Values(
        Row{"Null", R"("null")", "null", ""},
        Row{"NotNull", R"("null")", "0", ": expected null, found the number 0"},
        Row{"Boolean", R"("boolean")", "true", ""},
        Row{"BooleanText", R"("boolean")", R"("true")",
            R"(: expected boolean, found the string "true")"},
        Row{"IntMax", R"("int")", "2147483647", ""}, Row{"IntMin", R"("int")", "-2147483648", ""},
        Row{"IntTooGreat", R"("int")", "2147483648",
            ": expected int, found the number 2147483648 (it does not fit)"},
        Row{"IntAsDouble", R"("int")", "1.0", ""}, Row{"IntWithExponent", R"("int")", "1e2", ""},
        Row{"IntWithFraction", R"("int")", "1.5",
            ": expected int, found the number 1.5 (it has a fraction)"},
        Row{"LongMax", R"("long")", "9223372036854775807", ""},
        Row{"LongTooGreat", R"("long")", "9223372036854775808",
            ": expected long, found the number 9223372036854775808 (it does not fit)"},
        Row{"Float", R"("float")", "1", ""}, Row{"FloatNaN", R"("float")", R"("NaN")", ""},
        Row{"DoubleInfinity", R"("double")", R"("-Infinity")", ""},
        Row{"DoubleText", R"("double")", R"("1.5")",
            R"(: expected double, found the string "1.5")"},
        Row{"String", R"("string")", R"("ü€")", ""}, Row{"Bytes", R"("bytes")", R"("\u0000ÿ")", ""},
        Row{"BytesAboveFF", R"("bytes")", R"("€")",
            R"(: expected bytes, found the string "€" (each character stands for a byte, and )"
            "one of these is above U+00FF)"},
        Row{"Fixed", kFixed, R"("ÿa")", ""},
        Row{"FixedShort", kFixed, R"("a")",
            R"(: expected fixed F of 2 bytes, found the string "a" (it stands for 1))"},
        Row{"Enum", kEnum, R"("B")", ""},
        Row{"EnumDefaultIsForReaders", kEnum, R"("C")",
            R"(: expected enum E, found the string "C" (the enum has no such symbol))"},
        Row{"Array", R"({"type":"array","items":"int"})", "[1,2]", ""},
        Row{"ArrayItems", R"({"type":"array","items":"int"})", R"([1,"a",null])",
            "/1: expected int, found the string \"a\"\n/2: expected int, found null"},
        Row{"Map", R"({"type":"map","values":"int"})", R"({"a/b":1,"~":[]})",
            "/~0: expected int, found an array"},
        Row{"MapAsArray", R"({"type":"map","values":"int"})", "[]",
            ": expected map of int, found an array"},
        Row{"Record", kRecord, R"({"b":{"string":"x"},"a":1})", ""},
        Row{"RecordMissing", kRecord, "{}",
            "/a: expected int, found nothing (every field must be given)\n"
            "/b: expected one of null, string, found nothing (the default is for readers of older "
            "data; a writer gives every field)"},
        Row{"RecordExtra", kRecord, R"({"a":1,"b":null,"c":2})",
            "/c: expected no member of this name, found the number 2 (record shop.A has no such "
            "field)"},
        Row{"RecordAlias", kRecord, R"({"a":1,"b":null,"old":null})",
            R"(/old: expected no member of this name, found null (it is an alias; the field is )"
            R"(called "b"))"},
        Row{"UnionNull", kUnion, "null", ""}, Row{"UnionInt", kUnion, R"({"int":1})", ""},
        Row{"UnionNullInObject", kUnion, R"({"null":null})", ""},
        Row{"UnionFullName", kUnion, R"({"n.R":{"x":1}})", ""},
        Row{"UnionBare", kUnion, R"("a")",
            R"(: expected one of null, int, string, n.R, map, found the string "a" (a value of a )"
            R"(union is written with its branch: {"string": "a"}))"},
        Row{"UnionBareBoolean", R"(["null","boolean"])", "true",
            ": expected one of null, boolean, found true (a value of a union is written with its "
            "branch: {\"boolean\": true})"},
        Row{"UnionBareRecord", kUnion, R"({"x":1})",
            R"(: expected one of null, int, string, n.R, map, found an object with "x" (a value )"
            R"(of a union is written with its branch: {"n.R": …}))"},
        Row{"UnionSimpleName", kUnion, R"({"R":{"x":1}})",
            R"(: expected one of null, int, string, n.R, map, found an object with "R" (the )"
            R"(branch is called "n.R"))"},
        Row{"UnionWrongDatum", kUnion, R"({"int":"1"})",
            R"(/int: expected int, found the string "1")"},
        Row{"UnionTwoMembers", R"(["null","int"])", R"({"int":1,"null":null})",
            R"(: expected one of null, int, found an object with "int", …)"},
        Row{"UnionLogicalName", R"(["null",{"type":"long","logicalType":"timestamp-millis"}])",
            R"({"timestamp-millis":1})",
            R"(: expected one of null, long, found an object with "timestamp-millis" (the )"
            R"(branch is called "long"))"},
        Row{"UnionWithoutNull", R"(["int"])", "null",
            ": expected the union's only branch int, found null"},
        Row{"LogicalTypesAreAnnotations", R"({"type":"string","logicalType":"uuid"})", R"("x")",
            ""}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(ValidateJson, ReportsAreBounded) {
  std::string data = "[";
  for (int i = 0; i < 1000; ++i) data += "null,";
  const auto violations = validate(R"({"type":"array","items":"int"})", data + "1]");
  ASSERT_TRUE(violations);
  EXPECT_EQ(violations->size(), 100U);
  EXPECT_EQ(validate(R"("int")", "\"" + std::string(100'000, 'a') + "\"")->front().found.size(),
            std::string("the string \"\"").size() + 60 + std::string("…").size());
}

TEST(ValidateJson, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += R"({"next":{"L":)";
    text += R"({"next":null})";
    for (std::size_t i = 0; i < depth; ++i) text += "}}";
    return text;
  };
  constexpr const char* kList =
      R"({"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]})";
  EXPECT_EQ(said(kList, nested(500)), "");
  EXPECT_EQ(code_of(validate(kList, nested(1200))), Code::LimitExceeded);
}

TEST(ValidateJson, WideRecordsCostTheirSize) {
  std::string fields;
  std::string data = "{";
  for (int i = 0; i < 20'000; ++i) {
    fields += (i == 0 ? "" : ",") + (R"({"name":"f)" + std::to_string(i) + R"(","type":"int"})");
    data += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":1";
  }
  EXPECT_EQ(said(R"({"type":"record","name":"W","fields":[)" + fields + "]}", data + "}"), "");
}

}  // namespace
}  // namespace limpet::avro
