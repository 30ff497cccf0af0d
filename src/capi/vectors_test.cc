// Every row of the vectors (src/serde/testdata) through limpet.h: the functions are called as a C
// program calls them, only that the registry is one in memory.
#include "../columns/testing/arrow_text.h"
#include "../serde/testing/messages.h"
#include "handles.h"

#include "limpet/columns/column_builder.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace limpet::capi {
namespace {

using serde::MemorySource;
using serde::RegisteredText;
using serde::testing::from_hex;
using serde::testing::glue;
using serde::testing::hex_of;
using serde::testing::kUserId;

struct Row {
  std::string id;
  json::Value json;

  std::string text(std::string_view name) const {
    const auto* member = json.find(name);
    return member == nullptr ? "" : member->text();
  }
  bool has(std::string_view name) const { return json.find(name) != nullptr; }
  std::int64_t number(std::string_view name) const { return *json.find(name)->as_int64(); }
  std::string error(std::string_view kind) const {
    const auto* error = json.find("error");
    const auto* words = error == nullptr ? nullptr : error->find(kind);
    return words == nullptr ? "" : words->text();
  }
  std::string framing() const { return text("framing"); }
  bool is_index() const { return framing() == "index" || framing() == "path"; }
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.id; }

const json::Value& document() {
  static const json::Value kDocument = [] {
    const auto rooms = std::filesystem::path(LIMPET_TESTDATA).parent_path().parent_path();
    std::ifstream in(rooms / "serde/testdata/vectors.json", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    auto parsed = json::parse(text.str());
    return parsed ? *std::move(parsed) : json::Value();
  }();
  return kDocument;
}

template <class Choose>
std::vector<Row> rows_where(Choose choose) {
  std::vector<Row> out;
  const auto* vectors = document().find("vectors");
  if (vectors == nullptr) return out;
  for (const auto& json : vectors->items()) {
    Row row{json.find("id")->text(), json};
    if (choose(row)) out.push_back(std::move(row));
  }
  return out;
}

std::string name_of(const ::testing::TestParamInfo<Row>& row) {
  std::string name = row.param.id;
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

limpet_status expected_status(const Row& row) {
  if (row.error("frame") == "too short") return LIMPET_TRUNCATED;
  if (row.error("frame") == "bad compression") return LIMPET_BAD_COMPRESSION;
  if (row.error("frame") == "empty") return LIMPET_NOT_FRAMED;
  if (!row.error("inflate").empty()) return LIMPET_INFLATE;
  if (!row.error("index").empty()) return LIMPET_MALFORMED;
  EXPECT_TRUE(row.error("resolve").empty() || row.has("reader"));
  return LIMPET_OK;
}

// The vectors have Avro's own JSON, in which a union's value stands under the name of its branch;
// limpet.h has plain JSON.
json::Value plain(const json::Value& value) {
  static const std::set<std::string, std::less<>> kBranches{"string", "int", "L"};
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (const auto& item : value.items()) items.push_back(plain(item));
    return json::Value::array(std::move(items));
  }
  const auto members = value.members();
  if (members.size() == 1 && kBranches.contains(members[0].name)) return plain(members[0].value);
  if (!value.is_object()) return value;
  std::vector<json::Member> out;
  for (const auto& [name, member] : members) out.push_back({name, plain(member)});
  return json::Value::object(std::move(out));
}

std::string plain_text(const Row& row) {
  if (row.text("schema") == "bytes") return "\"AP8Q\"";
  if (row.text("schema") == "fixed") return "\"3q2+7w==\"";
  if (row.text("schema").starts_with("decimal")) return row.text("logical");
  if (row.has("logical")) return "\"" + row.text("logical") + "\"";
  return json::to_text(plain(*row.json.find("value")));
}

class CallTest {
 protected:
  void open(std::shared_ptr<MemorySource> memory) {
    source_ = std::move(memory);
    registry_.source = source_;
    auto text = serde::Deserializer<std::string>::make(source_);
    auto payload = serde::Deserializer<serde::Payload>::make(source_);
    ASSERT_TRUE(text && payload);
    registry_.to_json.emplace(*std::move(text));
    registry_.to_payload.emplace(*std::move(payload));
  }

  ~CallTest() {
    limpet_schema_free(schema_);
    limpet_batch_close(batch_);
    limpet_buffer_free(&buffer_);
    limpet_error_free(error_);
  }

  // What the last call said, which is then forgotten.
  std::string words() {
    const auto text = limpet_error_message(error_);
    std::string out(text.data == nullptr ? "" : text.data, text.size);
    limpet_error_free(error_);
    error_ = nullptr;
    return out;
  }
  std::string bytes() const { return {buffer_.data == nullptr ? "" : buffer_.data, buffer_.size}; }
  std::string hex() const { return hex_of(std::as_bytes(std::span(buffer_.data, buffer_.size))); }

  std::shared_ptr<MemorySource> source_;
  limpet_registry registry_;
  limpet_schema* schema_ = nullptr;
  limpet_batch* batch_ = nullptr;
  limpet_buffer buffer_{};
  limpet_error* error_ = nullptr;
};

class VectorTest : public CallTest, public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    const Row& row = GetParam();
    auto memory = std::make_shared<MemorySource>();
    id_ = row.has("version") ? *Uuid::parse(row.text("version")) : kUserId;
    const auto* confluent = row.json.find("schema_id");
    RegisteredText text = definition(row.has("schema") ? row.text("schema") : "null", id_);
    if (confluent != nullptr) {
      text.confluent_id = static_cast<std::int32_t>(*confluent->as_int64());
    }
    ASSERT_TRUE(memory->add(std::move(text)));
    open(std::move(memory));
    message_ = row.framing() == "payload" ? glue(kUserId, from_hex(row.text("payload")))
                                          : from_hex(row.text("message"));
    if (const auto* header = row.json.find("header")) {
      header_name_ = header->find("name")->text();
      header_value_ = from_hex(header->find("value")->text());
      header_ = {.name = limpet_of(header_name_.c_str()),
                 .value = header_value_.data(),
                 .value_size = header_value_.size()};
      context_.headers = &header_;
      context_.header_count = 1;
    }
  }

