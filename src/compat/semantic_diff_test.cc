#include "limpet/compat/semantic_diff.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

namespace limpet::compat {
namespace {

json::Value diff(Format format, std::string_view first, std::string_view second) {
  const auto text = semantic_diff({.version = 7, .definition = *parse_definition(format, first)},
                                  *parse_definition(format, second), {});
  EXPECT_TRUE(text);
  return text ? *json::parse(*text, {}) : json::Value();
}

std::string changes(const json::Value& diff) { return json::to_text(*diff.find("Changes")); }
bool compatible(const json::Value& diff, std::string_view direction) {
  return diff.find(direction)->find("Compatible")->as_bool();
}

TEST(SemanticDiff, SpellingIsNoChange) {
  const auto same = diff(Format::Avro, R"({"type":"record","name":"n.R","fields":[]})",
                         R"({ "fields": [], "namespace": "n", "name": "R", "type": "record" })");
  EXPECT_EQ(json::to_text(same), R"({"Changes":[],"Backward":{"Compatible":true,"Findings":[]},)"
                                 R"("Forward":{"Compatible":true,"Findings":[]}})");
  EXPECT_EQ(changes(diff(Format::Json, R"({"minimum":1,"type":"number"})",
                         R"({"type":"number","minimum":1.0})")),
            "[]");
  EXPECT_EQ(changes(diff(Format::Protobuf, "syntax='proto3';message M{int32 a=1;}",
                         "syntax = \"proto3\"; // text\nmessage M { int32 a = 0x1; }")),
            "[]");
}

TEST(SemanticDiff, BothDirectionsAreJudged) {
  const auto added =
      diff(Format::Avro, R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})",
           R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},)"
           R"({"name":"b","type":"string"}]})");
  EXPECT_FALSE(compatible(added, "Backward"));
  EXPECT_TRUE(compatible(added, "Forward"));
  const auto& findings = added.find("Backward")->find("Findings")->items();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].find("Rule")->text(), "READER_FIELD_MISSING_DEFAULT_VALUE");
  EXPECT_EQ(findings[0].find("Field")->text(), "R.b");
  EXPECT_TRUE(
      findings[0].find("Message")->text().starts_with("Not BACKWARD compatible with version 7: "));
  EXPECT_NE(changes(added).find(R"("path":"/fields/1")"), std::string::npos) << changes(added);
}

TEST(SemanticDiff, ProtobufIsComparedByLines) {
  const auto added = diff(Format::Protobuf, "syntax='proto3';message M{int32 a=1;}",
                          "syntax='proto3';message M{int32 a=1;string b=2;}");
  EXPECT_EQ(changes(added), R"([{"op":"add","path":"/3","value":"  string b = 2;"}])");
  EXPECT_TRUE(compatible(added, "Backward"));
}

TEST(SemanticDiff, TooLongToAnswer) {
  const std::string doc(160'000, 'x');
  const auto first = *parse_definition(Format::Json, R"({"description":")" + doc + R"("})");
  const auto second = *parse_definition(
      Format::Json, R"({"title":")" + doc + R"(","definitions":{"a":{"title":")" + doc +
                        R"("}},"description":")" + std::string(160'000, 'y') + R"("})");
  const auto refused = semantic_diff({.version = 1, .definition = first}, second, {});
  EXPECT_EQ(code_of(refused), Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::compat
