#include "line_writer.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace limpet::app {
namespace {

constexpr const char* kUser =
    R"({"type":"record","name":"User","fields":[{"name":"name","type":"string"},)"
    R"({"name":"age","type":"int"}]})";
constexpr const char* kKey =
    R"({"type":"record","name":"Key","fields":[{"name":"id","type":"int"}]})";

RecordWriter writer_of(const char* definition) {
  auto schema = serde::compile_schema({.format = DataFormat::Avro, .definition = definition});
  EXPECT_TRUE(schema);
  return {*schema, {}};
}

std::string hex(const codec::ByteBuffer& bytes) {
  std::string text;
  for (const char c : bytes.text()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

struct Row {
  std::string name;
  const char* key_schema = nullptr;
  const char* key_field = nullptr;
  std::string separator{};
  std::optional<std::string> marker{};
  std::string line;
  std::string expected;  // KEY VALUE in hexadecimal, null; or the first sentence

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.line; }
};

class LineWriterTest : public testing::TestWithParam<Row> {};

TEST_P(LineWriterTest, Writes) {
  const Row& row = GetParam();
  const RecordWriter values = writer_of(kUser);
  std::optional<RecordWriter> keys;
  if (row.key_schema != nullptr) keys.emplace(writer_of(row.key_schema));
  LineOptions options{.key_separator = row.separator, .null_marker = row.marker};
  if (row.key_field != nullptr) options.key_field = *FieldPath::parse(row.key_field);
  const LineWriter lines(values, keys ? &*keys : nullptr, options);
  LineRecord record;
  record.key.append("of the line before");
  const auto problems = lines.write(row.line, record);
  if (!problems.empty()) {
    EXPECT_EQ(sentence(problems.front()), row.expected);
    return;
  }
  EXPECT_EQ((record.has_key ? hex(record.key) : "null") + " " +
                (record.has_value ? hex(record.value) : "null"),
            row.expected);
}

// Payloads by the Avro 1.11.4 specification, "Binary Encoding": {"ada", 6} is 06 61 64 61 0c.
INSTANTIATE_TEST_SUITE_P(
    Lines, LineWriterTest,
    testing::Values(
        Row{.name = "NoKey", .line = R"({"name":"ada","age":6})", .expected = "null 066164610c"},
        Row{.name = "KeyField",
            .key_field = "name",
            .line = R"({"name":"ada","age":6})",
            .expected = "616461 066164610c"},
        Row{.name = "KeyBefore",
            .separator = "\t",
            .line = "k\t{\"name\":\"ada\",\"age\":6}",
            .expected = "6b 066164610c"},
        Row{.name = "FirstSeparatorCounts",
            .separator = ":",
            .line = R"(k:{"name":"ada","age":6})",
            .expected = "6b 066164610c"},
        Row{.name = "NoSeparator",
            .separator = "\t",
            .line = R"({"name":"ada","age":6})",
            .expected = "/: no key: the separator (--key-separator) is not there"},
        Row{.name = "EmptyKey",
            .separator = "\t",
            .line = "\t{\"name\":\"ada\",\"age\":6}",
            .expected = " 066164610c"},
        Row{.name = "NullKey",
            .separator = "\t",
            .marker = "NULL",
            .line = "NULL\t{\"name\":\"ada\",\"age\":6}",
            .expected = "null 066164610c"},
        Row{.name = "Tombstone",
            .separator = "\t",
            .marker = "NULL",
            .line = "ada\tNULL",
            .expected = "616461 null"},
        Row{.name = "EmptyMarker",
            .separator = "\t",
            .marker = "",
            .line = "ada\t",
            .expected = "616461 null"},
        Row{.name = "TombstoneWithoutKey",
            .marker = "NULL",
            .line = "NULL",
            .expected = "null null"},
        Row{.name = "MarkerIsTheWholeText",
            .separator = "\t",
            .marker = "NULL",
            .line = "ada\tNULL ",
            .expected = "/: not JSON: not valid JSON: syntax error (line 1, column 1)"},
        Row{.name = "NullIsNoMarkerOfItself",
            .separator = "\t",
            .line = "ada\tnull",
            .expected = "/: expected record User, found null"},
        Row{.name = "TombstoneWithKeyField",
            .key_field = "name",
            .marker = "NULL",
            .line = "NULL",
            .expected = "/: no value, so no field that its key could be"},
        Row{.name = "KeySchema",
            .key_schema = kKey,
            .separator = "\t",
            .marker = "NULL",
            .line = "{\"id\":7}\tNULL",
            .expected = "0e null"},
        Row{.name = "KeySchemaOfField",
            .key_schema = R"("string")",
            .key_field = "name",
            .line = R"({"name":"ada","age":6})",
            .expected = "06616461 066164610c"},
        Row{.name = "KeyBreaksItsSchema",
            .key_schema = kKey,
            .separator = "\t",
            .line = "{\"id\":\"x\"}\t{\"name\":\"ada\",\"age\":6}",
            .expected = R"(/id: the key: expected int, found the string "x")"},
        Row{.name = "FieldBreaksItsSchema",
            .key_schema = R"("string")",
            .key_field = "age",
            .line = R"({"name":"ada","age":6})",
            .expected = "/age: the key: expected string, found the number 6"}),
    [](const auto& row) { return row.param.name; });

TEST(LineWriterTest, TellsWhatIsWrongWithKeyAndValue) {
  const RecordWriter values = writer_of(kUser);
  const RecordWriter keys = writer_of(kKey);
  const LineWriter lines(values, &keys, {.key_separator = "\t"});
  LineRecord record;
  const auto problems = lines.write("{}\t{\"name\":\"ada\"}", record);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(sentence(problems[0]), "/id: the key: expected int, found nothing (it has no default)");
  EXPECT_EQ(sentence(problems[1]), "/age: expected int, found nothing (it has no default)");
}

TEST(LineWriter, BlankLinesArePassedOverUnlessTheySaySomething) {
  const RecordWriter values = writer_of(kUser);
  const auto blank = [&values](std::string_view line, LineOptions options) {
    return LineWriter(values, nullptr, std::move(options)).is_blank(line);
  };
  EXPECT_TRUE(blank("", {}));
  EXPECT_TRUE(blank(" \t", {}));
  EXPECT_FALSE(blank(" {", {}));
  EXPECT_FALSE(blank("", {.null_marker = ""}));  // a tombstone
  EXPECT_TRUE(blank(" ", {.null_marker = ""}));
  EXPECT_TRUE(blank("", {.null_marker = "NULL"}));
  EXPECT_TRUE(blank("", {.key_separator = "\t", .null_marker = ""}));  // no key
  EXPECT_FALSE(blank("\t", {.key_separator = "\t", .null_marker = ""}));
  EXPECT_FALSE(blank("\t", {.key_separator = "\t"}));  // refused, not passed over
}

}  // namespace
}  // namespace limpet::app
