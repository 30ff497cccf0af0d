#include "limpet/json_schema/confluent.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace limpet::json_schema {
namespace {

// "RULE path" per difference, separated by blanks; "" = compatible.
std::string found_by(std::string_view writer_text, std::string_view reader_text,
                     CompareOptions options = {}) {
  const auto writer = parse(writer_text);
  const auto reader = parse(reader_text);
  if (!writer) return "writer: " + describe(writer.error());
  if (!reader) return "reader: " + describe(reader.error());
  const auto found = confluent_compare({.reader = *reader, .writer = *writer, .options = options});
  if (!found) return describe(found.error());
  std::string out;
  for (const auto& [difference, path] : *found) {
    out.append(out.empty() ? "" : " ").append(to_string(difference.rule)).append(" ").append(path);
  }
  return out;
}

// One change and what is found in both directions.
struct Row {
  const char* name;
  std::string before;
  std::string after;
  std::string backward;  // the reader is `after`
  std::string forward;   // the reader is `before`
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class ConfluentTest : public testing::TestWithParam<Row> {};

TEST_P(ConfluentTest, FindsInBothDirections) {
  const auto& row = GetParam();
  EXPECT_EQ(found_by(row.before, row.after), row.backward);
  EXPECT_EQ(found_by(row.after, row.before), row.forward);
  EXPECT_EQ(found_by(row.before, row.before), "");
  EXPECT_EQ(found_by(row.after, row.after), "");
}

// `"keyword":value` between two braces, with a type in front or without.
std::string typed(const std::string& type, const std::string& rest = "") {
  return R"({"type":")" + type + '"' + (rest.empty() ? "" : ",") + rest + "}";
}
std::string newest(const std::string& rest) {
  return R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)" + rest + "}";
}

// A bound that only one side has, or that both have: `low` and `high`.
Row bound(const char* name, const std::string& type, const std::string& keyword,
          const std::string& low, const std::string& high, const std::string& backward,
          const std::string& forward) {
  const auto with = [&](const std::string& value) {
    return value.empty() ? typed(type) : typed(type, '"' + keyword + "\":" + value);
  };
  const auto at = [&](const std::string& rule) {
    return rule.empty() ? "" : rule + " #/" + keyword;
  };
  return {name, with(low), with(high), at(backward), at(forward)};
}

