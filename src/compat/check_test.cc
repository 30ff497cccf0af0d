#include "limpet/compat/check.h"

#include "limpet/base/utf8.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <random>
#include <sstream>

namespace limpet::compat {
namespace {

using namespace std::literals;

ParsedDefinition avro(std::string_view text) {
  auto parsed = parse_definition(Format::Avro, text);
  EXPECT_TRUE(parsed) << text << ": " << describe(parsed.error());
  return *std::move(parsed);
}

std::string user(std::string_view fields) {
  return R"({"type":"record","name":"User","fields":[)" + std::string(fields) + "]}";
}

constexpr auto kName = R"({"name":"name","type":"string"})";
constexpr auto kAge = R"({"name":"age","type":"int"})";
constexpr auto kHeight = R"({"name":"height","type":"int"})";

std::string joined(std::initializer_list<std::string_view> fields) {
  std::string all;
  for (const auto field : fields) all.append(all.empty() ? "" : ",").append(field);
  return user(all);
}

Verdict judge(Mode mode, std::string_view candidate, std::string_view stored,
              const CheckOptions& options = {}) {
  const Baseline baseline{.version = 2, .definition = avro(stored)};
  auto verdict = check(mode, options, avro(candidate), {&baseline, 1});
  EXPECT_TRUE(verdict);
  return *std::move(verdict);
}

TEST(Check, ExplainsAFieldWithoutDefault) {
  const auto verdict = judge(Mode::Backward, joined({kName, kAge, kHeight}), joined({kName, kAge}));
  ASSERT_EQ(verdict.findings.size(), 1U);
  const Finding& finding = verdict.findings.front();
  EXPECT_EQ(finding.rule, "READER_FIELD_MISSING_DEFAULT_VALUE");
  EXPECT_EQ(finding.direction, Direction::Backward);
  EXPECT_EQ(finding.version, 2);
  EXPECT_EQ(finding.path, "/fields/2");
  EXPECT_EQ(finding.field, "User.height");
  EXPECT_EQ(finding.reader_type, "int");
  EXPECT_EQ(finding.writer_type, "absent");
  EXPECT_EQ(summary(verdict),
            "Not BACKWARD compatible with version 2: field \"height\" (int) at /fields/2 has no "
            "default, and records written with version 2 do not have it. Fix: give \"height\" a "
            "default, or register it under FORWARD or NONE.");
}

TEST(Check, OffersOnlyModesThatWouldAccept) {
  // Neither direction works: a field came without default, another went that had none.
  const auto both = judge(Mode::Backward, joined({kName, kHeight}), joined({kName, kAge}));
  EXPECT_EQ(both.findings.at(0).fix, "Give \"height\" a default, or register it under NONE.");
  const auto full = judge(Mode::Full, joined({kName, kAge, kHeight}), joined({kName, kAge}));
  EXPECT_EQ(full.findings.at(0).fix,
            "Give \"height\" a default, or register it under FORWARD or NONE.");
  const auto full_all = judge(Mode::FullAll, joined({kName}), joined({kName, kAge}));
  EXPECT_EQ(full_all.findings.at(0).fix,
            "Keep \"age\" in the new definition, or register it under BACKWARD_ALL or NONE.");
  const auto all = judge(Mode::BackwardAll, joined({kName, kHeight}), joined({kName}));
  EXPECT_EQ(all.findings.at(0).fix, "Give \"height\" a default, or register it under NONE.");
}

struct SentenceRow {
  std::string_view name;
  Mode mode;
  std::string candidate;
  std::string stored;
  std::string_view rule;
  std::string_view summary;
};

class SentenceTest : public testing::TestWithParam<SentenceRow> {};

TEST_P(SentenceTest, ReadsAsItShould) {
  const SentenceRow& row = GetParam();
  const auto verdict = judge(row.mode, row.candidate, row.stored);
  ASSERT_FALSE(verdict.compatible());
  EXPECT_EQ(verdict.findings.front().rule, row.rule);
  EXPECT_FALSE(verdict.findings.front().reader_type.empty());
  EXPECT_FALSE(verdict.findings.front().writer_type.empty());
  EXPECT_EQ(summary(verdict), row.summary);
}

std::string color(std::string_view symbols, std::string_view name = "Color") {
  return user(R"({"name":"color","type":{"type":"enum","name":")" + std::string(name) +
              R"(","symbols":)" + std::string(symbols) + "}}");
}
std::string hash(int size) {
  return user(R"({"name":"hash","type":{"type":"fixed","name":"Hash","size":)" +
              std::to_string(size) + "}}");
}
std::string field(std::string_view type) {
  return user(R"({"name":"age","type":)" + std::string(type) + "}");
}

