#include "limpet/columns/column_builder.h"

#include "testing/arrow_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <ostream>
#include <string>
#include <utility>

namespace limpet::columns {
namespace {

using testing::arrow_rows;

ColumnBuilder builder_of(std::vector<ColumnType> columns, BatchLimits limits = {}) {
  auto builder =
      ColumnBuilder::make({.kind = Kind::Struct, .children = std::move(columns)}, limits);
  EXPECT_TRUE(builder) << describe(builder.error());
  return *std::move(builder);
}

struct Batch {
  Owned<ArrowSchema> schema;
  Owned<ArrowArray> array;
};

Batch finish(ColumnBuilder& builder) {
  Batch batch;
  const auto status = builder.finish(batch.schema.get(), batch.array.get());
  EXPECT_TRUE(status) << describe(status.error());
  return batch;
}

std::string rows_of(ColumnBuilder& builder) {
  auto batch = finish(builder);
  return arrow_rows(*batch.schema, *batch.array);
}

TEST(ColumnBuilderTest, BuildsWhatItsHeaderShows) {
  auto builder =
      builder_of({{.kind = Kind::Utf8, .name = "name"}, {.kind = Kind::Int32, .name = "age"}});
  ASSERT_TRUE(builder.begin_row());
  ASSERT_TRUE(builder.column(1).append_text("Ada"));
  ASSERT_TRUE(builder.column(2).append(std::int32_t{36}));
  const auto before = builder.mark();
  ASSERT_TRUE(builder.begin_row());
  ASSERT_TRUE(builder.column(1).append_text("nobody"));
  builder.rollback(before);
  EXPECT_EQ(rows_of(builder), "{name: \"Ada\", age: 36}\n");
}

// ---- every kind: a value, an empty, a null where it may be, and a rollback in the middle --------

struct KindRow {
  std::string_view name;
  ColumnType type;
  std::function<bool(Column&)> append;  // some value
  std::string_view value;
  std::string_view empty;
  friend std::ostream& operator<<(std::ostream& out, const KindRow& row) { return out << row.name; }
};

class KindTest : public ::testing::TestWithParam<KindRow> {
 protected:
  static ColumnType nullable(ColumnType type) {
    type.nullable = type.kind != Kind::Union;
    return type;
  }
  static bool append_value(ColumnBuilder& builder) {
    return builder.begin_row() && GetParam().append(builder.column(1));
  }
  static std::string row(std::string_view value) { return "{c: " + std::string(value) + "}\n"; }
};

TEST_P(KindTest, HoldsValues) {
  auto type = GetParam().type;
  type.name = "c";
  auto builder = builder_of({type});
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(append_value(builder));
    ASSERT_TRUE(builder.begin_row() && builder.column(1).append_empty());
    expected += row(GetParam().value) + row(GetParam().empty);
  }
  EXPECT_EQ(rows_of(builder), expected);
  EXPECT_EQ(rows_of(builder), "") << "the next batch is empty";
}

TEST_P(KindTest, HoldsNulls) {
  auto type = nullable(GetParam().type);
  if (!type.nullable) return;
  type.name = "c";
  auto builder = builder_of({type});
  std::string expected;
  for (int i = 0; i < 130; ++i) {
    ASSERT_TRUE(append_value(builder));
    ASSERT_TRUE(builder.begin_row() && builder.column(1).append_null());
    ASSERT_TRUE(builder.begin_row() && builder.column(1).append_empty());
    expected += row(GetParam().value) + row("null") + row("null");
  }
  auto batch = finish(builder);
  EXPECT_EQ(arrow_rows(*batch.schema, *batch.array), expected);
  EXPECT_EQ(batch.array->children[0]->null_count, type.kind == Kind::Null ? 390 : 260);
}

TEST_P(KindTest, RollsBack) {
  auto type = nullable(GetParam().type);
  type.name = "c";
  auto builder = builder_of({type, {.kind = Kind::List, .name = "l", .children = {type}}});
  auto& list = builder.column(1 + count(type));
  auto& item = *list.children()[0];
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    for (int bad = 0; bad < 9; ++bad) {
      const auto mark = builder.mark();
      ASSERT_TRUE(builder.begin_row());
      ASSERT_TRUE(bad == 0 || builder.column(1).append_empty());
      for (int k = 1; k < bad; ++k) {
        ASSERT_TRUE(k % 2 == 0 ? item.append_empty() : GetParam().append(item));
      }
      ASSERT_TRUE(bad != 8 || list.end_list());
      builder.rollback(mark);
    }
    ASSERT_TRUE(append_value(builder));
    ASSERT_TRUE(GetParam().append(item) && item.append_empty() && list.end_list());
    expected += "{c: " + std::string(GetParam().value) + ", l: [" + std::string(GetParam().value) +
                ", " + std::string(type.nullable ? "null" : GetParam().empty) + "]}\n";
  }
  EXPECT_EQ(rows_of(builder), expected);
}

