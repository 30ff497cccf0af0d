#include "limpet/json_schema/compare.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace limpet::json_schema {
namespace {

std::vector<std::string> rules_of(std::string_view writer_text, std::string_view reader_text,
                                  CompareOptions options = {}) {
  const auto writer = parse(writer_text);
  const auto reader = parse(reader_text);
  if (!writer) return {"writer: " + describe(writer.error())};
  if (!reader) return {"reader: " + describe(reader.error())};
  const auto differences = compare({.reader = *reader, .writer = *writer, .options = options});
  if (!differences) return {describe(differences.error())};
  std::vector<std::string> rules;
  for (const auto& difference : *differences) {
    if (!is_compatible(difference.rule)) rules.emplace_back(to_string(difference.rule));
  }
  return rules;
}

// One change in both directions: `narrow` and `wide` in each place; "" = compatible.
struct Row {
  const char* name;
  const char* before;
  const char* after;
  const char* backward;  // the reader is `after`
  const char* forward;   // the reader is `before`
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class CompareTest : public testing::TestWithParam<Row> {};

std::string joined(const std::vector<std::string>& rules) {
  std::string out;
  for (const auto& rule : rules) out += (out.empty() ? "" : " ") + rule;
  return out;
}

TEST_P(CompareTest, JudgesBothDirections) {
  const auto& row = GetParam();
  EXPECT_EQ(joined(rules_of(row.before, row.after)), row.backward);
  EXPECT_EQ(joined(rules_of(row.after, row.before)), row.forward);
  EXPECT_EQ(joined(rules_of(row.before, row.before)), "");
  EXPECT_EQ(joined(rules_of(row.after, row.after)), "");
}

INSTANTIATE_TEST_SUITE_P(
    Strings, CompareTest,
    testing::Values(Row{"MaxLength", R"({"type":"string","maxLength":5})",
                        R"({"type":"string","maxLength":9})", "", "MAX_LENGTH_DECREASED"},
                    Row{"MaxLengthAbsent", R"({"type":"string","maxLength":5})",
                        R"({"type":"string"})", "", "MAX_LENGTH_ADDED"},
                    Row{"MinLength", R"({"type":"string","minLength":5})",
                        R"({"type":"string","minLength":2})", "", "MIN_LENGTH_INCREASED"},
                    Row{"MinLengthAbsent", R"({"type":"string","minLength":5})",
                        R"({"type":"string"})", "", "MIN_LENGTH_ADDED"},
                    Row{"Pattern", R"({"type":"string","pattern":"^a"})", R"({"type":"string"})",
                        "", "PATTERN_ADDED"},
                    Row{"PatternOther", R"({"type":"string","pattern":"^a"})",
                        R"({"type":"string","pattern":"a"})", "PATTERN_CHANGED", "PATTERN_CHANGED"},
                    Row{"Format", R"({"type":"string","format":"date"})", R"({"type":"string"})",
                        "", "FORMAT_ADDED"},
                    Row{"FormatOther", R"({"type":"string","format":"date"})",
                        R"({"type":"string","format":"time"})", "FORMAT_CHANGED", "FORMAT_CHANGED"},
                    Row{"TypeLeftOut", R"({"type":"string","minLength":1})", R"({"minLength":1})",
                        "", "TYPE_NARROWED"}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Numbers, CompareTest,
    testing::Values(
        Row{"Maximum", R"({"type":"number","maximum":5})", R"({"type":"number","maximum":5.5})", "",
            "MAXIMUM_DECREASED"},
        Row{"MaximumSame", R"({"type":"number","maximum":5})", R"({"type":"number","maximum":5.0})",
            "", ""},
        Row{"Minimum", R"({"type":"number","minimum":5})", R"({"type":"number","minimum":-1e3})",
            "", "MINIMUM_INCREASED"},
        Row{"ExclusiveMaximum", R"({"type":"number","exclusiveMaximum":5})",
            R"({"type":"number","exclusiveMaximum":6})", "", "EXCLUSIVE_MAXIMUM_DECREASED"},
        Row{"ExclusiveMinimum", R"({"type":"number","exclusiveMinimum":5})", R"({"type":"number"})",
            "", "EXCLUSIVE_MINIMUM_ADDED"},
        Row{"ExclusiveFlag",
            R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"number","minimum":5,"exclusiveMinimum":true})",
            R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"number","minimum":5})",
            "MINIMUM_ADDED", "EXCLUSIVE_MINIMUM_ADDED"},
        Row{"MultipleOf", R"({"type":"number","multipleOf":6})",
            R"({"type":"number","multipleOf":0.5})", "", "MULTIPLE_OF_EXPANDED"},
        Row{"MultipleOfOther", R"({"type":"number","multipleOf":6})",
            R"({"type":"number","multipleOf":4})", "MULTIPLE_OF_CHANGED", "MULTIPLE_OF_CHANGED"},
        Row{"MultipleOfAbsent", R"({"type":"number","multipleOf":6})", R"({"type":"number"})", "",
            "MULTIPLE_OF_ADDED"},
        Row{"Integer", R"({"type":"integer"})", R"({"type":"number"})", "", "TYPE_NARROWED"},
        Row{"LiteralInteger",
            R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"})",
            R"({"type":"integer"})", "", "DIALECT_CHANGED"}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Types, CompareTest,
    testing::Values(
        Row{"Other", R"({"type":"string"})", R"({"type":"boolean"})", "TYPE_CHANGED",
            "TYPE_CHANGED"},
        Row{"Anything", R"({"type":"string"})", R"({})", "", "TYPE_CHANGED"},
        Row{"True", R"({"type":"string"})", R"(true)", "", "TYPE_CHANGED"},
        Row{"TrueAndEmpty", R"({})", R"(true)", "", ""},
        Row{"False", R"(false)", R"({"type":"string"})", "", "TYPE_CHANGED"},
        Row{"Union", R"({"type":"string"})", R"({"type":["string","null"]})", "", "TYPE_CHANGED"},
        Row{"UnionWidened", R"({"type":["integer","null"]})",
            R"({"type":["null","number","string"]})", "", "SUM_TYPE_NARROWED TYPE_NARROWED"},
        Row{"Annotations", R"({"type":"string","title":"a","default":"x"})",
            R"({"type":"string","description":"b","examples":["c"]})", "", ""},
        Row{"Enum", R"({"enum":["a","b"]})", R"({"enum":["b","a","c"]})", "",
            "ENUM_ARRAY_NARROWED"},
        Row{"EnumOrder", R"({"enum":[1,2]})", R"({"enum":[2.0,1,1]})", "", ""},
        Row{"EnumOther", R"({"enum":["a","b"]})", R"({"enum":["b","c"]})", "ENUM_ARRAY_CHANGED",
            "ENUM_ARRAY_CHANGED"},
        Row{"TypedEnum", R"({"type":"string","enum":["a"]})",
            R"({"type":"string","enum":["a","b"]})", "", "ENUM_ARRAY_NARROWED"},
        Row{"EnumGone", R"({"type":"string","enum":["a"]})", R"({"type":"string"})", "",
            "TYPE_CHANGED"},
        Row{"Const", R"({"const":1})", R"({"const":2})", "ENUM_ARRAY_CHANGED",
            "ENUM_ARRAY_CHANGED"},
        Row{"ConstGone", R"({"const":1})", R"({})", "", "TYPE_CHANGED"},
        Row{"Not", R"({"not":{"type":["string","null"]}})", R"({"not":{"type":"null"}})", "",
            "NOT_TYPE_EXTENDED"}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Combined, CompareTest,
    testing::Values(
        Row{"AnyOfGrows", R"({"anyOf":[{"type":"string"},{"type":"null"}]})",
            R"({"anyOf":[{"type":"null"},{"type":"boolean"},{"type":"string"}]})", "",
            "SUM_TYPE_NARROWED"},
        Row{"OneOfGrows", R"({"oneOf":[{"type":"string"},{"type":"null"}]})",
            R"({"oneOf":[{"type":"null"},{"type":"boolean"},{"type":"string"}]})", "",
            "SUM_TYPE_NARROWED"},
        Row{"AllOfShrinks", R"({"allOf":[{"minLength":1},{"maxLength":9}]})",
            R"({"allOf":[{"maxLength":9}]})", "", "PRODUCT_TYPE_EXTENDED"},
        Row{"AllOfShrinksToTwo", R"({"allOf":[{"minimum":1},{"maxLength":9},{"maxItems":2}]})",
            R"({"allOf":[{"maxLength":9},{"minimum":1}]})", "", "PRODUCT_TYPE_EXTENDED"},
        Row{"OneOfToAnyOf", R"({"oneOf":[{"type":"string"},{"type":"null"}]})",
            R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "", "COMBINED_TYPE_CHANGED"},
        Row{"BranchOther", R"({"oneOf":[{"type":"string"},{"type":"null"}]})",
            R"({"oneOf":[{"type":"string"},{"type":"boolean"}]})",
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED", "COMBINED_TYPE_SUBSCHEMAS_CHANGED"},
        Row{"Matching", R"({"anyOf":[{"type":"integer"},{"type":"number"}]})",
            R"({"anyOf":[{"type":"number"},{"type":"integer"}]})", "", ""},
        Row{"IntoAnyOf", R"({"type":"string"})", R"({"anyOf":[{"type":"null"},{"type":"string"}]})",
            "", "TYPE_CHANGED"},
        Row{"Condition", R"({"if":{"type":"string"},"then":{"minLength":1}})",
            R"({"if":{"type":"string"},"then":{"minLength":2}})", "CONDITION_CHANGED",
            "CONDITION_CHANGED"},
        Row{"ConditionGone", R"({"if":{"type":"string"},"then":{"minLength":1}})", R"({})", "",
            "TYPE_CHANGED"}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Objects, CompareTest,
    testing::Values(
        Row{"OpenOptional", R"({"type":"object"})",
            R"({"type":"object","properties":{"a":{"type":"string"}}})",
            "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", ""},
        Row{"OpenEmpty", R"({"type":"object"})", R"({"type":"object","properties":{"a":{}}})", "",
            ""},
        Row{"OpenRequired", R"({"type":"object"})",
            R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})",
            "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", ""},
        Row{"OpenRequiredEmpty", R"({"type":"object"})",
            R"({"type":"object","properties":{"a":{}},"required":["a"]})",
            "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", ""},
        Row{"OpenRequiredDefault", R"({"type":"object"})",
            R"({"type":"object","properties":{"a":{"type":"string","default":""}},"required":["a"]})",
            "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", ""},
        Row{"ClosedOptional", R"({"type":"object","additionalProperties":false})",
            R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})",
            "", "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"},
        Row{"ClosedRequired", R"({"type":"object","additionalProperties":false})",
            R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false,"required":["a"]})",
            "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"},
        Row{"ClosedRequiredDefault", R"({"type":"object","additionalProperties":false})",
            R"({"type":"object","properties":{"a":{"type":"string","default":""}},"additionalProperties":false,"required":["a"]})",
            "", "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"},
        Row{"ClosedFalse", R"({"type":"object","additionalProperties":false})",
            R"({"type":"object","properties":{"a":false},"additionalProperties":false})", "", ""},
        Row{"Covered", R"({"type":"object","additionalProperties":{"type":"string"}})",
            R"({"type":"object","properties":{"a":{"type":"string","maxLength":9}},"additionalProperties":{"type":"string"}})",
            "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", ""},
        Row{"CoveredByPattern",
            R"({"type":"object","patternProperties":{"^a":{"type":"integer"}}})",
            R"({"type":"object","properties":{"ab":{"type":"number"}},"patternProperties":{"^a":{"type":"integer"}}})",
            "", "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"},
        Row{"PatternsDoNotClose",
            R"({"type":"object","patternProperties":{"^a":{"type":"integer"}}})",
            R"({"type":"object","properties":{"b":{"type":"number"}},"patternProperties":{"^a":{"type":"integer"}}})",
            "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", ""},
        Row{"PatternAdded", R"({"type":"object"})",
            R"({"type":"object","patternProperties":{"^a":{"type":"integer"}}})",
            "PATTERN_PROPERTIES_ADDED", ""},
        Row{"PatternNarrowed", R"({"type":"object","patternProperties":{"^a":{"type":"number"}}})",
            R"({"type":"object","patternProperties":{"^a":{"type":"integer"}}})", "TYPE_NARROWED",
            ""},
        Row{"Required",
            R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})",
            R"({"type":"object","properties":{"a":{"type":"string"}}})", "",
            "REQUIRED_ATTRIBUTE_ADDED"},
        Row{"RequiredDefault",
            R"({"type":"object","properties":{"a":{"type":"string","default":""}},"required":["a"]})",
            R"({"type":"object","properties":{"a":{"type":"string"}}})", "", ""},
        Row{"RequiredUndeclared", R"({"type":"object","required":["a"]})", R"({"type":"object"})",
            "", "REQUIRED_ATTRIBUTE_ADDED"},
        Row{"Nested",
            R"({"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"integer"}}}}})",
            R"({"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"number"}}}}})",
            "", "TYPE_NARROWED"},
        Row{"AdditionalClosed", R"({"type":"object"})",
            R"({"type":"object","additionalProperties":false})", "ADDITIONAL_PROPERTIES_REMOVED",
            ""},
        Row{"AdditionalSchema", R"({"type":"object"})",
            R"({"type":"object","additionalProperties":{"type":"string"}})",
            "ADDITIONAL_PROPERTIES_NARROWED", ""},
        Row{"AdditionalRecursion", R"({"type":"object","additionalProperties":{"type":"integer"}})",
            R"({"type":"object","additionalProperties":{"type":"number"}})", "", "TYPE_NARROWED"},
        Row{"MaxProperties", R"({"type":"object","maxProperties":2})",
            R"({"type":"object","maxProperties":3})", "", "MAX_PROPERTIES_DECREASED"},
        Row{"MinProperties", R"({"type":"object","minProperties":2})", R"({"type":"object"})", "",
            "MIN_PROPERTIES_ADDED"},
        Row{"DependencyList", R"({"type":"object","dependencies":{"a":["b","c"]}})",
            R"({"type":"object","dependencies":{"a":["b"]}})", "", "DEPENDENCY_ARRAY_EXTENDED"},
        Row{"DependencyListOther", R"({"type":"object","dependencies":{"a":["b"]}})",
            R"({"type":"object","dependencies":{"a":["c"]}})", "DEPENDENCY_ARRAY_CHANGED",
            "DEPENDENCY_ARRAY_CHANGED"},
        Row{"DependencyListGone", R"({"type":"object","dependencies":{"a":["b"]}})",
            R"({"type":"object"})", "", "DEPENDENCY_ARRAY_ADDED"},
        Row{"DependencySchema", R"({"type":"object","dependencies":{"a":{"minProperties":2}}})",
            R"({"type":"object","dependencies":{"a":{"minProperties":1}}})", "",
            "MIN_PROPERTIES_INCREASED"},
        Row{"DependencySchemaGone", R"({"type":"object","dependencies":{"a":{"minProperties":2}}})",
            R"({"type":"object"})", "", "DEPENDENCY_SCHEMA_ADDED"},
        Row{"PropertyNames", R"({"type":"object","propertyNames":{"maxLength":3}})",
            R"({"type":"object","propertyNames":{"maxLength":4}})", "", "PROPERTY_NAMES_CHANGED"},
        Row{"Unevaluated",
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","unevaluatedProperties":false})",
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"})", "",
            "UNEVALUATED_PROPERTIES_REMOVED"},
        Row{"UnevaluatedDependsOnDependencies",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","unevaluatedProperties":false,"dependencies":{"a":{"properties":{"a":true}}}})",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","unevaluatedProperties":false})",
            "UNEVALUATED_PROPERTIES_CHANGED",
            "DEPENDENCY_SCHEMA_ADDED UNEVALUATED_PROPERTIES_CHANGED"},
        Row{"UnevaluatedDependsOnNeighbours",
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","unevaluatedProperties":false,"allOf":[{"properties":{"a":true}},{"minProperties":1}]})",
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","unevaluatedProperties":false,"allOf":[{"minProperties":1}]})",
            "UNEVALUATED_PROPERTIES_CHANGED",
            "PRODUCT_TYPE_EXTENDED UNEVALUATED_PROPERTIES_CHANGED"}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Arrays, CompareTest,
    testing::Values(
        Row{"Items", R"({"type":"array","items":{"type":"integer"}})",
            R"({"type":"array","items":{"type":"number"}})", "", "TYPE_NARROWED"},
        Row{"ItemsGone", R"({"type":"array","items":{"type":"integer"}})", R"({"type":"array"})",
            "", "SCHEMA_ADDED"},
        Row{"TupleGrowsOpen", R"({"type":"array","items":[{"type":"integer"}]})",
            R"({"type":"array","items":[{"type":"integer"},{"type":"string"}]})",
            "ITEM_ADDED_TO_OPEN_CONTENT_MODEL", ""},
        Row{"TupleGrowsClosed",
            R"({"type":"array","items":[{"type":"integer"}],"additionalItems":false})",
            R"({"type":"array","items":[{"type":"integer"},{"type":"string"}],"additionalItems":false})",
            "", "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL"},
        Row{"TupleCovered",
            R"({"type":"array","items":[true],"additionalItems":{"type":"integer"}})",
            R"({"type":"array","items":[true,{"type":"number"}],"additionalItems":{"type":"integer"}})",
            "", "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"},
        Row{"PrefixItems",
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"array","prefixItems":[{"type":"integer"}],"items":false})",
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"array","prefixItems":[{"type":"number"}],"items":false})",
            "", "TYPE_NARROWED"},
        Row{"MaxItems", R"({"type":"array","maxItems":2})", R"({"type":"array","maxItems":3})", "",
            "MAX_ITEMS_DECREASED"},
        Row{"MinItems", R"({"type":"array","minItems":2})", R"({"type":"array"})", "",
            "MIN_ITEMS_ADDED"},
        Row{"Unique", R"({"type":"array","uniqueItems":true})", R"({"type":"array"})", "",
            "UNIQUE_ITEMS_ADDED"},
        Row{"Contains", R"({"type":"array","contains":{"type":"integer"}})", R"({"type":"array"})",
            "", "CONTAINS_CHANGED"},
        Row{"MinContains",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","type":"array","contains":true,"minContains":0})",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","type":"array","contains":true})",
            "MIN_CONTAINS_INCREASED", ""}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    References, CompareTest,
    testing::Values(
        Row{"Inlined", R"({"$ref":"#/definitions/a","definitions":{"a":{"type":"integer"}}})",
            R"({"type":"number"})", "", "TYPE_NARROWED"},
        Row{"Recursive",
            R"({"type":"object","properties":{"next":{"$ref":"#"},"value":{"type":"integer"}},"additionalProperties":false})",
            R"({"type":"object","properties":{"next":{"$ref":"#"},"value":{"type":"number"}},"additionalProperties":false})",
            "", "TYPE_NARROWED"},
        Row{"UnrolledOnce",
            R"({"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false})",
            R"({"type":"object","properties":{"next":{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}},"additionalProperties":false})",
            "", ""},
        // Taking the pair for compatible while it is compared must not leak into its branches.
        Row{"RecursionDoesNotHideACondition",
            R"({"anyOf":[{"properties":{"b":{"$ref":"#"}}}],"exclusiveMaximum":0})",
            R"({"anyOf":[{"properties":{"b":{"$ref":"#"}}}],"if":{"type":"integer"},"else":{"const":"a"}})",
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED", "COMBINED_TYPE_SUBSCHEMAS_CHANGED"},
        Row{"RecursionDoesNotHideAType",
            R"({"patternProperties":{"b":{"patternProperties":{"b":{"$ref":"#"}},"minItems":2}}})",
            R"({"patternProperties":{"b":{"type":"null","patternProperties":{"b":{"$ref":"#"}}}}})",
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED", "COMBINED_TYPE_SUBSCHEMAS_CHANGED"},
        Row{"RecursiveBranch",
            R"({"definitions":{"n":{"type":"object","properties":{"k":{"anyOf":[{"$ref":"#/definitions/n"},{"type":"null"}]},"v":{"type":"number"}},"additionalProperties":false}},"$ref":"#/definitions/n"})",
            R"({"definitions":{"n":{"type":"object","properties":{"k":{"anyOf":[{"$ref":"#/definitions/n"},{"type":"null"}]},"v":{"type":"integer"}},"additionalProperties":false}},"$ref":"#/definitions/n"})",
            "TYPE_NARROWED", ""}),
    testing::PrintToStringParamName());

