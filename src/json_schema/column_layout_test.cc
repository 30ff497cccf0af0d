#include "limpet/json_schema/column_layout.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace limpet::json_schema {
namespace {

// The columns' types; "json" is JSON text, "(…)" the one column of a root that is no object.
std::string words(const columns::ColumnType& type) {
  if (!type.metadata.empty() && type.metadata.back().first == "ARROW:extension:metadata") {
    return type.nullable ? "json?" : "json";
  }
  if (type.children.empty()) return columns::describe(type);
  std::string out;
  for (const auto& child : type.children) {
    out += (out.empty() ? "" : ", ") + child.name + ": " + words(child);
  }
  return std::string(columns::to_string(type.kind)) + "<" + out + ">" + (type.nullable ? "?" : "");
}

struct LayoutRow {
  std::string_view name;
  std::string_view schema;
  std::string_view row;
  std::vector<std::string> projection = {};
  friend std::ostream& operator<<(std::ostream& out, const LayoutRow& row) {
    return out << row.name;
  }
};

class LayoutTest : public testing::TestWithParam<LayoutRow> {};

TEST_P(LayoutTest, HasTheColumns) {
  const auto& row = GetParam();
  const auto schema = parse(row.schema);
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto layout = column_layout(*schema, {.projection = row.projection});
  ASSERT_TRUE(layout) << describe(layout.error());
  EXPECT_EQ(words(layout->row), row.row);
  EXPECT_EQ(layout->cells.size(), columns::count(layout->row));
}

INSTANTIATE_TEST_SUITE_P(
    Types, LayoutTest,
    testing::Values(
        LayoutRow{"Scalars",
                  R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"},
                      "c":{"type":"number"},"d":{"type":"boolean"},"e":{"type":"null"}},
                      "required":["a","b","c","d","e"]})",
                  "struct<a: utf8, b: int64, c: double, d: boolean, e: null?>"},
        LayoutRow{"NotRequired", R"({"type":"object","properties":{"a":{"type":"string"},"b":{}}})",
                  "struct<a: utf8?, b: json?>"},
        LayoutRow{"Nullable",
                  R"({"type":"object","properties":{"a":{"type":["string","null"]},
                      "b":{"type":["null","integer"]},"c":{"type":["integer","number"]}},
                      "required":["a","b","c"]})",
                  "struct<a: utf8?, b: int64?, c: double>"},
        LayoutRow{"SeveralTypes",
                  R"({"type":"object","properties":{"a":{"type":["string","integer"]},
                      "b":{"type":["object","array"]}},"required":["a"]})",
                  "struct<a: json, b: json?>"},
        LayoutRow{"Formats",
                  R"({"type":"object","properties":{"a":{"type":"string","format":"date-time"},
                      "b":{"type":"string","contentEncoding":"base64"}}})",
                  "struct<a: utf8?, b: utf8?>"},
        LayoutRow{"Values",
                  R"({"type":"object","properties":{"a":{"enum":["x","y"]},"b":{"const":1},
                      "c":{"enum":[1,2.5]},"d":{"enum":["x",null]},"e":{"enum":["x",1]},
                      "f":{"type":"string","enum":["x",1]}},"required":["a","b","c","d","e","f"]})",
                  "struct<a: utf8, b: int64, c: double, d: utf8?, e: json, f: utf8>"},
        LayoutRow{"Nested",
                  R"({"type":"object","properties":{"a":{"type":"object","properties":
                      {"x":{"type":"integer"}},"required":["x"]},
                      "b":{"type":"array","items":{"type":"object","properties":{"y":
                      {"type":"string"}}}}},"required":["a","b"]})",
                  "struct<a: struct<x: int64>, b: list<item: struct<y: utf8?>>>"},
        LayoutRow{"Lists",
                  R"({"type":"object","properties":{"a":{"type":"array"},
                      "b":{"type":"array","items":{"type":["number","null"]}},
                      "c":{"type":"array","items":[{"type":"string"}]},
                      "d":{"type":"array","items":true},
                      "e":{"type":"array","items":{"type":"array","items":{"type":"boolean"}}}}})",
                  "struct<a: list<item: json>?, b: list<item: double?>?, c: json?, "
                  "d: list<item: json>?, e: list<item: list<item: boolean>>?>"},
        LayoutRow{"Tuples2020",
                  R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
                      "properties":{"a":{"type":"array","prefixItems":[{"type":"string"}]}}})",
                  "struct<a: json?>"},
        LayoutRow{"NoFixedForm",
                  R"({"type":"object","properties":{"a":{"type":"object"},
                      "b":{"type":"object","additionalProperties":{"type":"string"}},
                      "c":true,"d":false,"e":{"properties":{"x":{"type":"string"}}}}})",
                  "struct<a: json?, b: json?, c: json?, d: json?, e: json?>"},
        LayoutRow{"References",
                  R"({"definitions":{"s":{"type":"string"},"o":{"type":"object","properties":{"x":
                      {"$ref":"#/definitions/s"}}}},"type":"object","properties":{"a":
                      {"$ref":"#/definitions/o"},"b":{"$ref":"#/definitions/s"}},
                      "required":["b"]})",
                  "struct<a: struct<x: utf8?>?, b: utf8>"},
        LayoutRow{"AllOf",
                  R"({"definitions":{"base":{"type":"object","properties":{"id":{"type":"integer"}},
                      "required":["id"]}},"allOf":[{"$ref":"#/definitions/base"},
                      {"type":"object","properties":{"id":{"minimum":1},"x":{"type":"string"}}}]})",
                  "struct<id: int64, x: utf8?>"},
        LayoutRow{"NullByAlternatives",
                  R"({"type":"object","properties":{
                      "a":{"anyOf":[{"type":"null"},{"type":"string"}]},
                      "b":{"oneOf":[{"type":"null"},{"type":"object","properties":{"x":
                      {"type":"integer"}}}]},
                      "c":{"anyOf":[{"type":"null"},{"anyOf":[{"const":1},{"const":2}]}]}},
                      "required":["a","b","c"]})",
                  "struct<a: utf8?, b: struct<x: int64?>?, c: int64?>"},
        LayoutRow{"Alternatives",
                  R"({"type":"object","properties":{
                      "a":{"anyOf":[{"type":"string"},{"type":"integer"}]},
                      "b":{"oneOf":[{"type":"string","maxLength":3},{"type":"string","pattern":"x"}]},
                      "c":{"oneOf":[{"type":"object","properties":{"x":{}}},
                                    {"type":"object","properties":{"y":{}}}]},
                      "d":{"anyOf":[{"type":"integer"},{"type":"number"}]}}})",
                  "struct<a: json?, b: utf8?, c: json?, d: double?>"},
        LayoutRow{"AlternativesThatNarrow",
                  R"({"type":"object","properties":{"kind":{"type":"string"},"n":{"type":"number"}},
                      "anyOf":[{"required":["kind"]},{"properties":{"n":{"minimum":3}}}]})",
                  "struct<kind: utf8?, n: double?>"},
        LayoutRow{"AlternativesThatNameMore",
                  R"({"type":"object","properties":{"kind":{"type":"string"}},
                      "oneOf":[{"properties":{"kind":{"const":"a"},"x":{}}},
                               {"properties":{"kind":{"const":"b"}}}]})",
                  "struct<value: json>"},
        LayoutRow{"Conditions",
                  R"({"type":"object","properties":{
                      "a":{"type":"object","properties":{"k":{"type":"string"}},
                           "if":{"required":["k"]},"then":{"properties":{"x":{}}}},
                      "b":{"type":"object","properties":{"k":{"type":"string"}},
                           "if":{"required":["k"]},"then":{"properties":{"k":{"minLength":1}}}},
                      "c":{"type":"object","properties":{"k":{"type":"string"}},
                           "dependencies":{"k":["j"]}}}})",
                  "struct<a: json?, b: struct<k: utf8?>?, c: struct<k: utf8?>?>"},
        LayoutRow{"HoldsItself",
                  R"({"type":"object","properties":{"v":{"type":"integer"},
                      "next":{"$ref":"#"},"all":{"type":"array","items":{"$ref":"#"}}}})",
                  "struct<v: int64?, next: json?, all: list<item: json>?>"},
        LayoutRow{"RootOfNoObject", R"({"type":"integer"})", "struct<value: int64>"},
        LayoutRow{"RootOfAnything", "{}", "struct<value: json>"},
        LayoutRow{"RootOfNothing", "false", "struct<value: json>"},
        LayoutRow{"RootMayBeNull",
                  R"({"type":["object","null"],"properties":{"a":{"type":"string"}}})",
                  "struct<value: struct<a: utf8?>?>"},
        LayoutRow{"RootIsAList", R"({"type":"array","items":{"type":"string"}})",
                  "struct<value: list<item: utf8>>"},
        LayoutRow{"Projected",
                  R"({"type":"object","properties":{"a":{"type":"object","properties":
                      {"x":{"type":"integer"},"y":{"type":"integer"}}},"b":{"type":"string"},
                      "c":{"type":"array","items":{"type":"object","properties":
                      {"x":{"type":"integer"},"y":{"type":"integer"}}}}}})",
                  "struct<a: struct<y: int64?>?, c: list<item: struct<x: int64?>>?>",
                  {"c.x", "a.y"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LayoutTest, KeepsDescriptions) {
  const auto schema =
      parse(R"({"type":"object","properties":{"a":{"type":"string","description":"who"}}})");
  const auto layout = column_layout(*schema, {});
  ASSERT_TRUE(layout);
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(layout->row.children[0].metadata, (Pairs{{"json_schema.description", "who"}}));
}

