#include "limpet/lint/lint.h"

#include "spelling.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace limpet::lint {
namespace {

TEST(Lint, ExampleOfTheHeader) {
  constexpr std::string_view kText = R"({"type":"enum","name":"a.E","symbols":["A"]})";
  const auto definition = compat::parse_definition(compat::Format::Avro, kText);
  ASSERT_TRUE(definition);
  const auto advice = lint(*definition, kText);
  ASSERT_TRUE(advice);
  ASSERT_EQ(advice->size(), 1U);
  EXPECT_EQ(advice->front().rule, find_rule("avro-enum-without-default"));
  EXPECT_EQ(advice->front().message,
            "enum a.E has no default, so that no symbol can be added under FORWARD or FULL, nor "
            "removed under BACKWARD or FULL");
}

TEST(Lint, RulesAreFoundByTheirIds) {
  for (const Rule& rule : rules()) EXPECT_EQ(find_rule(rule.id), &rule);
  EXPECT_EQ(find_rule("none"), nullptr);
}

TEST(Lint, OptionsChooseTheRules) {
  constexpr std::string_view kText =
      R"({"type":"record","name":"a.R","fields":[{"name":"x","type":"int"},)"
      R"({"name":"y","type":["null","int"]}]})";
  const auto definition = compat::parse_definition(compat::Format::Avro, kText);
  const auto ids = [&](const Options& options) {
    std::string out;
    const auto found = lint(*definition, kText, options);
    for (const auto& advice : *found) {
      out += std::string(advice.rule->id) + advice.path + " ";
    }
    return out;
  };
  EXPECT_EQ(ids({}), "avro-optional-without-default/fields/1 ");
  EXPECT_EQ(ids({.disabled = {"avro-optional-without-default"}, .enabled = {}}), "");
  EXPECT_EQ(ids({.disabled = {}, .enabled = {"avro-field-without-default"}}),
            "avro-field-without-default/fields/0 avro-optional-without-default/fields/1 ");
  EXPECT_EQ(ids({.disabled = {}, .enabled = {"avro-field-without-default"}, .max_advice = 1}),
            "avro-field-without-default/fields/0 ");
}

TEST(Spelling, NearIsOneSlipOrTwoInLongWords) {
  constexpr std::array<std::string_view, 5> kKnown{"required", "type", "items", "not", "maxLength"};
  EXPECT_EQ(nearest_word("requried", kKnown), "required");
  EXPECT_EQ(nearest_word("reqired", kKnown), "required");
  EXPECT_EQ(nearest_word("maxlenght", kKnown), "maxLength");
  EXPECT_EQ(nearest_word("types", kKnown), "type");
  EXPECT_EQ(nearest_word("item", kKnown), "items");
  EXPECT_EQ(nearest_word("note", kKnown), "");      // short words are near to nothing
  EXPECT_EQ(nearest_word("tpyse", kKnown), "");     // two slips in a word of five letters
  EXPECT_EQ(nearest_word("required", kKnown), "");  // it is known
  EXPECT_EQ(nearest_word("x-required", kKnown), "required");
  EXPECT_EQ(nearest_word(std::string(1000, 'a'), kKnown), "");
}

}  // namespace
}  // namespace limpet::lint
