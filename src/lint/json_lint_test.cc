#include "advice_testing.h"

#include <gtest/gtest.h>

namespace limpet::lint {
namespace {

struct Row {
  const char* name;
  std::string text;  // behind "$schema": draft-07
  const char* advice;
  const char* also = "";
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class JsonLintTest : public testing::TestWithParam<Row> {};

TEST_P(JsonLintTest, Advises) {
  const auto& row = GetParam();
  const std::string text =
      row.text.starts_with("{\"$schema\"") || row.text == "{}"
          ? row.text
          : R"({"$schema":"http://json-schema.org/draft-07/schema#",)" + row.text.substr(1);
  EXPECT_EQ(advised(compat::Format::Json, text, row.also), row.advice);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, JsonLintTest,
    testing::Values(
        Row{"Type", R"({"type":"string"})", ""}, Row{"NoDialect", "{}", "json-no-dialect "},
        Row{"UnknownDialect", R"({"$schema":"http://example.com/x"})", "json-no-dialect /$schema"},
        Row{"NewerDialect", R"({"$schema":"https://json-schema.org/draft/2020-12/schema"})",
            "json-dialect-not-in-glue /$schema"},
        Row{"OpenContentModel", R"({"properties":{"a":{}}})", "json-open-content-model "},
        Row{"ClosedContentModel", R"({"properties":{"a":{}},"additionalProperties":false})", ""},
        Row{"PartlyOpenContentModel",
            R"({"properties":{"a":{}},"additionalProperties":{"type":"string"}})", ""},
        Row{"BranchesOfAllOf", R"({"allOf":[{"properties":{"a":{}}}]})", ""},
        Row{"DefinitionsBesideAllOf",
            R"({"definitions":{"b":{"properties":{"a":{}}}},"allOf":[{"$ref":"#/definitions/b"}]})",
            ""},
        Row{"Definitions", R"({"definitions":{"b":{"properties":{"a":{}}}}})",
            "json-open-content-model /definitions/b"},
        Row{"RequiredNotDescribed",
            R"({"properties":{"a":{}},"required":["a","b"],"additionalProperties":{"type":"null"}})",
            "json-required-not-described /required/1"},
        Row{"RequiredOfABranch", R"({"anyOf":[{"required":["a"]},{"required":["b"]}]})", ""},
        Row{"MisspelledKeyword", R"({"requried":["a"],"propertys":{}})",
            "json-misspelled-keyword /requried\njson-misspelled-keyword /propertys"},
        Row{"OwnKeywords", R"({"x-owner":1,"example":1,"javaType":"A","connect.index":0})", ""},
        Row{"NamesOfPropertiesAreNoKeywords",
            R"({"properties":{"requried":{}},"additionalProperties":false})", ""},
        Row{"KeywordOfNewerDraft", R"({"dependentRequired":{"a":["b"]}})",
            "json-keyword-of-other-draft /dependentRequired"},
        Row{"KeywordOfOlderDraft", R"({"id":"http://example.com/x"})",
            "json-keyword-of-other-draft /id"},
        Row{"ConstInDraft4", R"({"$schema":"http://json-schema.org/draft-04/schema#","const":1})",
            "json-keyword-of-other-draft /const"},
        Row{"DefsInDraft7", R"({"$defs":{"a":{}},"$ref":"#/$defs/a"})", ""},
        Row{"KeywordNotForType", R"({"type":["string","null"],"minimum":1,"minLength":1})",
            "json-keyword-not-for-type /minimum"},
        Row{"KeywordForInteger", R"({"type":"integer","minimum":1})", ""},
        Row{"RefSiblings",
            R"({"definitions":{"a":{}},"$ref":"#/definitions/a","type":"string",)"
            R"("description":"d"})",
            "json-ref-siblings /type"},
        Row{"RefSiblingsCount",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","$defs":{"a":{}},)"
            R"("$ref":"#/$defs/a","type":"string"})",
            "json-dialect-not-in-glue /$schema"},
        Row{"PatternNotAnchored", R"({"pattern":"[A-Z]{3}"})",
            "json-pattern-not-anchored /pattern"},
        Row{"PatternAnchored", R"({"pattern":"^[A-Z]{3}$"})", ""},
        Row{"PatternPropertiesNotAnchored", R"({"patternProperties":{"x-":{}}})",
            "json-pattern-not-anchored /patternProperties/x-"},
        Row{"FormatIsOffByDefault", R"({"format":"date-time"})", ""},
        Row{"Format", R"({"format":"date-time"})", "json-format-not-asserted /format",
            "json-format-not-asserted"},
        Row{"MisspelledFormat", R"({"format":"datetime"})", "json-misspelled-format /format"},
        Row{"OwnFormat", R"({"format":"iban"})", ""},
        Row{"ValuesOfOtherType", R"({"type":"integer","enum":[1,1.0,1.5,"1"],"default":null})",
            "json-value-of-other-type /enum/2\njson-value-of-other-type /enum/3\n"
            "json-value-of-other-type /default"},
        Row{"ConstOfOtherType", R"({"type":"string","const":1})",
            "json-value-of-other-type /const"},
        Row{"ImpossibleBounds", R"({"minLength":3,"maxLength":2})",
            "json-impossible-bounds /minLength"},
        Row{"NarrowBounds", R"({"minLength":2,"maxLength":2})", ""},
        Row{"NamesDifferByCase", R"({"properties":{"id":{},"Id":{}},"additionalProperties":false})",
            "json-names-differ-by-case /properties/Id"},
        Row{"MissingDescription",
            R"({"properties":{"a":{},"b":{"description":"d"}},"additionalProperties":false})",
            "json-missing-description /properties/a", "json-missing-description"},
        Row{"DuplicateMember", R"({"type":"string","type":"null"})", "json-duplicate-member "},
        Row{"NestedSchemas",
            R"({"items":[{"minmum":1}],"not":{"anyOf":[{"minmum":1}]},)"
            R"("dependencies":{"a":["b"],"c":{"minmum":1}}})",
            "json-misspelled-keyword /items/0/minmum\n"
            "json-misspelled-keyword /not/anyOf/0/minmum\n"
            "json-misspelled-keyword /dependencies/c/minmum"},
        Row{"ValuesAreNoSchemas", R"({"enum":[{"requried":1}],"default":{"minmum":1}})", ""}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace limpet::lint