INSTANTIATE_TEST_SUITE_P(
    Bounds, ConfluentTest,
    testing::Values(
        bound("MaxLength", "string", "maxLength", "3", "5", "", "MAX_LENGTH_DECREASED"),
        bound("MaxLengthAbsent", "string", "maxLength", "3", "", "", "MAX_LENGTH_ADDED"),
        bound("MinLength", "string", "minLength", "3", "5", "MIN_LENGTH_INCREASED", ""),
        bound("MinLengthAbsent", "string", "minLength", "3", "", "", "MIN_LENGTH_ADDED"),
        bound("Pattern", "string", "pattern", R"("a")", R"("b")", "PATTERN_CHANGED",
              "PATTERN_CHANGED"),
        bound("PatternAbsent", "string", "pattern", R"("a")", "", "", "PATTERN_ADDED"),
        bound("Format", "string", "format", R"("date")", R"("time")", "", ""),
        bound("FormatAbsent", "string", "format", R"("date")", "", "", ""),
        bound("Maximum", "number", "maximum", "3", "5", "", "MAXIMUM_DECREASED"),
        bound("MaximumAbsent", "number", "maximum", "3", "", "", "MAXIMUM_ADDED"),
        bound("MaximumsOfOneDouble", "number", "maximum", "0.1", "0.10000000000000000001", "", ""),
        bound("MaximumsBeyondDoubles", "number", "maximum", "1e999", "1e1000", "", ""),
        bound("Minimum", "number", "minimum", "3", "5", "MINIMUM_INCREASED", ""),
        bound("MinimumAbsent", "number", "minimum", "3", "", "", "MINIMUM_ADDED"),
        bound("ExclusiveMaximum", "number", "exclusiveMaximum", "3", "5", "",
              "EXCLUSIVE_MAXIMUM_DECREASED"),
        bound("ExclusiveMaximumAbsent", "number", "exclusiveMaximum", "3", "", "",
              "EXCLUSIVE_MAXIMUM_ADDED"),
        bound("ExclusiveMinimum", "number", "exclusiveMinimum", "3", "5",
              "EXCLUSIVE_MINIMUM_INCREASED", ""),
        bound("ExclusiveMinimumAbsent", "number", "exclusiveMinimum", "3", "", "",
              "EXCLUSIVE_MINIMUM_ADDED"),
        bound("MultipleOf", "number", "multipleOf", "2", "10", "MULTIPLE_OF_EXPANDED", ""),
        bound("MultipleOfScale", "number", "multipleOf", "0.5", "0.50", "", ""),
        bound("MultipleOfOther", "number", "multipleOf", "10", "11", "MULTIPLE_OF_CHANGED",
              "MULTIPLE_OF_CHANGED"),
        bound("MultipleOfAbsent", "number", "multipleOf", "10", "", "", "MULTIPLE_OF_ADDED"),
        bound("MaxProperties", "object", "maxProperties", "1", "2", "", "MAX_PROPERTIES_DECREASED"),
        bound("MaxPropertiesAbsent", "object", "maxProperties", "1", "", "",
              "MAX_PROPERTIES_ADDED"),
        bound("MinProperties", "object", "minProperties", "1", "2", "MIN_PROPERTIES_INCREASED", ""),
        bound("MinPropertiesAbsent", "object", "minProperties", "1", "", "",
              "MIN_PROPERTIES_ADDED"),
        bound("MaxItems", "array", "maxItems", "1", "2", "", "MAX_ITEMS_DECREASED"),
        bound("MaxItemsAbsent", "array", "maxItems", "1", "", "", "MAX_ITEMS_ADDED"),
        bound("MinItems", "array", "minItems", "1", "2", "MIN_ITEMS_INCREASED", ""),
        bound("MinItemsAbsent", "array", "minItems", "1", "", "", "MIN_ITEMS_ADDED"),
        bound("UniqueItems", "array", "uniqueItems", "true", "", "", "UNIQUE_ITEMS_ADDED"),
        bound("Contains", "array", "contains", "{}", "false", "", ""),
        bound("PropertyNames", "object", "propertyNames", "true", "false", "", "")),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Types, ConfluentTest,
    testing::Values(
        Row{"Other", typed("object"), typed("array"), "TYPE_CHANGED #/", "TYPE_CHANGED #/"},
        Row{"IntegerToNumber", typed("integer"), typed("number"), "", "TYPE_NARROWED #/"},
        Row{"ToAnything", R"({"properties":{}})", "{}", "", "TYPE_CHANGED #/"},
        Row{"ToTrue", typed("string"), "true", "", "TYPE_CHANGED #/"},
        Row{"TrueAndEmpty", "true", "{}", "", ""},
        Row{"FromFalse", "false", typed("string"), "", "TYPE_CHANGED #/"},
        Row{"TypeNotSaid", typed("string", R"("minLength":1)"), R"({"minLength":1})", "", ""},
        Row{"Annotations", R"({"$id":"http://a/b","title":"a","default":1})",
            R"({"description":"b"})", "", ""},
        Row{"ListOfTypes", R"({"type":["object"]})", R"({"type":["object","array"]})", "",
            "SUM_TYPE_NARROWED #/"},
        Row{"TypeToList", typed("string"), R"({"type":["null","string"]})", "", "TYPE_CHANGED #/"},
        Row{"Enum", R"({"enum":["a"]})", R"({"enum":["b","a"]})", "", "ENUM_ARRAY_NARROWED #/enum"},
        Row{"EnumOther", R"({"enum":["a"]})", R"({"enum":["b"]})", "ENUM_ARRAY_CHANGED #/enum",
            "ENUM_ARRAY_CHANGED #/enum"},
        Row{"Const", R"({"const":1})", R"({"const":2})", "ENUM_ARRAY_CHANGED #/const",
            "ENUM_ARRAY_CHANGED #/const"},
        Row{"EnumToConst", R"({"enum":[1]})", R"({"const":1})", "TYPE_CHANGED #/",
            "TYPE_CHANGED #/"},
        Row{"TypedEnumGone", typed("string", R"("enum":["a"])"), typed("string"), "",
            "TYPE_CHANGED #/"},
        Row{"Not", R"({"not":{"type":"number"}})", R"({"not":{"type":"integer"}})", "",
            "NOT_TYPE_EXTENDED #/not"},
        Row{"Condition", R"({"if":{"minLength":1},"then":false})", R"({"if":true,"then":false})",
            "", ""},
        Row{"ConditionGone", R"({"if":{"minLength":1},"then":false})", "{}", "", "TYPE_CHANGED #/"},
        Row{"ConnectBytes", R"({"type":"string","connect.type":"bytes"})",
            R"({"type":"object","connect.type":"bytes"})", "", ""},
        Row{"ConnectOther", R"({"type":"string","connect.type":"bytes"})",
            R"({"type":"object","connect.type":"int8"})", "TYPE_CHANGED #/", "TYPE_CHANGED #/"},
        // The flags of draft-04 are kept and not compared.
        Row{"ExclusiveFlag",
            R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"number","minimum":5,"exclusiveMinimum":true})",
            R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"number","minimum":5})",
            "", ""}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Combined, ConfluentTest,
    testing::Values(
        Row{"AllOfReordered", R"({"allOf":[{"type":"string"},{"maxLength":5},{"enum":["a"]}]})",
            R"({"allOf":[{"enum":["a"]},{"type":"string"},{"maxLength":5}]})", "", ""},
        Row{"EnumInAllOf", R"({"allOf":[{"type":"string"},{"enum":["red"]}]})",
            R"({"allOf":[{"enum":["red","blue"]},{"type":"string"}]})", "",
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"},
        Row{"AllOfShrinks", R"({"allOf":[{"type":"string"},{"enum":["a"]}]})",
            R"({"allOf":[{"type":"string"}]})", "", "PRODUCT_TYPE_EXTENDED #/"},
        Row{"OneOfGrows", R"({"oneOf":[{"type":"string"}]})",
            R"({"oneOf":[{"type":"number"},{"type":"string"}]})", "", "SUM_TYPE_NARROWED #/"},
        Row{"OneOfGrowsAndChanges", R"({"oneOf":[{"type":"string"}]})",
            R"({"oneOf":[{"type":"number"},{"type":"null"}]})",
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/",
            "SUM_TYPE_NARROWED #/ COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"},
        Row{"Duplicates", R"({"allOf":[{"type":"string"},{"type":"string"}]})",
            R"({"allOf":[{"type":"string"}]})", "", ""},
        Row{"Branch", R"({"oneOf":[{"type":"string"}]})", R"({"oneOf":[{"type":"number"}]})",
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/", "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"},
        Row{"TheBestMatchingIsFound",
            R"({"oneOf":[{"type":"integer"},{"type":"number"},{"type":"string"}]})",
            R"({"oneOf":[{"type":"string","maxLength":9},{"type":"number"}]})",
            "SUM_TYPE_NARROWED #/ COMBINED_TYPE_SUBSCHEMAS_CHANGED #/", ""},
        Row{"OneOfToAnyOf", R"({"oneOf":[{"type":"string"},{"type":"null"}]})",
            R"({"anyOf":[{"type":"null"},{"type":"string"}]})", "", "COMBINED_TYPE_CHANGED #/"},
        Row{"OneOfToAllOf", R"({"oneOf":[{"type":"string"}]})", R"({"allOf":[{"type":"string"}]})",
            "", ""},
        Row{"OneOfToLongerAllOf", R"({"oneOf":[{"type":"string"}]})",
            R"({"allOf":[{"type":"string"},{"maxLength":1}]})", "COMBINED_TYPE_CHANGED #/", ""},
        Row{"AllOfToOneOf", R"({"allOf":[{"type":"number"}]})",
            R"({"oneOf":[{"type":"number"},{"type":"string"}]})", "", "COMBINED_TYPE_CHANGED #/"},
        Row{"IntoOneOf", typed("string", R"("maxLength":3)"),
            R"({"oneOf":[{"type":"number"},{"type":"string"}]})", "", "TYPE_CHANGED #/"},
        Row{"IntoOneOfOfOne", typed("string", R"("maxLength":3)"),
            R"({"oneOf":[{"type":"string"}]})", "", "TYPE_CHANGED #/"},
        Row{"IntoAllOfOfTwo", typed("string"), R"({"allOf":[{"type":"string"},{"maxLength":3}]})",
            "TYPE_CHANGED #/", ""}),
    testing::PrintToStringParamName());

// {"properties":{…},…} with and without "additionalProperties".
std::string object(const std::string& properties, const std::string& rest = "") {
  return R"({"properties":{)" + properties + "}" + (rest.empty() ? "" : ",") + rest + "}";
}
const std::string kClosed = R"("additionalProperties":false)";
const std::string kStrings = R"("additionalProperties":{"type":"string"})";
const std::string kFoo = R"("foo":{"type":"string"})";
const std::string kBar = R"("bar":{"type":"number"})";

INSTANTIATE_TEST_SUITE_P(
    Properties, ConfluentTest,
    testing::Values(
        Row{"TypeOfOne", object(kFoo), object(R"("foo":{"type":"number"})"),
            "TYPE_CHANGED #/properties/foo", "TYPE_CHANGED #/properties/foo"},
        Row{"OpenOptional", object(kFoo), object(kFoo + "," + kBar),
            "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/bar", ""},
        Row{"OpenRequired", object(kFoo), object(kFoo + "," + kBar, R"("required":["bar"])"),
            "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/bar", ""},
        Row{"OpenRequiredWithDefault", object(kFoo),
            object(kFoo + R"(,"bar":{"type":"number","default":0})", R"("required":["bar"])"),
            "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/bar", ""},
        // A property without rules may be required: a quirk.
        Row{"OpenRequiredEmpty", object(kFoo),
            object(kFoo + R"(,"bar":{})", R"("required":["bar"])"), "", ""},
        Row{"OpenTrue", R"({"additionalProperties":true})",
            object(R"("bar":true)", R"("additionalProperties":true)"), "", ""},
        Row{"ClosedOptional", object(kFoo, kClosed), object(kFoo + "," + kBar, kClosed), "",
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/bar"},
        Row{"ClosedRequired", object(kFoo, kClosed),
            object(kFoo + "," + kBar, R"("required":["bar"],)" + kClosed),
            "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/bar",
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/bar"},
        Row{"ClosedRequiredWithDefault", object(kFoo, kClosed),
            object(kFoo + R"(,"bar":{"default":0})", R"("required":["bar"],)" + kClosed), "",
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/bar"},
        Row{"ClosedFalse", R"({"additionalProperties":false})", object(R"("bar":false)", kClosed),
            "", ""},
        Row{"Covered", object(kFoo, kStrings),
            object(kFoo + R"(,"bar":{"type":"string"})", kStrings), "", ""},
        Row{"NotCovered", object(kFoo, kStrings), object(kFoo + "," + kBar, kStrings),
            "TYPE_CHANGED #/properties/bar "
            "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/bar",
            "TYPE_CHANGED #/properties/bar "
            "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/bar"},
        Row{"CoveredAndRequired", object(kFoo, kStrings),
            object(kFoo + R"(,"bar":{"type":"string"})", R"("required":["bar"],)" + kStrings),
            "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/bar", ""},
        Row{"CoveredByPattern", object(kFoo, R"("patternProperties":{"^I_":{"type":"integer"}})"),
            object(kFoo + R"(,"I_1":{"type":"number"})",
                   R"("patternProperties":{"^I_":{"type":"integer"}})"),
            "",
            "TYPE_NARROWED #/properties/I_1 "
            "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/I_1"},
        // Any pattern closes an open content model for all names: a quirk.
        Row{"PatternsClose", object(kFoo, R"("patternProperties":{"^I_":{"type":"integer"}})"),
            object(kFoo + "," + kBar, R"("patternProperties":{"^I_":{"type":"integer"}})"), "",
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/bar"},
        Row{"TheFirstPatternCounts",
            object("", R"("patternProperties":{"b":{"type":"null"},"a":{"type":"string"}})"),
            object(R"("ab":{"type":"null"})",
                   R"("patternProperties":{"b":{"type":"null"},"a":{"type":"string"}})"),
            "", ""},
        Row{"PatternsAreNotCompared", object("", R"("patternProperties":{"a":{"type":"null"}})"),
            object("", R"("patternProperties":{"b":{"type":"string"}})"), "", ""},
        Row{"Required", object(kFoo, R"("required":["foo"])"), object(kFoo), "",
            "REQUIRED_ATTRIBUTE_ADDED #/required/foo"},
        Row{"RequiredWithDefault", object(R"("foo":{"default":1})", R"("required":["foo"])"),
            object(R"("foo":{"default":1})"), "", ""},
        Row{"RequiredUndeclared", object(kFoo, R"("required":["foo"])"),
            object(kFoo, R"("required":["bar"])"), "", "REQUIRED_ATTRIBUTE_ADDED #/required/foo"},
        Row{"Nested", object(R"("a":{"properties":{"b":{"type":"integer"}}})"),
            object(R"("a":{"properties":{"b":{"type":"number"}}})"), "",
            "TYPE_NARROWED #/properties/a/properties/b"},
        Row{"InTheOrderOfNames", object(R"("c":{"type":"null"},"a":{"type":"null"})"),
            object(R"("c":true,"b":{"type":"null"},"a":{"type":"string"})"),
            "TYPE_CHANGED #/properties/a OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL "
            "#/properties/b",
            "TYPE_CHANGED #/properties/a TYPE_CHANGED #/properties/c"},
        Row{"EmptyName", object(R"("":{"type":"null"})"), object(R"("":{"type":"string"})"),
            "TYPE_CHANGED #/properties/", "TYPE_CHANGED #/properties/"},
        Row{"AdditionalClosed", object(""), object("", kClosed),
            "ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties", ""},
        Row{"AdditionalSchema", object(""), object("", kStrings),
            "ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties", ""},
        Row{"AdditionalEmpty", object("", R"("additionalProperties":true)"),
            object("", R"("additionalProperties":{})"),
            "ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties", ""},
        Row{"AdditionalOther", object("", kStrings),
            object("", R"("additionalProperties":{"type":"number"})"),
            "TYPE_CHANGED #/additionalProperties", "TYPE_CHANGED #/additionalProperties"},
        Row{"DependencyLists", object("", R"("dependencies":{"a":["b","c"]})"),
            object("", R"("dependencies":{"a":["b"]})"), "",
            "DEPENDENCY_ARRAY_EXTENDED #/dependencies/a"},
        Row{"DependencyListsOther", object("", R"("dependencies":{"a":["b"]})"),
            object("", R"("dependencies":{"a":["c"]})"),
            "DEPENDENCY_ARRAY_CHANGED #/dependencies/a",
            "DEPENDENCY_ARRAY_CHANGED #/dependencies/a"},
        Row{"DependencyListGone", object("", R"("dependencies":{"a":["b"]})"), object(""), "",
            "DEPENDENCY_ARRAY_ADDED #/dependencies/a"},
        Row{"DependencySchema", object("", R"("dependencies":{"a":{"type":"string"}})"),
            object("", R"("dependencies":{"a":{"type":"number"}})"),
            "TYPE_CHANGED #/dependencies/a", "TYPE_CHANGED #/dependencies/a"},
        Row{"DependencySchemaGone", object("", R"("dependencies":{"a":{"type":"string"}})"),
            object("", R"("dependencies":{})"), "", "DEPENDENCY_SCHEMA_ADDED #/dependencies/a"}),
    testing::PrintToStringParamName());

std::string array(const std::string& items, const std::string& rest = "") {
  return R"({"type":"array","items":)" + items + (rest.empty() ? "" : ",") + rest + "}";
}
const std::string kOne = R"([{"type":"string"}])";
const std::string kTwo = R"([{"type":"string"},{"type":"number"}])";

INSTANTIATE_TEST_SUITE_P(
    Items, ConfluentTest,
    testing::Values(
        Row{"ItemsGone", array(R"({"type":"string"})"), typed("array"), "", "SCHEMA_ADDED #/items"},
        // True is a schema like any other: a quirk.
        Row{"ItemsTrue", array("true"), typed("array"), "", "SCHEMA_ADDED #/items"},
        Row{"Items", array(R"({"type":"integer"})"), array(R"({"type":"number"})"), "",
            "TYPE_NARROWED #/items"},
        Row{"TupleItem", array(kOne), array(R"([{"type":"number"}])"), "TYPE_CHANGED #/items/0",
            "TYPE_CHANGED #/items/0"},
        Row{"OpenGrows", array(kOne), array(kTwo), "ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1",
            ""},
        Row{"OpenGrowsByTrue", array(kOne), array(R"([{"type":"string"},true])"), "", ""},
        Row{"TupleGone", array(kTwo), typed("array"), "",
            "ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/0 ITEM_ADDED_TO_OPEN_CONTENT_MODEL "
            "#/items/1"},
        Row{"ClosedGrows", array(kOne, R"("additionalItems":false)"),
            array(kTwo, R"("additionalItems":false)"), "",
            "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1"},
        Row{"ClosedGrowsByFalse", array(kOne, R"("additionalItems":false)"),
            array(R"([{"type":"string"},false])", R"("additionalItems":false)"), "", ""},
        Row{"CoveredGrows", array(kOne, R"("additionalItems":{"type":"number"})"),
            array(kTwo, R"("additionalItems":{"type":"number"})"), "", ""},
        Row{"NotCoveredGrows", array(kOne, R"("additionalItems":{"type":"string"})"),
            array(kTwo, R"("additionalItems":{"type":"string"})"),
            "TYPE_CHANGED #/items/1 ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL "
            "#/items/1",
            "TYPE_CHANGED #/items/1 ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL "
            "#/items/1"},
        Row{"Additional", array(kOne, R"("additionalItems":false)"), array(kOne), "",
            "ADDITIONAL_ITEMS_REMOVED #/additionalItems"},
        Row{"AdditionalSchema", array(kOne), array(kOne, R"("additionalItems":{"type":"null"})"),
            "ADDITIONAL_ITEMS_NARROWED #/additionalItems", ""},
        Row{"AdditionalWithoutItems", R"({"additionalItems":{"type":"string"}})",
            R"({"additionalItems":{"type":"number"}})", "TYPE_CHANGED #/additionalItems",
            "TYPE_CHANGED #/additionalItems"},
        Row{"AdditionalBesideOneSchema", array("{}", R"("additionalItems":false)"), array("{}"), "",
            ""}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    Newest, ConfluentTest,
    testing::Values(
        Row{"PrefixItems", newest(R"("prefixItems":[{"type":"integer"}],"items":false)"),
            newest(R"("prefixItems":[{"type":"number"}],"items":false)"), "",
            "TYPE_NARROWED #/items/0"},
        Row{"PrefixItemsGrow", newest(R"("prefixItems":[true],"items":false)"),
            newest(R"("prefixItems":[true,true],"items":false)"), "",
            "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1"},
        Row{"ItemsTrue", newest(R"("type":"array","items":true)"), newest(R"("type":"array")"), "",
            ""},
        Row{"MaxContains", newest(R"("contains":true,"maxContains":1)"),
            newest(R"("contains":true,"maxContains":2)"), "",
            "MAX_CONTAINS_DECREASED #/maxContains"},
        Row{"MinContains", newest(R"("contains":true,"minContains":1)"),
            newest(R"("contains":true)"), "", "MIN_CONTAINS_ADDED #/minContains"},
        Row{"DependentRequired", newest(R"("dependentRequired":{"a":["b"]})"),
            newest(R"("dependentRequired":{"a":[]})"), "",
            "DEPENDENCY_ARRAY_EXTENDED #/dependencies/a"},
        Row{"DependentSchemas", newest(R"("dependentSchemas":{"a":{"type":"string"}})"),
            newest(R"("dependentSchemas":{"a":{"type":"number"}})"),
            "TYPE_CHANGED #/dependencies/a", "TYPE_CHANGED #/dependencies/a"},
        Row{"FormatIsNothing", newest(R"("format":"date")"), newest(R"("title":"x")"), "", ""},
        Row{"SiblingsOfReferences",
            newest(R"("$ref":"#/$defs/a","minLength":1,"$defs":{"a":{"type":"string"}})"),
            newest(R"("$ref":"#/$defs/a","minLength":2,"$defs":{"a":{"type":"string"}})"),
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/", ""},
        Row{"UnevaluatedFalse", newest(R"("type":"object")"),
            newest(R"("type":"object","unevaluatedProperties":false)"),
            "UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties", ""},
        Row{"UnevaluatedSchema", newest(R"("type":"object")"),
            newest(R"("type":"object","unevaluatedProperties":{"type":"null"})"),
            "UNEVALUATED_PROPERTIES_NARROWED #/unevaluatedProperties", ""},
        Row{"UnevaluatedFalseToSchema", newest(R"("unevaluatedProperties":false)"),
            newest(R"("unevaluatedProperties":{"type":"null"})"), "",
            "UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties"},
        Row{"UnevaluatedTrueToSchema", newest(R"("unevaluatedProperties":true)"),
            newest(R"("unevaluatedProperties":{"type":"null"})"),
            "UNEVALUATED_PROPERTIES_NARROWED #/unevaluatedProperties", ""},
        Row{"UnevaluatedOther", newest(R"("unevaluatedProperties":{"type":"integer"})"),
            newest(R"("unevaluatedProperties":{"type":"number"})"), "",
            "TYPE_NARROWED #/unevaluatedProperties"},
        Row{"UnevaluatedIsContentModel", newest(R"("unevaluatedProperties":{"type":"string"})"),
            newest(
                R"("properties":{"a":{"type":"number"}},"unevaluatedProperties":{"type":"string"})"),
            "TYPE_CHANGED #/properties/a "
            "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "TYPE_CHANGED #/properties/a "
            "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a"},
        Row{"UnevaluatedItems", newest(R"("prefixItems":[true])"),
            newest(R"("prefixItems":[true],"unevaluatedItems":false)"),
            "UNEVALUATED_ITEMS_REMOVED #/unevaluatedItems", ""}),
    testing::PrintToStringParamName());

INSTANTIATE_TEST_SUITE_P(
    References, ConfluentTest,
    testing::Values(
        Row{"Inlined", R"({"$ref":"#/definitions/a","definitions":{"a":{"type":"string"}}})",
            typed("string"), "", ""},
        Row{"Chain",
            R"({"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"string"}}})",
            typed("string"), "", ""},
        Row{"Target",
            R"({"items":{"$ref":"#/definitions/a"},"definitions":{"a":{"type":"string"}}})",
            R"({"items":{"$ref":"#/definitions/a"},"definitions":{"a":{"type":"number"}}})",
            "TYPE_CHANGED #/items", "TYPE_CHANGED #/items"},
        Row{"EachPlaceIsTold",
            object(R"("a":{"$ref":"#/definitions/x"},"b":{"$ref":"#/definitions/x"})",
                   R"("definitions":{"x":{"type":"string"}})"),
            object(R"("a":{"$ref":"#/definitions/x"},"b":{"$ref":"#/definitions/x"})",
                   R"("definitions":{"x":{"type":"null"}})"),
            "TYPE_CHANGED #/properties/a TYPE_CHANGED #/properties/b",
            "TYPE_CHANGED #/properties/a TYPE_CHANGED #/properties/b"},
        Row{"Recursive", object(R"("next":{"$ref":"#"},"value":{"type":"integer"})"),
            object(R"("next":{"$ref":"#"},"value":{"type":"number"})"), "",
            "TYPE_NARROWED #/properties/next/properties/value TYPE_NARROWED #/properties/value"},
        // Taking the pair for compatible while it is compared must not leak into its branches.
        Row{"RecursiveBranch",
            R"({"definitions":{"n":{"properties":{"k":{"anyOf":[{"$ref":"#/definitions/n"},{"type":"null"}]},"v":{"type":"number"}}}},"$ref":"#/definitions/n"})",
            R"({"definitions":{"n":{"properties":{"k":{"anyOf":[{"$ref":"#/definitions/n"},{"type":"null"}]},"v":{"type":"integer"}}}},"$ref":"#/definitions/n"})",
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/k TYPE_NARROWED #/properties/v", ""}),
    testing::PrintToStringParamName());

TEST(Confluent, TellsBothSides) {
  const auto writer = parse(object(R"("user":{"properties":{"age":{"minimum":0}}})"));
  const auto reader = parse(object(R"("user":{"properties":{"age":{"minimum":18}}})"));
  const auto found = confluent_compare({.reader = *reader, .writer = *writer});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front(), (ConfluentDifference{
                                {Rule::MinimumIncreased, "#/properties/user/properties/age/minimum",
                                 "#/properties/user/properties/age/minimum", "user.age", "18", "0"},
                                "#/properties/user/properties/age/minimum"}));
}

// The way of the comparison leads through references, the places are those in the documents.
TEST(Confluent, PlacesAreThoseOfTheDocuments) {
  const auto writer = parse(newest(
      R"("properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"prefixItems":[{"type":"null"}]}})"));
  const auto reader = parse(newest(
      R"("properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"prefixItems":[{"type":"string"}],"items":false}})"));
  const auto found = confluent_compare({.reader = *reader, .writer = *writer});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).path, "#/properties/a/items/0");
  EXPECT_EQ(found->at(0).difference.reader_path, "#/$defs/x/prefixItems/0");
  EXPECT_EQ(found->at(0).difference.field, "a[]");
  EXPECT_EQ(found->at(1).path, "#/properties/a/additionalItems");
  EXPECT_EQ(found->at(1).difference.reader_path, "#/$defs/x/items");
  EXPECT_EQ(found->at(1).difference.reader_value, "false");
  EXPECT_EQ(found->at(1).difference.writer_value, "absent");
}

// The policy LENIENT lets content models narrow and properties come and go.
TEST(Confluent, LenientPolicy) {
  const CompareOptions lenient{.lenient = true};
  EXPECT_EQ(found_by(object(kFoo), object(kFoo + "," + kBar), lenient), "");
  EXPECT_EQ(found_by(object(kFoo + "," + kBar, kClosed), object(kFoo, kClosed), lenient), "");
  EXPECT_EQ(found_by(object(kFoo), object(kFoo, kClosed), lenient), "");
  EXPECT_EQ(found_by(object(kFoo), object(kFoo + "," + kBar, R"("required":["bar"])"), lenient),
            "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/bar");
  EXPECT_EQ(found_by(object(kFoo, kStrings), object(kFoo + "," + kBar, kStrings), lenient),
            "TYPE_CHANGED #/properties/bar");
  EXPECT_EQ(found_by(array(kOne), array(kOne, R"("additionalItems":false)"), lenient),
            "ADDITIONAL_ITEMS_REMOVED #/additionalItems");
}

// ---- bounds ----

TEST(ConfluentBounds, StepsAreCountedAndShared) {
  const auto writer = parse(R"({"anyOf":[{"minimum":1},{"minimum":2},{"minimum":3}]})");
  const auto reader = parse(R"({"anyOf":[{"minimum":1},{"minimum":2},{"minimum":4}]})");
  std::uint64_t left = 1000;
  ASSERT_TRUE(confluent_compare({.reader = *reader, .writer = *writer, .steps_left = &left}));
  const auto used = 1000 - left;
  EXPECT_GT(used, 9U);
  EXPECT_LT(used, 100U);
  EXPECT_TRUE(confluent_compare(
      {.reader = *reader, .writer = *writer, .options = {.max_steps = used + 1}}));
  EXPECT_EQ(code_of(confluent_compare(
                {.reader = *reader, .writer = *writer, .options = {.max_steps = used / 2}})),
            Code::LimitExceeded);
}

TEST(ConfluentBounds, DifferencesAreCounted) {
  std::string before;
  std::string after;
  for (int i = 0; i < 500; ++i) {
    const std::string start = (i == 0 ? "\"p" : ",\"p") + std::to_string(i) + R"(":{"type":)";
    before += start + R"("string"})";
    after += start + R"("null"})";
  }
  const auto writer = parse(object(before));
  const auto reader = parse(object(after));
  EXPECT_EQ(confluent_compare({.reader = *reader, .writer = *writer})->size(), 100U);
  EXPECT_EQ(
      confluent_compare({.reader = *reader, .writer = *writer, .options = {.max_differences = 7}})
          ->size(),
      7U);
}

// Each level refers twice to the next one: 2^40 ways through, 40 pairs.
TEST(ConfluentBounds, PairsAreComparedOnceAndToldUntilThereIsNoRoom) {
  const auto bomb = [](const char* type) {
    std::string text =
        R"({"$ref":"#/definitions/x40","definitions":{"x0":{"type":")" + std::string(type) + "\"}";
    for (int i = 1; i <= 40; ++i) {
      const auto inner = "{\"$ref\":\"#/definitions/x" + std::to_string(i - 1) + "\"}";
      text += ",\"x" + std::to_string(i) + R"(":{"properties":{"a":)" + inner + ",\"b\":" + inner +
              "}}";
    }
    return text + "}}";
  };
  const auto writer = parse(bomb("number"));
  const auto reader = parse(bomb("integer"));
  std::uint64_t left = limits::kComparedPairs;
  EXPECT_EQ(confluent_compare({.reader = *reader, .writer = *writer, .steps_left = &left})->size(),
            100U);
  EXPECT_TRUE(
      confluent_compare({.reader = *writer, .writer = *reader, .steps_left = &left})->empty());
  EXPECT_GT(left, limits::kComparedPairs - 100'000);
}

// Every definition refers to all others; only one way leads to the difference.
TEST(ConfluentBounds, WaysInCirclesAreCounted) {
  constexpr int kCount = 40;
  const auto knot = [](const char* type) {
    std::string text =
        R"({"$ref":"#/definitions/x0","definitions":{"end":{"type":")" + std::string(type) + "\"}";
    for (int i = 0; i < kCount; ++i) {
      text += ",\"x" + std::to_string(i) + R"(":{"properties":{)";
      for (int j = 0; j < kCount; ++j) {
        text += (j == 0 ? "\"p" : ",\"p") + std::to_string(j) + R"(":{"$ref":"#/definitions/x)" +
                std::to_string(j) + "\"}";
      }
      text += i == kCount - 1 ? R"(,"z":{"$ref":"#/definitions/end"}}})" : "}}";
    }
    return text + "}}";
  };
  const auto writer = parse(knot("number"));
  const auto reader = parse(knot("integer"));
  std::uint64_t left = limits::kComparedPairs;
  const auto found = confluent_compare({.reader = *reader, .writer = *writer, .steps_left = &left});
  ASSERT_TRUE(found) << describe(found.error());
  EXPECT_FALSE(found->empty());
  EXPECT_GT(left, limits::kComparedPairs / 2);
}

TEST(ConfluentBounds, LongChainsOfReferencesAreRefused) {
  const auto chain = [](int length, const char* type) {
    std::string text =
        R"({"$ref":"#/definitions/n0","definitions":{"end":{"type":")" + std::string(type) + "\"}";
    for (int i = 0; i < length; ++i) {
      const auto next = i + 1 == length ? "end" : "n" + std::to_string(i + 1);
      text += ",\"n" + std::to_string(i) + R"(":{"items":{"$ref":"#/definitions/)" + next + "\"}}";
    }
    return text + "}}";
  };
  EXPECT_TRUE(found_by(chain(400, "number"), chain(400, "integer")).starts_with("TYPE_NARROWED"));
  EXPECT_TRUE(found_by(chain(600, "number"), chain(600, "integer"))
                  .find("more than 500 schemas within each other") != std::string::npos);
}

TEST(ConfluentBounds, ManyAlternativesAreRefusedOrCounted) {
  const auto alternatives = [](int count, int shift) {
    std::string text = R"({"anyOf":[false)";
    for (int i = 1; i < count; ++i) {
      text += R"(,{"type":"string","minLength":)" + std::to_string(i + shift) + "}";
    }
    return text + "]}";
  };
  EXPECT_EQ(found_by(alternatives(512, 1), alternatives(512, 0)), "");
  EXPECT_NE(found_by(alternatives(513, 1), alternatives(513, 0)).find("steps"), std::string::npos);
}

}  // namespace
}  // namespace limpet::json_schema
