#include "limpet/base/context.h"
#include "limpet/base/error.h"
#include "limpet/base/hex.h"
#include "limpet/base/name.h"
#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/base/utf8.h"
#include "limpet/base/uuid.h"

#include <gtest/gtest.h>

namespace limpet {
namespace {

using namespace std::literals;

Result<int> half(int value) {
  if (value % 2 != 0) return Error::invalid_input("odd", "/n");
  return value / 2;
}

Result<int> quarter(int value) {
  LIMPET_TRY(const int first, half(value));
  LIMPET_TRY(const int second, half(first));
  return second;
}

Status only_even(int value) {
  LIMPET_CHECK(half(value));
  return {};
}

TEST(Result, CarriesValuesAndErrors) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(code_of(quarter(6)), Code::InvalidInput);
  EXPECT_EQ(quarter(6).error().where, "/n");
  EXPECT_TRUE(only_even(2));
  EXPECT_FALSE(only_even(3));
  EXPECT_EQ(quarter(3).value_or(7), 7);
  EXPECT_EQ(Result<std::string>().error().code, Code::Internal);
}

TEST(Error, Describes) {
  EXPECT_EQ(describe(Error::invalid_input("bad name", "/name")), "bad name (at /name)");
  EXPECT_EQ(describe(Error::not_found("gone")), "gone");
  EXPECT_EQ(to_string(Code::Unavailable), "Unavailable");
}

TEST(Uuid, ReadsOnlyLowerCase) {
  const auto text = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63"s;
  ASSERT_TRUE(Uuid::parse(text));
  EXPECT_EQ(Uuid::parse(text)->to_string(), text);
  for (const auto* bad :
       {"", "B7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63", "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c6",
        "b7b4a7f009c96-4e4a-a687-fb5de9ef0c63", "00000000-0000-0000-0000-00000000000p"}) {
    EXPECT_FALSE(Uuid::parse(bad)) << bad;
  }
}

TEST(Uuid, Version4SetsVersionAndVariant) {
  std::array<std::uint8_t, 16> ones{};
  ones.fill(0xff);
  EXPECT_EQ(Uuid::v4(ones).to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST(Time, PrintsAndReadsEveryForm) {
  const Timestamp time(std::chrono::milliseconds(1636303348617));
  EXPECT_EQ(to_iso8601(time), "2021-11-07T16:42:28.617Z");
  EXPECT_EQ(parse_iso8601("2021-11-07T16:42:28.617Z"), time);
  EXPECT_EQ(to_iso8601_basic(time), "20211107T164228Z");
  EXPECT_EQ(parse_iso8601_basic("20211107T164228Z"), time - std::chrono::milliseconds(617));
  EXPECT_EQ(to_http_date(time), "Sun, 07 Nov 2021 16:42:28 GMT");
  EXPECT_EQ(parse_http_date("Sun, 07 Nov 2021 16:42:28 GMT"),
            time - std::chrono::milliseconds(617));
}

TEST(Time, RefusesWhatIsNotADate) {
  for (const auto* bad :
       {"", "20211307T164228Z", "20211107T244228Z", "20211107T164228", "2021110AT164228Z"}) {
    EXPECT_FALSE(parse_iso8601_basic(bad)) << bad;
  }
  EXPECT_FALSE(parse_http_date("Mon, 07 Nov 2021 16:42:28 GMT"));  // it was a Sunday
  EXPECT_FALSE(parse_iso8601("2021-02-30T00:00:00.000Z"));
}

TEST(Utf8, ChecksAndCounts) {
  EXPECT_TRUE(is_valid_utf8("aé€😀"));
  EXPECT_EQ(code_points("aé€😀"), 4U);
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(is_valid_utf8("\xe2\x82"));          // cut
  EXPECT_EQ(truncate_utf8("a€b", 3), "a");
  EXPECT_EQ(truncate_utf8("a€b", 4), "a€");
}

struct ShortRules {
  static Status check(std::string_view text) {
    if (text.size() > 3) return Error::invalid_input("too long");
    return {};
  }
};

TEST(Name, OnlyParseMakesOne) {
  EXPECT_EQ(Name<ShortRules>::parse("abc")->str(), "abc");
  EXPECT_EQ(code_of(Name<ShortRules>::parse("abcd")), Code::InvalidInput);
}

}  // namespace
}  // namespace limpet