INSTANTIATE_TEST_SUITE_P(
    Sentences, SentenceTest,
    testing::Values(
        SentenceRow{"ForwardMissingField", Mode::Forward, joined({kName}), joined({kName, kAge}),
                    "READER_FIELD_MISSING_DEFAULT_VALUE",
                    "Not FORWARD compatible with version 2: field \"age\" (int) at /fields/1 of "
                    "version 2 has no default, and records written with the new definition do not "
                    "have it. Fix: keep \"age\" in the new definition, or register it under "
                    "BACKWARD or NONE."},
        SentenceRow{"Type", Mode::Backward, field(R"("string")"), field(R"("int")"),
                    "TYPE_MISMATCH",
                    "Not BACKWARD compatible with version 2: field \"age\" at /fields/0/type is "
                    "string, which cannot read the int that version 2 writes. Fix: keep \"age\" as "
                    "int, or make it long, float or double, or register it under NONE."},
        SentenceRow{"ForwardType", Mode::Forward, field(R"("double")"), field(R"("long")"),
                    "TYPE_MISMATCH",
                    "Not FORWARD compatible with version 2: field \"age\" at /fields/0/type of "
                    "version 2 is long, which cannot read the double that the new definition "
                    "writes. Fix: keep \"age\" as long, or make it int, or register it under "
                    "BACKWARD or NONE."},
        SentenceRow{"Root", Mode::Backward, R"("boolean")", R"("int")", "TYPE_MISMATCH",
                    "Not BACKWARD compatible with version 2: the type at / is boolean, which "
                    "cannot read the int that version 2 writes. Fix: keep the type as int, or make "
                    "it long, float or double, or register it under NONE."},
        SentenceRow{"EnumName", Mode::Backward, color(R"(["A"])", "Colour"), color(R"(["A"])"),
                    "NAME_MISMATCH",
                    "Not BACKWARD compatible with version 2: field \"color\" at "
                    "/fields/0/type/name is enum Colour, and version 2 has enum Color there: a "
                    "type of another name cannot be read. Fix: keep the name, or list the old name "
                    "in the aliases of the new type, or register it under NONE."},
        SentenceRow{"EnumSymbols", Mode::Backward, color(R"(["A"])"), color(R"(["A","B","C"])"),
                    "MISSING_ENUM_SYMBOLS",
                    "Not BACKWARD compatible with version 2: field \"color\" at "
                    "/fields/0/type/symbols (enum Color) has no default and lacks symbols that "
                    "version 2 can write: B, C. Fix: keep these symbols, or give the enum a "
                    "default, or register it under FORWARD or NONE."},
        SentenceRow{"FixedSize", Mode::Backward, hash(32), hash(16), "FIXED_SIZE_MISMATCH",
                    "Not BACKWARD compatible with version 2: field \"hash\" at "
                    "/fields/0/type/size is fixed Hash, and version 2 has fixed Hash there, of "
                    "another size (the reader's size is 32, the writer's 16). Fix: keep the size, "
                    "or register it under NONE."},
        SentenceRow{"Union", Mode::Backward, field(R"(["null","int"])"),
                    field(R"(["null","int","string"])"), "MISSING_UNION_BRANCH",
                    "Not BACKWARD compatible with version 2: field \"age\" at /fields/0/type "
                    "(union [null, int]) has no branch that can read the string that version 2 "
                    "writes. Fix: add a branch for string to the union, or register it under "
                    "FORWARD or NONE."}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Check, OrdersFindings) {
  const std::vector baselines{
      Baseline{.version = 7, .definition = avro(joined({kName, kAge}))},
      Baseline{.version = 3, .definition = avro(joined({kName}))},
  };
  const auto verdict = check(Mode::FullAll, {}, avro(joined({kHeight})), baselines);
  ASSERT_TRUE(verdict);
  std::vector<std::string> order;
  for (const auto& finding : verdict->findings) {
    order.push_back(std::to_string(finding.version) + " " +
                    std::string(to_string(finding.direction)) + " " + finding.field);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"7 BACKWARD User.height", "7 FORWARD User.name",
                                             "7 FORWARD User.age", "3 BACKWARD User.height",
                                             "3 FORWARD User.name"}));
  EXPECT_TRUE(summary(*verdict).ends_with(" (and 4 more reasons)"));
}

