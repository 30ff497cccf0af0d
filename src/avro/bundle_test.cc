#include "limpet/avro/bundle.h"

#include "avro_fuzz.h"
#include "identity.h"
#include "testing/random_schema.h"

#include "limpet/avro/schema.h"
#include "limpet/base/limits.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

constexpr std::string_view kAddress =
    R"({"type":"record","name":"shop.Address","fields":[{"name":"street","type":"string"}]})";

TEST(Bundle, ExampleOfTheHeader) {
  const NamedText address{"shop.Address", kAddress};
  auto whole = avro::bundle(R"({"type":"record","name":"Order","fields":[
      {"name":"to","type":"shop.Address"}]})",
                            std::array{address});
  ASSERT_TRUE(whole) << describe(whole.error());
  auto schema = avro::parse(*whole);
  ASSERT_TRUE(schema) << describe(schema.error());
  EXPECT_EQ(*whole, R"({"type":"record","name":"Order","fields":[{"name":"to","type":)" +
                        std::string(kAddress) + "}]}");
}

struct Row {
  const char* name;
  const char* root;
  std::vector<NamedText> imports;
  std::string expected;  // the bundle, or the message
  std::optional<Code> fails = {};
  std::string where = {};
};

std::string row_name(const ::testing::TestParamInfo<Row>& info) { return info.param.name; }

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
  const auto schema = parse(*whole);
  EXPECT_TRUE(schema) << describe(schema.error());
}

constexpr const char* kA = R"({"type":"fixed","name":"A","size":1})";
constexpr const char* kNsA = R"({"type":"fixed","name":"A","namespace":"x","size":2})";
constexpr const char* kRefersToA =
    R"({"type":"record","name":"R","fields":[{"name":"a","type":"A"}]})";

