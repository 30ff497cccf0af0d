#include "limpet/glue_model/shape.h"

#include "limpet/glue_model/catalog.h"
#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/schema_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace limpet::glue_model {
namespace {

using testing::ElementsAre;
using namespace std::string_literals;

const std::string kPenguin = "\xF0\x9F\x90\xA7";  // one code point, four bytes

TEST(Shape, HeaderExample) {
  EXPECT_TRUE(fits_bytes(shapes::kSchemaRegistryNameString, "orders"));
  EXPECT_TRUE(matches_pattern(shapes::kSchemaRegistryNameString, "orders"));
  EXPECT_TRUE(shapes::kVersionsString.pattern->matches("5-9"));
}

TEST(Shape, LengthInBytesAndInCharacters) {
  const Shape& name = shapes::kSchemaRegistryNameString;
  EXPECT_FALSE(fits_bytes(name, ""));
  EXPECT_TRUE(fits_bytes(name, std::string(255, 'a')));
  EXPECT_FALSE(fits_bytes(name, std::string(256, 'a')));
  const Shape& value = shapes::kTagValue;
  std::string penguins;
  for (int i = 0; i < 64; ++i) penguins += kPenguin;
  EXPECT_TRUE(fits_bytes(value, penguins));
  EXPECT_FALSE(fits_bytes(value, penguins + "a"));
  EXPECT_TRUE(fits_characters(value, penguins + "a"));
  EXPECT_FALSE(fits_characters(value, "\xff"));
  EXPECT_TRUE(fits_bytes(value, ""));

  const Shape& definition = shapes::kSchemaDefinitionString;
  EXPECT_TRUE(fits_characters(definition, std::string(170'000, 'x')));
  EXPECT_FALSE(fits_characters(definition, std::string(170'001, 'x')));
}

TEST(Shape, CountsAndNumbers) {
  EXPECT_TRUE(fits_count(shapes::kTagsMap, 50));
  EXPECT_FALSE(fits_count(shapes::kTagsMap, 51));
  EXPECT_TRUE(fits_count(shapes::kTagsMap, 0));
  EXPECT_FALSE(in_range(shapes::kVersionLongNumber, 0));
  EXPECT_TRUE(in_range(shapes::kVersionLongNumber, 1));
  EXPECT_TRUE(in_range(shapes::kVersionLongNumber, 100'000));
  EXPECT_FALSE(in_range(shapes::kVersionLongNumber, 100'001));
}

TEST(Shape, EnumerationsListTheirValues) {
  EXPECT_THAT(shapes::kCompatibility.values,
              ElementsAre("NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL",
                          "FULL", "FULL_ALL"));
  EXPECT_THAT(shapes::kDataFormat.values, ElementsAre("AVRO", "JSON", "PROTOBUF"));
  EXPECT_TRUE(is_enum_value(shapes::kCompatibility, "FULL"));
  EXPECT_FALSE(is_enum_value(shapes::kCompatibility, "full"));
  EXPECT_FALSE(is_enum_value(shapes::kCompatibility, ""));
  EXPECT_TRUE(is_enum_value(shapes::kTagKey, "anything"));
}

TEST(Shape, SensitiveAndUnionsAreMarked) {
  EXPECT_TRUE(shapes::kSecretAccessKeyString.sensitive);
  EXPECT_FALSE(shapes::kAccessKeyIdString.sensitive);
  EXPECT_TRUE(TableOptimizerVpcConfiguration::kShape.is_union);
}

struct PatternRow {
  std::string name;
  const Shape& shape;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

void PrintTo(const PatternRow& row, std::ostream* out) { *out << row.name; }

class PatternTest : public testing::TestWithParam<PatternRow> {};

TEST_P(PatternTest, MatchesTheWholeText) {
  const PatternRow& row = GetParam();
  for (const std::string& text : row.good) EXPECT_TRUE(matches_pattern(row.shape, text)) << text;
  for (const std::string& text : row.bad) EXPECT_FALSE(matches_pattern(row.shape, text)) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PatternTest,
    testing::Values(
        PatternRow{
            "Name",
            shapes::kSchemaRegistryNameString,
            {"a", "Az09-_$#.", "----"},
            {"", "A,B", "a b", "a\n", "\n", "\xC3\xA9", "a/b", "a:b", "a\0b"s, "a%", "\xff"}},
        // "+-=" is a range in the published expression: U+002B to U+003D.
        PatternRow{"MetadataKey",
                   shapes::kMetadataKeyString,
                   {"k", "+,-./0:;<=", "_@", "aZ9"},
                   {"", " ", "~", "invalid~metadata~key", "*", ">", "?", "[", "\xC3\xA9"}},
        PatternRow{
            "VersionId",
            shapes::kSchemaVersionIdString,
            {"00000000-0000-0000-0000-000000000000", "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63"},
            {"", "00000000-0000-0000-0000-00000000000p", "B7B4A7F0-9C96-4E4A-A687-FB5DE9EF0C63",
             "00000000-0000-0000-0000-0000000000000", "00000000000000000000000000000000"}},
        PatternRow{"Versions",
                   shapes::kVersionsString,
                   {"1", "10", "1-2", "5-4000000000", "100000-1"},
                   {"", "0", "01", "1-", "-1", "1-2-3", "1,2", "1 - 2", "1-02"}},
        PatternRow{"Arn",
                   shapes::kGlueResourceArn,
                   {"arn:aws:glue:", "arn:aws:glue:us-east-1:123456789012:registry/r1",
                    "arn:aws-cn:glue:x", "arn:aws-us-gov:glue:x", "arn:aws-iso:glue:x",
                    "arn:aws-iso-b:glue:x", "arn:aws-iso-e:glue:x", "arn:aws-iso-f:glue:x"},
                   {"", "invalid:arn:aws:glue:x", "arn:aws:glue", "arn:aws-iso-a:glue:x",
                    "arn:awsx:glue:x", "arn:aws:s3:::bucket"}},
        // A definition may span lines, so the dot means any code point.
        PatternRow{"Definition",
                   shapes::kSchemaDefinitionString,
                   {"x", " \n\t x \r\n", "{\n}", "\xC2\xA0"},
                   {"", " ", " \t\r\n\x0b\x0c"}},
        PatternRow{"Description",
                   shapes::kDescriptionString,
                   {"", "plain", "tab\tline\r\n", "\xC3\xA9", kPenguin, "\xEF\xBF\xBD"},
                   {"\0"s, "\x1f", "\x0b", "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xff"}},
        PatternRow{"AccessKeyId",
                   shapes::kAccessKeyIdString,
                   {"AKIA0123456789ABCDEF"},
                   {"", "akia", "AKIA-1"}},
        // A negative look-ahead: no dots or slashes anywhere, no "aws:" in front.
        PatternRow{"CatalogName",
                   shapes::kCatalogNameString,
                   {"sales", "", "xaws:", "aws"},
                   {"a.b", "a/b", "a\\b", "aws:x", "x."}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::glue_model
