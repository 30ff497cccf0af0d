#include "limpet/json_schema/schema.h"

#include "json_schema_fuzz.h"

#include "limpet/base/limits.h"

#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <string>

namespace limpet::json_schema {
namespace {

TEST(SchemaTest, HeaderExample) {
  const auto schema = parse(R"({"type":"object","properties":{"age":{"type":"integer"}}})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->dialect(), Dialect::Draft7);
  EXPECT_EQ(schema->node_count(), 2U);
}

struct DialectRow {
  const char* name;
  const char* uri;
  Dialect dialect;
};
class DialectTest : public testing::TestWithParam<DialectRow> {};
std::ostream& operator<<(std::ostream& out, const DialectRow& row) { return out << row.name; }

TEST_P(DialectTest, FollowsSchemaKeyword) {
  const auto schema = parse(R"({"$schema":")" + std::string(GetParam().uri) + "\"}");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->dialect(), GetParam().dialect);
}

INSTANTIATE_TEST_SUITE_P(
    Dialects, DialectTest,
    testing::Values(
        DialectRow{"Draft4", "http://json-schema.org/draft-04/schema#", Dialect::Draft4},
        DialectRow{"Versionless", "http://json-schema.org/schema#", Dialect::Draft4},
        DialectRow{"Draft6", "http://json-schema.org/draft-06/schema#", Dialect::Draft6},
        DialectRow{"Draft7", "http://json-schema.org/draft-07/schema#", Dialect::Draft7},
        DialectRow{"Https", "https://json-schema.org/draft-06/schema", Dialect::Draft6},
        DialectRow{"Draft201909", "https://json-schema.org/draft/2019-09/schema",
                   Dialect::Draft201909},
        DialectRow{"Draft202012", "http://json-schema.org/draft/2020-12/schema#",
                   Dialect::Draft202012},
        DialectRow{"Unknown", "https://example.org/mine", Dialect::Draft7}),
    testing::PrintToStringParamName());

struct BadRow {
  const char* name;
  const char* text;
  const char* message;  // how it begins
  const char* where;
};
std::ostream& operator<<(std::ostream& out, const BadRow& row) { return out << row.name; }
class BadSchemaTest : public testing::TestWithParam<BadRow> {};

TEST_P(BadSchemaTest, IsRefusedWithItsPlace) {
  const auto& row = GetParam();
  const auto schema = parse(row.text);
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().code, Code::InvalidInput);
  EXPECT_TRUE(schema.error().message.starts_with(row.message)) << schema.error().message;
  EXPECT_EQ(schema.error().where, row.where);
}

INSTANTIATE_TEST_SUITE_P(
    Bad, BadSchemaTest,
    testing::Values(
        BadRow{"NotJson", R"({"type":)", "not valid JSON", "byte 8"},
        BadRow{"Root", "[]", "a JSON Schema is an object, true or false; this is array", "#"},
        BadRow{"Type", R"({"properties":{"a":{"type":"strin"}}})", "\"strin\" is no type",
               "#/properties/a/type"},
        BadRow{"TypeEmpty", R"({"type":[]})", "\"type\" must be a type", "#/type"},
        BadRow{"NegativeLength", R"({"minLength":-1})",
               "\"minLength\" must be an integer that is not negative", "#/minLength"},
        BadRow{"FractionLength", R"({"maxItems":1.5})", "\"maxItems\" must be an integer",
               "#/maxItems"},
        BadRow{"MultipleOfZero", R"({"multipleOf":0.0})", "\"multipleOf\" must be a number greater",
               "#/multipleOf"},
        BadRow{"Pattern", R"({"pattern":"a("})", "The regular expression \"a(\"", "#/pattern"},
        BadRow{"PatternProperty", R"({"patternProperties":{"*":{}}})",
               "The regular expression \"*\" repeats nothing", "#/patternProperties"},
        BadRow{"Properties", R"({"properties":[]})", "\"properties\" must be an object of schemas",
               "#/properties"},
        BadRow{"PropertyNumber", R"({"properties":{"a/b":1}})",
               "a schema must be an object, true or false; this is number", "#/properties/a~1b"},
        BadRow{"AllOfEmpty", R"({"allOf":[]})", "\"allOf\" must be an array of schemas", "#/allOf"},
        BadRow{"Required", R"({"required":"a"})", "\"required\" must be an array of strings",
               "#/required"},
        BadRow{"Draft4Boolean",
               R"({"$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":true}})",
               "a schema must be an object", "#/properties/a"},
        BadRow{"Draft7Flag",
               R"({"$schema":"http://json-schema.org/draft-07/schema#","exclusiveMinimum":true})",
               "\"exclusiveMinimum\" must be a number", "#/exclusiveMinimum"},
        BadRow{"ItemsArray2020",
               R"({"$schema":"https://json-schema.org/draft/2020-12/schema","items":[{}]})",
               "a schema must be an object", "#/items"},
        BadRow{"RefNowhere", R"({"items":{"$ref":"#/definitions/a"}})",
               "the reference \"#/definitions/a\" leads nowhere", "#/items/$ref"},
        BadRow{"RefNoSchema", R"({"$ref":"#/title","title":"a"})",
               "a schema must be an object, true or false; this is string", "#/title"},
        BadRow{"RefHttp", R"({"$ref":"https://example.org/a.json"})",
               "the reference \"https://example.org/a.json\" leads to another document", "#/$ref"},
        BadRow{"RefFile", R"({"$ref":"file:///etc/passwd"})",
               "the reference \"file:///etc/passwd\" leads to another document", "#/$ref"},
        BadRow{"RefItself", R"({"$ref":"#"})", "a reference leads back to \"#\"", "#"},
        BadRow{"RefRing", R"({"definitions":{"a":{"allOf":[{"$ref":"#/definitions/b"}]},
                              "b":{"not":{"$ref":"#/definitions/a"}}}})",
               "a reference leads back to", "#/definitions/b/not"}),
    testing::PrintToStringParamName());

