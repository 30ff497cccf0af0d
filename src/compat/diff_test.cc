#include "limpet/compat/diff.h"

#include "limpet/base/limits.h"

#include <gtest/gtest.h>

namespace limpet::compat {
namespace {

struct DiffRow {
  std::string_view name;
  std::string_view first;
  std::string_view second;
  std::string_view patch;
};

class DiffTest : public testing::TestWithParam<DiffRow> {};

TEST_P(DiffTest, MakesAPatch) {
  const DiffRow& row = GetParam();
  const auto patch = syntax_diff(Format::Avro, row.first, row.second);
  ASSERT_TRUE(patch);
  EXPECT_EQ(*patch, row.patch);
}

INSTANTIATE_TEST_SUITE_P(
    Patches, DiffTest,
    testing::Values(
        DiffRow{"Equal", R"({"type":"int"})", R"({ "type" : "int" })", "[]"},
        DiffRow{"Type", R"({"type":"int"})", R"({"type":"long"})",
                R"([{"op":"replace","path":"/type","value":"long"}])"},
        DiffRow{"Root", R"("int")", R"("long")", R"([{"op":"replace","path":"","value":"long"}])"},
        DiffRow{
            "FieldAdded", R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]})",
            R"([{"op":"add","path":"/fields/1","value":{"name":"b","type":"int","default":0}}])"},
        DiffRow{
            "FieldRemoved",
            R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]})",
            R"({"type":"record","name":"R","fields":[{"name":"b","type":"int"}]})",
            R"([{"op":"remove","path":"/fields/0"}])"}),
    [](const auto& row) { return std::string(row.param.name); });

std::string record_with_doc(char c, std::size_t length) {
  return R"({"type":"record","name":"R","fields":[],"doc":")" + std::string(length, c) + "\"}";
}

TEST(SyntaxDiff, RefusesWhatIsNotJson) {
  for (const Format format : {Format::Avro, Format::Json}) {
    EXPECT_EQ(code_of(syntax_diff(format, "{", "{}")), Code::InvalidInput);
    EXPECT_EQ(code_of(syntax_diff(format, "{}", "{")), Code::InvalidInput);
  }
}

TEST(SyntaxDiff, ReplacesProtobufAsAWhole) {
  EXPECT_EQ(*syntax_diff(Format::Protobuf, "message A {}", "message A {}"), "[]");
  EXPECT_EQ(*syntax_diff(Format::Protobuf, "message A {}", "message \"B\" {}"),
            R"([{"op":"replace","path":"","value":"message \"B\" {}"}])");
}

TEST(SyntaxDiff, ManyChangesBelowALongNameReplaceTheWhole) {
  const auto schema = [](const char* value) {
    std::string text = R"({"type":"string",")" + std::string(60'000, 'n') + "\":{";
    for (int i = 0; i < 9000; ++i) {
      text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + value;
    }
    return text + "}}";
  };
  const auto patch = syntax_diff(Format::Avro, schema("1"), schema("2"));
  ASSERT_TRUE(patch);
  EXPECT_EQ(*patch, R"([{"op":"replace","path":"","value":)" + schema("2") + "}]");
}

TEST(SyntaxDiff, IsBounded) {
  const auto first = record_with_doc('a', 1000);
  const auto within = syntax_diff(Format::Avro, first, record_with_doc('b', 160'000));
  ASSERT_TRUE(within);
  EXPECT_LE(within->size(), limits::kDiffCharacters);
  EXPECT_EQ(code_of(syntax_diff(Format::Avro, first, record_with_doc('b', 400'000))),
            Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::compat
