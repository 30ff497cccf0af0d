#include "record_writer.h"

#include "session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace limpet::app {
namespace {

constexpr const char* kUser =
    R"({"namespace":"my.namespace","type":"record","name":"User","fields":[
        {"name":"name","type":"string"},{"name":"age","type":"int"},
        {"name":"subject","type":["null","string"],"default":null}]})";
constexpr const char* kOrder =
    R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
        "properties":{"id":{"type":"integer","minimum":1}},"required":["id"]})";
constexpr const char* kMessages =
    "syntax = \"proto3\"; package shop; message Order { string id = 1; } message Aside {}";

RecordWriter writer_of(DataFormat format, const char* definition,
                       RecordWriterOptions options = {}) {
  auto schema = serde::compile_schema({.format = format, .definition = definition});
  EXPECT_TRUE(schema);
  return {*schema, std::move(options)};
}

std::string hex(const codec::ByteBuffer& out) {
  std::string text;
  for (const char c : out.text()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

struct Row {
  std::string name;
  DataFormat format = DataFormat::Avro;
  const char* definition = kUser;
  RecordWriterOptions options{};
  const char* text = "";
  std::string expected;  // hexadecimal, or the first sentence

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.text; }
};

class RecordWriterTest : public testing::TestWithParam<Row> {};

TEST_P(RecordWriterTest, Appends) {
  const Row& row = GetParam();
  const auto writer = writer_of(row.format, row.definition, row.options);
  codec::ByteBuffer out;
  out.append("before");
  const auto problems = writer.append(row.text, out);
  if (problems.empty()) {
    EXPECT_EQ(hex(out), "6265666f7265" + row.expected);
  } else {
    EXPECT_EQ(sentence(problems.front()), row.expected);
    EXPECT_EQ(out.text(), "before");
  }
}

// The first payload was made with Apache Avro, but for the branch of the union.
INSTANTIATE_TEST_SUITE_P(
    Records, RecordWriterTest,
    testing::Values(
        Row{.name = "Plain",
            .text = R"({"name":"John Doe","age":6,"subject":"something"})",
            .expected = "104a6f686e20446f650c0212736f6d657468696e67"},
        Row{.name = "DefaultsAreFilled",
            .text = R"({"name":"John Doe","age":6})",
            .expected = "104a6f686e20446f650c00"},
        Row{.name = "WrongType",
            .text = R"({"name":"John Doe","age":"six"})",
            .expected = R"(/age: expected int, found the string "six")"},
        Row{.name = "NoInt",
            .text = R"({"name":"John Doe","age":2147483648})",
            .expected = "/age: expected int, found the number 2147483648 (it does not fit)"},
        Row{.name = "AvroJson",
            .options = {.avro_json = true},
            .text = R"({"name":"John Doe","age":6,"subject":{"string":"something"}})",
            .expected = "104a6f686e20446f650c0212736f6d657468696e67"},
        Row{.name = "IgnoresUnknown",
            .options = {.ignore_unknown = true},
            .text = R"({"name":"John Doe","age":6,"x":1})",
            .expected = "104a6f686e20446f650c00"},
        Row{.name = "Json",
            .format = DataFormat::Json,
            .definition = kOrder,
            .text = R"( {"id": 7, "note": "Zoë"} )",
            .expected = "7b226964223a372c226e6f7465223a225a6fc3ab227d"},
        Row{.name = "JsonRule",
            .format = DataFormat::Json,
            .definition = kOrder,
            .text = R"({"id": 0})",
            .expected = "/id: must be at least 1, not 0 (#/properties/id/minimum)"},
        Row{.name = "Protobuf",
            .format = DataFormat::Protobuf,
            .definition = kMessages,
            .options = {.message = "shop.Order"},
            .text = R"({"id":"John Doe"})",
            .expected = "010a084a6f686e20446f65"}),
    [](const auto& row) { return row.param.name; });

TEST(RecordWriterTest, TellsEverythingThatIsWrong) {
  const auto writer = writer_of(DataFormat::Avro, kUser);
  codec::ByteBuffer out;
  const auto problems = writer.append(R"({"name":7,"subject":1,"x":2})", out);
  std::vector<std::string> paths;
  for (const auto& problem : problems) paths.push_back(problem.path);
  EXPECT_THAT(paths, testing::UnorderedElementsAre("/name", "/age", "/subject", "/x"));
}

TEST(RecordWriterTest, NotJson) {
  const auto writer = writer_of(DataFormat::Avro, kUser);
  codec::ByteBuffer out;
  for (const char* text : {"{", "{\"name\":1,\"name\":2}", "", "{} {}"}) {
    const auto problems = writer.append(text, out);
    ASSERT_EQ(problems.size(), 1U) << text;
    EXPECT_TRUE(problems.front().reason.starts_with("not JSON: ")) << problems.front().reason;
  }
}

TEST(RecordWriterTest, Keys) {
  const auto writer = writer_of(DataFormat::Avro, kUser);
  const auto key_of = [&](const char* path, const char* text, bool as_json = false) {
    codec::ByteBuffer out;
    const auto parsed = FieldPath::parse(path);
    FoundKey key{.path = &*parsed, .as_json = as_json};
    const auto problems = writer.append(text, out, &key);
    return problems.empty() ? *key.text : sentence(problems.front());
  };
  EXPECT_EQ(key_of("name", R"({"name":"a","age":6})"), "a");
  EXPECT_EQ(key_of("age", R"({"name":"a","age":6})"), "6");
  EXPECT_EQ(key_of("subject", R"({"name":"a","age":6,"subject":null})"),
            "/subject: expected a text or a number, for the key");
  EXPECT_EQ(key_of("name", R"({"name":"a","age":6})", true), R"("a")");
  EXPECT_EQ(key_of("subject", R"({"name":"a","age":6,"subject":null})", true), "null");
  EXPECT_EQ(key_of("subject", R"({"name":"a","age":6})", true), "/subject: expected the key");
}

TEST(RecordWriterTest, OptionsOfAnotherFormat) {
  const auto refused = [](DataFormat format, const char* definition, RecordWriterOptions options) {
    try {
      writer_of(format, definition, std::move(options));
    } catch (const CommandFailed& failed) {
      EXPECT_EQ(failed.status, 2);
      return failed.message;
    }
    return std::string();
  };
  EXPECT_EQ(refused(DataFormat::Json, kOrder, {.avro_json = true}), "--avro-json is for AVRO");
  EXPECT_EQ(refused(DataFormat::Avro, kUser, {.message = "a"}), "--message is for PROTOBUF");
  EXPECT_EQ(refused(DataFormat::Protobuf, kMessages, {}),
            "the definition has not one message: give --message NAME");
  EXPECT_EQ(refused(DataFormat::Protobuf, kMessages, {.message = "shop.No"}),
            "the definition has no message shop.No");
}

}  // namespace
}  // namespace limpet::app
