#include "record_filter.h"

#include "limpet/value/json_reader.h"

#include <gtest/gtest.h>

#include <ostream>

namespace limpet::app {
namespace {

using value::Logical;
using value::View;

constexpr std::string_view kRecord = R"({
  "name": "John Doe", "age": 42, "score": 6.5, "active": true, "nothing": null,
  "big": 18446744073709551615, "low": -9223372036854775808,
  "address": {"city": "Graz", "lines": [{"sku": "a1", "n": 1}, {"sku": "b2", "n": 2}]},
  "tags": ["red", "green"], "empty": "", "odd name": {"a.b": 7}, "numeric": "6"})";

struct FilterRow {
  std::string name;
  std::string condition;
  bool matches;

  friend void PrintTo(const FilterRow& row, std::ostream* out) { *out << row.condition; }
};

class RecordFilterTest : public testing::TestWithParam<FilterRow> {};

TEST_P(RecordFilterTest, Matches) {
  value::Arena arena;
  View record;
  ASSERT_EQ(value::read_json(kRecord, arena, record), std::nullopt);
  const auto filter = RecordFilter::parse({GetParam().condition});
  ASSERT_TRUE(filter) << describe(filter.error());
  EXPECT_EQ(filter->matches(record), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, RecordFilterTest,
    testing::Values(
        FilterRow{"Equal", "name = John Doe", true}, FilterRow{"Tight", "age>=42", true},
        FilterRow{"Quoted", "name = 'John Doe'", true}, FilterRow{"Unequal", "name != John", true},
        FilterRow{"Same", "name != John Doe", false}, FilterRow{"TextOrder", "name < K", true},
        FilterRow{"TextOrderNot", "name > K", false}, FilterRow{"Number", "age = 42.0", true},
        FilterRow{"NumberExponent", "age = 4.2e1", true},
        FilterRow{"NumberLess", "age < 100", true},  // not as texts
        FilterRow{"Fraction", "score > 6", true}, FilterRow{"FractionUp", "score <= 6.5", true},
        FilterRow{"Big", "big = 18446744073709551615", true},
        FilterRow{"BigIsExact", "big = 18446744073709551614", false},
        FilterRow{"BigAbove", "big > 9223372036854775807", true},
        FilterRow{"BigAboveNegative", "big > -1", true},
        FilterRow{"Low", "low = -9223372036854775808", true},
        FilterRow{"LowIsExact", "low < -9223372036854775807", true},
        FilterRow{"NumberIsNoText", "age = '42'", false},
        FilterRow{"NumberAndWord", "age = many", false},
        FilterRow{"NumberAndWordUnequal", "age != many", true},
        FilterRow{"NumberAndWordOrder", "age < many", false},
        FilterRow{"TextThatIsANumber", "numeric = 6", true},
        FilterRow{"True", "active = true", true}, FilterRow{"False", "active = false", false},
        FilterRow{"NotFalse", "active != false", true},
        FilterRow{"BooleanIsNoText", "active = 'true'", false},
        FilterRow{"BooleanHasNoOrder", "active < true", false},
        FilterRow{"Null", "nothing = null", true}, FilterRow{"AbsentIsNull", "nobody = null", true},
        FilterRow{"NotNull", "name != null", true},
        FilterRow{"NullIsNotNull", "name = null", false},
        FilterRow{"AbsentHasNoOrder", "nobody < 5", false},
        FilterRow{"AbsentIsUnequal", "nobody != 5", true}, FilterRow{"Exists", "name exists", true},
        FilterRow{"NullDoesNotExist", "nothing exists", false},
        FilterRow{"AbsentDoesNotExist", "nobody exists", false},
        FilterRow{"EmptyExists", "empty exists", true}, FilterRow{"Empty", "empty = \"\"", true},
        FilterRow{"Path", "address.city = Graz", true},
        FilterRow{"PathThroughText", "name.first = x", false},
        FilterRow{"Item", "address.lines[1].sku = b2", true},
        FilterRow{"ItemNot", "address.lines[0].sku = b2", false},
        FilterRow{"ItemBehindTheEnd", "address.lines[2].sku exists", false},
        FilterRow{"AnyItem", "address.lines.n > 1", true},
        FilterRow{"NoItem", "address.lines.n > 2", false},
        FilterRow{"AnyOfAList", "tags = green", true},
        FilterRow{"NoneOfAList", "tags = blue", false}, FilterRow{"AList", "tags exists", true},
        FilterRow{"QuotedNames", "\"odd name\".\"a.b\" = 7", true},
        FilterRow{"Expression", "name ~ ^John\\b", true},
        FilterRow{"ExpressionInside", "name ~ Doe", true},
        FilterRow{"ExpressionNot", "name ~ ^Doe", false},
        FilterRow{"ExpressionOnNumber", "age ~ ^4", true},
        FilterRow{"ExpressionOnAbsent", "nobody ~ .*", false}),
    [](const auto& row) { return row.param.name; });

struct BadRow {
  std::string name;
  std::string condition;
  std::string message;

  friend void PrintTo(const BadRow& row, std::ostream* out) { *out << row.condition; }
};

class BadFilterTest : public testing::TestWithParam<BadRow> {};

TEST_P(BadFilterTest, IsRefused) {
  const auto filter = RecordFilter::parse({GetParam().condition});
  ASSERT_EQ(code_of(filter), Code::InvalidInput);
  EXPECT_EQ(filter.error().where, GetParam().condition);
  EXPECT_NE(filter.error().message.find(GetParam().message), std::string::npos)
      << filter.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, BadFilterTest,
    testing::Values(BadRow{"Nothing", "", "name is missing"},
                    BadRow{"NoField", "= 5", "name is missing"},
                    BadRow{"NoOperator", "age", "behind the field stands"},
                    BadRow{"OddOperator", "age is 5", "behind the field stands"},
                    BadRow{"NoValue", "age =", "value to compare with is missing"},
                    BadRow{"EndsWithPoint", "a. = 5", "name is missing"},
                    BadRow{"OddIndex", "a[x] = 5", "number of an item"},
                    BadRow{"OpenIndex", "a[1 = 5", "number of an item"},
                    BadRow{"OpenQuote", "\"a = 5", "quote is not closed"},
                    BadRow{"OddFact", "$size = 5", "$ is followed by"},
                    BadRow{"OddExpression", "a ~ (", "not a regular expression"}),
    [](const auto& row) { return row.param.name; });

TEST(RecordFilterTest, AllConditionsMustHold) {
  value::Arena arena;
  View record;
  ASSERT_EQ(value::read_json(kRecord, arena, record), std::nullopt);
  EXPECT_TRUE(RecordFilter::parse({"age = 42", "name ~ Doe"})->matches(record));
  EXPECT_FALSE(RecordFilter::parse({"age = 42", "name ~ Roe"})->matches(record));
  EXPECT_TRUE(RecordFilter::parse({})->matches(record));
}

TEST(RecordFilterTest, Facts) {
  const RecordFacts facts{.key = View::string("k-7"),
                          .partition = 3,
                          .offset = 1200,
                          .timestamp_ms = 1'769'846'400'000,
                          .schema = "orders",
                          .version = 4};
  const auto matches = [&](const char* condition) {
    return RecordFilter::parse({condition})->matches(View::null(), facts);
  };
  EXPECT_TRUE(matches("$key = k-7"));
  EXPECT_TRUE(matches("$key ~ ^k-"));
  EXPECT_TRUE(matches("$partition = 3"));
  EXPECT_TRUE(matches("$offset >= 1200"));
  EXPECT_FALSE(matches("$offset > 1200"));
  EXPECT_TRUE(matches("$schema = orders"));
  EXPECT_TRUE(matches("$version < 5"));
  EXPECT_TRUE(matches("$timestamp = 2026-01-31T08:00:00Z"));
  EXPECT_TRUE(matches("$timestamp > 2026-01-31"));
  EXPECT_FALSE(matches("$timestamp > 2026-02-01"));
}

TEST(RecordFilterTest, Times) {
  const auto matches = [](const View& value, const char* condition) {
    return RecordFilter::parse({condition})->matches(View::array(std::span(&value, 1)));
  };
  const View day = View::of_int(20'484, Logical::Date);  // 2026-01-31
  EXPECT_TRUE(matches(day, "[0] = 2026-01-31"));
  EXPECT_TRUE(matches(day, "[0] < 2026-02-01"));
  EXPECT_TRUE(matches(day, "[0] = 20484"));
  EXPECT_TRUE(matches(day, "[0] ~ ^2026-01"));
  const View micros = View::of_long(1'769'846'400'000'000, Logical::TimestampMicros);
  EXPECT_TRUE(matches(micros, "[0] = 2026-01-31T08:00:00Z"));
  EXPECT_TRUE(matches(micros, "[0] <= 2026-01-31T09:00:00+01:00"));
  EXPECT_FALSE(matches(micros, "[0] < 2026-01-31T08:00:00Z"));
  // Out of the range of the unit.
  const View nanos = View::of_long(0, Logical::TimestampNanos);
  EXPECT_FALSE(matches(nanos, "[0] = 2600-01-01"));
}

TEST(FieldPathTest, Finds) {
  value::Arena arena;
  View record;
  ASSERT_EQ(value::read_json(kRecord, arena, record), std::nullopt);
  const auto at = [&](const char* path) { return FieldPath::parse(path)->find(record); };
  EXPECT_EQ(at("address.lines[1].sku")->text(), "b2");
  EXPECT_EQ(at("nobody"), nullptr);
  EXPECT_EQ(at("address.lines.sku"), nullptr);
  EXPECT_EQ(code_of(FieldPath::parse("a b")), Code::InvalidInput);
  EXPECT_EQ(code_of(FieldPath::parse("")), Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::app