TEST(CompareTest, ExplainsInOneSentence) {
  const auto writer = parse(
      R"({"type":"object","properties":{"user":{"type":"object","properties":{"age":{"type":"integer","minimum":0}}}}})");
  const auto reader = parse(
      R"({"type":"object","properties":{"user":{"type":"object","properties":{"age":{"type":"integer","minimum":18}}}}})");
  const auto differences = compare({.reader = *reader, .writer = *writer});
  ASSERT_TRUE(differences);
  ASSERT_EQ(differences->size(), 1U);
  const auto& difference = differences->front();
  EXPECT_EQ(difference.reader_path, "#/properties/user/properties/age/minimum");
  EXPECT_EQ(difference.writer_path, "#/properties/user/properties/age/minimum");
  EXPECT_EQ(describe(difference),
            "field \"user.age\": the reader's lower limit on the number is above the writer's "
            "(reader: 18, writer: 0)");
  EXPECT_FALSE(is_undecided(difference.rule));
}

TEST(CompareTest, LenientLetsPropertiesIntoOpenModels) {
  const auto before = R"({"type":"object"})";
  const auto after = R"({"type":"object","properties":{"a":{"type":"string"}}})";
  EXPECT_FALSE(rules_of(before, after).empty());
  const auto writer = parse(before);
  const auto reader = parse(after);
  const auto differences =
      compare({.reader = *reader, .writer = *writer, .options = {.lenient = true}});
  ASSERT_TRUE(differences);
  EXPECT_TRUE(differences->empty());
}