INSTANTIATE_TEST_SUITE_P(
    Good, BundleTest,
    ::testing::Values(
        Row{"TextStaysWithoutImports", " { \"type\" : \"int\" } ", {}, " { \"type\" : \"int\" } "},
        Row{"LaterUsesStayNames",
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"A"},{"name":"b","type":["null","x.A"]},{"name":"c","type":{"type":"map","values":"A"}}]})",
            {{"x.A", kNsA}},
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"fixed","name":"A","namespace":"x","size":2}},{"name":"b","type":["null","x.A"]},{"name":"c","type":{"type":"map","values":"A"}}]})"},
        Row{"AttributesSurvive",
            R"({"doc":"d","fields":[{"default":1e400,"name":"f","k":[1.10],"type":"A","doc":"e"}],"type":"record","custom":{"$":-0},"name":"R","aliases":["Q"]})",
            {{"A",
              R"({"size":16,"aliases":["z.B"],"logicalType":"x","doc":"é\n","name":"A","type":"fixed","n":1.0})"}},
            "Invalid default for field f: 1e400 not a fixed A",
            Code::InvalidInput,
            "/fields/0/default"},
        Row{"OrderAndNumbersSurvive",
            R"({"doc":"d","fields":[{"k":[1.10],"name":"f","type":"A","doc":"e"}],"type":"record","custom":{"$":-0},"name":"R","aliases":["Q"]})",
            {{"A",
              R"({"size":16,"aliases":["z.B"],"logicalType":"x","doc":"é\n","name":"A","type":"fixed","n":1e400})"}},
            R"({"doc":"d","fields":[{"k":[1.10],"name":"f","type":{"size":16,"aliases":["z.B"],"logicalType":"x","doc":"é\n","name":"A","type":"fixed","n":1e400},"doc":"e"}],"type":"record","custom":{"$":-0},"name":"R","aliases":["Q"]})"},
        Row{"NullNamespaceInsideANamespace",
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"A"},{"name":"b","type":".A"},{"name":"c","type":"A"}]})",
            {{"A", kA}},
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"fixed","name":"A","namespace":"","size":1}},{"name":"b","type":".A"},{"name":"c","type":"A"}]})"},
        Row{"NamespaceIsAddedForInheritedOnes",
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"y.Inner"},{"name":"b","type":"y.Outer"}]})",
            {{"y.Outer",
              R"({"type":"record","namespace":"y","name":"Outer","fields":[{"name":"i","type":{"type":"enum","name":"Inner","symbols":["S"]}}]})"}},
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"enum","name":"Inner","namespace":"y","symbols":["S"]}},{"name":"b","type":{"type":"record","namespace":"y","name":"Outer","fields":[{"name":"i","type":"y.Inner"}]}}]})"},
        Row{"ImportsOfImportsNestOnce",
            R"(["x.B","x.C"])",
            {{"x.A", kNsA},
             {"x.B", R"({"type":"record","name":"x.B","fields":[{"name":"a","type":"A"}]})"},
             {"x.C", R"({"type":"record","name":"x.C","fields":[{"name":"a","type":"A"}]})"}},
            R"([{"type":"record","name":"x.B","fields":[{"name":"a","type":{"type":"fixed","name":"A","namespace":"x","size":2}}]},{"type":"record","name":"x.C","fields":[{"name":"a","type":"A"}]}])"},
        Row{"RootIsAName", R"("x.A")", {{"x.A", kNsA}}, kNsA},
        Row{"RootIsAnObjectThatNames",
            R"({"type":"x.A","doc":"lost, as Avro does"})",
            {{"x.A", kNsA}},
            kNsA},
        Row{"RecursionInAnImport",
            R"({"type":"array","items":"Node"})",
            {{"Node",
              R"({"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]})"}},
            R"({"type":"array","items":{"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}})"},
        Row{"ImportsThatNeedEachOther",
            R"({"type":"array","items":"P"})",
            {{"P", R"({"type":"record","name":"P","fields":[{"name":"q","type":["null","Q"]}]})"},
             {"Q", R"({"type":"record","name":"Q","fields":[{"name":"p","type":["null","P"]}]})"}},
            R"({"type":"array","items":{"type":"record","name":"P","fields":[{"name":"q","type":["null",{"type":"record","name":"Q","fields":[{"name":"p","type":["null","P"]}]}]}]}})"},
        Row{"UnionAtTheTopOfAnImport",
            kRefersToA,
            {{"A", R"(["null",{"type":"array","items":{"type":"fixed","name":"A","size":1}}])"}},
            R"({"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"A","size":1}}]})"},
        Row{"SameDefinitionInBoth", R"({"type":"record","name":"R","fields":[{"name":"h","type":"x.H"},{"name":"a","type":{"size":2,"type":"fixed","name":"x.A"}}]})", {{"x.H", R"({"type":"record","name":"x.H","fields":[{"name":"a","type":{"type":"fixed","name":"A","size":2}}]})"}}, R"({"type":"record","name":"R","fields":[{"name":"h","type":{"type":"record","name":"x.H","fields":[{"name":"a","type":{"type":"fixed","name":"A","size":2}}]}},{"name":"a","type":"x.A"}]})"}, Row{"OwnTypesComeFirst", R"({"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"fixed","name":"A","size":2}},{"name":"b","type":"A"},{"name":"c","type":".A"}]})", {{"A", kA}}, R"({"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"fixed","name":"A","size":2}},{"name":"b","type":"A"},{"name":"c","type":{"type":"fixed","name":"A","namespace":"","size":1}}]})"}, Row{"BareNameBeforeItsNamesake", R"({"type":"record","name":"x.R","fields":[{"name":"a","type":".A"},{"name":"b","type":"A"},{"name":"c","type":{"type":"fixed","name":"A","size":2}}]})", {{"A", kA}}, R"({"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"fixed","name":"A","namespace":"","size":1}},{"name":"b","type":".A"},{"name":"c","type":{"type":"fixed","name":"A","size":2}}]})"},
        Row{"NamesThatLookPrimitive",
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"int"},{"name":"b","type":"x.int"},{"name":"c","type":"x.record"}]})",
            {{"x.int", R"({"type":"fixed","name":"int","namespace":"x","size":1})"},
             {"x.record", R"({"type":"fixed","name":"record","namespace":"x","size":1})"}},
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"int"},{"name":"b","type":{"type":"fixed","name":"int","namespace":"x","size":1}},{"name":"c","type":{"type":"fixed","name":"record","namespace":"x","size":1}}]})"},
        Row{"DefaultsOfImportedTypes",
            R"({"type":"record","name":"R","fields":[{"name":"e","type":"E","default":"GREEN"}]})",
            {{"E", R"({"type":"enum","name":"E","symbols":["RED","GREEN"]})"}},
            R"({"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["RED","GREEN"]},"default":"GREEN"}]})"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Refused, BundleTest,
    ::testing::Values(
        Row{"RootIsNoSchemaWithoutImports",
            R"("A")",
            {},
            R"(Undefined name: "A")",
            Code::InvalidInput},
        Row{"RootIsNoJson",
            "{",
            {{"A", kA}},
            "not valid JSON: incomplete JSON",
            Code::InvalidInput,
            "byte 1"},
        Row{"ImportIsNoJson",
            kRefersToA,
            {{"A", "{"}},
            "in the import A: not valid JSON: incomplete JSON",
            Code::InvalidInput,
            "A byte 1"},
        Row{"NeverUsed",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"A"}]})",
            {{"A", kA}, {"x.A", kNsA}},
            "the import x.A is never used",
            Code::InvalidInput,
            "x.A"},
        Row{"UsedByUnusedOnly",
            kRefersToA,
            {{"A", kA},
             {"x.B", R"({"type":"record","name":"x.B","fields":[{"name":"a","type":"x.A"}]})"},
             {"x.A", kNsA}},
            "the import x.B is never used",
            Code::InvalidInput,
            "x.B"},
        Row{"GivenTwice",
            kRefersToA,
            {{"A", kA}, {"A", kA}},
            "the import A is given twice",
            Code::InvalidInput,
            "A"},
        Row{"DefinesAnotherName",
            kRefersToA,
            {{"A", kNsA}},
            "the import A does not define a type of that name, but x.A",
            Code::InvalidInput,
            "A"},
        Row{"DefinesItInsideAnother",
            kRefersToA,
            {{"A",
              R"({"type":"record","name":"B","fields":[{"name":"f","type":{"type":"fixed","name":"A","size":1}}]})"}},
            "the import A does not define a type of that name, but B around it",
            Code::InvalidInput,
            "A"},
        Row{"DefinesNothing",
            kRefersToA,
            {{"A", R"("int")"}},
            "the import A does not define a type of that name",
            Code::InvalidInput,
            "A"},
        Row{"Unresolved",
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"A"},{"name":"b","type":["null","y.B"]}]})",
            {{"A", kA}},
            R"("y.B" is not a defined name, and no import defines it)",
            Code::InvalidInput,
            "/fields/1/type/1"},
        Row{"UnresolvedInAnImport",
            kRefersToA,
            {{"A", R"({"type":"record","name":"A","fields":[{"name":"r","type":"R"}]})"}},
            R"(in the import A: "R" is not a defined name, and no import defines it)",
            Code::InvalidInput,
            "A /fields/0/type"},
        Row{"UsedBeforeDefined",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"A"},{"name":"b","type":"B"},{"name":"c","type":{"type":"fixed","name":"B","size":1}}]})",
            {{"A", kA}},
            R"("B" is not a defined name, and no import defines it)",
            Code::InvalidInput,
            "/fields/1/type"},
        Row{"CouldMeanTwoImports",
            R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"A"},{"name":"b","type":".A"}]})",
            {{"A", kA}, {"x.A", kNsA}},
            R"(The name "A" could mean x.A or A; write "x.A" or ".A")",
            Code::InvalidInput,
            "/fields/0/type"},
        Row{"TwoDefinitionsInImports",
            R"(["P","Q"])",
            {{"P",
              R"({"type":"record","name":"P","fields":[{"name":"a","type":{"type":"fixed","name":"A","size":1}}]})"},
             {"Q",
              R"({"type":"record","name":"Q","fields":[{"name":"a","type":{"type":"fixed","name":"A","size":2}}]})"}},
            "the import P and the import Q define A differently",
            Code::InvalidInput,
            "Q /fields/0/type"},
        Row{"TwoDefinitionsOneInTheRoot",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"A","default":"zz"},{"name":"b","type":{"type":"fixed","name":"A","size":2}}]})",
            {{"A", kA}},
            "this schema and the import A define A differently",
            Code::InvalidInput,
            "A"},
        Row{"DefinedTwiceInTheRoot",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"A"},{"name":"b","type":{"type":"fixed","name":"B","size":2}},{"name":"c","type":{"type":"fixed","name":"B","size":2}}]})",
            {{"A", kA}},
            "Can't redefine: B",
            Code::InvalidInput,
            "/fields/2/type/name"},
        Row{"InvalidImport",
            kRefersToA,
            {{"A", R"({"type":"fixed","name":"A"})"}},
            R"(in the import A: Invalid or no size: {"type":"fixed","name":"A"})",
            Code::InvalidInput,
            "A"},
        Row{"InvalidDefaultInAnImport",
            kRefersToA,
            {{"A",
              R"({"type":"record","name":"A","fields":[{"name":"f","type":"int","default":"x"}]})"}},
            R"(in the import A: Invalid default for field f: "x" not a int)",
            Code::InvalidInput,
            "A /fields/0/default"},
        Row{"InvalidDefaultThatNobodySees",
            kRefersToA,
            {{"A",
              R"([{"type":"fixed","name":"A","size":1},{"type":"record","name":"B","fields":[{"name":"f","type":"int","default":"x"}]}])"}},
            R"(in the import A: Invalid default for field f: "x" not a int)",
            Code::InvalidInput,
            "A /1/fields/0/default"},
        Row{"InvalidDefaultInTheRoot",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"A","default":7}]})",
            {{"A", kA}},
            "Invalid default for field a: 7 not a fixed A",
            Code::InvalidInput,
            "/fields/0/default"},
        Row{"UnionInUnion",
            R"(["int",["A"]])",
            {{"A", kA}},
            R"(Nested union: ["int",[{"type":"fixed","name":"A","size":0}]])",
            Code::InvalidInput,
            "/1"}),
    row_name);

