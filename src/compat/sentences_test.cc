// What a person reads when a JSON Schema or Protobuf definition is not compatible.
#include "limpet/compat/check.h"

#include <gtest/gtest.h>

#include <ostream>

namespace limpet::compat {
namespace {

struct Row {
  const char* name;
  Format format;
  Mode mode;
  std::string_view candidate;
  std::string_view stored;
  std::string_view rule;
  std::string_view path;
  std::string_view summary;

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

ParsedDefinition parsed(Format format, std::string_view text) {
  auto definition = parse_definition(format, text);
  EXPECT_TRUE(definition) << text << ": " << describe(definition.error());
  return *std::move(definition);
}

class Sentence : public testing::TestWithParam<Row> {};

TEST_P(Sentence, ReadsAsItShould) {
  const Row& row = GetParam();
  const Baseline baseline{.version = 1, .definition = parsed(row.format, row.stored)};
  const auto verdict = check(row.mode, {}, parsed(row.format, row.candidate), {&baseline, 1});
  ASSERT_TRUE(verdict);
  ASSERT_FALSE(verdict->compatible());
  EXPECT_EQ(verdict->findings.front().rule, row.rule);
  EXPECT_EQ(verdict->findings.front().path, row.path);
  EXPECT_FALSE(verdict->findings.front().reader_type.empty());
  EXPECT_FALSE(verdict->findings.front().writer_type.empty());
  EXPECT_EQ(summary(*verdict), row.summary);
}

constexpr std::string_view kPerson =
    R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})";
constexpr std::string_view kPersonWithAge =
    R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},)"
    R"("required":["name","age"]})";
constexpr std::string_view kClosed =
    R"({"type":"object","properties":{"name":{"type":"string"}},"additionalProperties":false})";
constexpr std::string_view kClosedWithAge =
    R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},)"
    R"("additionalProperties":false})";
constexpr std::string_view kOpenWithOptionalAge =
    R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},)"
    R"("required":["name"]})";
constexpr std::string_view kOrder =
    "syntax = \"proto3\"; package shop; message Order { int64 id = 1; string note = 2; }";