TEST(CompareTest, CountsItsSteps) {
  const auto writer = parse(R"({"anyOf":[{"minimum":1},{"minimum":2},{"minimum":3}]})");
  const auto reader = parse(R"({"anyOf":[{"minimum":1},{"minimum":2},{"minimum":4}]})");
  std::uint64_t left = 1000;
  ASSERT_TRUE(compare({.reader = *reader, .writer = *writer, .steps_left = &left}));
  EXPECT_LT(left, 1000U);
  const auto used = 1000 - left;
  const auto enough =
      compare({.reader = *reader, .writer = *writer, .options = {.max_steps = used + 1}});
  EXPECT_TRUE(enough);
  const auto scarce =
      compare({.reader = *reader, .writer = *writer, .options = {.max_steps = used / 2}});
  EXPECT_EQ(code_of(scarce), Code::LimitExceeded);
}

// Both sides twice over, so that nothing is settled by equal text.
Result<std::vector<Difference>> compare_big(const std::string& writer_text,
                                            const std::string& reader_text,
                                            std::uint64_t& steps_left) {
  LIMPET_TRY(const auto writer, parse(writer_text));
  LIMPET_TRY(const auto reader, parse(reader_text));
  return compare({.reader = reader, .writer = writer, .steps_left = &steps_left});
}