TEST(Check, NothingIsComparedUnderNoneAndDisabled) {
  EXPECT_TRUE(judge(Mode::None, R"("boolean")", R"("int")").compatible());
  EXPECT_TRUE(judge(Mode::Disabled, R"("boolean")", R"("int")").compatible());
  EXPECT_EQ(summary({}), "");
}

TEST(Check, ASchemaFollowsItselfUnderEveryMode) {
  for (const Mode mode : kModes) {
    EXPECT_TRUE(judge(mode, joined({kName, kAge}), joined({kName, kAge})).compatible());
  }
}

TEST(Check, ObeysItsOptions) {
  EXPECT_FALSE(judge(Mode::Backward, color(R"(["A"])"), color(R"(["A","B"])")).compatible());
  EXPECT_TRUE(judge(Mode::Backward, color(R"(["A"])"), color(R"(["A","B"])"),
                    {.avro_enum_symbols_strict = false})
                  .compatible());
  const auto renamed = R"({"type":"record","name":"Other","fields":[]})"sv;
  EXPECT_TRUE(judge(Mode::Backward, renamed, user("")).compatible());
  EXPECT_FALSE(
      judge(Mode::Backward, renamed, user(""), {.avro_record_names_matter = true}).compatible());
}

TEST(Check, IsBounded) {
  std::string many;
  for (int i = 0; i < 500; ++i) {
    many += (i > 0 ? "," : "") + R"({"name":"f)"s + std::to_string(i) + R"(","type":"int"})";
  }
  const auto verdict = judge(Mode::Backward, user(many), user(""), {.max_findings = 10});
  EXPECT_EQ(verdict.findings.size(), 10U);
  const Baseline baseline{.version = 1, .definition = avro(user(many))};
  EXPECT_EQ(code_of(check(Mode::Backward, {.max_pairs = 5}, avro(user(many)), {&baseline, 1})),
            Code::LimitExceeded);
}

TEST(Check, AllComparisonsTogetherAreBounded) {
  const auto definition = avro(user(R"({"name":"f","type":"int"})"));
  const Baseline baseline{.version = 1, .definition = definition};
  Check check(Mode::FullAll, definition, {.max_steps = 200});
  int compared = 0;
  Status status;
  while (compared < 1000 && (status = check.against(baseline))) ++compared;
  EXPECT_GT(compared, 1);
  EXPECT_LT(compared, 100);
  EXPECT_EQ(code_of(status), Code::LimitExceeded);
  EXPECT_EQ(status.error().message,
            "Comparing the schema definition with the versions that mode FULL_ALL names takes more "
            "than 200 steps; a later checkpoint (UpdateSchema) leaves fewer of them to compare "
            "with");
}

TEST(Check, WorkOnTheWayToABaselineCounts) {
  const auto definition = avro(user(""));
  Check check(Mode::BackwardAll, definition, {.max_steps = 1000});
  EXPECT_TRUE(check.charge(500));
  EXPECT_EQ(code_of(check.charge(500)), Code::LimitExceeded);
  EXPECT_EQ(code_of(check.against({.version = 1, .definition = definition})), Code::LimitExceeded);
}