  static RegisteredText definition(const std::string& name, const Uuid& id) {
    const json::Value& schema = *document().find("schemas")->find(name);
    return {.id = id,
            .format = *parse_data_format(schema.find("format")->text()),
            .definition = schema.find("definition")->text(),
            .name = "t"};
  }

  limpet_schema* schema() {
    if (schema_ == nullptr) {
      EXPECT_EQ(limpet_schema_by_id(&registry_, id_.bytes().data(), &schema_, &error_), LIMPET_OK);
    }
    return schema_;
  }

  Uuid id_;
  std::string message_;
  std::string header_name_;
  std::string header_value_;
  limpet_header header_{};
  limpet_context context_{.size = sizeof(limpet_context),
                          .topic = limpet_of("t"),
                          .is_key = 0,
                          .headers = nullptr,
                          .header_count = 0};
};

TEST_P(VectorTest, FrameIsTold) {
  const Row& row = GetParam();
  if (row.has("header")) return;  // a frame in a header is not the message's
  static const std::map<std::string, std::int32_t> kFramings{
      {"glue", LIMPET_FRAMING_GLUE},
      {"payload", LIMPET_FRAMING_GLUE},
      {"confluent_id", LIMPET_FRAMING_CONFLUENT_ID},
      {"confluent_guid", LIMPET_FRAMING_CONFLUENT_GUID},
      {"avro_single_object", LIMPET_FRAMING_AVRO_SINGLE_OBJECT}};
  limpet_frame frame{};
  frame.size = sizeof frame;
  const auto status = limpet_inspect(message_.data(), message_.size(), &frame);
  ASSERT_EQ(status, row.error("frame").empty() ? LIMPET_OK : expected_status(row));
  if (status != LIMPET_OK) return;
  EXPECT_EQ(frame.framing, kFramings.at(row.framing()));
  EXPECT_EQ(frame.zlib, row.text("compression") == "zlib" ? 1 : 0);
  if (row.has("schema_id")) {
    EXPECT_EQ(frame.id, row.number("schema_id"));
  }
  if (row.has("fingerprint")) {
    EXPECT_EQ(frame.fingerprint, std::stoull(row.text("fingerprint"), nullptr, 16));
  }
  if (row.has("version")) {
    EXPECT_TRUE(
        std::equal(std::begin(frame.version), std::end(frame.version), id_.bytes().begin()));
  }
}