struct RefusedRow {
  std::string_view name;
  std::string_view schema;
  std::string_view where;
  std::vector<std::string> projection = {};
  friend std::ostream& operator<<(std::ostream& out, const RefusedRow& row) {
    return out << row.name;
  }
};

class RefusedLayoutTest : public testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedLayoutTest, SaysWhere) {
  const auto& row = GetParam();
  const auto schema = parse(row.schema);
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto layout = column_layout(*schema, {.projection = row.projection});
  ASSERT_FALSE(layout);
  EXPECT_EQ(layout.error().code, Code::InvalidInput);
  EXPECT_EQ(layout.error().where, row.where);
}

constexpr std::string_view kNested =
    R"({"type":"object","properties":{"a":{"type":"object","properties":{"x":{"type":"string"}}},
        "b":{"type":"string"},"c":{}}})";
INSTANTIATE_TEST_SUITE_P(
    Rows, RefusedLayoutTest,
    testing::Values(RefusedRow{"NoSuchMember", kNested, "", {"d"}},
                    RefusedRow{"NoSuchMemberBelow", kNested, "a", {"a.y"}},
                    RefusedRow{"NoMembersBelow", kNested, "b", {"b.y"}},
                    RefusedRow{"NoFixedForm", kNested, "c", {"c.y"}},
                    RefusedRow{"NoObject", R"({"type":"string"})", "a", {"a"}},
                    RefusedRow{"NulInAName",
                               R"({"type":"object","properties":{"a\u0000":{"type":"string"}}})",
                               std::string_view("a\0", 2)}),
    [](const auto& row) { return std::string(row.param.name); });

