// Properties over seeded random schemas.
#include "testing/random_schema.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/json_schema/compare.h"
#include "limpet/json_schema/validate.h"
#include "limpet/value/json_reader.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace limpet::json_schema {
namespace {

// LIMPET_PAIRS asks for more; scripts/verdicts goes much further, with an independent validator.
std::uint64_t pairs_wanted() {
  const auto* wanted = std::getenv("LIMPET_PAIRS");
  return wanted == nullptr ? 2'500 : std::strtoull(wanted, nullptr, 10);
}

constexpr int kValuesPerPair = 40;

class PropertyTest : public ::testing::TestWithParam<Dialect> {};

// Where compare() says compatible, what the writer's schema accepts the reader's accepts.
TEST_P(PropertyTest, CompatibleMeansEveryValueIsAccepted) {
  std::uint64_t compatible = 0;
  std::uint64_t values = 0;
  const auto first = std::getenv("LIMPET_SEED") == nullptr
                         ? 1
                         : std::strtoull(std::getenv("LIMPET_SEED"), nullptr, 10);
  for (std::uint64_t seed = first; seed < first + pairs_wanted(); ++seed) {
    testing::RandomSchemas random(seed, GetParam());
    const auto before = random.document();
    const auto after = random.changed(before);
    const auto writer = parse(json::to_text(before));
    const auto reader = parse(json::to_text(after));
    if (!writer || !reader) continue;  // a pair may refer to itself without end
    const auto same = compare({.reader = *writer, .writer = *writer});
    ASSERT_TRUE(same && same->empty()) << "seed " << seed;
    const auto differences = compare({.reader = *reader, .writer = *writer});
    ASSERT_TRUE(differences) << "seed " << seed << ": " << describe(differences.error());
    if (!differences->empty() || before == after) continue;
    ++compatible;
    const auto from = compile(*writer);
    const auto to = compile(*reader);
    for (int i = 0; i < kValuesPerPair; ++i) {
      const auto value = i % 2 == 0 ? random.value() : random.value_for(before, before);
      const auto written = is_valid(from, value);
      ASSERT_TRUE(written) << "seed " << seed;
      if (!*written) continue;
      ++values;
      const auto read = is_valid(to, value);
      ASSERT_TRUE(read) << "seed " << seed;
      ASSERT_TRUE(*read) << "seed " << seed << "\n writer " << json::to_text(before) << "\n reader "
                         << json::to_text(after) << "\n value  " << json::to_text(value);
    }
  }
  std::printf("%s: %llu compatible pairs, %llu values\n",
              std::string(to_string(GetParam())).c_str(),
              static_cast<unsigned long long>(compatible), static_cast<unsigned long long>(values));
  EXPECT_GT(compatible, pairs_wanted() / 50);
  EXPECT_GT(values, compatible);
}

TEST_P(PropertyTest, IdentityFormIsIdempotentAndForgetsOrder) {
  for (std::uint64_t seed = 1; seed < 300; ++seed) {
    testing::RandomSchemas random(seed, GetParam());
    const auto schema = parse(json::to_pretty_text(random.document()));
    if (!schema) continue;
    const auto form = identity_form(*schema);
    const auto again = parse(form);
    ASSERT_TRUE(again) << form;
    EXPECT_EQ(identity_form(*again), form);
    const auto differences = compare({.reader = *again, .writer = *schema});
    ASSERT_TRUE(differences);
    EXPECT_TRUE(differences->empty());
  }
}

TEST_P(PropertyTest, BothWaysOfValidatingAgree) {
  for (std::uint64_t seed = 1; seed < 300; ++seed) {
    testing::RandomSchemas random(seed, GetParam());
    const auto schema = parse(json::to_text(random.document()));
    if (!schema) continue;
    const auto plan = compile(*schema);
    for (int i = 0; i < 20; ++i) {
      const auto value = random.value();
      const auto quick = is_valid(plan, value);
      const auto errors = validate(plan, value);
      ASSERT_TRUE(quick && errors);
      EXPECT_EQ(*quick, errors->empty()) << "seed " << seed << " " << json::to_text(value);
      const auto text = json::to_text(value);
      value::Arena arena;
      value::View view;
      ASSERT_FALSE(value::read_json(text, arena, view));
      const auto quick_view = is_valid(plan, view);
      const auto view_errors = validate(plan, view);
      ASSERT_TRUE(quick_view && view_errors);
      EXPECT_EQ(*quick_view, *quick) << "seed " << seed << " " << text;
      EXPECT_EQ(view_errors->size(), errors->size()) << "seed " << seed << " " << text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, PropertyTest,
                         ::testing::Values(Dialect::Draft4, Dialect::Draft6, Dialect::Draft7,
                                           Dialect::Draft201909, Dialect::Draft202012));

}  // namespace
}  // namespace limpet::json_schema