TEST(Check, LongNamesAreShortened) {
  const std::string name(100'000, 'x');
  const auto verdict =
      judge(Mode::Backward, user(R"({"name":")" + name + R"(","type":"int"})"), user(""));
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_LT(verdict.findings.front().message.size(), 1000U);
  EXPECT_LT(verdict.findings.front().field.size(), 2000U);
  EXPECT_LE(summary(verdict).size(), kSummaryBytes);
  EXPECT_TRUE(is_valid_utf8(summary(verdict)));
}

/// A record of some of the fields a … e, with types that promote, unions and defaults.
std::string random_schema(std::mt19937_64& random) {
  static constexpr std::array kTypes{R"("int")", R"("long")", R"("string")", R"(["null","int"])",
                                     R"({"type":"enum","name":"E","symbols":["A"]})"};
  static constexpr std::array kDefaults{"0", "1", R"("")", "null", R"("A")"};
  const auto pick = [&](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  std::string fields;
  bool enumerated = false;
  for (char name = 'a'; name <= 'e'; ++name) {
    if (pick(2) == 0) continue;
    const auto type = pick(enumerated ? kTypes.size() - 1 : kTypes.size());
    enumerated |= type == kTypes.size() - 1;
    fields += (fields.empty() ? "" : ",") + R"({"name":")"s + name + R"(","type":)" + kTypes[type];
    if (pick(2) == 0) fields += ",\"default\":"s + kDefaults[type];
    fields += '}';
  }
  return user(fields);
}

TEST(Check, ModesAgreeWithEachOther) {
  constexpr std::uint64_t kSeed = 20'240'607;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937_64 random(kSeed);
  int compatible = 0;
  for (int round = 0; round < 500; ++round) {
    const auto candidate = avro(random_schema(random));
    const std::vector baselines{Baseline{2, avro(random_schema(random))},
                                Baseline{1, avro(random_schema(random))}};
    const auto latest = std::span(baselines).first(1);
    const auto accepts = [&](Mode mode, const ParsedDefinition& definition,
                             std::span<const Baseline> stored) {
      const auto verdict = check(mode, {}, definition, stored);
      EXPECT_TRUE(verdict);
      return verdict->compatible();
    };
    const bool backward = accepts(Mode::Backward, candidate, latest);
    const bool forward = accepts(Mode::Forward, candidate, latest);
    compatible += backward ? 1 : 0;
    EXPECT_EQ(accepts(Mode::Full, candidate, latest), backward && forward);
    EXPECT_EQ(backward,
              accepts(Mode::Forward, latest[0].definition, std::array{Baseline{1, candidate}}));
    EXPECT_LE(accepts(Mode::BackwardAll, candidate, baselines), backward);
    EXPECT_LE(accepts(Mode::ForwardAll, candidate, baselines), forward);
    EXPECT_EQ(accepts(Mode::FullAll, candidate, baselines),
              accepts(Mode::BackwardAll, candidate, baselines) &&
                  accepts(Mode::ForwardAll, candidate, baselines));
    EXPECT_TRUE(accepts(Mode::Full, candidate, std::array{Baseline{1, candidate}}));
  }
  EXPECT_GT(compatible, 20);
  EXPECT_LT(compatible, 480);
}

// The evolutions that AWS's client tests and documentation tell, one file for all modes.
TEST(Check, GlueVectors) {
  std::ifstream file(LIMPET_TESTDATA "/glue_vectors.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto vectors = json::parse(text.str());
  ASSERT_TRUE(vectors);
  ASSERT_GT(vectors->items().size(), 15U);
  for (const auto& vector : vectors->items()) {
    for (const auto& mode_word : vector.find("modes")->items()) {
      const auto mode = parse_mode(mode_word.text());
      ASSERT_TRUE(mode);
      const std::string name = vector.find("name")->text() + " under " + mode_word.text();
      std::vector<Baseline> available;  // newest first
      std::int64_t number = 0;
      for (const auto& version : vector.find("versions")->items()) {
        const auto candidate = avro(json::to_text(*version.find("definition")));
        const std::size_t looked_at =
            available.empty() ? 0 : (checks_many(*mode) ? available.size() : 1);
        const auto verdict = check(*mode, {}, candidate, std::span(available).first(looked_at));
        ASSERT_TRUE(verdict) << name;
        const bool expected = version.find("status")->text() == "AVAILABLE";
        EXPECT_EQ(verdict->compatible(), expected)
            << name << ", version " << number + 1 << ": " << summary(*verdict);
        ++number;
        if (expected) available.insert(available.begin(), {number, candidate});
      }
    }
  }
}

}  // namespace
}  // namespace limpet::compat