TEST_P(VectorTest, IsReadAsJson) {
  const Row& row = GetParam();
  for (int round = 0; round < 2; ++round) {
    const auto status = limpet_decode_json(&registry_, &context_, message_.data(), message_.size(),
                                           &buffer_, &error_);
    ASSERT_EQ(status, expected_status(row)) << words();
    if (status != LIMPET_OK) {
      EXPECT_EQ(limpet_error_status(error_), status);
      EXPECT_NE(words(), "");
    } else if (row.has("value")) {
      const auto read = json::parse(bytes());
      const auto expected = json::parse(plain_text(row));
      ASSERT_TRUE(read && expected) << bytes();
      EXPECT_EQ(*read, *expected) << bytes();
    }
  }
}

TEST_P(VectorTest, IsUnframed) {
  const Row& row = GetParam();
  limpet_text message_name{};
  const auto status = limpet_unframe(&registry_, &context_, message_.data(), message_.size(),
                                     &buffer_, &schema_, &message_name, &error_);
  ASSERT_EQ(status, expected_status(row)) << words();
  if (status != LIMPET_OK) return;
  EXPECT_EQ(hex(), row.text(row.has("protobuf") ? "protobuf" : "payload"));
  EXPECT_EQ(std::string(view(message_name)), row.text("full_name"));
  EXPECT_EQ(std::string(view(limpet_schema_name(schema_))), "t");
}

TEST_P(VectorTest, IsWritten) {
  const Row& row = GetParam();
  const bool is_glue = row.framing() == "glue" || row.framing() == "payload";
  if (row.text("direction") != "both" || !is_glue || !row.has("schema")) return;
  const std::string full_name = row.text("full_name");
  const limpet_encode_options options{
      .size = sizeof options, .zlib = 0, .message_name = limpet_of(full_name.c_str())};
  // Bytes are given as Avro's JSON has them, a character each.
  const bool has_bytes = row.text("schema") == "bytes" || row.text("schema") == "fixed";
  const std::string text = has_bytes ? json::to_text(*row.json.find("value")) : plain_text(row);
  ASSERT_EQ(limpet_encode_json(&registry_, schema(), &options, {text.data(), text.size()}, &buffer_,
                               &error_),
            LIMPET_OK)
      << words();
  EXPECT_EQ(hex(), hex_of(serde::testing::as_bytes(message_)));

  const std::string payload = from_hex(row.text(row.has("protobuf") ? "protobuf" : "payload"));
  ASSERT_EQ(limpet_frame_payload(&registry_, schema(), &options, payload.data(), payload.size(),
                                 &buffer_, &error_),
            LIMPET_OK)
      << words();
  EXPECT_EQ(hex(), hex_of(serde::testing::as_bytes(message_)));
}

// As arrow_text() writes what has this plain JSON.
std::string column_text(const json::Value& value, const ArrowSchema& names) {
  if (std::string_view(names.format) == "z") {
    return "x'" + hex_of(serde::testing::as_bytes(value.text())) + "'";
  }
  if (value.is_null()) return "null";
  if (value.is_string()) return "\"" + value.text() + "\"";
  if (value.is_number()) {
    // The rows' whole numbers are ints, their others doubles.
    return value.as_int64() ? value.text() : std::to_string(*value.as_double());
  }
  std::string out;
  std::int64_t at = 0;
  for (const auto& [name, member] : value.members()) {
    out += (out.empty() ? "" : ", ") + name + ": " + column_text(member, *names.children[at++]);
  }
  return "{" + out + "}";
}