// Every level of alternatives leads twice to the next one.
TEST(LayoutTest, IsBounded) {
  std::string doubling = R"({"definitions":{)";
  std::string wide = doubling;
  constexpr int kLevels = 40;
  for (int i = 0; i < kLevels; ++i) {
    const std::string next = R"({"$ref":"#/definitions/d)" + std::to_string(i + 1) + "\"}";
    const std::string begin = (i > 0 ? ",\"d" : "\"d") + std::to_string(i) + "\":";
    doubling += begin + R"({"anyOf":[)" + next + "," + next + "]}";
    wide += begin + R"({"type":"object","properties":{"l":)" + next + R"(,"r":)" + next + "}}";
  }
  const std::string end = ",\"d" + std::to_string(kLevels) +
                          R"(":{"type":"string"}},"type":"object","properties":{"a":)" +
                          R"({"$ref":"#/definitions/d0"}}})";
  for (const auto& text : {doubling + end, wide + end}) {
    const auto schema = parse(text);
    ASSERT_TRUE(schema) << describe(schema.error());
    EXPECT_EQ(code_of(column_layout(*schema, {})), Code::LimitExceeded);
  }
}

// Conditions lead to each other without an alternative between them.
TEST(LayoutTest, ConditionsWithinEachOtherAreBounded) {
  constexpr int kLevels = 5'000;
  const auto chain = [](const std::string& before, const std::string& after) {
    std::string text = R"({"type":"object","properties":{"x":{}},"allOf":[{"$ref":"#/a0"}])";
    for (int i = 0; i < kLevels; ++i) {
      text += ",\"a" + std::to_string(i) + "\":{" + before + R"({"$ref":"#/a)" +
              std::to_string(i + 1) + "\"}" + after + "}";
    }
    return text + ",\"a" + std::to_string(kLevels) + "\":{}}";
  };
  for (const auto& text :
       {chain(R"("then":)", ""), chain(R"("else":)", ""), chain(R"("dependencies":{"x":)", "}")}) {
    const auto schema = parse(text);
    ASSERT_TRUE(schema) << describe(schema.error());
    EXPECT_EQ(code_of(column_layout(*schema, {})), Code::LimitExceeded) << text.substr(0, 80);
  }
}

// Also where it is the last thing that is looked at.
TEST(LayoutTest, DependenciesAreSteps) {
  std::string names;
  for (int i = 0; i < 600; ++i) {
    names += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":["x"])";
  }
  std::string text = R"({"type":"object","properties":{)";
  for (int i = 0; i < 500; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":{"$ref":"#/definitions/d"})";
  }
  text += R"(},"definitions":{"d":{"type":"object","properties":{"x":{}},"dependencies":{)" +
          names + "}}}}";
  const auto schema = parse(text);
  ASSERT_TRUE(schema) << describe(schema.error());
  EXPECT_EQ(code_of(column_layout(*schema, {})), Code::LimitExceeded);
}

TEST(LayoutTest, AlternativesWithinEachOtherAreBounded) {
  std::string text = R"({"type":"object","properties":{"a":)";
  for (int i = 0; i < 200; ++i) text += R"({"anyOf":[{"type":"null"},)";
  text += R"({"type":"string"})";
  for (int i = 0; i < 200; ++i) text += "]}";
  const auto schema = parse(text + "}}");
  ASSERT_TRUE(schema) << describe(schema.error());
  EXPECT_EQ(code_of(column_layout(*schema, {})), Code::LimitExceeded);
}

}  // namespace
}  // namespace limpet::json_schema
