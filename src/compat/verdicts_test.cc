// The table of verdicts: one change per row of testdata/verdicts.json, with the rules that it
// breaks backward and forward, for each profile. From those two follow all modes, with any
// checkpoint.
//
// Sources of the rows: AWS Glue developer guide ("Schema Registry", compatibility modes);
// Avro 1.11.4 specification and Avro Java; Confluent's documentation of schema evolution;
// protobuf.dev, "Updating A Message Type". Where a source says nothing, the row says what we chose.
#include "limpet/compat/check.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace limpet::compat {
namespace {

struct Row {
  std::string name;
  Profile profile;
  Format format;
  std::string before;
  std::string after;
  std::string backward;  // rules, separated by blanks; "" = compatible
  std::string forward;

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

json::Value table() {
  std::ifstream file(LIMPET_TESTDATA "/verdicts.json");
  std::stringstream text;
  text << file.rdbuf();
  auto rows = json::parse(text.str());
  return rows ? *std::move(rows) : json::Value::array({});
}

std::string definition(const json::Value& value, Format format) {
  return format == Format::Protobuf ? value.text() : json::to_text(value);
}

std::vector<Row> rows() {
  std::vector<Row> out;
  const json::Value all = table();
  for (const auto& row : all.items()) {
    const auto format = parse_format(row.find("format")->text()).value();
    for (const Profile profile : kProfiles) {
      const auto* rules = row.find(to_string(profile));
      if (rules == nullptr) rules = row.find("glue");
      out.push_back({row.find("table")->text() + ": " + row.find("name")->text() + ", " +
                         std::string(to_string(profile)),
                     profile, format, definition(*row.find("old"), format),
                     definition(*row.find("new"), format), rules->items()[0].text(),
                     rules->items()[1].text()});
    }
  }
  return out;
}

ParsedDefinition parsed(Format format, const std::string& text) {
  auto definition = parse_definition(format, text);
  EXPECT_TRUE(definition) << text << ": " << describe(definition.error());
  return *std::move(definition);
}

std::string rules_of(const Verdict& verdict, Direction direction) {
  std::string out;
  for (const auto& finding : verdict.findings) {
    if (finding.direction == direction) out.append(out.empty() ? "" : " ").append(finding.rule);
  }
  return out;
}

Verdict judge(Mode mode, Profile profile, const ParsedDefinition& candidate,
              const std::vector<Baseline>& baselines) {
  auto verdict = check(mode, {.profile = profile}, candidate, baselines);
  EXPECT_TRUE(verdict) << describe(verdict.error());
  return verdict ? *std::move(verdict) : Verdict{};
}

class Verdicts : public testing::TestWithParam<Row> {};

TEST_P(Verdicts, AreThoseOfTheTableUnderAllModes) {
  const Row& row = GetParam();
  const Baseline before{.version = 1, .definition = parsed(row.format, row.before)};
  const Baseline after{.version = 2, .definition = parsed(row.format, row.after)};
  const auto& candidate = after.definition;
  for (const Mode mode : kModes) {
    SCOPED_TRACE(to_string(mode));
    const std::string backward = checks(mode, Direction::Backward) ? row.backward : "";
    const std::string forward = checks(mode, Direction::Forward) ? row.forward : "";
    const auto verdict = judge(mode, row.profile, candidate, {before});
    EXPECT_EQ(rules_of(verdict, Direction::Backward), backward);
    EXPECT_EQ(rules_of(verdict, Direction::Forward), forward);
    EXPECT_EQ(verdict.compatible(), backward.empty() && forward.empty());
    // Version 2 is what the candidate is. With the checkpoint at 1 an *_ALL mode looks at version 1
    // too, with the checkpoint at 2 it does not; the other modes look at version 2 in either case.
    const auto looked_at = checks_many(mode) ? std::vector{after, before} : std::vector{after};
    EXPECT_EQ(judge(mode, row.profile, candidate, looked_at).compatible(),
              !checks_many(mode) || verdict.compatible());
    EXPECT_TRUE(judge(mode, row.profile, candidate, {after}).compatible());
    // The same change the other way round.
    const auto reverse = judge(mode, row.profile, before.definition, {after});
    EXPECT_EQ(rules_of(reverse, Direction::Backward),
              checks(mode, Direction::Backward) ? row.forward : "");
    EXPECT_EQ(rules_of(reverse, Direction::Forward),
              checks(mode, Direction::Forward) ? row.backward : "");
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Verdicts, testing::ValuesIn(rows()));

TEST(VerdictTable, HoldsEveryFormatWithBothVerdicts) {
  std::set<std::string> seen;
  for (const auto& row : rows()) {
    for (const auto& rules : {row.backward, row.forward}) {
      seen.insert(std::string(to_string(row.format)) + " " + std::string(to_string(row.profile)) +
                  (rules.empty() ? " compatible" : " incompatible"));
    }
  }
  EXPECT_EQ(seen.size(), kFormats.size() * kProfiles.size() * 2);
  EXPECT_GT(rows().size(), 600U);
}

}  // namespace
}  // namespace limpet::compat