TEST(HostileSchemas, LongEnumsCostTheirLength) {
  const auto values = [](int from, int to) {
    std::string text = R"({"enum":[-1)";
    for (int i = from; i < to; ++i) text += "," + std::to_string(i);
    return text + "]}";
  };
  std::uint64_t left = limits::kComparedPairs;
  const auto differences = compare_big(values(0, 100'000), values(-2, 100'001), left);
  ASSERT_TRUE(differences);
  EXPECT_TRUE(differences->empty());
  EXPECT_GT(left, limits::kComparedPairs - 200'000);
}

TEST(HostileSchemas, ManyAlternativesAreRefusedOrCounted) {
  const auto alternatives = [](int count, int shift) {
    std::string text = R"({"anyOf":[false)";
    for (int i = 1; i < count; ++i) {
      text += R"(,{"type":"string","minLength":)" + std::to_string(i + shift) + "}";
    }
    return text + "]}";
  };
  std::uint64_t left = limits::kComparedPairs;
  const auto most = compare_big(alternatives(512, 1), alternatives(512, 0), left);
  ASSERT_TRUE(most) << describe(most.error());
  EXPECT_TRUE(most->empty());
  EXPECT_GT(left, limits::kComparedPairs / 2);
  EXPECT_EQ(code_of(compare_big(alternatives(513, 1), alternatives(513, 0), left)),
            Code::LimitExceeded);
}

TEST(HostileSchemas, LongChainsOfReferencesAreRefused) {
  const auto chain = [](int length, const char* type) {
    std::string text =
        R"({"$ref":"#/definitions/n0","definitions":{"end":{"type":")" + std::string(type) + "\"}";
    for (int i = 0; i < length; ++i) {
      const auto next = i + 1 == length ? "end" : "n" + std::to_string(i + 1);
      text += ",\"n" + std::to_string(i) + R"(":{"type":"array","items":{"$ref":"#/definitions/)" +
              next + "\"}}";
    }
    return text + "}}";
  };
  std::uint64_t left = limits::kComparedPairs;
  EXPECT_TRUE(compare_big(chain(400, "integer"), chain(400, "number"), left)->empty());
  EXPECT_EQ(compare_big(chain(400, "number"), chain(400, "integer"), left)->size(), 1U);
  EXPECT_EQ(code_of(compare_big(chain(600, "integer"), chain(600, "number"), left)),
            Code::LimitExceeded);
}

// Each level refers twice to the next one: 2^40 ways through, 40 pairs.
TEST(HostileSchemas, PairsAreComparedOnce) {
  const auto bomb = [](const char* type) {
    std::string text =
        R"({"$ref":"#/definitions/x40","definitions":{"x0":{"type":")" + std::string(type) + "\"}";
    for (int i = 1; i <= 40; ++i) {
      const auto inner = "{\"$ref\":\"#/definitions/x" + std::to_string(i - 1) + "\"}";
      text += ",\"x" + std::to_string(i) + R"(":{"type":"object","properties":{"a":)" + inner +
              ",\"b\":" + inner + "}}";
    }
    return text + "}}";
  };
  std::uint64_t left = limits::kComparedPairs;
  EXPECT_TRUE(compare_big(bomb("integer"), bomb("number"), left)->empty());
  EXPECT_EQ(compare_big(bomb("number"), bomb("integer"), left)->size(), 1U);
  EXPECT_GT(left, limits::kComparedPairs - 20'000);
}

}  // namespace
}  // namespace limpet::json_schema
