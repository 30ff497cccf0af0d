#include "limpet/json_schema/bundle.h"

#include "json_schema_fuzz.h"

#include "limpet/json_schema/schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json_schema {
namespace {

TEST(Bundle, ExampleOfTheHeader) {
  const NamedText address{"address.json", R"({"type":"object"})"};
  auto whole =
      json_schema::bundle(R"({"properties":{"to":{"$ref":"address.json"}}})", std::array{address});
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_EQ(*whole, R"({"properties":{"to":{"$ref":"#/definitions/address.json"}},)"
                    R"("definitions":{"address.json":{"type":"object"}}})");
}

struct Row {
  const char* name;
  std::string root;
  std::vector<NamedText> imports;
  std::string expected;  // the bundle, or the message
  std::optional<Code> fails = {};
  std::string where = {};
};

std::string row_name(const ::testing::TestParamInfo<Row>& row) { return row.param.name; }

class BundleTest : public ::testing::TestWithParam<Row> {};

TEST_P(BundleTest, Bundles) {
  const auto& row = GetParam();
  const auto whole = bundle(row.root, row.imports);
  ASSERT_EQ(code_of(whole), row.fails) << (whole ? *whole : describe(whole.error()));
  if (!whole) {
    EXPECT_EQ(whole.error().message, row.expected);
    EXPECT_EQ(whole.error().where, row.where);
    return;
  }
  EXPECT_EQ(*whole, row.expected);
  EXPECT_TRUE(parse(*whole));
}

INSTANTIATE_TEST_SUITE_P(
    Good, BundleTest,
    ::
        testing::
            Values(
                Row{"TextStaysWithoutImports",
                    " { \"type\" : \"null\" } ",
                    {},
                    " { \"type\" : \"null\" } "},
                Row{"DefinitionsOfImports",
                    R"({"$ref":"address.json#/definitions/street","title":"kept"})",
                    {{"address.json", R"({"definitions":{"street":{"maxLength":1.0}}})"}},
                    R"({"$ref":"#/definitions/address.json/definitions/street","title":"kept","definitions":{"address.json":{"definitions":{"street":{"maxLength":1.0}}}}})"},
                Row{"ModernDialectsHaveDefs",
                    R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"a","type":"object"})",
                    {{"a",
                      R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":"A"})"}},
                    R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/a","type":"object","$defs":{"a":{"title":"A"}}})"},
                Row{"DefinitionsWhereTheyAreInUse",
                    R"({"$schema":"https://json-schema.org/draft/2019-09/schema","definitions":{"x":{"$ref":"a"}},"$ref":"#/$defs/x"})",
                    {{"a", "{}"}},
                    R"({"$schema":"https://json-schema.org/draft/2019-09/schema","definitions":{"x":{"$ref":"#/definitions/a"},"a":{}},"$ref":"#/$defs/x"})"},
                Row{"KeysThatAreTaken",
                    R"({"definitions":{"a_b.json":{}},"items":[{"$ref":"a/b.json"},{"$ref":"a?b.json"}]})",
                    {{"a/b.json", "true"}, {"a?b.json", "false"}},
                    R"({"definitions":{"a_b.json":{},"a_b.json-2":true,"a_b.json-3":false},"items":[{"$ref":"#/definitions/a_b.json-2"},{"$ref":"#/definitions/a_b.json-3"}]})"},
                Row{"NamesWithAndWithoutDot",
                    R"({"items":[{"$ref":"./a.json"},{"$ref":"a.json"},{"$ref":"b.json"}]})",
                    {{"a.json", "{}"}, {"./b.json", "{}"}},
                    R"({"items":[{"$ref":"#/definitions/a.json"},{"$ref":"#/definitions/a.json"},{"$ref":"#/definitions/._b.json"}],"definitions":{"a.json":{},"._b.json":{}}})"},
                Row{"NamesRelativeToTheIdentifier",
                    R"({"$id":"http://x.example/s/root.json","items":[{"$ref":"a.json"},{"$ref":"/s/a.json#"},{"$ref":"#/items/0"}]})",
                    {{"a.json",
                      R"({"properties":{"b":{"$ref":"b.json"},"r":{"$ref":"root.json#/items/2"}},"items":{"$ref":"#"}})"},
                     {"http://x.example/s/b.json", "{}"}},
                    R"({"$id":"http://x.example/s/root.json","items":[{"$ref":"#/definitions/a.json"},{"$ref":"#/definitions/a.json"},{"$ref":"#/items/0"}],"definitions":{"a.json":{"properties":{"b":{"$ref":"#/definitions/http_x.example_s_b.json"},"r":{"$ref":"#/items/2"}},"items":{"$ref":"#/definitions/a.json"}},"http_x.example_s_b.json":{}}})"},
                Row{"FoundByIdentifier",
                    R"({"items":[{"$ref":"a.json"},{"$ref":"http://x.example/a"},{"$ref":"http://x.example/b#c"}]})",
                    {{"a.json",
                      R"({"$id":"http://x.example/a","definitions":{"b":{"$id":"b","definitions":{"c":{"$id":"#c","maxLength":1}}}}})"}},
                    R"({"items":[{"$ref":"#/definitions/a.json"},{"$ref":"#/definitions/a.json"},{"$ref":"#/definitions/a.json/definitions/b/definitions/c"}],"definitions":{"a.json":{"definitions":{"b":{"definitions":{"c":{"maxLength":1}}}}}}})"},
                Row{"IdentifiersInsideAnImport",
                    R"({"$ref":"a.json"})",
                    {{"a.json",
                      R"({"properties":{"$id":{"$id":"inner/","properties":{"x":{"$ref":"#/properties/y"},"y":{"$ref":"../a.json#/properties/z"}}},"z":{}}})"}},
                    R"({"$ref":"#/definitions/a.json","definitions":{"a.json":{"properties":{"$id":{"properties":{"x":{"$ref":"#/definitions/a.json/properties/$id/properties/y"},"y":{"$ref":"#/definitions/a.json/properties/z"}}},"z":{}}}}})"},
                Row{"Anchors",
                    R"({"$schema":"https://json-schema.org/draft/2019-09/schema","$anchor":"here","items":[{"$ref":"a#here"},{"$ref":"#here"}]})",
                    {{"a",
                      R"({"$defs":{"x":{"$anchor":"here","$ref":"#here2"},"y":{"$anchor":"here2"}}})"}},
                    R"({"$schema":"https://json-schema.org/draft/2019-09/schema","$anchor":"here","items":[{"$ref":"#/$defs/a/$defs/x"},{"$ref":"#here"}],"$defs":{"a":{"$defs":{"x":{"$ref":"#/$defs/a/$defs/y"},"y":{}}}}})"},
                Row{"PointersAreEscaped",
                    R"({"items":[{"$ref":"a#/definitions/x~1y%20%C3%BC%25~0"}]})",
                    {{"a", R"({"definitions":{"x/y ü%~":{"$ref":"#"}}})"}},
                    R"({"items":[{"$ref":"#/definitions/a/definitions/x~1y%20%C3%BC%25~0"}],"definitions":{"a":{"definitions":{"x/y ü%~":{"$ref":"#/definitions/a"}}}}})"},
                Row{"DataIsNoReference",
                    R"({"allOf":[{"$ref":"a"}],"default":{"$ref":"a"},"examples":[{"$ref":"a"}],"unknown":{"$ref":"a"}})",
                    {{"a",
                      R"({"enum":[{"$ref":"b","$id":"x"}],"properties":{"$ref":{"const":{"$ref":"b"}},"$id":{}}})"}},
                    R"({"allOf":[{"$ref":"#/definitions/a"}],"default":{"$ref":"a"},"examples":[{"$ref":"a"}],"unknown":{"$ref":"a"},"definitions":{"a":{"enum":[{"$ref":"b","$id":"x"}],"properties":{"$ref":{"const":{"$ref":"b"}},"$id":{}}}}})"},
                Row{"SchemasInUnknownKeywords",
                    R"({"$ref":"a#/our/x"})",
                    {{"a",
                      R"({"our":{"x":{"$ref":"#/our/y"},"y":{"$ref":"nowhere-else","default":1},"z":{"$ref":"unseen"}}})"},
                     {"nowhere-else", "{}"}},
                    R"({"$ref":"#/definitions/a/our/x","definitions":{"a":{"our":{"x":{"$ref":"#/definitions/a/our/y"},"y":{"$ref":"#/definitions/nowhere-else","default":1},"z":{"$ref":"unseen"}}},"nowhere-else":{}}})"},
                Row{"SiblingsOfReferencesStay",
                    R"({"properties":{"x":{"$ref":"a","maxLength":3,"items":{"$ref":"ignored"}}}})",
                    {{"a",
                      R"({"$ref":"#/definitions/b","$id":"http://ignored/","definitions":{"b":{}}})"}},
                    R"({"properties":{"x":{"$ref":"#/definitions/a","maxLength":3,"items":{"$ref":"ignored"}}},"definitions":{"a":{"$ref":"#/definitions/a/definitions/b","definitions":{"b":{}}}}})"},
                Row{"ImportsThatNeedEachOther",
                    R"({"items":{"$ref":"a"}})",
                    {{"a", R"({"items":{"$ref":"b"}})"},
                     {"b", R"({"items":[{"$ref":"a"},{"$ref":"#"}]})"}},
                    R"({"items":{"$ref":"#/definitions/a"},"definitions":{"a":{"items":{"$ref":"#/definitions/b"}},"b":{"items":[{"$ref":"#/definitions/a"},{"$ref":"#/definitions/b"}]}}})"},
                Row{"BooleansInDraft4",
                    R"({"$schema":"http://json-schema.org/draft-04/schema#","items":[{"$ref":"t"},{"$ref":"f"}]})",
                    {{"t", "true"}, {"f", "false"}},
                    R"({"$schema":"http://json-schema.org/draft-04/schema#","items":[{"$ref":"#/definitions/t"},{"$ref":"#/definitions/f"}],"definitions":{"t":{},"f":{"not":{}}}})"},
                Row{"ReferenceInsideAnIdentifiedPartOfTheRoot",
                    R"({"$id":"http://x.example/root","properties":{"p":{"$id":"sub/","items":[{"$ref":"../a"},{"$ref":"#/items/0"}]}}})",
                    {{"a", R"({"items":{"$ref":"root#/properties"}})"}},
                    R"({"$id":"http://x.example/root","properties":{"p":{"$id":"sub/","items":[{"$ref":"http://x.example/root#/definitions/a"},{"$ref":"#/items/0"}]}},"definitions":{"a":{"items":{"$ref":"#/properties"}}}})"},
                Row{"MetaSchemasStayWhereTheyAre",
                    R"({"$ref":"a"})",
                    {{"a",
                      R"({"$id":"http://json-schema.org/draft-07/x","items":{"$ref":"schema#/definitions/nonNegativeInteger"}})"}},
                    R"({"$ref":"#/definitions/a","definitions":{"a":{"items":{"$ref":"http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger"}}}})"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Refused, BundleTest,
    ::testing::Values(
        Row{"RootIsNoSchemaWithoutImports",
            "1",
            {},
            "a JSON Schema is an object, true or false; this is number",
            Code::InvalidInput,
            "#"},
        Row{"RootIsBoolean",
            "true",
            {{"a", "{}"}},
            "the import a is never used",
            Code::InvalidInput,
            "a"},
        Row{"NeverUsed",
            R"({"$ref":"a","enum":[{"$ref":"b"}]})",
            {{"a", "{}"}, {"b", "{}"}},
            "the import b is never used",
            Code::InvalidInput,
            "b"},
        Row{"UsedByUnusedOnly",
            R"({"$ref":"a"})",
            {{"a", "{}"}, {"b", R"({"$ref":"c"})"}, {"c", R"({"items":{"$ref":"b"}})"}},
            "the import b is never used",
            Code::InvalidInput,
            "b"},
        Row{"GivenTwice",
            R"({"$ref":"a"})",
            {{"a", "{}"}, {"./a", "{}"}},
            "in the import ./a: it is given twice",
            Code::InvalidInput,
            "a"},
        Row{"NameWithFragment",
            R"({"$ref":"a"})",
            {{"a#", "{}"}},
            "in the import a#: its name is no URI without fragment",
            Code::InvalidInput,
            "a#"},
        Row{"EmptyName",
            "{}",
            {{"", "{}"}},
            "in the import : its name is no URI without fragment",
            Code::InvalidInput},
        Row{"NotImported",
            R"({"items":[{"$ref":"a"},{"$ref":"b#/x"}]})",
            {{"a", "{}"}},
            R"(the reference "b#/x" leads to another document, "b", and documents are never fetched; put that schema under "definitions" of this document and refer to it as "#/definitions/…")",
            Code::InvalidInput,
            "#/items/1/$ref"},
        Row{"NotImportedByAnImport",
            R"({"$ref":"a"})",
            {{"a", R"({"items":{"$ref":"b"}})"}},
            R"(in the import a: the reference "b" leads to another document, "b", and documents are never fetched; put that schema under "definitions" of this document and refer to it as "#/definitions/…")",
            Code::InvalidInput,
            "a#/items/$ref"},
        Row{"LeadsNowhere",
            R"({"$ref":"a#/definitions/x"})",
            {{"a", "{}"}},
            R"(the reference "a#/definitions/x" leads nowhere)",
            Code::InvalidInput,
            "#/$ref"},
        Row{"ImportIsNoJson",
            R"({"$ref":"a"})",
            {{"a", "{"}},
            "in the import a: not valid JSON: incomplete JSON",
            Code::InvalidInput,
            "a byte 1"},
        Row{"ImportIsNoSchema",
            R"({"$ref":"a"})",
            {{"a", R"({"properties":{"x":{"maxLength":-1}}})"}},
            R"(in the import a: "maxLength" must be an integer that is not negative)",
            Code::InvalidInput,
            "a#/properties/x/maxLength"},
        Row{"AnotherDialect",
            R"({"$schema":"http://json-schema.org/draft-07/schema#","$ref":"a"})",
            {{"a", R"({"$schema":"http://json-schema.org/draft-04/schema#"})"}},
            "the import a is written in draft-04, this schema in draft-07; all must have the same "
            "$schema",
            Code::InvalidInput,
            "a#"},
        Row{"AnotherDialectWithin",
            R"({"$ref":"a"})",
            {{"a",
              R"({"items":{"$id":"x","$schema":"https://json-schema.org/draft/2020-12/schema"}})"}},
            "the import a is written in 2020-12, this schema in draft-07; all must have the same "
            "$schema",
            Code::InvalidInput,
            "a#/items"},
        Row{"DynamicReference",
            R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"a"})",
            {{"a", R"({"$dynamicAnchor":"n","items":{"$dynamicRef":"#n"}})"}},
            R"(the import a has "$dynamicAnchor", whose meaning would change within another schema; use "$ref" and "$anchor")",
            Code::InvalidInput,
            "a#"},
        Row{"RecursiveReference",
            R"({"$schema":"https://json-schema.org/draft/2019-09/schema","$ref":"a"})",
            {{"a", R"({"$recursiveAnchor":false,"items":{"$recursiveRef":"#"}})"}},
            R"(the import a has "$recursiveRef", whose meaning would change within another schema; use "$ref" and "$anchor")",
            Code::InvalidInput,
            "a#/items"},
        Row{"SameIdentifierTwice",
            R"({"allOf":[{"$ref":"a"},{"$ref":"b"}]})",
            {{"a", R"({"$id":"http://x.example/"})"}, {"b", R"({"$id":"http://x.example/"})"}},
            R"(in the import b: its identifier "http://x.example/" is that of the import a, too)",
            Code::InvalidInput,
            "b"},
        Row{"IdentifierOfTheRoot",
            R"({"$id":"http://x.example/root","$comment":"","allOf":[{"$ref":"a"}]})",
            {{"a", R"({"$id":"root"})"}},
            R"(in the import a: its identifier "http://x.example/root" is that of this schema, or of one within it, too)",
            Code::InvalidInput,
            "http://x.example/a"},
        Row{"CouldMeanTwo",
            R"({"$id":"http://x.example/","allOf":[{"$ref":"a"},{"$ref":"urn:b"}]})",
            {{"urn:b", R"({"$id":"http://y.example/","items":{"$ref":"a"}})"},
             {"a", "{}"},
             {"c", R"({"$id":"http://y.example/a"})"}},
            R"(in the import urn:b: the reference "a" could mean the import a or the schema whose identifier is "http://y.example/a")",
            Code::InvalidInput,
            "urn:b#/items/$ref"},
        Row{"ReferenceInsideAnIdentifiedPartOfARelativeRoot",
            R"({"properties":{"p":{"$id":"sub/","items":{"$ref":"../a"}}}})",
            {{"a", "{}"}},
            R"(the reference "../a" to an import stands within a schema with an identifier of its own; remove that identifier, or give the whole schema one that is an absolute URI)",
            Code::InvalidInput,
            "#/properties/p/items"},
        Row{"SchemaThatIsData",
            R"({"$ref":"a#/enum/0"})",
            {{"a", R"({"enum":[{"$ref":"#/enum/1"},{}]})"}},
            R"(a reference leads into the data of "enum", "const", "default" or "examples"; that cannot be a schema at the same time)",
            Code::InvalidInput,
            "a#/enum/0"},
        Row{"Endless",
            R"({"$ref":"a"})",
            {{"a", R"({"allOf":[{"$ref":"b"}]})"}, {"b", R"({"$ref":"a"})"}},
            R"(in the import b: a reference leads back to "a#" on the same value, so that checking a value would never end)",
            Code::InvalidInput,
            "b#"}),
    row_name);

// `count` imports "0", "1", …, each of which refers to the next.
struct Chain {
  explicit Chain(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back(std::to_string(i));
      texts.push_back(i + 1 == count ? "{}"
                                     : R"({"items":{"$ref":")" + std::to_string(i + 1) + R"("}})");
    }
  }
  std::vector<NamedText> imports() const {
    std::vector<NamedText> out;
    for (std::size_t i = 0; i < names.size(); ++i) out.push_back({names[i], texts[i]});
    return out;
  }
  std::vector<std::string> names;
  std::vector<std::string> texts;
};

std::string nested(std::size_t levels, const std::string& inside) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += R"({"items":)";
  return text + inside + std::string(levels, '}');
}

TEST(BundleLimits, Imports) {
  EXPECT_TRUE(bundle(R"({"$ref":"0"})", Chain(100).imports()));
  const Chain more(101);
  const auto refused = bundle(R"({"$ref":"0"})", more.imports());
  ASSERT_EQ(code_of(refused), Code::LimitExceeded);
  EXPECT_EQ(refused.error().message, "a schema has 101 imports; the limit is 100");
}

TEST(BundleLimits, Bytes) {
  const std::string blank(1UL << 20, ' ');
  const auto text = blank.substr(2) + "{}";
  const std::vector<NamedText> imports{{"a", text}, {"b", text}, {"c", text}, {"d", text}};
  EXPECT_EQ(code_of(bundle(R"({"$ref":"a"})", imports)), Code::LimitExceeded);
  EXPECT_TRUE(bundle(R"({"$ref":"a"})", std::array{imports[0]}));
}

TEST(BundleLimits, Characters) {
  const auto comment = [](std::size_t count) {
    std::string text = R"({"$comment":")";
    for (std::size_t i = 0; i < count; ++i) text += "é";
    return text + "\"}";
  };
  constexpr std::string_view kRoot = R"({"$ref":"a"})";
  const auto around = bundle(kRoot, std::array{NamedText{"a", R"({"$comment":""})"}});
  ASSERT_TRUE(around);
  const auto fits = comment(170'000 - around->size());
  EXPECT_TRUE(bundle(kRoot, std::array{NamedText{"a", fits}}));
  const auto more = comment(170'001 - around->size());
  const auto refused = bundle(kRoot, std::array{NamedText{"a", more}});
  ASSERT_EQ(code_of(refused), Code::LimitExceeded);
  EXPECT_EQ(refused.error().message,
            "the schema and its imports are more than 170000 characters together");
}

TEST(BundleLimits, Nesting) {
  const auto fits = nested(509, "{}");
  EXPECT_TRUE(bundle(R"({"$ref":"a"})", std::array{NamedText{"a", fits}}));
  const auto more = nested(511, "{}");
  ASSERT_TRUE(parse(more));
  EXPECT_EQ(code_of(bundle(R"({"$ref":"a"})", std::array{NamedText{"a", more}})),
            Code::LimitExceeded);
  const auto far_more = nested(100'000, "{}");
  EXPECT_EQ(code_of(bundle(R"({"$ref":"a"})", std::array{NamedText{"a", far_more}})),
            Code::InvalidInput);
}

TEST(BundleCorpus, Replays) {
  replay_corpus(std::string(LIMPET_TESTDATA) + "/fuzz/json_schema_bundle", fuzz_bundle);
}

}  // namespace
}  // namespace limpet::json_schema
