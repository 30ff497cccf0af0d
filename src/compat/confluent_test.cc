// The profile Confluent: its words, its order, and where it ends.
#include "limpet/compat/check.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace limpet::compat {
namespace {

ParsedDefinition parsed(Format format, std::string_view text) {
  auto definition = parse_definition(format, text);
  EXPECT_TRUE(definition) << text << ": " << describe(definition.error());
  return *std::move(definition);
}

Verdict judge(Mode mode, Format format, std::string_view candidate, std::string_view stored) {
  const Baseline baseline{.version = 1, .definition = parsed(format, stored)};
  auto verdict =
      check(mode, {.profile = Profile::Confluent}, parsed(format, candidate), {&baseline, 1});
  EXPECT_TRUE(verdict);
  return *std::move(verdict);
}

struct Row {
  const char* name;
  Format format;
  std::string reader;
  std::string writer;
  std::string backward;  // what the registry says when the reader is new
  std::string forward;   // … when it is old

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class ConfluentMessage : public testing::TestWithParam<Row> {};

TEST_P(ConfluentMessage, IsTheRegistrys) {
  const Row& row = GetParam();
  const auto backward = judge(Mode::Backward, row.format, row.reader, row.writer);
  const auto forward = judge(Mode::Forward, row.format, row.writer, row.reader);
  ASSERT_EQ(backward.findings.size(), 1U);
  ASSERT_EQ(forward.findings.size(), 1U);
  EXPECT_EQ(backward.findings[0].confluent_message, row.backward);
  EXPECT_EQ(forward.findings[0].confluent_message, row.forward);
  EXPECT_FALSE(backward.findings[0].fix.empty());
}

std::string record(const std::string& fields, const std::string& rest = "") {
  return R"({"type":"record","name":"R","fields":[)" + fields + "]" + rest + "}";
}
std::string named(const std::string& type, const std::string& rest) {
  return R"({"type":")" + type + R"(","name":"F",)" + rest + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Avro, ConfluentMessage,
    testing::Values(
        Row{"FixedSizeMismatch", Format::Avro, named("fixed", R"("size":4)"),
            named("fixed", R"("size":8)"),
            "{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path "
            "'/size' in the new schema does not match with the old schema', "
            "additionalInfo:'expected: 8, found: 4'}",
            "{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path "
            "'/size' in the old schema does not match with the new schema', "
            "additionalInfo:'expected: 8, found: 4'}"},
        Row{"TypeMismatch", Format::Avro, record(R"({"name":"a","type":"int"})"),
            record(R"({"name":"a","type":"string"})"),
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field "
            "in the new schema does not match with the old schema', additionalInfo:'reader type: "
            "INT not compatible with writer type: STRING'}",
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field "
            "in the old schema does not match with the new schema', additionalInfo:'reader type: "
            "INT not compatible with writer type: STRING'}"},
        Row{"NameMismatch", Format::Avro, R"({"type":"record","name":"R2","fields":[]})",
            record(""),
            "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path "
            "'/name')', additionalInfo:'expected: R'}",
            "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path "
            "'/name')', additionalInfo:'expected: R'}"},
        Row{"MissingEnumSymbols", Format::Avro, named("enum", R"("symbols":["A"])"),
            named("enum", R"("symbols":["C","A","B"])"),
            "{errorType:'MISSING_ENUM_SYMBOLS', description:'The new schema is missing enum "
            "symbols '[B, C]' at path '/symbols' in the old schema', additionalInfo:'[B, C]'}",
            "{errorType:'MISSING_ENUM_SYMBOLS', description:'The old schema is missing enum "
            "symbols '[B, C]' at path '/symbols' in the new schema', additionalInfo:'[B, C]'}"},
        Row{"MissingUnionBranch", Format::Avro, R"(["null","int"])", R"(["null","string"])",
            "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type "
            "inside a union field at path '/1' in the old schema', additionalInfo:'reader union "
            "lacking writer type: STRING'}",
            "{errorType:'MISSING_UNION_BRANCH', description:'The old schema is missing a type "
            "inside a union field at path '/1' in the new schema', additionalInfo:'reader union "
            "lacking writer type: STRING'}"},
        Row{"ReaderFieldMissingDefaultValue", Format::Avro, record(R"({"name":"a","type":"int"})"),
            record(""),
            "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path "
            "'/fields/0' in the new schema has no default value and is missing in the old "
            "schema', additionalInfo:'a'}",
            "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path "
            "'/fields/0' in the old schema has no default value and is missing in the new "
            "schema', additionalInfo:'a'}"},
        Row{"Exception", Format::Avro, record(R"({"name":"a","type":"int","aliases":["b"]})"),
            record(R"({"name":"a","type":"int"},{"name":"b","type":"int"})"),
            "Unexpected exception during compatibility check: Reader record field a matches "
            "multiple fields in writer record schema R",
            "Unexpected exception during compatibility check: Reader record field a matches "
            "multiple fields in writer record schema R"}),
    [](const auto& row) { return row.param.name; });

// One row for each sentence.
Row json(const char* name, const std::string& rule, const std::string& reader,
         const std::string& writer, const std::string& backward, const std::string& forward) {
  const auto entry = [&](const std::string& text) {
    return "{errorType:\"" + rule + "\", description:\"" + text + "'}";
  };
  return {name, Format::Json, reader, writer, entry(backward), entry(forward)};
}

INSTANTIATE_TEST_SUITE_P(
    Json, ConfluentMessage,
    testing::Values(
        json("NotPresent", "MAX_LENGTH_ADDED", R"({"type":"string","maxLength":5})",
             R"({"type":"string"})",
             "The keyword at path '#/maxLength' in the new schema is not present in the old schema",
             "The keyword at path '#/maxLength' in the old schema is not present in the new "
             "schema"),
        json("More", "MIN_LENGTH_INCREASED", R"({"type":"string","minLength":5})",
             R"({"type":"string","minLength":4})",
             "The value at path '#/minLength' in the new schema is more than its value in the old "
             "schema",
             "The value at path '#/minLength' in the old schema is more than its value in the new "
             "schema"),
        json("Less", "MAXIMUM_DECREASED", R"({"maximum":1})", R"({"maximum":2})",
             "The value at path '#/maximum' in the new schema is less than its value in the old "
             "schema",
             "The value at path '#/maximum' in the old schema is less than its value in the new "
             "schema"),
        json("Different", "PATTERN_CHANGED", R"({"pattern":"a"})", R"({"pattern":"b"})",
             "The value at path '#/pattern' is different between the new and old schema",
             "The value at path '#/pattern' is different between the old and new schema"),
        json("Fewer", "ENUM_ARRAY_NARROWED", R"({"enum":[1]})", R"({"enum":[1,2]})",
             "An array or combined type at path '#/enum' has fewer elements in the new schema than "
             "the old schema",
             "An array or combined type at path '#/enum' has fewer elements in the old schema than "
             "the new schema"),
        json("MoreElements", "NOT_TYPE_EXTENDED", R"({"not":{"type":"number"}})",
             R"({"not":{"type":"integer"}})",
             "An array or combined type at path '#/not' has more elements in the new schema than "
             "the old schema",
             "An array or combined type at path '#/not' has more elements in the old schema than "
             "the new schema"),
        json("OtherType", "TYPE_CHANGED", R"({"type":"null"})", R"({"type":"string"})",
             "A type at path '#/' is different between the new schema and the old schema",
             "A type at path '#/' is different between the old schema and the new schema"),
        json("AddedToOpen", "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
             R"({"properties":{"a":{"type":"null"}}})", R"({"properties":{}})",
             "The new schema has an open content model and has a property or item at path "
             "'#/properties/a' which is missing in the old schema",
             "The old schema has an open content model and has a property or item at path "
             "'#/properties/a' which is missing in the new schema"),
        json("RequiredAddedToUnopen", "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
             R"({"properties":{"a":{}},"required":["a"],"additionalProperties":false})",
             R"({"additionalProperties":false})",
             "The new schema has an unopen content model and has a required property at path "
             "'#/properties/a' which is missing in the old schema",
             "The old schema has an unopen content model and has a required property at path "
             "'#/properties/a' which is missing in the new schema"),
        json("RemovedFromClosed", "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
             R"({"additionalProperties":false})",
             R"({"properties":{"a":{}},"additionalProperties":false})",
             "The new has a closed content model and is missing a property or item present at path "
             "'#/properties/a' in the old schema",
             "The old has a closed content model and is missing a property or item present at path "
             "'#/properties/a' in the new schema"),
        json("NoText", "SCHEMA_ADDED", R"({"type":"array","items":{}})", R"({"type":"array"})", "",
             "")),
    [](const auto& row) { return row.param.name; });

// A difference that is not covered comes behind the one that made it so.
TEST(ConfluentMessage, NotCovered) {
  const auto covered = R"({"additionalProperties":{"type":"string"}})";
  const auto with =
      R"({"properties":{"a":{"type":"null"}},"additionalProperties":{"type":"string"}})";
  const auto added = judge(Mode::Backward, Format::Json, with, covered);
  ASSERT_EQ(added.findings.size(), 2U);
  EXPECT_EQ(added.findings[0].rule, "TYPE_CHANGED");
  EXPECT_EQ(added.findings[1].confluent_message,
            "{errorType:\"PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL\", "
            "description:\"The new schema has a property or item at path '#/properties/a' which is "
            "missing in the old schema and is not covered by its partially open content model'}");
  const auto removed = judge(Mode::Backward, Format::Json, covered, with);
  ASSERT_EQ(removed.findings.size(), 2U);
  EXPECT_EQ(removed.findings[1].confluent_message,
            "{errorType:\"PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL\", "
            "description:\"A property or item is missing in the new schema but present at path "
            "'#/properties/a' in the old schema and is not covered by its partially open content "
            "model'}");
}

Row proto(const char* name, const std::string& rule, const std::string& reader,
          const std::string& writer, const std::string& backward, const std::string& forward) {
  const auto entry = [&](const std::string& text) {
    return "{errorType:\"" + rule + "\", description:\"" + text + "\"}";
  };
  const std::string syntax = "syntax = \"proto2\"; ";
  return {name,          Format::Protobuf, syntax + reader, syntax + writer, entry(backward),
          entry(forward)};
}

INSTANTIATE_TEST_SUITE_P(
    Protobuf, ConfluentMessage,
    testing::Values(
        proto("Package", "PACKAGE_CHANGED", "package a;", "package b;",
              "The package at '#/' in the new schema does not match the package in the old schema",
              "The package at '#/' in the old schema does not match the package in the new schema"),
        proto("Message", "MESSAGE_REMOVED", "message M {}", "message M {} message N {}",
              "The new schema is missing a MESSAGE type at path '#/N' in the old schema",
              "The old schema is missing a MESSAGE type at path '#/N' in the new schema"),
        proto("Kind", "FIELD_KIND_CHANGED", "message M { optional M a = 1; }",
              "message M { optional int32 a = 1; }",
              "The type of a field at path '#/M/1' in the new schema does not match the old schema",
              "The type of a field at path '#/M/1' in the old schema does not match the new "
              "schema"),
        proto(
            "Scalar", "FIELD_SCALAR_KIND_CHANGED", "message M { optional string a = 1; }",
            "message M { optional int32 a = 1; }",
            "The kind of a SCALAR field at path '#/M/1' in the new schema does not match its kind "
            "in the old schema",
            "The kind of a SCALAR field at path '#/M/1' in the old schema does not match its kind "
            "in the new schema"),
        proto("NamedType", "FIELD_NAMED_TYPE_CHANGED",
              "message M { optional N a = 1; } message N {} message O {}",
              "message M { optional O a = 1; } message N {} message O {}",
              "The type of a MESSAGE field at path '#/M/1' in the new schema does not match its "
              "type in the old schema",
              "The type of a MESSAGE field at path '#/M/1' in the old schema does not match its "
              "type in the new schema"),
        proto("Label", "FIELD_NUMERIC_LABEL_CHANGED", "message M { repeated int32 a = 1; }",
              "message M { optional int32 a = 1; }",
              "The label for a NUMERIC field at path '#/M/1' in the new schema does not match its "
              "label in the old schema",
              "The label for a NUMERIC field at path '#/M/1' in the old schema does not match its "
              "label in the new schema"),
        proto("RequiredAdded", "REQUIRED_FIELD_ADDED", "message M { required int32 a = 1; }",
              "message M {}",
              "A required field  at path '#/M/1' in the new schema is missing in the old schema",
              "A required field  at path '#/M/1' in the old schema is missing in the new schema"),
        proto("RequiredRemoved", "REQUIRED_FIELD_REMOVED", "message M {}",
              "message M { required int32 a = 1; }",
              "The new schema is missing a required field at path: '#/M/1' in the old schema",
              "The old schema is missing a required field at path: '#/M/1' in the new schema"),
        proto("OneofField", "ONEOF_FIELD_REMOVED", "message M { oneof o { int32 a = 1; } }",
              "message M { oneof o { int32 a = 1; int32 b = 2; } }",
              "The new schema is missing a oneof field at path '#/M/o/2' in the old schema",
              "The old schema is missing a oneof field at path '#/M/o/2' in the new schema"),
        proto("Together", "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
              "message M { oneof o { int32 a = 1; int32 b = 2; } }",
              "message M { optional int32 a = 1; optional int32 b = 2; }",
              "Multiple fields in the oneof at path '#/M/o' in the new schema are outside a oneof "
              "in the old schema",
              "Multiple fields in the oneof at path '#/M/o' in the old schema are outside a oneof "
              "in the new schema"),
        proto("Existing", "FIELD_MOVED_TO_EXISTING_ONEOF",
              "message M { oneof o { int32 a = 1; int32 b = 2; } }",
              "message M { optional int32 a = 1; oneof o { int32 b = 2; } }",
              "A field in the oneof at path '#/M/o' in the new schema is outside an existing oneof "
              "in the old schema",
              "A field in the oneof at path '#/M/o' in the old schema is outside an existing oneof "
              "in the new schema")),
    [](const auto& row) { return row.param.name; });

// ---- what a person reads ----

TEST(Confluent, SaysItInTheRegistrysWordsWithAFixOfOurs) {
  const auto verdict = judge(Mode::Backward, Format::Avro, record(R"({"name":"a","type":"int"})"),
                             record(R"({"name":"b","type":"int","default":0})"));
  EXPECT_EQ(summary(verdict),
            "Not BACKWARD compatible with version 1: The field 'a' at path '/fields/0' in the new "
            "schema has no default value and is missing in the old schema. Fix: give \"a\" a "
            "default, or register it under FORWARD or NONE.");
  EXPECT_EQ(verdict.findings[0].path, "/fields/0");
  EXPECT_EQ(verdict.findings[0].field, "R.a");
  EXPECT_EQ(verdict.findings[0].writer_type, "absent");
}

TEST(Confluent, WhatHasNoTextIsSaidInOurs) {
  const auto verdict = judge(Mode::Backward, Format::Json,
                             R"({"type":"array","items":{"type":"null"}})", R"({"type":"array"})");
  EXPECT_EQ(verdict.findings.at(0).message,
            "Not BACKWARD compatible with version 1: the new definition has rules where version 1 "
            "has none (new definition: {\"type\":\"null\"}, version 1: absent).");
}

TEST(Confluent, TheGlueProfileHasNoMessagesOfTheRegistry) {
  const Baseline baseline{.version = 1, .definition = parsed(Format::Avro, R"("int")")};
  const auto verdict = check(Mode::Backward, {}, parsed(Format::Avro, R"("null")"), {&baseline, 1});
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->findings.at(0).confluent_message, "");
}

// ---- the order of work ----

std::vector<std::string> order_of(const Verdict& verdict) {
  std::vector<std::string> order;
  for (const auto& finding : verdict.findings) {
    order.push_back(std::to_string(finding.version) + " " +
                    std::string(to_string(finding.direction)) + " " + finding.field);
  }
  return order;
}

const std::string kA = R"({"name":"a","type":"int"})";
const std::string kB = R"({"name":"b","type":"int"})";

TEST(Confluent, ForwardComesFirst) {
  const auto verdict = judge(Mode::Full, Format::Avro, record(kA), record(kB));
  EXPECT_EQ(order_of(verdict), (std::vector<std::string>{"1 FORWARD R.b", "1 BACKWARD R.a"}));
}

TEST(Confluent, TheFirstVersionThatIsNotCompatibleEndsTheCheck) {
  const std::vector baselines{
      Baseline{.version = 3, .definition = parsed(Format::Avro, record(kA + "," + kB))},
      Baseline{.version = 2, .definition = parsed(Format::Avro, record(kB))},
      Baseline{.version = 1, .definition = parsed(Format::Avro, record(""))},
  };
  const auto verdict = check(Mode::BackwardAll, {.profile = Profile::Confluent},
                             parsed(Format::Avro, record(kA + "," + kB)), baselines);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(order_of(*verdict), (std::vector<std::string>{"2 BACKWARD R.a"}));
  // Version 1 was not looked at, so no other mode is offered.
  EXPECT_EQ(verdict->findings[0].fix, "Give \"a\" a default, or register it under NONE.");
}

TEST(Confluent, AnotherFormatIsNotCompatible) {
  const Baseline baseline{.version = 4, .definition = parsed(Format::Avro, R"("int")")};
  const auto verdict = check(Mode::Forward, {.profile = Profile::Confluent},
                             parsed(Format::Json, "true"), {&baseline, 1});
  ASSERT_TRUE(verdict);
  ASSERT_EQ(verdict->findings.size(), 1U);
  EXPECT_EQ(verdict->findings[0].confluent_message,
            "Incompatible because of different schema type");
  EXPECT_EQ(verdict->findings[0].reader_type, "AVRO");
  EXPECT_EQ(verdict->findings[0].writer_type, "JSON");
}

TEST(Confluent, TheWorkOfAllComparisonsIsBounded) {
  for (const auto& [format, text] :
       {std::pair{Format::Avro, record(kA)},
        std::pair{Format::Json, std::string(R"({"properties":{"a":{}}})")},
        std::pair{Format::Protobuf, std::string("message M { optional int32 a = 1; }")}}) {
    const auto definition = parsed(format, text);
    Check check(Mode::FullAll, definition, {.profile = Profile::Confluent, .max_steps = 100});
    int compared = 0;
    Status status;
    while (compared < 100 && (status = check.against({1, definition}))) ++compared;
    EXPECT_GT(compared, 1) << to_string(format);
    EXPECT_EQ(code_of(status), Code::LimitExceeded) << to_string(format);
  }
}

TEST(Confluent, LongPathsAreShortened) {
  const std::string name(50'000, 'x');
  const auto verdict =
      judge(Mode::Backward, Format::Json, R"({"properties":{")" + name + R"(":{"type":"null"}}})",
            R"({"properties":{")" + name + R"(":{"type":"string"}}})");
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_LT(verdict.findings[0].confluent_message.size(), 2'000U);
  EXPECT_LT(verdict.findings[0].message.size(), 2'000U);
}

}  // namespace
}  // namespace limpet::compat
