#include "limpet/value/view.h"

#include "limpet/value/fault.h"

#include <gtest/gtest.h>

#include <array>

namespace limpet::value {
namespace {

TEST(View, TellsKindsApart) {
  const std::string symbol = "RED";
  EXPECT_TRUE(View().is_null());
  EXPECT_TRUE(View::boolean(true).as_boolean());
  EXPECT_EQ(View::of_int(-7, Logical::Date).as_long(), -7);
  EXPECT_EQ(View::of_int(-7, Logical::Date).logical(), Logical::Date);
  EXPECT_EQ(View::of_long(INT64_MIN).as_long(), INT64_MIN);
  EXPECT_EQ(View::unsigned_long(UINT64_MAX).as_unsigned_long(), UINT64_MAX);
  EXPECT_EQ(View::of_double(1.5).as_double(), 1.5);
  EXPECT_EQ(View::string("abc").text(), "abc");
  EXPECT_EQ(View::bytes(std::string_view("\0x", 2)).as_bytes().size(), 2U);
  EXPECT_EQ(View::enumeration(&symbol, 3).text(), "RED");
  EXPECT_EQ(View::enumeration(&symbol, 3).ordinal(), 3U);
  EXPECT_EQ(View::null().branch(), View::kNoBranch);
}

TEST(View, ARecordKnowsItsFields) {
  Arena arena;
  const RecordShape shape("my.User", {"name", "age"});
  const auto values = make_record(arena, shape);
  ASSERT_EQ(values.size(), 2U);
  values[0] = View::string("Ada");
  values[1] = View::of_int(36);
  const View record = View::record(values);
  EXPECT_EQ(record.size(), 2U);
  EXPECT_EQ(record.field_name(1), "age");
  EXPECT_EQ(record.find("name")->text(), "Ada");
  EXPECT_EQ(record[1].as_long(), 36);
  EXPECT_EQ(record.find("email"), nullptr);
  EXPECT_EQ(record.shape().name(), "my.User");
}

TEST(View, ARecordWithoutFieldsIsStillARecord) {
  Arena arena;
  const RecordShape shape("Empty", {});
  const auto values = make_record(arena, shape);
  ASSERT_NE(values.data(), nullptr);
  EXPECT_EQ(View::record(values).shape().name(), "Empty");
}

TEST(View, AFullArenaMakesNoRecord) {
  Arena arena(16);
  const RecordShape shape("my.User", {"name", "age"});
  EXPECT_EQ(make_record(arena, shape).data(), nullptr);
  EXPECT_FALSE(View::decimal(arena, "x", nullptr) && View::decimal(arena, "x", nullptr));
}

TEST(View, OfAMapTheLastOfEqualKeysCounts) {
  const std::array<MapEntry, 3> entries{MapEntry{View::string("a"), View::of_int(1)},
                                        MapEntry{View::string("b"), View::of_int(2)},
                                        MapEntry{View::string("a"), View::of_int(3)}};
  const View map = View::map(entries);
  EXPECT_EQ(map.find("a")->as_long(), 3);
  EXPECT_EQ(map.find("c"), nullptr);
  EXPECT_EQ(map.entries().size(), 3U);
}

TEST(View, ADecimalKnowsItsScale) {
  Arena arena;
  const DecimalShape shape{5, 2};
  const auto decimal = View::decimal(arena, "\x30\x39", &shape);
  ASSERT_TRUE(decimal);
  EXPECT_EQ(decimal->as_bytes(), "\x30\x39");
  EXPECT_EQ(decimal->decimal_shape().scale, 2);
}

TEST(Fault, SaysPlaceAndReason) {
  EXPECT_EQ(describe({FaultKind::Truncated, 9, "User.age", "expected an int, found the end"}),
            "byte 9, field \"User.age\": expected an int, found the end");
  EXPECT_EQ(describe({FaultKind::MissingField, 0, "User.age", "expected int, found nothing"}),
            "field \"User.age\": expected int, found nothing");
  EXPECT_EQ(to_error({FaultKind::TooDeep, 9, "", "deep"}).code, Code::LimitExceeded);
  EXPECT_EQ(to_error({FaultKind::Malformed, 9, "", "bad"}).where, "byte 9");
}

}  // namespace
}  // namespace limpet::value
