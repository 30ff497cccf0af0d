#include "limpet/columns/column_type.h"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>

namespace limpet::columns {
namespace {

struct FormatRow {
  std::string_view name;
  ColumnType type;
  std::string_view format;
  std::string_view words;
  friend std::ostream& operator<<(std::ostream& out, const FormatRow& row) {
    return out << row.name;
  }
};

class FormatTest : public testing::TestWithParam<FormatRow> {};

// The formats are those of the interface's table of format strings.
TEST_P(FormatTest, IsArrows) {
  const auto& row = GetParam();
  ASSERT_EQ(code_of(check(row.type)), std::nullopt);
  EXPECT_EQ(arrow_format(row.type), row.format);
  EXPECT_EQ(describe(row.type), row.words);
}

const ColumnType kItem{.kind = Kind::Int32, .name = "item", .nullable = true};
const ColumnType kKey{.kind = Kind::Utf8, .name = "key"};

INSTANTIATE_TEST_SUITE_P(
    Kinds, FormatTest,
    testing::Values(
        FormatRow{"Null", {.kind = Kind::Null}, "n", "null"},
        FormatRow{"Boolean", {.kind = Kind::Boolean}, "b", "boolean"},
        FormatRow{"Int32", {.kind = Kind::Int32, .nullable = true}, "i", "int32?"},
        FormatRow{"Int64", {.kind = Kind::Int64}, "l", "int64"},
        FormatRow{"UInt32", {.kind = Kind::UInt32}, "I", "uint32"},
        FormatRow{"UInt64", {.kind = Kind::UInt64}, "L", "uint64"},
        FormatRow{"Float", {.kind = Kind::Float}, "f", "float"},
        FormatRow{"Double", {.kind = Kind::Double}, "g", "double"},
        FormatRow{"Utf8", {.kind = Kind::Utf8}, "u", "utf8"},
        FormatRow{"Binary", {.kind = Kind::Binary}, "z", "binary"},
        FormatRow{"Fixed", {.kind = Kind::FixedBinary, .width = 7}, "w:7", "fixed_binary[7]"},
        FormatRow{"FixedOfNothing", {.kind = Kind::FixedBinary}, "w:0", "fixed_binary[0]"},
        FormatRow{"Decimal128",
                  {.kind = Kind::Decimal128, .precision = 38, .scale = 2},
                  "d:38,2",
                  "decimal128(38, 2)"},
        FormatRow{"Decimal256",
                  {.kind = Kind::Decimal256, .precision = 76, .scale = 0},
                  "d:76,0,256",
                  "decimal256(76, 0)"},
        FormatRow{"Date", {.kind = Kind::Date}, "tdD", "date"},
        FormatRow{"TimeMilli", {.kind = Kind::Time, .unit = Unit::Milli}, "ttm", "time[ms]"},
        FormatRow{"TimeMicro", {.kind = Kind::Time, .unit = Unit::Micro}, "ttu", "time[us]"},
        FormatRow{"TimeNano", {.kind = Kind::Time, .unit = Unit::Nano}, "ttn", "time[ns]"},
        FormatRow{"TimestampMilli",
                  {.kind = Kind::Timestamp, .unit = Unit::Milli, .zone = "UTC"},
                  "tsm:UTC",
                  "timestamp[ms, UTC]"},
        FormatRow{"TimestampNano",
                  {.kind = Kind::Timestamp, .unit = Unit::Nano, .zone = "UTC"},
                  "tsn:UTC",
                  "timestamp[ns, UTC]"},
        FormatRow{"TimestampLocal",
                  {.kind = Kind::Timestamp, .unit = Unit::Micro},
                  "tsu:",
                  "timestamp[us]"},
        FormatRow{
            "DurationNano", {.kind = Kind::Duration, .unit = Unit::Nano}, "tDn", "duration[ns]"},
        FormatRow{
            "DurationSecond", {.kind = Kind::Duration, .unit = Unit::Second}, "tDs", "duration[s]"},
        FormatRow{"Interval", {.kind = Kind::Interval}, "tin", "interval"},
        FormatRow{"Enum", {.kind = Kind::Enum, .symbols = {"A"}}, "i", "enum"},
        FormatRow{"List", {.kind = Kind::List, .children = {kItem}}, "+l", "list<item: int32?>"},
        FormatRow{"Map",
                  {.kind = Kind::Map, .children = {kKey, kItem}},
                  "+m",
                  "map<key: utf8, item: int32?>"},
        FormatRow{"Struct", {.kind = Kind::Struct, .children = {}}, "+s", "struct<>"},
        FormatRow{"Union",
                  {.kind = Kind::Union, .children = {kKey, kItem, kKey}},
                  "+ud:0,1,2",
                  "union<key: utf8, item: int32?, key: utf8>"}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadRow {
  std::string_view name;
  ColumnType type;
  Code code;
  std::string_view where;
  friend std::ostream& operator<<(std::ostream& out, const BadRow& row) { return out << row.name; }
};

class BadTypeTest : public testing::TestWithParam<BadRow> {};

TEST_P(BadTypeTest, IsRefused) {
  const auto& row = GetParam();
  const auto status = check(row.type);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, row.code);
  EXPECT_EQ(status.error().where, row.where);
}

ColumnType in_struct(ColumnType type) {
  type.name = "a";
  return {.kind = Kind::Struct, .children = {std::move(type)}};
}

ColumnType nested(std::size_t depth) {
  ColumnType type{.kind = Kind::Int32, .name = "i"};
  for (std::size_t i = 0; i < depth; ++i) {
    type = {.kind = Kind::List, .name = "i", .children = {std::move(type)}};
  }
  return type;
}

std::string path_of(std::size_t depth) {
  std::string path = "i";
  for (std::size_t i = 1; i < depth; ++i) path += ".i";
  return path;
}
const std::string kDeepPath = path_of(kMaxDepth + 1);

INSTANTIATE_TEST_SUITE_P(
    Types, BadTypeTest,
    testing::Values(
        BadRow{"ListOfNothing", in_struct({.kind = Kind::List}), Code::InvalidInput, "a"},
        BadRow{"MapOfOne", in_struct({.kind = Kind::Map, .children = {kKey}}), Code::InvalidInput,
               "a"},
        BadRow{"NullableKey", in_struct({.kind = Kind::Map, .children = {kItem, kItem}}),
               Code::InvalidInput, "a"},
        BadRow{"IntWithChild", in_struct({.kind = Kind::Int32, .children = {kItem}}),
               Code::InvalidInput, "a"},
        BadRow{"EmptyUnion", in_struct({.kind = Kind::Union}), Code::InvalidInput, "a"},
        BadRow{"WideUnion",
               in_struct({.kind = Kind::Union,
                          .children = std::vector<ColumnType>(kMaxUnionBranches + 1, kItem)}),
               Code::InvalidInput, "a"},
        BadRow{"NullableUnion",
               in_struct({.kind = Kind::Union, .nullable = true, .children = {kItem}}),
               Code::InvalidInput, "a"},
        BadRow{"NoPrecision", in_struct({.kind = Kind::Decimal128}), Code::InvalidInput, "a"},
        BadRow{"Precision39", in_struct({.kind = Kind::Decimal128, .precision = 39}),
               Code::InvalidInput, "a"},
        BadRow{"Precision77", in_struct({.kind = Kind::Decimal256, .precision = 77}),
               Code::InvalidInput, "a"},
        BadRow{"HugeFixed", in_struct({.kind = Kind::FixedBinary, .width = 1U << 31}),
               Code::InvalidInput, "a"},
        BadRow{"TimeInSeconds", in_struct({.kind = Kind::Time, .unit = Unit::Second}),
               Code::InvalidInput, "a"},
        BadRow{"NoSymbols", in_struct({.kind = Kind::Enum}), Code::InvalidInput, "a"},
        BadRow{"NulInZone", in_struct({.kind = Kind::Timestamp, .zone = std::string("U\0C", 3)}),
               Code::InvalidInput, "a"},
        BadRow{"TooDeep", nested(kMaxDepth + 1), Code::LimitExceeded, kDeepPath},
        BadRow{"TooMany",
               {.kind = Kind::Struct, .children = std::vector<ColumnType>(kMaxColumns, kItem)},
               Code::LimitExceeded,
               "item"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ColumnTypeTest, LimitsAreReachable) {
  EXPECT_EQ(code_of(check(nested(kMaxDepth))), std::nullopt);
  EXPECT_EQ(code_of(check({.kind = Kind::Struct,
                           .children = std::vector<ColumnType>(kMaxColumns - 1, kItem)})),
            std::nullopt);
  EXPECT_EQ(code_of(check({.kind = Kind::Enum, .nullable = true})), std::nullopt);
}

}  // namespace
}  // namespace limpet::columns
