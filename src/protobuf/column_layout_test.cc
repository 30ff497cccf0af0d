#include "limpet/protobuf/column_layout.h"

#include "limpet/protobuf/schema.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace limpet::protobuf {
namespace {

struct LayoutRow {
  std::string_view name;
  std::string_view text;  // of a message M
  std::string_view row;
  std::vector<std::string> projection = {};
  std::string_view syntax = "proto3";
  friend std::ostream& operator<<(std::ostream& out, const LayoutRow& row) {
    return out << row.name;
  }
};

Schema schema_of(std::string_view syntax, std::string_view text) {
  auto schema = parse("syntax = \"" + std::string(syntax) + "\";\npackage p;\n" +
                      "import \"google/protobuf/timestamp.proto\";\n"
                      "import \"google/protobuf/duration.proto\";\n"
                      "import \"google/protobuf/wrappers.proto\";\n"
                      "import \"google/protobuf/struct.proto\";\n"
                      "import \"google/protobuf/any.proto\";\n" +
                      std::string(text));
  if (!schema) ADD_FAILURE() << describe(schema.error());
  return *std::move(schema);
}

class LayoutTest : public testing::TestWithParam<LayoutRow> {};

TEST_P(LayoutTest, HasTheColumns) {
  const auto& row = GetParam();
  const auto schema = schema_of(row.syntax, row.text);
  const auto layout = column_layout(*schema.find_message("p.M"), {.projection = row.projection});
  ASSERT_TRUE(layout) << describe(layout.error());
  EXPECT_EQ(columns::describe(layout->row), row.row);
  EXPECT_EQ(layout->cells.size(), columns::count(layout->row));
  EXPECT_FALSE(layout->wrapped);
}

INSTANTIATE_TEST_SUITE_P(
    Types, LayoutTest,
    testing::Values(
        LayoutRow{"Empty", "message M {}", "struct<>"},
        LayoutRow{"Numbers",
                  "message M { double a = 1; float b = 2; int32 c = 3; sint32 d = 4; sfixed32 e = "
                  "5; int64 f = 6; sint64 g = 7; sfixed64 h = 8; uint32 i = 9; fixed32 j = 10; "
                  "uint64 k = 11; fixed64 l = 12; }",
                  "struct<a: double, b: float, c: int32, d: int32, e: int32, f: int64, g: int64, "
                  "h: int64, i: uint32, j: uint32, k: uint64, l: uint64>"},
        LayoutRow{"Texts", "message M { string a = 1; bytes b = 2; bool c = 3; }",
                  "struct<a: utf8, b: binary, c: boolean>"},
        LayoutRow{"Presence",
                  "message M { optional int32 a = 1; int32 b = 2; oneof c { int32 d = 3; N e = 4; "
                  "} N f = 5; } message N { int32 x = 1; }",
                  "struct<a: int32?, b: int32, d: int32?, e: struct<x: int32>?, f: struct<x: "
                  "int32>?>"},
        LayoutRow{"PresenceOfProto2",
                  "message M { optional int32 a = 1; required int32 b = 2; required N c = 3; "
                  "repeated int32 d = 4; } message N { optional int32 x = 1 [default = 7]; }",
                  "struct<a: int32?, b: int32, c: struct<x: int32?>, d: list<item: int32>>",
                  {},
                  "proto2"},
        LayoutRow{"ListsAndMaps",
                  "message M { repeated string a = 1; repeated N b = 2; map<int32, N> c = 3; "
                  "map<bool, uint64> d = 4; } message N { int32 x = 1; }",
                  "struct<a: list<item: utf8>, b: list<item: struct<x: int32>>, c: map<key: "
                  "int32, value: struct<x: int32>>, d: map<key: boolean, value: uint64>>"},
        LayoutRow{"Enums",
                  "message M { E a = 1; optional E b = 2; repeated E c = 3; } enum E { ZERO = 0; "
                  "TEN = 10; }",
                  "struct<a: enum, b: enum?, c: list<item: enum>>"},
        LayoutRow{
            "WellKnown",
            "message M { google.protobuf.Timestamp a = 1; google.protobuf.Duration b = 2; "
            "google.protobuf.Int64Value c = 3; google.protobuf.StringValue d = 4; "
            "google.protobuf.BytesValue e = 5; google.protobuf.BoolValue f = 6; "
            "google.protobuf.UInt32Value g = 7; google.protobuf.FloatValue h = 8; "
            "repeated google.protobuf.Timestamp i = 9; }",
            "struct<a: timestamp[ns, UTC]?, b: duration[ns]?, c: int64?, d: utf8?, e: "
            "binary?, f: boolean?, g: uint32?, h: float?, i: list<item: timestamp[ns, UTC]>>"},
        LayoutRow{"FreeJson",
                  "message M { google.protobuf.Struct a = 1; google.protobuf.Value b = 2; "
                  "google.protobuf.ListValue c = 3; google.protobuf.Any d = 4; }",
                  "struct<a: utf8?, b: utf8?, c: utf8?, d: struct<type_url: utf8, value: "
                  "binary>?>"},
        LayoutRow{"Projected",
                  "message M { N a = 1; int32 b = 2; repeated N c = 3; map<string, N> d = 4; } "
                  "message N { int32 x = 1; int32 y = 2; }",
                  "struct<a: struct<y: int32>?, c: list<item: struct<x: int32>>, d: map<key: utf8, "
                  "value: struct<x: int32, y: int32>>>",
                  {"a.y", "c.x", "d"}},
        LayoutRow{"HoldsItselfElsewhere",
                  "message M { int32 a = 1; M b = 2; repeated M c = 3; }",
                  "struct<a: int32>",
                  {"a"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LayoutTest, SaysWhereFieldsStand) {
  const auto schema = schema_of(
      "proto3",
      "message M { int32 a = 3; N b = 1; repeated int32 c = 2; E d = 4; } message N { "
      "int32 x = 1; int32 y = 2; } enum E { option allow_alias = true; ZERO = 0; NIL = 0; "
      "MINUS = -1; }");
  const auto layout = column_layout(*schema.find_message("p.M"),
                                    {.projection = {"b.y", "c", "d"}, .enum_numbers = true});
  ASSERT_TRUE(layout);
  ASSERT_EQ(columns::describe(layout->row),
            "struct<b: struct<y: int32>?, c: list<item: int32>, d: int32>");
  std::vector<std::uint32_t> positions;
  for (const auto& cell : layout->cells) positions.push_back(cell.position);
  EXPECT_EQ(positions, (std::vector<std::uint32_t>{0, 1, 1, 2, 0, 3}));
  EXPECT_EQ(layout->cells[5].source, columns::Source::EnumNumber);
  EXPECT_EQ(layout->cells[5].numbers, (std::vector<std::int32_t>{0, 0, -1}));
}

TEST(LayoutTest, NamesWhatItCameFrom) {
  const auto schema =
      schema_of("proto3",
                "message M { E e = 1; google.protobuf.Value v = 2; } enum E { ZERO = 0; "
                "ONE = 1; }");
  const auto layout = column_layout(*schema.find_message("p.M"), {});
  ASSERT_TRUE(layout);
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(layout->row.metadata, (Pairs{{"protobuf.name", "p.M"}}));
  EXPECT_EQ(layout->row.children[0].metadata, (Pairs{{"protobuf.name", "p.E"}}));
  EXPECT_EQ(layout->row.children[0].symbols, (std::vector<std::string>{"ZERO", "ONE"}));
  EXPECT_EQ(layout->row.children[1].metadata, (Pairs{{"ARROW:extension:name", "arrow.json"},
                                                     {"ARROW:extension:metadata", ""},
                                                     {"protobuf.name", "google.protobuf.Value"}}));
}

struct RefusedRow {
  std::string_view name;
  std::string_view text;
  Code code;
  std::string_view where;
  std::vector<std::string> projection = {};
  friend std::ostream& operator<<(std::ostream& out, const RefusedRow& row) {
    return out << row.name;
  }
};

class RefusedLayoutTest : public testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedLayoutTest, SaysWhere) {
  const auto& row = GetParam();
  const auto schema = schema_of("proto3", row.text);
  const auto layout = column_layout(*schema.find_message("p.M"), {.projection = row.projection});
  ASSERT_FALSE(layout);
  EXPECT_EQ(layout.error().code, row.code);
  EXPECT_EQ(layout.error().where, row.where);
}

constexpr std::string_view kNested =
    "message M { N a = 1; int32 b = 2; google.protobuf.Timestamp t = 3; } message N { int32 x = 1; "
    "}";
INSTANTIATE_TEST_SUITE_P(
    Rows, RefusedLayoutTest,
    testing::Values(
        RefusedRow{"HoldsItself", "message M { int32 a = 1; M b = 2; }", Code::InvalidInput, "b"},
        RefusedRow{"HoldsItselfInAMap", "message M { N a = 1; } message N { map<int32, M> m = 1; }",
                   Code::InvalidInput, "a.m"},
        RefusedRow{"NoSuchField", kNested, Code::InvalidInput, "", {"c"}},
        RefusedRow{"NoSuchFieldBelow", kNested, Code::InvalidInput, "a", {"a.y"}},
        RefusedRow{"NoFieldsBelow", kNested, Code::InvalidInput, "b", {"b.y"}},
        RefusedRow{"NoFieldsOfTimes", kNested, Code::InvalidInput, "t", {"t.seconds"}},
        RefusedRow{"EmptyName", kNested, Code::InvalidInput, "a.", {"a."}}),
    [](const auto& row) { return std::string(row.param.name); });

// Sixteen fields of a message of sixteen fields …: the schema is small, its columns are many.
TEST(LayoutTest, IsBounded) {
  std::string text;
  for (int level = 0; level < 6; ++level) {
    text += "message " + (level == 0 ? "M" : "N" + std::to_string(level)) + " {";
    for (int i = 1; i <= 16; ++i) {
      const auto type = level == 5 ? "int32" : "N" + std::to_string(level + 1);
      text += " " + type + " f" + std::to_string(i) + " = " + std::to_string(i) + ";";
    }
    text += " }\n";
  }
  const auto schema = schema_of("proto3", text);
  EXPECT_EQ(code_of(column_layout(*schema.find_message("p.M"), {})), Code::LimitExceeded);

  std::string chain = "message M { N0 m = 1; }\n";
  for (int i = 0; i < 140; ++i) {
    chain += "message N" + std::to_string(i) + " { " +
             (i == 139 ? std::string("int32") : "N" + std::to_string(i + 1)) + " m = 1; }\n";
  }
  const auto deep = schema_of("proto3", chain);
  EXPECT_EQ(code_of(column_layout(*deep.find_message("p.M"), {})), Code::LimitExceeded);
}

}  // namespace
}  // namespace limpet::protobuf