TEST_P(VectorTest, IsARow) {
  const Row& row = GetParam();
  const Uuid reader_id = serde::testing::nth_id(1);
  const bool has_reader = row.has("reader");
  if (has_reader) {
    ASSERT_TRUE(source_->add(definition(row.text("reader"), reader_id)));
    id_ = reader_id;
  }
  const auto opened = limpet_batch_open(&registry_, schema(), &batch_, &error_);
  if (row.text("schema") == "list") {
    ASSERT_EQ(opened, LIMPET_CONFIG) << words();  // it holds itself
    EXPECT_NE(words().find("holds itself"), std::string::npos);
    return;
  }
  ASSERT_EQ(opened, LIMPET_OK) << words();
  const auto status =
      limpet_batch_push(batch_, &context_, message_.data(), message_.size(), &error_);
  if (!row.error("resolve").empty()) {
    EXPECT_EQ(status, LIMPET_INCOMPATIBLE) << words();
    return;
  }
  if (row.has("full_name") &&
      row.text("full_name") != schema_->schema->protobuf()->file().messages[0].full_name) {
    EXPECT_EQ(status, LIMPET_INCOMPATIBLE) << words();  // of another message's columns
    return;
  }
  ASSERT_EQ(status, expected_status(row)) << words();
  EXPECT_EQ(limpet_batch_rows(batch_), status == LIMPET_OK ? 1U : 0U);
  EXPECT_EQ(words().empty(), status == LIMPET_OK);
  columns::Owned<ArrowSchema> names;
  columns::Owned<ArrowArray> data;
  ASSERT_EQ(limpet_batch_finish(batch_, names.get(), data.get(), &error_), LIMPET_OK) << words();
  if (!has_reader || status != LIMPET_OK) return;
  EXPECT_EQ(columns::testing::arrow_text(*names, *data, 0),
            column_text(plain(*row.json.find("expected")), *names));
}

INSTANTIATE_TEST_SUITE_P(Rows, VectorTest, ::testing::ValuesIn(rows_where([](const Row& row) {
                           return !row.is_index();
                         })),
                         name_of);

// Rows that are a message index alone: with a file of so many messages, and no more of a message.
class IndexVectorTest : public CallTest, public ::testing::TestWithParam<Row> {};

// Message n is "M<n>", in the text as by name; the first of each level has two messages within.
std::string file_of_messages() {
  std::string out = "syntax = \"proto3\";\n";
  for (int i = 0; i <= 300; ++i) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "M%03d", i);  // NOLINT
    out += "message " + std::string(name.data()) + " {";
    if (i == 1 || i == 2) out += " message A { message C {} } message B { message D {} }";
    out += " }\n";
  }
  return out;
}

TEST_P(IndexVectorTest, FindsTheMessage) {
  const Row& row = GetParam();
  constexpr std::int32_t kConfluentId = 77;
  auto memory = std::make_shared<MemorySource>();
  const auto added = memory->add({.id = kUserId,
                                  .format = DataFormat::Protobuf,
                                  .definition = file_of_messages(),
                                  .name = "t",
                                  .confluent_id = kConfluentId});
  ASSERT_TRUE(added) << describe(added.failure());
  open(std::move(memory));
  const std::string index = from_hex(row.text("message"));
  const protobuf::Schema& file = *(*added)->protobuf();
  std::string message;
  std::string expected;
  if (row.framing() == "index") {
    message = glue(kUserId, index);
    // Glue counts all messages by full name.
    expected = file.messages()[static_cast<std::size_t>(row.number("index"))]->full_name;
  } else {
    message = std::string("\0\0\0\0", 4) + static_cast<char>(kConfluentId) + index;
    const std::vector<protobuf::Message>* level = &file.file().messages;
    for (const auto& step : row.json.find("path")->items()) {
      const auto& found = (*level)[static_cast<std::size_t>(*step.as_int64())];
      expected = found.full_name;
      level = &found.messages;
    }
  }
  limpet_text name{};
  ASSERT_EQ(limpet_unframe(&registry_, nullptr, message.data(), message.size(), &buffer_, &schema_,
                           &name, &error_),
            LIMPET_OK)
      << words();
  EXPECT_EQ(std::string(view(name)), expected);
  EXPECT_EQ(buffer_.size, 0U);
  if (row.framing() != "index") return;
  const limpet_encode_options options{.size = sizeof options, .zlib = 0, .message_name = name};
  ASSERT_EQ(limpet_frame_payload(&registry_, schema_, &options, "", 0, &buffer_, &error_),
            LIMPET_OK)
      << words();
  EXPECT_EQ(hex(), hex_of(serde::testing::as_bytes(message)));
}

