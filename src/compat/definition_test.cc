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

TEST(ParsedDefinition, RefusesFormatsWithoutEngine) {
  EXPECT_EQ(code_of(parse_definition(Format::Json, "{}")), Code::InvalidInput);
  EXPECT_EQ(code_of(parse_definition(Format::Protobuf, "syntax = \"proto3\";")),
            Code::InvalidInput);
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
