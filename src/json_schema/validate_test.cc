#include "limpet/json_schema/validate.h"

#include "ecma_regex.h"
#include "number.h"
#include "pattern.h"
#include "uri.h"

#include "limpet/json/parse.h"
#include "limpet/value/json_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace limpet::json_schema {
namespace {

Result<std::vector<ValidationError>> errors_of(std::string_view schema_text, std::string_view value,
                                               const ValidateOptions& options = {}) {
  LIMPET_TRY(const auto schema, parse(schema_text));
  LIMPET_TRY(const auto document, json::parse(value, {.max_depth = 10'000}));
  return validate(compile(schema), document, options);
}

struct VerdictRow {
  const char* name;
  const char* schema;
  const char* value;
  bool valid;
};
std::ostream& operator<<(std::ostream& out, const VerdictRow& row) { return out << row.name; }
class VerdictTest : public testing::TestWithParam<VerdictRow> {};

// A verdict takes short cuts that reasons do not take; an allOf with nothing beside it none.
TEST_P(VerdictTest, IsTheSameByEveryWay) {
  const auto& row = GetParam();
  for (const auto& text :
       {std::string(row.schema), "{\"allOf\":[" + std::string(row.schema) + "]}"}) {
    const auto plan = compile(*parse(text));
    const auto value = *json::parse(row.value);
    EXPECT_EQ(*is_valid(plan, value), row.valid);
    EXPECT_EQ(validate(plan, value)->empty(), row.valid);
    value::Arena arena;
    value::View view;
    ASSERT_FALSE(value::read_json(row.value, arena, view));
    EXPECT_EQ(*is_valid(plan, view), row.valid);
    EXPECT_EQ(validate(plan, view)->empty(), row.valid);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Verdicts, VerdictTest,
    testing::Values(
        VerdictRow{"AtMinimum", R"({"minimum":-3})", "-3", true},
        VerdictRow{"FractionBelowMinimum", R"({"minimum":-3})", "-3.001", false},
        VerdictRow{"FractionAtMinimum", R"({"minimum":-3})", "-3.000", true},
        VerdictRow{"NegativeFractionAboveMinimum", R"({"minimum":-3})", "-2.999", true},
        VerdictRow{"FractionBelowZero", R"({"minimum":0})", "-0.5", false},
        VerdictRow{"NegativeZero", R"({"minimum":0})", "-0", true},
        VerdictRow{"FractionAboveMaximum", R"({"maximum":5})", "5.5", false},
        VerdictRow{"FractionAtMaximum", R"({"maximum":5})", "5.0", true},
        VerdictRow{"ExclusiveMinimum", R"({"exclusiveMinimum":5})", "5", false},
        VerdictRow{"FractionAboveExclusiveMinimum", R"({"exclusiveMinimum":5})", "5.1", true},
        VerdictRow{"FractionAtExclusiveMinimum", R"({"exclusiveMinimum":5})", "5.0", false},
        VerdictRow{"ExclusiveMaximum", R"({"exclusiveMaximum":5})", "4.9", true},
        VerdictRow{"Exponent", R"({"maximum":5})", "1e1", false},
        VerdictRow{"Digits18", R"({"maximum":999999999999999999})", "999999999999999999", true},
        VerdictRow{"Digits19", R"({"maximum":999999999999999999})", "1000000000000000000", false},
        VerdictRow{"LargestInteger", R"({"maximum":9223372036854775807})", "9223372036854775807",
                   true},
        VerdictRow{"MoreThanLargest", R"({"maximum":9223372036854775807})", "9223372036854775808",
                   false},
        VerdictRow{"LeastInteger", R"({"minimum":-9223372036854775808})", "-9223372036854775809",
                   false},
        VerdictRow{"BeyondExclusiveLargest", R"({"exclusiveMinimum":9223372036854775807})",
                   "9223372036854775808", true},
        VerdictRow{"BoundWithFraction", R"({"minimum":0.5})", "0", false},
        VerdictRow{"NegativeMultiple", R"({"multipleOf":3})", "-9", true},
        VerdictRow{"NoNegativeMultiple", R"({"multipleOf":3})", "-10", false},
        VerdictRow{"LargeMultiple", R"({"multipleOf":3})", "3000000000000", true},
        VerdictRow{"FractionIsNoMultiple", R"({"multipleOf":3,"minimum":0})", "4.5", false},
        VerdictRow{"IntegerWithPoint", R"({"type":"integer"})", "7.0", true},
        VerdictRow{"IntegerWithFraction", R"({"type":"integer"})", "7.5", false},
        VerdictRow{"IntegerWithExponent", R"({"type":"integer"})", "7e2", true},
        VerdictRow{"LengthInCodePoints", R"({"minLength":2,"maxLength":2})", R"("äö")", true},
        VerdictRow{"OneCodePointOfFourBytes", R"({"minLength":2})", R"("😀")", false},
        VerdictRow{"EnumOfManyStrings", R"({"enum":["i","h","g","f","e","d","c","b","a",1]})",
                   R"("e")", true},
        VerdictRow{"NotAmongManyStrings", R"({"enum":["i","h","g","f","e","d","c","b","a",1]})",
                   R"("j")", false},
        VerdictRow{"EnumByValue", R"({"enum":["1",1.0]})", "1", true},
        VerdictRow{"MembersInAnotherOrder",
                   R"({"properties":{"a":{"type":"null"},"b":{"type":"string"}},"required":["c"]})",
                   R"({"c":0,"b":"x","a":null})", true},
        VerdictRow{"ManyProperties",
                   R"({"properties":{"a":{},"b":{},"c":{},"d":{},"e":{},"f":{},"g":{},"h":{},)"
                   R"("property-i":{"type":"null"}},"additionalProperties":false})",
                   R"({"property-i":1})", false},
        VerdictRow{"NamesThatBeginAlike",
                   R"({"properties":{"property-a":{"type":"null"},"property-b":{}}})",
                   R"({"property-b":1,"property-a":null})", true},
        VerdictRow{"NothingIsAllowed", R"({"properties":{"a":false}})", R"({"a":1})", false}),
    [](const auto& row) { return std::string(row.param.name); });

struct ErrorRow {
  const char* name;
  const char* schema;
  const char* value;
  const char* instance_path;
  const char* keyword_location;
  const char* message;
};
std::ostream& operator<<(std::ostream& out, const ErrorRow& row) { return out << row.name; }
class ErrorTest : public testing::TestWithParam<ErrorRow> {};

TEST_P(ErrorTest, NamesPlaceKeywordAndReason) {
  const auto& row = GetParam();
  const auto errors = errors_of(row.schema, row.value);
  ASSERT_TRUE(errors) << describe(errors.error());
  ASSERT_EQ(errors->size(), 1U);
  EXPECT_EQ(errors->front().instance_path, row.instance_path);
  EXPECT_EQ(errors->front().keyword_location, row.keyword_location);
  EXPECT_EQ(errors->front().message, row.message);
}

INSTANTIATE_TEST_SUITE_P(
    Errors, ErrorTest,
    testing::Values(
        ErrorRow{"Type", R"({"properties":{"a/b":{"type":["integer","null"]}}})", R"({"a/b":"x"})",
                 "/a~1b", "#/properties/a~1b/type", "must be null or integer, not string"},
        ErrorRow{"Minimum", R"({"items":{"minimum":1.0}})", "[3,0.5]", "/1", "#/items/minimum",
                 "must be at least 1, not 0.5"},
        ErrorRow{"ThroughReference",
                 R"({"items":{"$ref":"#/definitions/n"},"definitions":{"n":{"maximum":5}}})", "[9]",
                 "/0", "#/definitions/n/maximum", "must be at most 5, not 9"},
        ErrorRow{"Required", R"({"required":["a","b"]})", R"({"a":1})", "", "#/required",
                 "must have the member \"b\""},
        ErrorRow{"False", R"({"properties":{"a":false}})", R"({"a":1})", "/a", "#/properties/a",
                 "nothing is allowed here"},
        ErrorRow{"AnyOf", R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1", "", "#/anyOf",
                 "must match at least one of 2 schemas, and matches none"},
        ErrorRow{"OneOf", R"({"oneOf":[{"type":"integer"},{"minimum":0}]})", "1", "", "#/oneOf",
                 "must match exactly one of 2 schemas, and matches more than one"},
        ErrorRow{"Unique", R"({"uniqueItems":true})", R"([{"a":1,"b":2},0,{"b":2.0,"a":1}])", "",
                 "#/uniqueItems", "must have no equal items; items 0 and 2 are equal"},
        ErrorRow{"Pattern", R"({"pattern":"^\\p{Lu}"})", R"("é")", "", "#/pattern",
                 "must match the regular expression ^\\p{Lu}"}),
    testing::PrintToStringParamName());

TEST(ValidateTest, CollectsEverythingUpToItsBound) {
  const auto schema = R"({"items":{"type":"integer"}})";
  EXPECT_EQ(errors_of(schema, R"(["a",1,"b","c"])")->size(), 3U);
  EXPECT_EQ(errors_of(schema, R"(["a",1,"b","c"])", {.max_errors = 2})->size(), 2U);
}

// Reasons of a view are those of the tree, place by place; a number may be spelt in another way.
TEST(ValidateTest, ViewsHaveTheSameReasons) {
  const auto plan = compile(*parse(R"({"type":"object","required":["id","x"],"maxProperties":3,
      "properties":{"id":{"type":"integer","minimum":10},"tags":{"uniqueItems":true,
      "items":{"maxLength":3,"enum":["a","abcd",{"k":[1.0]}]}}},"propertyNames":{"maxLength":4},
      "additionalProperties":{"multipleOf":0.5}})"));
  const std::string text = R"({"id":9.5,"tags":["a","abcd","a",{"k":[1]},2],"longer":0.7,"b":1e1})";
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(value::read_json(text, arena, view));
  const auto errors = *validate(plan, view);
  EXPECT_GE(errors.size(), 8U);
  EXPECT_EQ(errors, *validate(plan, *json::parse(text)));
}

// What no JSON text makes: records, enums, numbers that are not finite.
TEST(ValidateTest, OtherViewsCountAsTheirJson) {
  value::Arena arena;
  const value::RecordShape shape("my.User", {"name", "age", "color", "size"});
  const auto values = value::make_record(arena, shape);
  const std::string red = "RED";
  values[0] = value::View::string("Ada");
  values[1] = value::View::of_int(42);
  values[2] = value::View::enumeration(&red, 0);
  values[3] = value::View::of_float(0.1F);
  const auto record = value::View::record(values);
  const auto accepts = [&](std::string_view schema) {
    return *is_valid(compile(*parse(schema)), record);
  };
  EXPECT_TRUE(accepts(R"({"type":"object","required":["name","age"],"properties":{
      "name":{"const":"Ada"},"age":{"const":42.0},"color":{"enum":["RED"]},
      "size":{"const":0.1}},"additionalProperties":false})"));
  EXPECT_FALSE(accepts(R"({"required":["none"]})"));
  EXPECT_FALSE(accepts(R"({"properties":{"age":{"minimum":43}}})"));
  values[3] = value::View::of_double(HUGE_VAL);
  EXPECT_TRUE(accepts(R"({"properties":{"size":{"type":"string","const":"Infinity"}}})"));
}

TEST(ValidateTest, IsExactWithNumbers) {
  EXPECT_TRUE(errors_of(R"({"type":"integer"})", "1.0")->empty());
  EXPECT_TRUE(errors_of(R"({"const":100000000000000000001})", "100000000000000000001.0")->empty());
  EXPECT_FALSE(errors_of(R"({"const":100000000000000000001})", "100000000000000000002")->empty());
  EXPECT_TRUE(errors_of(R"({"multipleOf":0.1})", "0.3")->empty());
  EXPECT_FALSE(errors_of(R"({"maximum":1e400})", "1.0000000001e400")->empty());
}

// Members in the order of the schema and in any other, some missing, some unknown; names that share
// their size and their ends.
TEST(ValidateTest, FindsTheRulesOfMembersInAnyOrder) {
  const std::vector<std::string> names{"",
                                       "a",
                                       "b",
                                       "ab",
                                       "ac",
                                       "abc",
                                       "adc",
                                       "abcd",
                                       "abxd",
                                       "abcdefg",
                                       "abcxefg",
                                       "abcdefgh",
                                       "abcdxfgh",
                                       "abcdefghi",
                                       "abcdxfghi",
                                       "sixteen_letters_",
                                       "sixteenxletters_",
                                       "more_than_sixteen_letters",
                                       "more_than_sixteenxletters"};
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    std::mt19937_64 random(seed);
    SCOPED_TRACE(seed);
    auto known = names;
    std::ranges::shuffle(known, random);
    known.resize(1 + random() % known.size());
    std::string properties;
    std::string required;
    std::set<std::string> needed;
    for (const auto& name : known) {
      properties += (properties.empty() ? "\"" : ",\"") + name + R"(":{"$ref":"#/definitions/n"})";
      if (random() % 3 != 0) continue;
      required += (required.empty() ? "\"" : ",\"") + name + "\"";
      needed.insert(name);
    }
    const bool closed = random() % 2 == 0;
    const auto schema =
        parse(R"({"definitions":{"n":{"$ref":"#/definitions/i"},"i":{"type":"integer"}},)"
              R"("properties":{)" +
              properties + R"(},"required":[)" + required + R"(],"additionalProperties":)" +
              (closed ? "false}" : "true}"));
    ASSERT_TRUE(schema);
    auto members = random() % 2 == 0 ? known : names;
    if (random() % 2 == 0) std::ranges::shuffle(members, random);
    std::string text;
    std::size_t wrong = 0;
    for (const auto& name : members) {
      if (random() % 8 == 0) continue;
      const bool right = random() % 16 != 0;
      text += (text.empty() ? "{\"" : ",\"") + name + (right ? "\":1" : "\":1.5");
      const bool declared = std::ranges::count(known, name) != 0;
      if (declared ? !right : closed) ++wrong;
      needed.erase(name);
    }
    wrong += needed.size();
    text += text.empty() ? "{}" : "}";
    const auto plan = compile(*schema);
    value::Arena arena;
    value::View view;
    ASSERT_FALSE(value::read_json(text, arena, view));
    EXPECT_EQ(*is_valid(plan, view), wrong == 0) << text;
    EXPECT_EQ(validate(plan, view)->size(), wrong) << text;
    EXPECT_EQ(*is_valid(plan, *json::parse(text)), wrong == 0) << text;
  }
}

// A schema that only refers to another is a schema applied, to be counted like it.
TEST(ValidateTest, CountsReferences) {
  const auto used = [](const std::string& schema) {
    std::uint64_t steps = 0;
    EXPECT_TRUE(errors_of(schema, "[[1],[2,3]]", {.steps_used = &steps})->empty());
    return steps;
  };
  const std::string lists = R"("items":{"type":"array","items":{"type":"integer"}})";
  EXPECT_EQ(used("{" + lists + "}"), 6U);  // the schema, two arrays, three numbers
  const std::string defined = R"({"definitions":{"a":{"$ref":"#/definitions/b"},)"
                              R"("b":{"type":"array","items":{"type":"integer"}}},"items":)";
  EXPECT_EQ(used(defined + R"({"$ref":"#/definitions/b"}})"), 8U);
  EXPECT_EQ(used(defined + R"({"$ref":"#/definitions/a"}})"), 10U);
}

// Also where nothing leads to them: compiling follows each reference.
TEST(ValidateTest, ReferencesInACircleAreRefused) {
  EXPECT_EQ(code_of(parse(R"({"definitions":{"a":{"$ref":"#/definitions/b"},)"
                          R"("b":{"$ref":"#/definitions/a"}}})")),
            Code::InvalidInput);
}

TEST(ValidateTest, FollowsLongChainsOfReferences) {
  constexpr int kLength = 20'000;
  std::string text = R"({"definitions":{"r0":{"type":"integer"})";
  for (int i = 1; i < kLength; ++i) {
    text += ",\"r" + std::to_string(i) + R"(":{"$ref":"#/definitions/r)" + std::to_string(i - 1) +
            "\"}";
  }
  text += R"(},"items":{"$ref":"#/definitions/r)" + std::to_string(kLength - 1) + "\"}}";
  std::uint64_t steps = 0;
  EXPECT_EQ(errors_of(text, "[1.5]", {.max_depth = kLength + 1})->size(), 1U);
  EXPECT_TRUE(errors_of(text, "[1,2]", {.max_depth = kLength + 1, .steps_used = &steps})->empty());
  EXPECT_EQ(steps, 1U + 2 * (kLength + 1));
}

TEST(ValidateTest, CountsStepsAndDepth) {
  const auto schema = R"({"items":{"$ref":"#"},"type":"array"})";
  const std::string deep = std::string(1500, '[') + std::string(1500, ']');
  EXPECT_EQ(code_of(errors_of(schema, deep)), Code::LimitExceeded);
  EXPECT_TRUE(errors_of(schema, deep, {.max_depth = 4000}));
  // Each level doubles the work: 2^40 applications, were they not counted.
  std::string bomb = R"({"definitions":{"x0":{"minimum":1})";
  for (int i = 1; i <= 40; ++i) {
    const auto before = "{\"$ref\":\"#/definitions/x" + std::to_string(i - 1) + "\"}";
    bomb += ",\"x" + std::to_string(i) + "\":{\"allOf\":[" + before + "," + before + "]}";
  }
  bomb += R"(},"$ref":"#/definitions/x40"})";
  std::uint64_t used = 0;
  EXPECT_EQ(code_of(errors_of(bomb, "1", {.max_steps = 100'000, .steps_used = &used})),
            Code::LimitExceeded);
  EXPECT_EQ(used, 100'000U);
}

// Each branch gets marks of its own, which must be paid for also when it fails.
TEST(ValidateTest, CountsTheMarksOfBranches) {
  constexpr std::uint64_t kBranches = 10;
  const auto used = [](const std::string& rules, const std::string& value, bool right) {
    std::uint64_t steps = 0;
    const auto schema = parse(R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
                              R"("$defs":{"no":{"type":"string"},"yes":{"minItems":1}},)" +
                              rules + "}");
    EXPECT_TRUE(schema) << describe(schema.error());
    EXPECT_EQ(*is_valid(compile(*schema), *json::parse(value), {.steps_used = &steps}), right);
    return steps;
  };
  std::string failing;
  for (std::uint64_t i = 0; i < kBranches; ++i) {
    failing += (i == 0 ? "" : ",") + std::string(R"({"$ref":"#/$defs/no"})");
  }
  constexpr std::uint64_t kItems = 16'000;
  std::string items = "[0";
  for (std::uint64_t i = 1; i < kItems; ++i) items += ",0";
  items += "]";
  const std::string asks = R"("unevaluatedItems":true,)";
  struct Row {
    std::string rules;
    bool right;
    std::uint64_t branches;
  };
  const Row rows[] = {
      {R"("anyOf":[)" + failing + "]", false, kBranches},
      {R"("oneOf":[)" + failing + "]", false, kBranches},
      {R"("oneOf":[)" + failing + R"(,{"$ref":"#/$defs/yes"}])", true, kBranches + 1},
      {R"("if":{"$ref":"#/$defs/no"},"else":{"if":{"$ref":"#/$defs/no"}})", true, 2},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.rules);
    const auto marked = used(asks + row.rules, items, row.right);
    EXPECT_GE(marked, used(row.rules, items, row.right) + row.branches * kItems / 16);
    EXPECT_GE(marked, used(asks + row.rules, "[0]", row.right) + row.branches * kItems / 16);
  }
}

// Which two is told, and in which order limits come.
TEST(ValidateTest, FindsTheFirstItemsThatAreEqual) {
  const auto told = [](const std::string& value) {
    const auto errors = errors_of(R"({"uniqueItems":true})", value, {.max_depth = 4});
    if (!errors) return std::string(to_string(errors.error().code));
    return errors->empty() ? std::string("unique") : errors->front().message;
  };
  const auto equal = [](int first, int second) {
    return "must have no equal items; items " + std::to_string(first) + " and " +
           std::to_string(second) + " are equal";
  };
  EXPECT_EQ(told(R"(["a","b","aa","","A"])"), "unique");
  EXPECT_EQ(told(R"(["z","b","b","a","z","a","b"])"), equal(1, 2));
  EXPECT_EQ(told(R"(["z","a","b","z","a","z"])"), equal(0, 3));
  EXPECT_EQ(told(R"([{"x":1,"y":[2]},1,{"y":[2.0],"x":1e0},1])"), equal(0, 2));
  EXPECT_EQ(told("[1,2,1,[[[[[[[1]]]]]]]]"), equal(0, 2));
  EXPECT_EQ(told("[1,2,[[[[[[[1]]]]]]],1]"), to_string(Code::LimitExceeded));
  std::string many = "[";
  for (int i = 0; i < 5'000; ++i) many += std::to_string(i * 7919 % 5'000) + ",";
  EXPECT_EQ(told(many + "-1]"), "unique");
  EXPECT_EQ(told(many + "2919]"), equal(1, 5'000));
}

// In objects with names of all sizes, in any order.
TEST(ValidateTest, FindsTheNamesThatOthersNeed) {
  const auto missing = [](const std::string& value) {
    std::vector<std::string> out;
    const auto errors = errors_of(
        R"({"required":["bb","a"],"dependencies":{"a":["bb","ba",""],"ab":["zzz","b"]}})", value);
    EXPECT_TRUE(errors) << describe(errors.error());
    if (!errors) return out;
    for (const auto& error : *errors) out.push_back(error.message);
    return out;
  };
  using Messages = std::vector<std::string>;
  EXPECT_EQ(missing(R"({"zzz":1,"b":1,"bb":1,"ab":1,"":1,"a":1,"ba":1})"), Messages{});
  EXPECT_EQ(missing(R"({"zzz":1,"bb":1,"a":1})"),
            (Messages{R"(must have the member "ba", because it has "a")",
                      R"(must have the member "", because it has "a")"}));
  EXPECT_EQ(missing(R"({"b":1,"ab":1,"aa":1,"zz":1})"),
            (Messages{R"(must have the member "bb")", R"(must have the member "a")",
                      R"(must have the member "zzz", because it has "ab")"}));
}

TEST(ValidateTest, StopsRegularExpressionsThatExplode) {
  EXPECT_FALSE(
      errors_of(R"({"pattern":"^(a+)+$"})", '"' + std::string(50'000, 'a') + "!\"")->empty());
  const auto backtracking = R"({"pattern":"^(?=a)(a+)+$"})";
  EXPECT_EQ(code_of(errors_of(backtracking, '"' + std::string(5'000, 'a') + "!\"")),
            Code::LimitExceeded);
  EXPECT_TRUE(errors_of(backtracking, R"("aaa")")->empty());
}

struct PatternRow {
  const char* name;
  std::string_view pattern;
  std::string_view text;
  std::optional<bool> found;  // nullopt: the pattern is refused
};
std::ostream& operator<<(std::ostream& out, const PatternRow& row) { return out << row.name; }
class PatternTest : public testing::TestWithParam<PatternRow> {};

TEST_P(PatternTest, MeansWhatEcma262Says) {
  const auto& row = GetParam();
  const auto pattern = Pattern::compile(row.pattern);
  ASSERT_EQ(pattern.has_value(), row.found.has_value())
      << (pattern ? "accepted" : describe(pattern.error()));
  if (!pattern) return;
  std::uint64_t steps = 1'000'000;
  EXPECT_EQ(pattern->found_in(row.text, steps) == Found::Yes, *row.found);
}

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    Patterns, PatternTest,
    testing::Values(
        PatternRow{"DigitIsAscii", R"(^\d$)", "\u0667", false},
        PatternRow{"SpaceIsUnicode", R"(^\s$)", "\u2003", true},
        PatternRow{"NotSpaceInClass", R"(^[\Sx]$)", "\u2003", false},
        PatternRow{"DotStopsAtSeparator", "^.$", "\u2028", false},
        PatternRow{"DollarIsTheEnd", "^a$", "a\n", false},
        PatternRow{"DollarIsTheEndBacktracking", "^(?=a)a$", "a\n", false},
        PatternRow{"Control", R"(^\cA$)", "\x01", true},
        PatternRow{"Unicode", R"(^\u00e9\u{1F409}\ud83d\udc32$)", "é🐉🐲", true},
        PatternRow{"LoneSurrogate", R"([\ud800-\udfff])", "a", false},
        PatternRow{"LongCategory", R"(^\p{Uppercase_Letter}+$)", "ÉA", true},
        PatternRow{"Script", R"(^\p{Script=Greek}$)", "λ", true},
        PatternRow{"NamedGroup", R"(^(?<y>\d{4})-\k<y>$)", "2024-2024", true},
        PatternRow{"BackReference", R"(^(.)\1$)", "ab", false},
        PatternRow{"Lookbehind", R"((?<!a)b)", "ab", false},
        PatternRow{"AnyClass", "^[^]$", "\n", true}, PatternRow{"NoClass", "[]", "a", false},
        PatternRow{"BracketInClass", "^[[a]$", "[", true},
        PatternRow{"BareBrace", "^{a}$", "{a}", true},
        PatternRow{"ManyTimes", "^a{1,2000}$", "aaa", true},
        PatternRow{"Backspace", R"(^[\b]$)", "\b", true},
        PatternRow{"ConstructorOfPerl", R"(\Aa\Z)", "a", {}},
        PatternRow{"Possessive", "a++", "a", {}}, PatternRow{"Atomic", "(?>a)", "a", {}},
        PatternRow{"NothingToRepeat", "*a", "a", {}}, PatternRow{"WrongRange", "[b-a]", "a", {}},
        PatternRow{"WrongBounds", "a{2,1}", "a", {}}, PatternRow{"OpenGroup", "(a", "a", {}},
        PatternRow{"OpenClass", "[a", "a", {}}, PatternRow{"TrailingBackslash", "a\\", "a", {}},
        PatternRow{"NotUtf8", "\xff"sv, "a", {}}),
    testing::PrintToStringParamName());

TEST(DecimalTest, HasOneTextForEachValue) {
  for (const auto* zero : {"0", "-0", "0.000", "0e7"}) EXPECT_EQ(Decimal::read(zero).text(), "0");
  EXPECT_EQ(Decimal::read("-1.50e1").text(), "-15");
  EXPECT_EQ(Decimal::read("0.015").text(), "15e-3");
  EXPECT_EQ(Decimal::read("1e400").text(), "1e400");
  EXPECT_EQ(Decimal::read("1e999999999999999999999").text(), "1e100000000000000000");
}

TEST(DecimalTest, OrdersByValue) {
  const char* const ascending[] = {"-1e400", "-15", "-2", "-0.1", "0",    "1e-400",
                                   "0.15",   "1.5", "2",  "15",   "15.1", "1e400"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      const auto order = Decimal::read(ascending[i]).compare(Decimal::read(ascending[j]));
      EXPECT_EQ(order < 0, i < j);
      EXPECT_EQ(order > 0, i > j);
    }
  }
}

TEST(DecimalTest, Divides) {
  const auto multiple = [](const char* value, const char* divisor) {
    return is_multiple(Decimal::read(value), Decimal::read(divisor));
  };
  EXPECT_EQ(multiple("1e308", "0.5"), true);
  EXPECT_EQ(multiple("1e308", "3"), false);
  EXPECT_EQ(multiple("1e100000000000000000", "7"), false);
  EXPECT_EQ(multiple("12345678901234567890123", "3"), true);
  EXPECT_EQ(multiple("0.0075", "0.0001"), true);
  EXPECT_EQ(multiple("0.00751", "0.0001"), false);
  EXPECT_EQ(is_multiple(Decimal::read(std::string(5000, '1')), Decimal::read("7")), std::nullopt);
}

// RFC 3986, section 5.4.
TEST(UriTest, ResolvesTheExamplesOfTheRfc) {
  const auto resolved = [](std::string_view reference) {
    return resolve_uri("http://a/b/c/d;p?q", reference);
  };
  EXPECT_EQ(resolved("g:h"), "g:h");
  EXPECT_EQ(resolved("g"), "http://a/b/c/g");
  EXPECT_EQ(resolved("./g/"), "http://a/b/c/g/");
  EXPECT_EQ(resolved("/g"), "http://a/g");
  EXPECT_EQ(resolved("//g"), "http://g");
  EXPECT_EQ(resolved("?y"), "http://a/b/c/d;p?y");
  EXPECT_EQ(resolved("#s"), "http://a/b/c/d;p?q#s");
  EXPECT_EQ(resolved(""), "http://a/b/c/d;p?q");
  EXPECT_EQ(resolved("../.."), "http://a/");
  EXPECT_EQ(resolved("../../../g"), "http://a/g");
  EXPECT_EQ(resolved("./g/../h"), "http://a/b/c/h");
}

}  // namespace
}  // namespace limpet::json_schema