// `count` imports "T0", "T1", …: records that hold the next one.
struct Chain {
  explicit Chain(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back("T" + std::to_string(i));
      const auto held = i + 1 == count ? "int" : "T" + std::to_string(i + 1);
      texts.push_back(R"({"type":"record","name":")" + names.back() +
                      R"(","fields":[{"name":"f","type":")" + held + R"("}]})");
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
  for (std::size_t i = 0; i < levels; ++i) text += R"({"type":"array","items":)";
  return text + inside + std::string(levels, '}');
}

TEST(BundleLimits, Imports) {
  const Chain most(100);
  EXPECT_TRUE(bundle(R"("T0")", most.imports()));
  const Chain more(101);
  const auto refused = bundle(R"("T0")", more.imports());
  ASSERT_EQ(code_of(refused), Code::LimitExceeded);
  EXPECT_EQ(refused.error().message, "a schema has 101 imports; the limit is 100");
}

TEST(BundleLimits, Bytes) {
  const auto text = std::string((1UL << 20) - 2, ' ') + "{}";
  const std::vector<NamedText> imports{{"a", text}, {"b", text}, {"c", text}, {"d", text}};
  EXPECT_EQ(code_of(bundle(R"("a")", imports)), Code::LimitExceeded);
}

TEST(BundleLimits, Characters) {
  const auto import = [](std::size_t count) {
    std::string text = R"({"type":"fixed","name":"A","size":1,"doc":")";
    for (std::size_t i = 0; i < count; ++i) text += "é";
    return text + "\"}";
  };
  const auto fits = import(170'000 - import(0).size());
  EXPECT_TRUE(bundle(R"("A")", std::array{NamedText{"A", fits}}));
  const auto more = import(170'001 - import(0).size());
  const auto refused = bundle(R"("A")", std::array{NamedText{"A", more}});
  ASSERT_EQ(code_of(refused), Code::LimitExceeded);
  EXPECT_EQ(refused.error().message,
            "the schema and its imports are more than 170000 characters together");
}

TEST(BundleLimits, Nesting) {
  const auto import = [](std::size_t levels) {
    return R"({"type":"record","name":"A","fields":[{"name":"f","type":)" +
           nested(levels, R"("int")") + "}]}";
  };
  const auto root = nested(255, R"("A")");
  ASSERT_TRUE(bundle(root, std::array{NamedText{"A", import(255)}}));
  const auto refused = bundle(root, std::array{NamedText{"A", import(256)}});
  ASSERT_EQ(code_of(refused), Code::LimitExceeded);
  EXPECT_EQ(refused.error().message,
            "The schema and its imports nest types deeper than 512 levels");
  EXPECT_EQ(code_of(bundle(root, std::array{NamedText{"A", import(50'000)}})), Code::InvalidInput);
}

// Many texts that define many types alike: each is compared once with the first.
TEST(BundleLimits, ManyTwins) {
  std::string twins;
  for (int i = 0; i < 400; ++i) {
    twins += (i == 0 ? "" : ",") + std::string(R"({"type":"fixed","name":"F)") + std::to_string(i) +
             R"(","size":1})";
  }
  std::vector<std::string> names;
  std::vector<std::string> texts;
  std::string root = "[";
  for (int i = 0; i < 100; ++i) {
    names.push_back("T" + std::to_string(i));
    texts.push_back(R"({"type":"record","name":")" + names.back() +
                    R"(","fields":[{"name":"f","type":[)" + twins + "]}]}");
    root += (i == 0 ? "\"" : ",\"") + names.back() + "\"";
  }
  std::vector<NamedText> imports;
  for (std::size_t i = 0; i < names.size(); ++i) imports.push_back({names[i], texts[i]});
  const auto whole = bundle(root + "]", imports);
  EXPECT_EQ(code_of(whole), Code::LimitExceeded);  // 400 names, 100 times
  const auto few = bundle(R"(["T0","T1","T2"])", std::span(imports).first(3));
  ASSERT_TRUE(few) << describe(few.error());
  EXPECT_LT(few->size(), texts[0].size() + 10'000);
}

// Every named type of the schema in a text of its own.
std::vector<std::pair<std::string, std::string>> split(const Schema& schema) {
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<const Node*> open{&schema.root()};
  std::vector<bool> seen(schema.node_count(), false);
  while (!open.empty()) {
    const auto* node = open.back();
    open.pop_back();
    if (seen[node->id]) continue;
    seen[node->id] = true;
    if (is_named(node->type)) texts.emplace_back(node->name.full, print_alone(*node));
    for (const auto& field : node->fields) open.push_back(field.type);
    open.insert(open.end(), node->branches.begin(), node->branches.end());
    if (node->element != nullptr) open.push_back(node->element);
  }
  return texts;
}

TEST(BundleProperty, SplitSchemasBecomeWholeAgain) {
  std::size_t bundled = 0;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto text = testing::RandomSchema(seed, 20).text();
    const auto schema = parse(text);
    ASSERT_TRUE(schema) << text;
    ASSERT_EQ(bundle(text, {}).value_or(""), text);
    if (!is_named(schema->root().type)) continue;
    const auto texts = split(*schema);
    std::vector<NamedText> imports;
    for (const auto& [name, import] : texts) imports.push_back({name, import});
    const auto whole = bundle('"' + schema->root().name.full + '"', imports);
    ASSERT_TRUE(whole) << text << describe(whole.error());
    const auto again = parse(*whole);
    ASSERT_TRUE(again) << *whole << describe(again.error());
    ASSERT_EQ(identity_form(*again), identity_form(*schema));
    bundled += imports.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(bundled, 300U);
}

TEST(BundleCorpus, Replays) {
  const auto folder = std::string(LIMPET_TESTDATA) + "/fuzz/avro_bundle";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    fuzz_bundle(std::string{std::istreambuf_iterator<char>(in), {}});
  }
}

}  // namespace
}  // namespace limpet::avro
