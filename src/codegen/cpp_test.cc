#include "limpet/codegen/cpp.h"

#include "unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limpet::codegen {
namespace {

using testing::HasSubstr;

Result<std::string> from_avro(std::string_view text, const CppOptions& options = {}) {
  LIMPET_TRY(const auto schema, avro::parse(text));
  return cpp_header(schema, text, options);
}
Result<std::string> from_proto(std::string_view text, const CppOptions& options = {}) {
  LIMPET_TRY(const auto schema, protobuf::parse(text));
  return cpp_header(schema, text, options);
}
Result<std::string> from_json(std::string_view text, const CppOptions& options = {}) {
  LIMPET_TRY(const auto schema, json_schema::parse(text));
  return cpp_header(schema, text, options);
}

struct NameRow {
  std::string_view word;
  std::string_view identifier;
};
class NameTest : public testing::TestWithParam<NameRow> {};
TEST_P(NameTest, BecomesAnIdentifier) {
  EXPECT_EQ(identifier(GetParam().word), GetParam().identifier);
}
INSTANTIATE_TEST_SUITE_P(Names, NameTest,
                         testing::Values(NameRow{"name", "name"}, NameRow{"class", "class_"},
                                         NameRow{"sent-off", "sent_off"}, NameRow{"2nd", "n2nd"},
                                         NameRow{"_x", "n_x"}, NameRow{"a__b", "a_b"},
                                         NameRow{"größe", "gr_e"}, NameRow{"", "n"},
                                         NameRow{"co_await", "co_await_"}));

TEST(Names, NamespacesOfTheLibraryAreNotOpened) {
  EXPECT_EQ(namespace_of("my.namespace"), "my::namespace_");
  EXPECT_EQ(namespace_of("std.chrono"), "std_::chrono");
  EXPECT_EQ(namespace_of("limpet"), "limpet_");
  EXPECT_EQ(namespace_of(""), "");
}

TEST(Names, TextBecomesALiteral) { EXPECT_EQ(quoted("a\"b\\c\n7"), "\"a\\\"b\\\\c\\0127\""); }

TEST(Names, ACommentNeverJoinsTheNextLine) {
  EXPECT_EQ(comment_lines("one\ntwo \\\r\n", "  "), "  /// one\n  /// two\n");
  EXPECT_EQ(comment_lines("one\\\t\ntwo\\\v\f", ""), "/// one\n/// two\n");
}

TEST(Cpp, ATextCannotEndItsLiteral) {
  const auto header = from_proto(
      "// )limpet\"; int x = 1; auto y = R\"limpet(\n// )limpet1\"\n"
      "syntax = \"proto3\"; message M { int32 id = 1; }");
  ASSERT_TRUE(header) << describe(header.error());
  EXPECT_THAT(*header, HasSubstr("R\"limpet2(// )limpet\""));
  EXPECT_THAT(*header, HasSubstr("id = 1; })limpet2\";"));
}

TEST(Cpp, ArraysOfBooleansAreRefused) {
  const std::string words = "is an array of booleans";
  const auto avro = from_avro(
      R"({"type":"record","name":"R","fields":[
          {"name":"f","type":["null",{"type":"array","items":"boolean"}]}]})");
  ASSERT_EQ(code_of(avro), Code::InvalidInput);
  EXPECT_THAT(avro.error().message, HasSubstr("field \"f\" of"));
  EXPECT_THAT(avro.error().message, HasSubstr(words));
  const auto proto = from_proto("syntax = \"proto3\"; message M { repeated bool f = 1; }");
  ASSERT_EQ(code_of(proto), Code::InvalidInput);
  EXPECT_THAT(proto.error().message, HasSubstr(words));
  const auto json = from_json(
      R"({"title":"R","type":"object","properties":{
          "f":{"type":"array","items":{"type":"boolean"}}}})");
  ASSERT_EQ(code_of(json), Code::InvalidInput);
  EXPECT_THAT(json.error().message, HasSubstr(words));
}

TEST(Cpp, SaysWhereItCameFrom) {
  const auto header =
      from_avro(R"({"type":"record","name":"User","fields":[]})", {.source = "user.avsc"});
  ASSERT_TRUE(header);
  EXPECT_THAT(*header, HasSubstr("// Made by `limpet codegen` from user.avsc."));
}

TEST(Cpp, TellsWhatALogicalTypeMeans) {
  const auto header = from_avro(R"({"type":"record","name":"User","fields":[
      {"name":"born","type":["null",{"type":"int","logicalType":"date"}]}]})");
  ASSERT_TRUE(header);
  EXPECT_THAT(*header,
              HasSubstr("/// Days since 1970-01-01.\n  std::optional<std::int32_t> born;"));
}

TEST(Cpp, TheNamespaceMayBeChosen) {
  const auto header =
      from_avro(R"({"type":"record","name":"a.b.User","fields":[]})", {.name_space = "shop::v1"});
  ASSERT_TRUE(header);
  EXPECT_THAT(*header, HasSubstr("namespace shop::v1 {"));
  EXPECT_THAT(*header, HasSubstr("record(\n      \"a.b.User\")"));
}

struct RefusedRow {
  std::string_view name;
  Result<std::string> (*make)(std::string_view, const CppOptions&);
  std::string_view text;
  std::string_view says;
};
class RefusedTest : public testing::TestWithParam<RefusedRow> {};
TEST_P(RefusedTest, IsRefusedWithItsPlace) {
  const auto header = GetParam().make(GetParam().text, {});
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().code, Code::InvalidInput);
  EXPECT_THAT(describe(header.error()), HasSubstr(GetParam().says));
}
INSTANTIATE_TEST_SUITE_P(
    Refused, RefusedTest,
    testing::Values(
        RefusedRow{"NoRecord", from_avro, R"("string")", "C++ is made for records"},
        RefusedRow{"SameNames", from_avro,
                   R"({"type":"record","name":"A","fields":[{"name":"class","type":"int"},
                       {"name":"class_","type":"int"}]})",
                   "two fields of A would be named class_"},
        RefusedRow{
            "SelfInLargerUnion", from_avro,
            R"({"type":"record","name":"A","fields":[{"name":"n","type":["null","int","A"]}]})",
            "holds A within itself"},
        RefusedRow{"NoMessages", from_proto, "syntax = \"proto3\"; enum E { A = 0; }",
                   "no messages"},
        RefusedRow{"NoObject", from_json, R"({"type":"string"})", "no object"},
        RefusedRow{"TwoTypes", from_json,
                   R"({"type":"object","properties":{"a":{"type":["string","integer"]}}})",
                   "#/properties/a"},
        RefusedRow{"AllOf", from_json,
                   R"({"type":"object","properties":{"a":{"allOf":[{"type":"string"}]}}})",
                   "\"allOf\" describes more than one type"},
        RefusedRow{"Free", from_json, R"({"type":"object","properties":{"a":{}}})",
                   "it has no \"type\""}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace limpet::codegen
