#include "options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

TEST(Options, HaveOneNameInEveryPlace) {
  std::set<std::string_view> names, paths, variables;
  for (const auto& option : options()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_TRUE(paths.insert(option.path).second) << option.path;
    EXPECT_TRUE(option.sentence.ends_with('.')) << option.name;
    if (option.places == OptionPlaces::FileOnly) {
      EXPECT_EQ(option.env, "") << option.name;
      continue;
    }
    EXPECT_TRUE(variables.insert(option.env).second) << option.env;
    std::string variable = "LIMPET_";
    for (const char c : option.name) variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
    EXPECT_EQ(option.env, variable);
  }
}

TEST(Options, KeepSecretsOffTheCommandLine) {
  for (const auto& option : options()) {
    EXPECT_FALSE(option.secret && option.places == OptionPlaces::Everywhere) << option.name;
  }
}

TEST(Options, AcceptTheirDefaultsAndChoices) {
  for (const auto& option : options()) {
    if (!option.set) continue;
    Config config;
    EXPECT_TRUE(option.set(config, option.fallback)) << option.name;
    if (option.type != OptionType::Choice) continue;
    std::istringstream choices{std::string(option.choices)};
    for (std::string choice; std::getline(choices, choice, '|');) {
      EXPECT_TRUE(option.set(config, choice)) << option.name << " " << choice;
    }
    EXPECT_EQ(code_of(option.set(config, "no such choice")), Code::InvalidInput) << option.name;
  }
}

TEST(Options, ReferencePageIsUpToDate) {
  std::ifstream in(LIMPET_SOURCE_DIR "/docs/reference/options.md");
  std::ostringstream page;
  page << in.rdbuf();
  EXPECT_EQ(page.str(), options_markdown())
      << "write it anew: limpet options --markdown > docs/reference/options.md";
}

template <class T>
struct ValueRow {
  std::string text;
  std::optional<T> value;  // nullopt: refused
};

template <class T, class Parse>
void expect_rows(std::initializer_list<ValueRow<T>> rows, Parse parse) {
  for (const auto& row : rows) {
    const auto parsed = parse(row.text);
    if (row.value) {
      ASSERT_TRUE(parsed.has_value()) << row.text;
      EXPECT_EQ(*parsed, *row.value) << row.text;
    } else {
      EXPECT_EQ(code_of(parsed), Code::InvalidInput) << row.text;
    }
  }
}

TEST(OptionValues, Switches) {
  expect_rows<bool>({{"on", true},
                     {"true", true},
                     {"1", true},
                     {"off", false},
                     {"no", false},
                     {"", {}},
                     {"ON", {}},
                     {"2", {}}},
                    parse_switch);
}

TEST(OptionValues, Integers) {
  expect_rows<std::int64_t>({{"1", 1},
                             {"10", 10},
                             {"0", {}},
                             {"11", {}},
                             {"", {}},
                             {"1x", {}},
                             {" 1", {}},
                             {"-1", {}},
                             {"99999999999999999999", {}}},
                            [](std::string_view text) { return parse_integer(text, 1, 10); });
}

TEST(OptionValues, Sizes) {
  expect_rows<std::size_t>(
      {{"1024", 1024},
       {"1KiB", 1024},
       {"4 MiB", 4UL << 20},
       {"1GiB", 1UL << 30},
       {"2048B", 2048},
       {"1023", {}},
       {"2GiB", {}},
       {"4MB", {}},
       {"4mib", {}},
       {"", {}},
       {"KiB", {}},
       {"-1KiB", {}},
       {"18446744073709551615GiB", {}},
       {"17179869184GiB", {}}},
      [](std::string_view text) { return parse_bytes(text, 1024, 1UL << 30); });
}

TEST(OptionValues, Durations) {
  expect_rows<std::chrono::milliseconds>(
      {{"500ms", 500ms},
       {"60", 60s},
       {"60s", 60s},
       {"5m", 300s},
       {"1h", 1h},
       {"0", {}},
       {"0s", {}},
       {"61m", {}},
       {"1d", {}},
       {"", {}},
       {"s", {}},
       {"18446744073709551615h", {}}},
      [](std::string_view text) { return parse_duration(text, 1h); });
}

TEST(OptionValues, Lists) {
  EXPECT_EQ(parse_list("a, b ,,c,"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(parse_list("").empty());
  EXPECT_TRUE(parse_list(" , ").empty());
}

}  // namespace
}  // namespace limpet::app
