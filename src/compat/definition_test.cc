#include "limpet/compat/definition.h"

#include "limpet/base/utf8.h"

#include <gtest/gtest.h>

namespace limpet::compat {
namespace {

using namespace std::literals;

TEST(ParsedDefinition, OneSchemaHasOneIdentity) {
  const auto compact = parse_definition(
      Format::Avro,
      R"({"type":"record","name":"User","namespace":"my.ns","fields":[{"name":"age","type":"int"}]})");
  const auto spaced = parse_definition(Format::Avro, R"({
    "fields": [ {"type": {"type": "int"}, "name": "age"} ],
    "name": "my.ns.User", "type": "record" })");
  ASSERT_TRUE(compact && spaced);
  EXPECT_EQ(compact->format(), Format::Avro);
  EXPECT_EQ(compact->identity(), spaced->identity());
  EXPECT_GT(spaced->weight(), 0U);
}

TEST(ParsedDefinition, WhatMeansSomethingIsKept) {
  const auto plain = parse_definition(
      Format::Avro, R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})");
  for (
      const auto* other :
      {R"({"type":"record","name":"R","doc":"d","fields":[{"name":"a","type":"int"}]})",
       R"({"type":"record","name":"R","aliases":["Q"],"fields":[{"name":"a","type":"int"}]})",
       R"({"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]})",
       R"({"type":"record","name":"R","fields":[{"name":"a","type":"int","doc":"d"}]})",
       R"({"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int","logicalType":"date"}}]})"}) {
    const auto parsed = parse_definition(Format::Avro, other);
    ASSERT_TRUE(parsed) << other;
    EXPECT_NE(parsed->identity(), plain->identity()) << other;
  }
}

TEST(ParsedDefinition, KnowsItsFormat) {
  EXPECT_EQ(parse_definition(Format::Json, "{}")->format(), Format::Json);
  EXPECT_EQ(parse_definition(Format::Protobuf, "syntax = \"proto3\";")->format(), Format::Protobuf);
}

TEST(ParsedDefinition, IdentityForgetsHowAThingIsWritten) {
  const auto identity = [](Format format, std::string_view text) {
    return parse_definition(format, text)->identity();
  };
  EXPECT_EQ(identity(Format::Json, R"({"type":"string","minLength":1.0})"),
            identity(Format::Json, R"({ "minLength": 1, "type": "\u0073tring" })"));
  EXPECT_NE(identity(Format::Json, R"({"title":"a"})"), identity(Format::Json, R"({"title":"b"})"));
  EXPECT_EQ(
      identity(Format::Protobuf, "syntax = \"proto3\"; message M { int32 a = 1; }"),
      identity(Format::Protobuf, "syntax='proto3';\n// why\nmessage M {\n  int32 a = 0x1;\n}"));
  EXPECT_NE(identity(Format::Protobuf, "syntax = \"proto3\"; message M { int32 a = 1; }"),
            identity(Format::Protobuf, "syntax = \"proto3\"; message M { int32 b = 1; }"));
}

TEST(ParsedDefinition, RefusesWhatIsNeitherJsonSchemaNorProtobuf) {
  for (const auto text : {""sv, "{"sv, "[]"sv, "7"sv, R"({"type":"strin"})"sv,
                          R"({"$ref":"https://example.com/other.json"})"sv}) {
    EXPECT_EQ(code_of(parse_definition(Format::Json, text)), Code::InvalidInput) << text;
  }
  for (const auto text : {""sv, " \n"sv, "{"sv, "message M {"sv, "syntax = \"proto4\";"sv,
                          "syntax = \"proto3\"; import \"other.proto\";"sv}) {
    EXPECT_EQ(code_of(parse_definition(Format::Protobuf, text)), Code::InvalidInput) << text;
  }
}

TEST(ParsedDefinition, RefusesWhatIsNotAvro) {
  for (const auto text : {""sv, " \n\t"sv, "{"sv, R"({"type":: "record",})"sv, R"("nope")"sv,
                          R"({"type":"record","name":"R"})"sv, "\"int\" 7"sv}) {
    EXPECT_EQ(code_of(parse_definition(Format::Avro, text)), Code::InvalidInput) << text;
  }
}

TEST(ReasonInvalid, NamesThePlace) {
  EXPECT_EQ(reason_invalid(Error::invalid_input("No name in schema", "/fields/0")),
            "No name in schema (at /fields/0)");
  EXPECT_EQ(reason_invalid(Error::invalid_input("No type")), "No type");
  EXPECT_FALSE(reason_invalid(Error::invalid_input("")).empty());
}

TEST(ReasonInvalid, IsCutBetweenCharactersAndKeepsThePlace) {
  std::string long_name;
  for (int i = 0; i < 6000; ++i) long_name += "é";
  const auto reason = reason_invalid(Error::invalid_input(long_name, "/fields/7"));
  EXPECT_TRUE(is_valid_utf8(reason));
  EXPECT_EQ(code_points(reason), kReasonCharacters);
  EXPECT_TRUE(reason.ends_with("é (at /fields/7)"));
  const auto place = reason_invalid(Error::invalid_input("x", long_name));
  EXPECT_TRUE(is_valid_utf8(place));
  EXPECT_LE(code_points(place), kReasonCharacters);
}

}  // namespace
}  // namespace limpet::compat
