#include "limpet/kafka/types.h"

#include <gtest/gtest.h>

namespace limpet::kafka {
namespace {

constexpr std::int64_t kMorning = 1769846400000;  // 2026-01-31T08:00:00Z

struct PositionRow {
  const char* name;
  const char* text;
  std::optional<Position> means;  // nullopt: refused
};

Position time(std::int64_t ms) { return {Position::Kind::Time, ms}; }

class Positions : public testing::TestWithParam<PositionRow> {};

TEST_P(Positions, AreReadAsPeopleWriteThem) {
  const auto& row = GetParam();
  const auto position = parse_position(row.text);
  if (!row.means) {
    EXPECT_EQ(code_of(position), Code::InvalidInput);
  } else {
    ASSERT_TRUE(position) << describe(position.error());
    EXPECT_EQ(*position, *row.means);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Positions,
    testing::Values(
        PositionRow{"Earliest", "earliest", Position::earliest()},
        PositionRow{"Latest", "latest", Position::latest()},
        PositionRow{"Offset", "1200", Position::offset(1200)},
        PositionRow{"Zero", "0", Position::offset(0)},
        PositionRow{"LargestOffset", "9223372036854775807", Position::offset(INT64_MAX)},
        PositionRow{"AnOffsetThatLooksLikeATime", "1769846400000", Position::offset(kMorning)},
        PositionRow{"Tail", "-100", Position::tail(100)},
        PositionRow{"Time", "2026-01-31T08:00:00Z", time(kMorning)},
        PositionRow{"SmallLetters", "2026-01-31t08:00:00z", time(kMorning)},
        PositionRow{"Blank", "2026-01-31 08:00:00Z", time(kMorning)},
        PositionRow{"Fraction", "2026-01-31T08:00:00.25Z", time(kMorning + 250)},
        PositionRow{"Nanoseconds", "2026-01-31T08:00:00.123456789Z", time(kMorning + 123)},
        PositionRow{"East", "2026-01-31T09:30:00+01:30", time(kMorning)},
        PositionRow{"West", "2026-01-31T03:00:00-05:00", time(kMorning)},
        PositionRow{"Day", "2026-01-31", time(kMorning - 8 * 3'600'000)},
        PositionRow{"LeapDay", "2024-02-29", time(1709164800000)},
        PositionRow{"EpochMilliseconds", "1769846400000ms", time(kMorning)},
        PositionRow{"Empty", "", std::nullopt}, PositionRow{"Word", "newest", std::nullopt},
        PositionRow{"Capital", "Earliest", std::nullopt}, PositionRow{"Signed", "+5", std::nullopt},
        PositionRow{"Minus", "-", std::nullopt},
        PositionRow{"TooLarge", "9223372036854775808", std::nullopt},
        PositionRow{"Spaces", " 5", std::nullopt}, PositionRow{"Decimal", "1.5", std::nullopt},
        PositionRow{"Seconds", "1769846400s", std::nullopt},
        PositionRow{"OnlyUnit", "ms", std::nullopt},
        PositionRow{"NoZone", "2026-01-31T08:00:00", std::nullopt},
        PositionRow{"NoSeconds", "2026-01-31T08:00Z", std::nullopt},
        PositionRow{"NoSuchDay", "2026-02-30", std::nullopt},
        PositionRow{"NoSuchMonth", "2026-13-01", std::nullopt},
        PositionRow{"NoSuchHour", "2026-01-31T24:00:00Z", std::nullopt},
        PositionRow{"NoSuchZone", "2026-01-31T08:00:00+25:00", std::nullopt},
        PositionRow{"EmptyFraction", "2026-01-31T08:00:00.Z", std::nullopt},
        PositionRow{"Trailing", "2026-01-31T08:00:00Zx", std::nullopt}),
    [](const auto& test) { return test.param.name; });

TEST(Retriable, IsWhatMayPass) {
  EXPECT_TRUE(retriable(Error::unavailable("")));
  EXPECT_TRUE(retriable(Error::conflict("")));
  EXPECT_TRUE(retriable(Error{Code::Throttled, "", ""}));
  EXPECT_FALSE(retriable(Error::access_denied("")));
  EXPECT_FALSE(retriable(Error::limit_exceeded("")));
}

}  // namespace
}  // namespace limpet::kafka