TEST(SchemaTest, SaysHowToBundle) {
  const auto schema = parse(R"({"$ref":"other.json"})");
  ASSERT_FALSE(schema);
  EXPECT_NE(schema.error().message.find("put that schema under \"definitions\""),
            std::string::npos);
}

TEST(SchemaTest, TakesBooleanBoundsWithoutDialect) {
  EXPECT_TRUE(parse(R"({"minimum":1,"exclusiveMinimum":true})"));
}

TEST(SchemaTest, DefinitionsAnswerForDefs) {
  EXPECT_TRUE(parse(R"({"$ref":"#/$defs/a","definitions":{"a":{}}})"));
}

TEST(SchemaTest, AsksForSuppliedDocumentsOnly) {
  std::map<std::string, int> asked;
  const Supply supply = [&](std::string_view uri) -> std::optional<std::string> {
    ++asked[std::string(uri)];
    if (uri == "https://example.org/money.json") return R"({"type":"number","$id":"other"})";
    return std::nullopt;
  };
  const auto schema =
      parse(R"({"properties":{"a":{"$ref":"money.json"},"b":{"$ref":"money.json#"}}})",
            {.uri = "https://example.org/order.json", .supply = supply});
  ASSERT_TRUE(schema) << describe(schema.error());
  EXPECT_EQ(asked, (std::map<std::string, int>{{"https://example.org/money.json", 1}}));
}

TEST(SchemaTest, LimitsDepthValuesAndPatterns) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += R"({"not":)";
    text += "true";
    return text.append(depth, '}');
  };
  EXPECT_TRUE(parse(nested(limits::kSchemaDepth)));
  EXPECT_EQ(code_of(parse(nested(limits::kSchemaDepth + 1))), Code::InvalidInput);
  const auto many = [](std::size_t values) {
    std::string text = R"({"enum":[0)";
    for (std::size_t i = 3; i < values; ++i) text += ",0";
    return text + "]}";
  };
  EXPECT_TRUE(parse(many(limits::kSchemaNodes)));
  EXPECT_EQ(code_of(parse(many(limits::kSchemaNodes + 1))), Code::LimitExceeded);
  const auto patterns = [](int count) {
    std::string text = R"({"patternProperties":{"^":true)";
    for (int i = 1; i < count; ++i) text += ",\"a" + std::to_string(i) + "\":true";
    return text + "}}";
  };
  EXPECT_TRUE(parse(patterns(1000)));
  EXPECT_EQ(code_of(parse(patterns(1001))), Code::LimitExceeded);
  EXPECT_EQ(code_of(parse("{\"title\":\"" + std::string(1 << 20, 'a') + "\"}")),
            Code::LimitExceeded);
}

TEST(SchemaTest, LimitsProgramsOfRegularExpressionsTogether) {
  const auto letters = [](int count) {
    std::string text = R"({"allOf":[true)";
    for (int i = 0; i < count; ++i) {
      text += R"(,{"pattern":"^\\p{L}{0,40}x)" + std::to_string(i) + "$\"}";
    }
    return text + "]}";
  };
  EXPECT_TRUE(parse(letters(3)));
  EXPECT_EQ(code_of(parse(letters(100))), Code::LimitExceeded);
}

TEST(IdentityTest, ForgetsSpellingAndOrderAlone) {
  const auto form = [](std::string_view text) { return identity_form(*parse(text)); };
  EXPECT_EQ(form(R"( {"minimum": 1.0, "enum": ["\u0061", 1e2], "title": "t"} )"),
            R"({"enum":["a",100],"minimum":1,"title":"t"})");
  EXPECT_NE(form(R"({"enum":[1,2]})"), form(R"({"enum":[2,1]})"));
  EXPECT_NE(form(R"({"title":"a"})"), form(R"({"title":"b"})"));
  EXPECT_EQ(form("true"), "true");
  EXPECT_EQ(form(R"({"maximum":1e400})"), form(R"({"maximum":10e399})"));
}

TEST(FuzzCorpus, Replays) {
  replay_corpus(LIMPET_TESTDATA "/fuzz/json_schema", fuzz_schema);
  replay_corpus(LIMPET_TESTDATA "/fuzz/json_schema_compare", fuzz_compare);
}

}  // namespace
}  // namespace limpet::json_schema
