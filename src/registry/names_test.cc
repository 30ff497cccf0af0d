#include "limpet/registry/names.h"

#include "limpet/registry/messages.h"

#include <gtest/gtest.h>

namespace limpet::registry {
namespace {

using namespace std::literals;

struct TextRow {
  std::string_view name;
  std::string text;
  std::optional<Error> fails;
};

template <class Parsed>
void expect(const std::vector<TextRow>& rows) {
  for (const auto& row : rows) {
    const auto parsed = Parsed::parse(row.text);
    EXPECT_EQ(parsed ? std::nullopt : std::optional(parsed.error()), row.fails) << row.name;
    if (parsed) {
      EXPECT_EQ(parsed->str(), row.text);
    }
  }
}

TEST(RegistryName, Rules) {
  const auto length = wrong_length("registryName");
  const auto characters = wrong_characters("registryName");
  expect<RegistryName>({{"Plain", "r1", {}},
                        {"AllKinds", "aZ09-_$#.", {}},
                        {"Longest", std::string(255, 'a'), {}},
                        {"Empty", "", length},
                        {"TooLong", std::string(256, 'a'), length},
                        {"LengthFirst", std::string(256, ' '), length},
                        {"Comma", "A,B,C", characters},
                        {"Slash", "a/b", characters},
                        {"Space", " ", characters},
                        {"Nul", "a\0b"s, characters},
                        {"Umlaut", "ä", characters}});
}

TEST(SchemaName, Rules) {
  expect<SchemaName>({{"Plain", "order-value", {}},
                      {"Empty", "", wrong_length("schemaName")},
                      {"Colon", "a:b", wrong_characters("schemaName")}});
}

TEST(Description, Rules) {
  const auto characters = wrong_characters("description");
  expect<Description>({{"Empty", "", {}},
                       {"LineEnds", "a\r\n\tb", {}},
                       {"Emoji", "\xF0\x9F\x90\x9A", {}},
                       {"Longest", std::string(2048, 'a'), {}},
                       {"TooLong", std::string(2049, 'a'), wrong_length("description")},
                       {"BytesCount", std::string(2047, 'a') + "ä", wrong_length("description")},
                       {"Bell", "\a", characters},
                       {"Nul", "\0"s, characters},
                       {"NotACharacter", "\xEF\xBF\xBE", characters}});
}

TEST(Metadata, Rules) {
  expect<MetadataKey>({{"AllKinds", "aZ09+,-./:;<=_@", {}},
                       {"Longest", std::string(128, 'k'), {}},
                       {"Empty", "", wrong_length("key")},
                       {"TooLong", std::string(129, 'k'), wrong_length("key")},
                       {"Tilde", "invalid~metadata~key", wrong_characters("key")},
                       {"Space", "a b", wrong_characters("key")},
                       {"QuestionMark", "?", wrong_characters("key")}});
  expect<MetadataValue>({{"Longest", std::string(256, 'v'), {}},
                         {"Empty", "", wrong_length("value")},
                         {"TooLong", std::string(257, 'v'), wrong_length("value")},
                         {"Tilde", "~", wrong_characters("value")}});
}

Tags::Map many_tags(int count) {
  Tags::Map map;
  for (int i = 0; i < count; ++i) map.emplace("k" + std::to_string(i), "v");
  return map;
}

TEST(Tags, Rules) {
  EXPECT_TRUE(Tags::parse({}));
  EXPECT_TRUE(Tags::parse({{"any characters: ä ~", ""}}));
  EXPECT_TRUE(Tags::parse(many_tags(50)));
  EXPECT_EQ(Tags::parse(many_tags(51)).error(), wrong_number_of_tags());
  EXPECT_EQ(Tags::parse({{"", "v"}}).error(), wrong_tag());
  EXPECT_EQ(Tags::parse({{"aws:cloud", "v"}}).error(), wrong_tag());
  EXPECT_EQ(Tags::parse({{std::string(129, 'k'), "v"}}).error(), wrong_tag());
  EXPECT_EQ(Tags::parse({{"k", std::string(257, 'v')}}).error(), wrong_tag());
}

TEST(VersionId, Rules) {
  EXPECT_TRUE(parse_version_id("0f8fad5b-d9cb-469f-a165-70867728950e"));
  EXPECT_EQ(parse_version_id("00000000-0000-0000-0000-00000000000p").error(),
            wrong_characters("SchemaVersionId"));
  EXPECT_EQ(parse_version_id("0F8FAD5B-D9CB-469F-A165-70867728950E").error(),
            wrong_characters("SchemaVersionId"));
  EXPECT_EQ(parse_version_id("0f8fad5b").error(), wrong_length("SchemaVersionId"));
  EXPECT_EQ(parse_version_id("").error(), wrong_length("SchemaVersionId"));
}

struct RangeRow {
  std::string_view name;
  std::string text;
  std::optional<VersionRange> range;
  std::optional<Error> fails;
};

class RangeTest : public testing::TestWithParam<RangeRow> {};

TEST_P(RangeTest, Parses) {
  const RangeRow& row = GetParam();
  const auto range = parse_version_range(row.text);
  EXPECT_EQ(range ? std::optional(*range) : std::nullopt, row.range);
  EXPECT_EQ(range ? std::nullopt : std::optional(range.error()), row.fails);
}

INSTANTIATE_TEST_SUITE_P(
    Ranges, RangeTest,
    testing::Values(
        RangeRow{"One", "5", VersionRange{5, 5}, {}},
        RangeRow{"Range", "5-8", VersionRange{5, 8}, {}},
        RangeRow{"SameTwice", "1-1", VersionRange{1, 1}, {}},
        RangeRow{"TwentyFive", "1-25", VersionRange{1, 25}, {}},
        RangeRow{"TwentySix", "1-26", {}, too_many_versions_to_delete()},
        RangeRow{"Huge", "5-4000000000", {}, too_many_versions_to_delete()},
        RangeRow{"Beyond64Bits", "5-40000000000000000000000", {}, too_many_versions_to_delete()},
        RangeRow{"OneBeyond64Bits", "40000000000000000000000", {}, wrong_characters("versions")},
        RangeRow{"LongestNumber",
                 std::string(50'000, '9') + "-" + std::string(49'999, '9'),
                 {},
                 wrong_characters("versions")},
        RangeRow{"Backwards", "8-5", {}, wrong_characters("versions")},
        RangeRow{"Zero", "0", {}, wrong_characters("versions")},
        RangeRow{"LeadingZero", "01", {}, wrong_characters("versions")},
        RangeRow{"List", "1,2", {}, wrong_characters("versions")},
        RangeRow{"Open", "5-", {}, wrong_characters("versions")},
        RangeRow{"Negative", "-5", {}, wrong_characters("versions")},
        RangeRow{"Three", "1-2-3", {}, wrong_characters("versions")},
        RangeRow{"Space", "1 - 2", {}, wrong_characters("versions")},
        RangeRow{"Empty", "", {}, wrong_length("versions")},
        RangeRow{"TooLong", std::string(100'001, '1'), {}, wrong_length("versions")}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace limpet::registry
