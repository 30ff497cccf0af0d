#include "class_sequence.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <regex>
#include <string>

namespace limpet::json_schema {
namespace {

struct Row {
  std::string_view name, pattern;
  bool is_one;
};

class ClassSequenceTest : public testing::TestWithParam<Row> {};

TEST_P(ClassSequenceTest, IsRecognised) {
  EXPECT_EQ(ClassSequence::read(GetParam().pattern).has_value(), GetParam().is_one);
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, ClassSequenceTest,
    testing::Values(Row{"Empty", "^$", true}, Row{"Hex", "^[0-9a-f]{32}$", true},
                    Row{"Word", R"(^\w+$)", true}, Row{"Date", R"(^\d{4}-\d\d-\d\d$)", true},
                    Row{"EscapedPoint", R"(^\d+\.\d+$)", true}, Row{"Dash", "^[a-z-]+$", true},
                    Row{"Optional", "^a?b*c$", true}, Row{"Bounds", "^[ab]{2,3}c$", true},
                    Row{"NotAnchoredBefore", "[0-9]+$", false},
                    Row{"NotAnchoredBehind", "^[0-9]+", false}, Row{"Group", "^(ab)$", false},
                    Row{"Alternatives", "^a|b$", false}, Row{"Point", "^.$", false},
                    Row{"Negated", "^[^a]$", false}, Row{"Space", R"(^\s$)", false},
                    Row{"Lazy", "^a+?$", false}, Row{"NotAscii", "^ä$", false},
                    Row{"Boundary", R"(^\ba$)", false}, Row{"BackReference", R"(^a\1$)", false},
                    Row{"CodePoint", R"(^\u0041$)", false}, Row{"EscapedDollar", R"(^a\$)", false},
                    Row{"TwoWays", "^a*a$", false}, Row{"TwoWaysOverOptional", "^a+b?a$", false},
                    Row{"TwoWaysInRange", "^[a-c]?b$", false},
                    Row{"ClassAsBound", R"(^[\d-a]$)", false},
                    Row{"LongBound", "^a{99999999999}$", false}),
    [](const auto& row) { return std::string(row.param.name); });

// std::regex reads the same ECMA-262, and is nobody's kin.
TEST(ClassSequence, AgreesWithStdRegex) {
  std::mt19937 random(20'261'123);
  const auto pick = [&](auto... choices) {
    const std::array<std::string_view, sizeof...(choices)> all{choices...};
    return std::string(all[random() % all.size()]);
  };
  std::size_t recognised = 0;
  std::size_t matched = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string pattern = "^";
    for (auto items = random() % 4; items > 0; --items) {
      pattern += pick("a", "b", "[ab]", "[b-c]", R"(\d)", R"([\d-])", R"(\.)", "[^a]", R"([a\]])");
      pattern += pick("", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", "{0}");
    }
    pattern += "$";
    const auto sequence = ClassSequence::read(pattern);
    if (!sequence) continue;
    ++recognised;
    const std::regex regex(pattern, std::regex::ECMAScript);
    for (int i = 0; i < 40; ++i) {
      std::string text;
      for (auto length = random() % 6; length > 0; --length) {
        text += pick("a", "a", "b", "b", "c", "1", "-", ".", "]", "ä");
      }
      const bool wanted = std::regex_match(text, regex);
      matched += wanted ? 1 : 0;
      ASSERT_EQ(sequence->matches(text), wanted) << pattern << " on " << text;
    }
  }
  EXPECT_GT(recognised, 1000U);
  EXPECT_GT(matched, 2000U);
}

}  // namespace
}  // namespace limpet::json_schema
