#include "limpet/compat/format.h"

#include <gtest/gtest.h>

namespace limpet::compat {
namespace {

TEST(Format, WordsRoundTrip) {
  for (const Format format : kFormats) EXPECT_EQ(parse_format(to_string(format)), format);
  EXPECT_EQ(to_string(Format::Protobuf), "PROTOBUF");
  EXPECT_EQ(parse_format("avro"), std::nullopt);
  EXPECT_EQ(parse_format(""), std::nullopt);
}

struct ModeRow {
  std::string_view word;
  Mode mode;
  bool backward;
  bool forward;
  bool many;
};

class ModeTest : public testing::TestWithParam<ModeRow> {};

TEST_P(ModeTest, MeansWhatTheGuideSays) {
  const ModeRow& row = GetParam();
  EXPECT_EQ(to_string(row.mode), row.word);
  EXPECT_EQ(parse_mode(row.word), row.mode);
  EXPECT_EQ(checks(row.mode, Direction::Backward), row.backward);
  EXPECT_EQ(checks(row.mode, Direction::Forward), row.forward);
  EXPECT_EQ(checks_many(row.mode), row.many);
}

INSTANTIATE_TEST_SUITE_P(
    Modes, ModeTest,
    testing::Values(ModeRow{"NONE", Mode::None, false, false, false},
                    ModeRow{"DISABLED", Mode::Disabled, false, false, false},
                    ModeRow{"BACKWARD", Mode::Backward, true, false, false},
                    ModeRow{"BACKWARD_ALL", Mode::BackwardAll, true, false, true},
                    ModeRow{"FORWARD", Mode::Forward, false, true, false},
                    ModeRow{"FORWARD_ALL", Mode::ForwardAll, false, true, true},
                    ModeRow{"FULL", Mode::Full, true, true, false},
                    ModeRow{"FULL_ALL", Mode::FullAll, true, true, true}),
    [](const auto& row) { return std::string(row.param.word); });

TEST(Mode, RefusesOtherWords) {
  for (const auto* word : {"", "backward", "BACKWARD ", "TRANSITIVE"}) {
    EXPECT_EQ(parse_mode(word), std::nullopt) << word;
  }
  EXPECT_EQ(parse_direction("FORWARD"), Direction::Forward);
  EXPECT_EQ(parse_direction("SIDEWAYS"), std::nullopt);
}

}  // namespace
}  // namespace limpet::compat