INSTANTIATE_TEST_SUITE_P(Rows, IndexVectorTest, ::testing::ValuesIn(rows_where([](const Row& row) {
                           return row.is_index();
                         })),
                         name_of);

TEST(Vectors, AreAllThere) {
  EXPECT_EQ(rows_where([](const Row&) { return true; }).size(), 89U);
}

class BatchTest : public CallTest, public ::testing::Test {};

TEST_F(BatchTest, TakesOptions) {
  auto memory = std::make_shared<MemorySource>();
  const auto added = memory->add(
      {.id = kUserId,
       .format = DataFormat::Protobuf,
       .definition =
           "syntax = \"proto3\"; message A {} message B { E e = 1; int32 x = 2; int32 y = "
           "3; } enum E { Z = 0; }",
       .name = "t"});
  ASSERT_TRUE(added) << describe(added.failure());
  open(std::move(memory));
  ASSERT_EQ(limpet_schema_by_id(&registry_, kUserId.bytes().data(), &schema_, &error_), LIMPET_OK);
  const std::array fields{limpet_of("y"), limpet_of("e")};
  limpet_batch_options options{.size = sizeof options,
                               .message_name = limpet_of("B"),
                               .fields = fields.data(),
                               .field_count = fields.size(),
                               .rows_max = 1,
                               .bytes_max = 0,
                               .enum_numbers = 1,
                               .micros = 1,
                               .validate_json = 0};
  ASSERT_EQ(limpet_batch_open_with(&registry_, schema_, &options, &batch_, &error_), LIMPET_OK)
      << words();
  // Index 1, e = 9, x = 1, y = 2.
  const std::string message = glue(kUserId, from_hex("01080910011802"));
  ASSERT_EQ(limpet_batch_push(batch_, nullptr, message.data(), message.size(), &error_), LIMPET_OK)
      << words();
  EXPECT_EQ(limpet_batch_push(batch_, nullptr, message.data(), message.size(), &error_),
            LIMPET_TOO_LARGE);
  EXPECT_EQ(limpet_error_retryable(error_), 1);
  words();
  EXPECT_EQ(limpet_batch_push(batch_, nullptr, nullptr, 0, &error_), LIMPET_TOMBSTONE);
  words();
  columns::Owned<ArrowSchema> names;
  columns::Owned<ArrowArray> data;
  ASSERT_EQ(limpet_batch_finish(batch_, names.get(), data.get(), &error_), LIMPET_OK);
  EXPECT_EQ(columns::testing::arrow_text(*names, *data, 0), "{e: 9, y: 2}");

  limpet_batch* refused = nullptr;
  options.message_name = limpet_of("C");
  EXPECT_EQ(limpet_batch_open_with(&registry_, schema_, &options, &refused, &error_),
            LIMPET_CONFIG);
  EXPECT_EQ(refused, nullptr);
  words();
  options.fields = nullptr;
  EXPECT_EQ(limpet_batch_open_with(&registry_, schema_, &options, &refused, &error_),
            LIMPET_CONFIG);
}

}  // namespace
}  // namespace limpet::capi