// Whatever a rolled-back row left behind is not in the next batch's way, and clear() forgets all.
TEST_P(KindTest, Clears) {
  auto type = GetParam().type;
  type.name = "c";
  auto builder = builder_of({type});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append_value(builder));
  builder.clear();
  EXPECT_EQ(builder.bytes(), 0U);
  EXPECT_EQ(builder.rows(), 0U);
  ASSERT_TRUE(append_value(builder));
  EXPECT_EQ(rows_of(builder), row(GetParam().value));
}

const std::string kSixteen = "0123456789abcdef";
const ColumnType kText{.kind = Kind::Utf8, .name = "t", .nullable = true};
const ColumnType kInt{.kind = Kind::Int32, .name = "i"};
const ColumnType kNull{.kind = Kind::Null, .name = "n"};

bool fill_union(Column& column, std::uint32_t branch) {
  auto& child = *column.children()[branch];
  if (!column.begin_union(branch)) return false;
  return branch == 0   ? child.append_null()
         : branch == 1 ? child.append(std::int32_t{7})
                       : child.append_text("seven");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, KindTest,
    ::testing::Values(
        KindRow{"Null",
                {.kind = Kind::Null},
                [](Column& c) { return c.append_nulls(1); },
                "null",
                "null"},
        KindRow{"Boolean",
                {.kind = Kind::Boolean},
                [](Column& c) { return c.append_boolean(true); },
                "true",
                "false"},
        KindRow{"Int32",
                {.kind = Kind::Int32},
                [](Column& c) { return c.append(std::numeric_limits<std::int32_t>::min()); },
                "-2147483648",
                "0"},
        KindRow{"Int64",
                {.kind = Kind::Int64},
                [](Column& c) { return c.append(std::numeric_limits<std::int64_t>::max()); },
                "9223372036854775807",
                "0"},
        KindRow{"UInt32",
                {.kind = Kind::UInt32},
                [](Column& c) { return c.append(std::numeric_limits<std::uint32_t>::max()); },
                "4294967295",
                "0"},
        KindRow{"UInt64",
                {.kind = Kind::UInt64},
                [](Column& c) { return c.append(std::numeric_limits<std::uint64_t>::max()); },
                "18446744073709551615",
                "0"},
        KindRow{"Float",
                {.kind = Kind::Float},
                [](Column& c) { return c.append(1.5F); },
                "1.500000",
                "0.000000"},
        KindRow{"Double",
                {.kind = Kind::Double},
                [](Column& c) { return c.append(-2.25); },
                "-2.250000",
                "0.000000"},
        KindRow{"Utf8",
                {.kind = Kind::Utf8},
                [](Column& c) { return c.append_text("Grüße"); },
                "\"Grüße\"",
                "\"\""},
        KindRow{"ShortText",
                {.kind = Kind::Utf8},
                [](Column& c) { return c.append_short_text(kSixteen.data(), 5); },
                "\"01234\"",
                "\"\""},
        KindRow{"Binary",
                {.kind = Kind::Binary},
                [](Column& c) { return c.append_text({"\0\xff", 2}); },
                "x'00ff'",
                "x''"},
        KindRow{"Fixed",
                {.kind = Kind::FixedBinary, .width = 3},
                [](Column& c) { return c.append_fixed("abc"); },
                "x'616263'",
                "x'000000'"},
        KindRow{"FixedOfNothing",
                {.kind = Kind::FixedBinary},
                [](Column& c) { return c.append_fixed(""); },
                "x''",
                "x''"},
        KindRow{"Decimal",
                {.kind = Kind::Decimal128, .precision = 4, .scale = 2},
                [](Column& c) { return c.append_fixed(kSixteen); },
                "x'30313233343536373839616263646566'",
                "x'00000000000000000000000000000000'"},
        KindRow{"Time",
                {.kind = Kind::Time, .unit = Unit::Micro},
                [](Column& c) { return c.append(std::int64_t{86'399'999'999}); },
                "86399999999",
                "0"},
        KindRow{"Timestamp",
                {.kind = Kind::Timestamp, .unit = Unit::Milli, .zone = "UTC"},
                [](Column& c) { return c.append(std::int64_t{-1}); },
                "-1",
                "0"},
        KindRow{"Enum",
                {.kind = Kind::Enum, .symbols = {"RED", "GREEN"}},
                [](Column& c) { return c.append_symbol(1); },
                "\"GREEN\"",
                "\"RED\""},
        KindRow{"List",
                {.kind = Kind::List, .children = {kText}},
                [](Column& c) {
                  auto& item = *c.children()[0];
                  return item.append_text("x") && item.append_null() && item.append_text("yz") &&
                         c.end_list();
                },
                "[\"x\", null, \"yz\"]",
                "[]"},
        KindRow{"Map",
                {.kind = Kind::Map, .children = {{.kind = Kind::Utf8, .name = "k"}, kInt}},
                [](Column& c) {
                  return c.children()[0]->append_text("a") &&
                         c.children()[1]->append(std::int32_t{1}) && c.end_list();
                },
                "[{k: \"a\", i: 1}]",
                "[]"},
        KindRow{"Struct",
                {.kind = Kind::Struct, .children = {kText, kInt}},
                [](Column& c) {
                  return c.begin_struct() && c.children()[0]->append_text("a") &&
                         c.children()[1]->append(std::int32_t{1});
                },
                "{t: \"a\", i: 1}",
                "{t: null, i: 0}"},
        KindRow{"EmptyStruct",
                {.kind = Kind::Struct},
                [](Column& c) { return c.begin_struct(); },
                "{}",
                "{}"},
        KindRow{"UnionNull",
                {.kind = Kind::Union, .children = {kNull, kInt, kText}},
                [](Column& c) { return fill_union(c, 0); },
                "0:null",
                "0:null"},
        KindRow{"UnionInt",
                {.kind = Kind::Union, .children = {kNull, kInt, kText}},
                [](Column& c) { return fill_union(c, 1); },
                "1:7",
                "0:null"},
        KindRow{"UnionText",
                {.kind = Kind::Union, .children = {kNull, kInt, kText}},
                [](Column& c) { return fill_union(c, 2); },
                "2:\"seven\"",
                "0:null"},
        KindRow{
            "UnionWithoutNull",
            {.kind = Kind::Union, .children = {kInt}},
            [](Column& c) { return c.begin_union(0) && c.children()[0]->append(std::int32_t{9}); },
            "0:9",
            "0:0"},
        KindRow{"ListOfUnions",
                {.kind = Kind::List,
                 .children = {{.kind = Kind::Union, .children = {kNull, kInt, kText}}}},
                [](Column& c) {
                  auto& item = *c.children()[0];
                  return fill_union(item, 2) && fill_union(item, 1) && fill_union(item, 2) &&
                         fill_union(item, 0) && c.end_list();
                },
                "[2:\"seven\", 1:7, 2:\"seven\", 0:null]",
                "[]"},
        KindRow{"UnionOfLists",
                {.kind = Kind::Union,
                 .children = {{.kind = Kind::List, .name = "l", .children = {kText}}, kInt}},
                [](Column& c) {
                  auto& list = *c.children()[0];
                  return c.begin_union(0) && list.children()[0]->append_text("q") &&
                         list.children()[0]->append_text("r") && list.end_list();
                },
                "0:[\"q\", \"r\"]",
                "0:[]"}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- validity bits at the edges of bytes and words ----------------------------------------------

struct NullRow {
  std::uint64_t length;
  std::vector<std::uint64_t> nulls;
};

class NullPlacesTest : public ::testing::TestWithParam<NullRow> {};

TEST_P(NullPlacesTest, AreWhereTheyWerePut) {
  const auto& row = GetParam();
  auto builder = builder_of({{.kind = Kind::Int32, .name = "c", .nullable = true},
                             {.kind = Kind::Boolean, .name = "b", .nullable = true}});
  std::string expected;
  for (std::uint64_t i = 0; i < row.length; ++i) {
    const bool null = std::ranges::find(row.nulls, i) != row.nulls.end();
    // Before each row one of the other sort, which must leave nothing behind.
    const auto mark = builder.mark();
    ASSERT_TRUE(builder.begin_row());
    ASSERT_TRUE(null ? builder.column(1).append(std::int32_t{5}) : builder.column(1).append_null());
    ASSERT_TRUE(null ? builder.column(2).append_boolean(true) : builder.column(2).append_null());
    builder.rollback(mark);

    ASSERT_TRUE(builder.begin_row());
    ASSERT_TRUE(null ? builder.column(1).append_null() : builder.column(1).append(std::int32_t{3}));
    ASSERT_TRUE(null ? builder.column(2).append_null()
                     : builder.column(2).append_boolean(i % 3 == 0));
    expected += null ? "{c: null, b: null}\n"
                     : "{c: 3, b: " + std::string(i % 3 == 0 ? "true" : "false") + "}\n";
  }
  auto batch = finish(builder);
  EXPECT_EQ(arrow_rows(*batch.schema, *batch.array), expected);
  for (const auto column : {0, 1}) {
    const auto& array = *batch.array->children[column];
    EXPECT_EQ(array.null_count, static_cast<std::int64_t>(row.nulls.size()));
    EXPECT_EQ(array.buffers[0] == nullptr, row.nulls.empty()) << "no nulls, no bitmap";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Places, NullPlacesTest,
    ::testing::Values(NullRow{0, {}}, NullRow{1, {}}, NullRow{1, {0}}, NullRow{7, {6}},
                      NullRow{8, {7}}, NullRow{8, {0}}, NullRow{9, {8}}, NullRow{9, {7}},
                      NullRow{9, {0, 1, 2, 3, 4, 5, 6, 7, 8}}, NullRow{63, {62}}, NullRow{64, {63}},
                      NullRow{64, {0, 63}}, NullRow{65, {64}}, NullRow{65, {63, 64}},
                      NullRow{65, {}}, NullRow{600, {511}}, NullRow{600, {512}}, NullRow{600, {0}},
                      NullRow{1030, {3, 64, 1023, 1024}}));

TEST(ColumnBuilderTest, MarksNoBitsAfterTheLastNullIsTakenBack) {
  auto builder = builder_of({{.kind = Kind::Int32, .name = "c", .nullable = true}});
  ASSERT_TRUE(builder.begin_row() && builder.column(1).append(std::int32_t{1}));
  ASSERT_TRUE(builder.begin_row() && builder.column(1).append_null());
  builder.rollback(1);
  const auto batch = finish(builder);
  EXPECT_EQ(batch.array->children[0]->null_count, 0);
  EXPECT_EQ(batch.array->children[0]->buffers[0], nullptr);
}

// ---- limits
// ---------------------------------------------------------------------------------------

TEST(ColumnBuilderTest, TakesNoMoreThanItsRows) {
  auto builder = builder_of({{.kind = Kind::Int32, .name = "c"}}, {.max_rows = 2});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(builder.begin_row() && builder.column(1).append(std::int32_t{i}));
  }
  EXPECT_FALSE(builder.begin_row());
  EXPECT_EQ(rows_of(builder), "{c: 0}\n{c: 1}\n");
  EXPECT_TRUE(builder.begin_row()) << "the next batch has room";
}

TEST(ColumnBuilderTest, TakesNoMoreThanItsBytes) {
  auto builder = builder_of({{.kind = Kind::Utf8, .name = "t"}, {.kind = Kind::Int64, .name = "i"}},
                            {.max_bytes = 100'000});
  const std::string text(50, 'x');
  for (int batch = 0; batch < 3; ++batch) {
    std::uint64_t rows = 0;
    for (;; ++rows) {
      const auto mark = builder.mark();
      ASSERT_TRUE(builder.begin_row());
      if (!builder.column(1).append_text(text) ||
          !builder.column(2).append(static_cast<std::int64_t>(rows))) {
        builder.rollback(mark);
        break;
      }
      ASSERT_LE(builder.bytes(), 100'000U);
    }
    EXPECT_GT(rows, 800U) << "most of the bytes can be used";
    EXPECT_LE(rows * 62, 100'000U);
    auto done = finish(builder);
    EXPECT_EQ(done.array->length, static_cast<std::int64_t>(rows));
    EXPECT_EQ(builder.bytes(), 0U);
  }
}

TEST(ColumnBuilderTest, KeepsOffsetsWithin31Bits) {
  auto builder = builder_of({{.kind = Kind::List, .name = "l", .children = {kNull}}});
  auto& list = builder.column(1);
  auto& item = builder.column(2);
  ASSERT_TRUE(builder.begin_row() && item.append_nulls(INT32_MAX) && list.end_list());
  const auto mark = builder.mark();
  ASSERT_TRUE(builder.begin_row());
  EXPECT_FALSE(item.append_nulls(1));
  EXPECT_FALSE(item.append_null());
  EXPECT_FALSE(item.append_nulls(UINT64_MAX));
  builder.rollback(mark);
  const auto batch = finish(builder);
  EXPECT_EQ(batch.array->children[0]->children[0]->length, INT32_MAX);
}

TEST(ColumnBuilderTest, RefusesHalfMadeRows) {
  auto builder = builder_of(
      {{.kind = Kind::Int32, .name = "c"}, {.kind = Kind::List, .name = "l", .children = {kInt}}});
  Batch batch;
  ASSERT_TRUE(builder.begin_row());
  EXPECT_EQ(code_of(builder.finish(batch.schema.get(), batch.array.get())), Code::Internal);
  EXPECT_EQ(batch.schema->release, nullptr);
  EXPECT_EQ(batch.array->release, nullptr);
  ASSERT_TRUE(builder.column(1).append(std::int32_t{1}) && builder.column(2).end_list());
  ASSERT_TRUE(builder.column(3).append(std::int32_t{1}));  // an item that no list has
  EXPECT_EQ(code_of(builder.finish(batch.schema.get(), batch.array.get())), Code::Internal);
}

TEST(ColumnBuilderTest, RefusesRowsThatAreNoStructs) {
  EXPECT_EQ(code_of(ColumnBuilder::make({.kind = Kind::Int32})), Code::InvalidInput);
  EXPECT_EQ(code_of(ColumnBuilder::make({.kind = Kind::Struct, .nullable = true})),
            Code::InvalidInput);
  EXPECT_EQ(code_of(ColumnBuilder::make({.kind = Kind::Struct}, {.max_rows = 0})),
            Code::InvalidInput);
  EXPECT_EQ(code_of(ColumnBuilder::make(
                {.kind = Kind::Struct, .children = {{.kind = Kind::List, .name = "l"}}})),
            Code::InvalidInput);
}

// ---- what is handed out
// ---------------------------------------------------------------------------

std::vector<ColumnType> some_of_everything() {
  return {{.kind = Kind::Utf8, .name = "t", .nullable = true},
          {.kind = Kind::Enum, .name = "e", .symbols = {"RED", "GREEN"}},
          {.kind = Kind::Map, .name = "m", .children = {{.kind = Kind::Utf8, .name = "k"}, kInt}},
          {.kind = Kind::Union, .name = "u", .children = {kNull, kInt, kText}},
          {.kind = Kind::Struct, .name = "s", .children = {kInt}}};
}

bool append_everything(ColumnBuilder& builder) {
  const auto& row = builder.column(0).children();
  return builder.begin_row() && row[0]->append_null() && row[1]->append_symbol(1) &&
         row[2]->children()[0]->append_text("k") &&
         row[2]->children()[1]->append(std::int32_t{1}) && row[2]->end_list() &&
         fill_union(*row[3], 2) && row[4]->begin_struct() &&
         row[4]->children()[0]->append(std::int32_t{5});
}
constexpr std::string_view kEverything =
    "{t: null, e: \"GREEN\", m: [{k: \"k\", i: 1}], u: 2:\"seven\", s: {i: 5}}\n";

TEST(HandedOutTest, OutlivesItsBuilder) {
  Batch batch;
  {
    auto builder = builder_of(some_of_everything());
    auto moved = std::move(builder);
    ASSERT_TRUE(append_everything(moved));
    batch = finish(moved);
  }
  EXPECT_EQ(arrow_rows(*batch.schema, *batch.array), kEverything);
}

// "The Arrow C data interface", "Moving child arrays": a child is copied, its `release` set to
// null, and lives on after its parent, whichever goes first.
TEST(HandedOutTest, ChildrenCanBeMovedOut) {
  for (const bool parent_first : {true, false}) {
    for (std::int64_t i = 0; i < 5; ++i) {
      auto builder = builder_of(some_of_everything());
      ASSERT_TRUE(append_everything(builder));
      auto batch = finish(builder);
      const auto expected =
          testing::arrow_text(*batch.schema->children[i], *batch.array->children[i], 0);
      Batch child;
      *child.array = *batch.array->children[i];
      batch.array->children[i]->release = nullptr;
      *child.schema = *batch.schema->children[i];
      batch.schema->children[i]->release = nullptr;
      if (parent_first) {
        batch = Batch();
        EXPECT_EQ(testing::arrow_text(*child.schema, *child.array, 0), expected);
      } else {
        child = Batch();
      }
    }
  }
}

// A consumer may release children itself, in any order, before the parent.
TEST(HandedOutTest, ChildrenCanBeReleasedFirst) {
  auto builder = builder_of(some_of_everything());
  ASSERT_TRUE(append_everything(builder));
  auto batch = finish(builder);
  for (const std::int64_t i : {3, 1, 4}) {
    auto* child = batch.array->children[i];
    child->release(child);
    EXPECT_EQ(child->release, nullptr) << "marked released";
  }
  batch.array->release(batch.array.get());
  EXPECT_EQ(batch.array->release, nullptr);
  batch.schema->release(batch.schema.get());
  EXPECT_EQ(batch.schema->release, nullptr);
}

TEST(HandedOutTest, IsAlignedAndPadded) {
  auto builder = builder_of(some_of_everything());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(append_everything(builder));
  const auto batch = finish(builder);
  int seen = 0;
  const std::function<void(const ArrowArray&)> visit = [&](const ArrowArray& array) {
    for (std::int64_t i = 0; i < array.n_buffers; ++i) {
      if (array.buffers[i] == nullptr) continue;
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.buffers[i]) % 64, 0U);
      ++seen;
    }
    for (std::int64_t i = 0; i < array.n_children; ++i) visit(*array.children[i]);
    if (array.dictionary != nullptr) visit(*array.dictionary);
  };
  visit(*batch.array);
  EXPECT_EQ(seen, 16);
  // The text column: validity of three nulls, then zeros to the end of its 64 bytes.
  const auto* validity = static_cast<const std::uint8_t*>(batch.array->children[0]->buffers[0]);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(validity[i], 0) << i;
}

TEST(HandedOutTest, EmptyBatchesAreWhole) {
  auto builder = builder_of(some_of_everything());
  const auto batch = finish(builder);
  EXPECT_EQ(batch.array->length, 0);
  // Offsets of no lists are one zero.
  const auto& map = *batch.array->children[2];
  ASSERT_NE(map.buffers[1], nullptr);
  EXPECT_EQ(testing::value_at<std::int32_t>(map, 1, 0), 0);
  EXPECT_EQ(map.children[0]->length, 0);
}

TEST(HandedOutTest, SchemaTellsNamesFlagsAndMetadata) {
  ArrowSchema raw{};
  export_schema({.kind = Kind::Struct,
                 .name = "row",
                 .children = {{.kind = Kind::FixedBinary,
                               .name = "id",
                               .nullable = true,
                               .width = 16,
                               .metadata = {{"ARROW:extension:name", "arrow.uuid"},
                                            {"ARROW:extension:metadata", ""}}}}},
                &raw);
  Owned<ArrowSchema> schema;
  *schema = raw;
  EXPECT_STREQ(schema->name, "row");
  EXPECT_EQ(schema->flags, 0);
  EXPECT_EQ(schema->metadata, nullptr);
  const auto& id = *schema->children[0];
  EXPECT_STREQ(id.format, "w:16");
  EXPECT_EQ(id.flags, ARROW_FLAG_NULLABLE);
  const auto number = [](std::int32_t value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const auto expected = number(2) + number(20) + "ARROW:extension:name" + number(10) +
                        "arrow.uuid" + number(24) + "ARROW:extension:metadata" + number(0);
  EXPECT_EQ(std::string(id.metadata, expected.size()), expected);
}

}  // namespace
}  // namespace limpet::columns
