// Every row of testdata/vectors.json through Deserializer and Serializer.
#include "testing/messages.h"

#include "limpet/avro/json_datum.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/serializer.h"
#include "limpet/value/json_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace limpet::serde {
namespace {

using testing::as_bytes;
using testing::from_hex;
using testing::hex_of;
using testing::kUserId;

struct Row {
  std::string id;
  json::Value json;

  std::string text(std::string_view name) const {
    const auto* member = json.find(name);
    return member == nullptr ? "" : member->text();
  }
  bool has(std::string_view name) const { return json.find(name) != nullptr; }
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.id; }

const json::Value& document() {
  static const json::Value kDocument = [] {
    std::ifstream in(LIMPET_TESTDATA "/vectors.json", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    auto parsed = json::parse(text.str());
    EXPECT_TRUE(parsed);
    return parsed ? *std::move(parsed) : json::Value();
  }();
  return kDocument;
}

// Messages, and payloads, which are put behind a Glue frame here.
std::vector<Row> rows() {
  std::vector<Row> out;
  const auto* vectors = document().find("vectors");
  if (vectors == nullptr) return out;
  for (const auto& row : vectors->items()) {
    const std::string framing = row.find("framing")->text();
    if (framing != "index" && framing != "path") out.push_back({row.find("id")->text(), row});
  }
  return out;
}

RegisteredText schema_text(const std::string& name, const Uuid& id) {
  const json::Value& schema = *document().find("schemas")->find(name);
  return {.id = id,
          .format = *parse_data_format(schema.find("format")->text()),
          .definition = schema.find("definition")->text(),
          .name = "t"};
}

// The schema by its id and, as Confluent's, by what the row says.
std::shared_ptr<MemorySource> source_of(const Row& row) {
  auto source = std::make_shared<MemorySource>();
  const std::string schema = row.has("schema") ? row.text("schema") : "null";
  const Uuid id = row.has("version") ? *Uuid::parse(row.text("version")) : kUserId;
  RegisteredText text = schema_text(schema, id);
  if (row.has("schema_id")) {
    text.confluent_id = static_cast<std::int32_t>(*row.json.find("schema_id")->as_int64());
  }
  EXPECT_TRUE(source->add(std::move(text)));
  return source;
}

std::optional<FailureKind> failure_of(const Row& row) {
  const auto* error = row.json.find("error");
  if (error == nullptr) return std::nullopt;
  const auto word = [error](std::string_view name) {
    const auto* found = error->find(name);
    return found == nullptr ? std::string() : found->text();
  };
  if (word("frame") == "too short") return FailureKind::Truncated;
  if (word("frame") == "bad compression") return FailureKind::BadCompression;
  if (word("frame") == "empty") return FailureKind::NotFramed;
  if (!word("inflate").empty()) return FailureKind::Inflate;
  if (!word("index").empty()) return FailureKind::Malformed;
  if (!word("resolve").empty()) return FailureKind::Incompatible;
  ADD_FAILURE() << "an error of no known kind in " << row.id;
  return std::nullopt;
}

class ApiVector : public ::testing::TestWithParam<Row> {
 protected:
  ApiVector() : source_(source_of(GetParam())) {
    const Row& row = GetParam();
    message_ = row.text("framing") == "payload"
                   ? testing::glue(kUserId, from_hex(row.text("payload")))
                   : from_hex(row.text("message"));
    if (const auto* header = row.json.find("header")) {
      header_name_ = header->find("name")->text();
      header_value_ = from_hex(header->find("value")->text());
      headers_.push_back({header_name_, as_bytes(header_value_)});
    }
    if (row.has("reader")) {
      auto reader = avro::parse(schema_text(row.text("reader"), kUserId).definition);
      EXPECT_TRUE(reader);
      reader_ = *std::move(reader);
    }
  }

  Context context() const { return {.topic = "t", .headers = headers_}; }

  std::shared_ptr<MemorySource> source_;
  std::string message_;
  std::string header_name_;
  std::string header_value_;
  std::vector<RecordHeader> headers_;
  std::optional<avro::Schema> reader_;
  value::Arena arena_;
};

TEST_P(ApiVector, IsReadToAView) {
  const Row& row = GetParam();
  const auto views = Deserializer<value::View>::make(source_, {.reader = reader_});
  ASSERT_TRUE(views);
  for (int round = 0; round < 2; ++round) {
    value::View view;
    ReadInfo info;
    const auto failure = views->read(context(), as_bytes(message_), arena_, view, &info);
    const auto expected = failure_of(row);
    EXPECT_EQ(failure ? std::optional(failure->kind) : std::nullopt, expected)
        << (failure ? describe(*failure) : "");
    if (failure || expected || !row.has("value")) continue;
    const json::Value& value = *row.json.find(row.has("expected") ? "expected" : "value");
    std::string text;
    if (const auto* writer = info.schema->avro()) {
      ASSERT_FALSE(
          avro::append_json(reader_ ? *reader_ : *writer, view, avro::JsonStyle::Avro, text));
    } else {
      ASSERT_FALSE(value::append_json(view, text));
    }
    const auto read = json::parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, value) << text;
  }
}

// Rows that tell the bytes of their payload.
class ApiPayloadVector : public ApiVector {};
TEST_P(ApiPayloadVector, IsFound) {
  const Row& row = GetParam();
  const auto payloads = Deserializer<Payload>::make(source_);
  ASSERT_TRUE(payloads);
  Payload payload;
  const auto failure = payloads->read(context(), as_bytes(message_), arena_, payload);
  ASSERT_FALSE(failure) << describe(*failure);
  EXPECT_EQ(hex_of(payload.bytes), row.text(row.has("protobuf") ? "protobuf" : "payload"));
  if (row.has("full_name")) {
    EXPECT_EQ(payload.message->full_name, row.text("full_name"));
  }
}

// Rows that are for writers, too.
class ApiWrittenVector : public ApiVector {};
TEST_P(ApiWrittenVector, IsWrittenFromItsView) {
  const Row& row = GetParam();
  const auto views = Deserializer<value::View>::make(source_);
  value::View view;
  ReadInfo info;
  ASSERT_FALSE(views->read(context(), as_bytes(message_), arena_, view, &info));
  const auto writer =
      Serializer<value::View>::make(source_, {.format = info.schema->format(),
                                              .definition = info.schema->definition(),
                                              .message = row.text("full_name"),
                                              .framing = info.framing});
  ASSERT_TRUE(writer) << describe(writer.error());
  codec::ByteBuffer out;
  HeaderOut header;
  const auto failure = writer->append({.topic = "t"}, view, out, &header);
  ASSERT_FALSE(failure) << describe(*failure);
  EXPECT_EQ(hex_of(out.bytes()), hex_of(as_bytes(message_)));
  EXPECT_EQ(header.name, header_name_);
  EXPECT_EQ(hex_of(header.value.bytes()), hex_of(as_bytes(header_value_)));
}

std::string name_of(const ::testing::TestParamInfo<Row>& info) {
  std::string name = info.param.id;
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}
template <class Choose>
std::vector<Row> rows_where(Choose choose) {
  std::vector<Row> chosen = rows();
  std::erase_if(chosen, [&choose](const Row& row) { return !choose(row); });
  return chosen;
}

INSTANTIATE_TEST_SUITE_P(Rows, ApiVector, ::testing::ValuesIn(rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Rows, ApiPayloadVector, ::testing::ValuesIn(rows_where([](const Row& row) {
                           return !failure_of(row) && !row.has("reader") && row.has("payload");
                         })),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Rows, ApiWrittenVector, ::testing::ValuesIn(rows_where([](const Row& row) {
                           return row.text("direction") == "both" && row.has("schema");
                         })),
                         name_of);

}  // namespace
}  // namespace limpet::serde