INSTANTIATE_TEST_SUITE_P(
    Json, Sentence,
    testing::Values(
        Row{"RequiredAdded", Format::Json, Mode::Backward, kPersonWithAge, kPerson,
            "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "/properties/age",
            "Not BACKWARD compatible with version 1: field \"age\": the new definition requires a "
            "property that version 1 does not know (new definition: {\"type\":\"integer\"}, "
            "version 1: absent). Fix: leave \"age\" out, since version 1 takes anything under that "
            "name (a schema with \"additionalProperties\": false can get properties later), or "
            "register it under FORWARD or NONE."},
        Row{"OptionalAddedToOpen", Format::Json, Mode::Backward, kOpenWithOptionalAge, kPerson,
            "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "/properties/age",
            "Not BACKWARD compatible with version 1: field \"age\": version 1's values may already "
            "hold this property with anything in it, because it allows undeclared properties (new "
            "definition: {\"type\":\"integer\"}, version 1: absent). Fix: leave \"age\" out, since "
            "version 1 takes anything under that name (a schema with \"additionalProperties\": "
            "false can get properties later), or register it under FORWARD or NONE."},
        Row{"RemovedFromClosed", Format::Json, Mode::Backward, kClosed, kClosedWithAge,
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", "/properties/age",
            "Not BACKWARD compatible with version 1: field \"age\": the new definition does not "
            "allow this property, because it has no such property and allows no undeclared ones "
            "(new definition: absent, version 1: {\"type\":\"integer\"}). Fix: keep \"age\" in the "
            "new definition, or register it under FORWARD or NONE."},
        Row{"AddedToClosedForward", Format::Json, Mode::Forward, kClosedWithAge, kClosed,
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", "/properties/age",
            "Not FORWARD compatible with version 1: field \"age\": version 1 does not allow this "
            "property, because it has no such property and allows no undeclared ones (version 1: "
            "absent, new definition: {\"type\":\"integer\"}). Fix: leave \"age\" out of the new "
            "definition, or register it under BACKWARD or NONE."},
        Row{"TypeChanged", Format::Json, Mode::Backward,
            R"({"properties":{"a":{"type":"string"}}})",
            R"({"properties":{"a":{"type":"integer"}}})", "TYPE_CHANGED", "/properties/a",
            "Not BACKWARD compatible with version 1: field \"a\": the new definition expects "
            "another type than version 1 writes (new definition: string, version 1: integer). Fix: "
            "keep \"a\" as version 1 has it: integer, or register it under NONE."},
        Row{"MinimumRaised", Format::Json, Mode::Full, R"({"type":"integer","minimum":18})",
            R"({"type":"integer","minimum":0})", "MINIMUM_INCREASED", "/minimum",
            "Not FULL compatible with version 1: the new definition's lower limit on the number is "
            "above version 1's (new definition: 18, version 1: 0). Fix: keep #/minimum as version "
            "1 has it: 0, or register it under FORWARD or NONE."},
        Row{"EnumNarrowed", Format::Json, Mode::Backward, R"({"enum":["a","b"]})",
            R"({"enum":["a","b","c"]})", "ENUM_ARRAY_NARROWED", "/enum",
            "Not BACKWARD compatible with version 1: the new definition lacks values that version "
            "1 may write (new definition: [\"a\",\"b\"], version 1: [\"a\",\"b\",\"c\"]). Fix: "
            "keep #/enum as version 1 has it: [\"a\",\"b\",\"c\"], or register it under FORWARD or "
            "NONE."}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Protobuf, Sentence,
    testing::Values(
        Row{"TypeChanged", Format::Protobuf, Mode::Backward,
            "syntax = \"proto3\"; package shop; message Order { string id = 1; string note = 2; }",
            kOrder, "FIELD_SCALAR_KIND_CHANGED", "/Order/1",
            "Not BACKWARD compatible with version 1: field \"shop.Order.id\" (1): the new "
            "definition expects string, version 1 has int64. Fix: keep \"shop.Order.id\" as "
            "version 1 has it (int64), and give the new type a field of its own with a number "
            "other than 1, or register it under NONE."},
        Row{"MessageRemoved", Format::Protobuf, Mode::Backward,
            "syntax = \"proto3\"; package shop; message Bill { int64 id = 1; }", kOrder,
            "MESSAGE_REMOVED", "/Order",
            "Not BACKWARD compatible with version 1: message \"shop.Order\": version 1 has message "
            "shop.Order, the new definition lacks it. Fix: keep message shop.Order, or register it "
            "under NONE."},
        Row{"RequiredAdded", Format::Protobuf, Mode::Backward,
            "syntax = \"proto2\"; message M { optional int32 a = 1; required int32 b = 2; }",
            "syntax = \"proto2\"; message M { optional int32 a = 1; }", "REQUIRED_FIELD_ADDED",
            "/M/2",
            "Not BACKWARD compatible with version 1: field \"M.b\" (2): the new definition has "
            "required int32, version 1 lacks it. Fix: make \"M.b\" optional, or register it under "
            "FORWARD or NONE."},
        Row{"RequiredRemovedForward", Format::Protobuf, Mode::Forward,
            "syntax = \"proto2\"; message M { optional int32 a = 1; }",
            "syntax = \"proto2\"; message M { optional int32 a = 1; required int32 b = 2; }",
            "REQUIRED_FIELD_ADDED", "/M/2",
            "Not FORWARD compatible with version 1: field \"M.b\" (2): version 1 has required "
            "int32, the new definition lacks it. Fix: keep \"M.b\" as version 1 has it: required "
            "int32, or register it under BACKWARD or NONE."},
        Row{"PackageChanged", Format::Protobuf, Mode::Backward,
            "syntax = \"proto3\"; package store; message Order { int64 id = 1; string note = 2; }",
            kOrder, "PACKAGE_CHANGED", "/",
            "Not BACKWARD compatible with version 1: the package: the new definition expects "
            "package store, version 1 has package shop. Fix: keep package shop, or register it "
            "under NONE."},
        Row{"NewMessageForward", Format::Protobuf, Mode::Forward,
            "syntax = \"proto3\"; package shop; message Order { int64 id = 1; string note = 2; "
            "Place at = 3; } message Place { double x = 1; }",
            kOrder, "MESSAGE_REMOVED", "/Place",
            "Not FORWARD compatible with version 1: message \"shop.Place\": the new definition has "
            "message shop.Place, version 1 lacks it. Fix: leave \"shop.Place\" out of the new "
            "definition, or register it under BACKWARD or NONE."}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::compat
