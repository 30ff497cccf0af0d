// The rows of testdata/vectors.json that are about frames, compression and message indexes. Their
// Avro rows are run by room avro; test/conformance/serde proves the file with other people's code.
#include "limpet/avro/fingerprint.h"
#include "limpet/avro/schema.h"
#include "limpet/base/hex.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/serde/frame.h"
#include "limpet/serde/payload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace limpet::serde {
namespace {

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string to_hex_text(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte byte : bytes) append_hex(out, std::to_integer<std::uint8_t>(byte));
  return out;
}

std::string from_hex(std::string_view hex) {
  std::string out;
  EXPECT_EQ(hex.size() % 2, 0U);
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(*lower_hex_digit(hex[i]) << 4 | *lower_hex_digit(hex[i + 1])));
  }
  return out;
}

struct Vector {
  std::string id;
  json::Value row;

  std::string text(std::string_view name) const {
    const auto* member = row.find(name);
    return member == nullptr ? "" : member->text();
  }
  bool has(std::string_view name) const { return row.find(name) != nullptr; }
  std::int64_t number(std::string_view name) const { return *row.find(name)->as_int64(); }
  std::string error(std::string_view kind) const {
    const auto* error = row.find("error");
    const auto* fault = error == nullptr ? nullptr : error->find(kind);
    return fault == nullptr ? "none" : fault->text();
  }
  std::vector<std::uint32_t> path() const {
    std::vector<std::uint32_t> out;
    for (const auto& step : row.find("path")->items()) {
      out.push_back(static_cast<std::uint32_t>(*step.as_int64()));
    }
    return out;
  }
  bool writes() const { return text("direction") == "both"; }
};

struct Vectors {
  std::vector<Vector> rows;
  std::map<std::string, std::string> schemas;
};

const Vectors& vectors() {
  static const Vectors kVectors = [] {
    std::ifstream in(LIMPET_TESTDATA "/vectors.json", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const auto document = json::parse(text.str());
    Vectors out;
    if (!document) return out;
    for (const auto& [name, schema] : document->find("schemas")->members()) {
      out.schemas[name] = schema.find("definition")->text();
    }
    for (const auto& row : document->find("vectors")->items()) {
      out.rows.push_back({row.find("id")->text(), row});
    }
    return out;
  }();
  return kVectors;
}

enum class Of : bool { All, Writers };

std::vector<Vector> rows_of(const std::set<std::string>& framings, Of of = Of::All) {
  std::vector<Vector> out;
  for (const auto& row : vectors().rows) {
    if (of == Of::Writers && !row.writes()) continue;
    if (framings.contains(row.text("framing"))) out.push_back(row);
  }
  return out;
}

std::string name_of(const testing::TestParamInfo<Vector>& info) {
  std::string name = info.param.id;
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.id; }

TEST(Vectors, AreAllThere) {
  std::set<std::string> ids;
  std::set<std::string> numbers;
  for (const auto& row : vectors().rows) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    numbers.insert(row.id.substr(0, 3));
    if (row.has("schema")) {
      EXPECT_TRUE(vectors().schemas.contains(row.text("schema"))) << row.id;
    }
  }
  EXPECT_EQ(numbers.size(), 60U);
  EXPECT_EQ(*numbers.begin(), "V01");
  EXPECT_EQ(*numbers.rbegin(), "V60");
}

class FrameVector : public testing::TestWithParam<Vector> {};

Framing framing_of(const Vector& vector) {
  const std::string name = vector.text("framing");
  if (name == "glue") return Framing::Glue;
  if (name == "confluent_id") return Framing::ConfluentId;
  if (name == "confluent_guid") return Framing::ConfluentGuid;
  if (name == "avro_single_object") return Framing::AvroSingleObject;
  return Framing::None;
}

void expect_protobuf(const Vector& vector, const Frame& frame, std::span<const std::byte> payload) {
  const auto schema = protobuf::parse(vectors().schemas.at(vector.text("schema")));
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto record = frame.kind == Framing::Glue ? glue_message(*schema, payload)
                                                  : confluent_message(*schema, frame);
  if (vector.error("index") == "unknown") {
    EXPECT_EQ(code_of(record), Code::InvalidInput);
    return;
  }
  ASSERT_TRUE(record) << describe(record.error());
  EXPECT_EQ(record->message->full_name, vector.text("full_name"));
  EXPECT_EQ(to_hex_text(record->bytes), vector.text("protobuf"));
  const auto bytes =
      protobuf::encode(*schema, *record->message, json::to_text(*vector.row.find("value")));
  ASSERT_TRUE(bytes) << describe(bytes.error());
  EXPECT_EQ(to_hex(*bytes), vector.text("protobuf"));
  if (frame.kind == Framing::Glue) {
    EXPECT_EQ(protobuf::glue_index(*schema, record->message->full_name), vector.number("index"));
  } else {
    EXPECT_EQ(protobuf::message_path(*record->message), vector.path());
  }
}

TEST_P(FrameVector, IsRead) {
  const Vector& vector = GetParam();
  const std::string message = from_hex(vector.text("message"));
  std::vector<RecordHeader> headers;
  std::string header_name;
  std::string header_value;
  if (const auto* header = vector.row.find("header")) {
    header_name = header->find("name")->text();
    header_value = from_hex(header->find("value")->text());
    headers.push_back({header_name, as_bytes(header_value)});
  }
  const Frame frame = inspect(as_bytes(message), headers);
  EXPECT_EQ(frame.kind, framing_of(vector));
  EXPECT_EQ(to_string(frame.fault), vector.error("frame"));
  if (!frame) {
    EXPECT_EQ(to_error(frame).code, Code::InvalidInput);
    return;
  }
  EXPECT_EQ(frame.in_header, vector.has("header"));
  if (vector.has("version")) {
    EXPECT_EQ(frame.version.to_string(), vector.text("version"));
  }
  if (vector.has("schema_id")) {
    EXPECT_EQ(frame.id, vector.number("schema_id"));
  }
  if (frame.kind == Framing::AvroSingleObject) {
    EXPECT_EQ(frame.fingerprint, std::stoull(vector.text("fingerprint"), nullptr, 16));
    const auto schema = avro::parse(vectors().schemas.at(vector.text("schema")));
    ASSERT_TRUE(schema);
    EXPECT_EQ(frame.fingerprint, avro::fingerprints(*schema).crc64);
  }
  EXPECT_EQ(frame.zlib, vector.text("compression") == "zlib");

  codec::Inflater inflater;
  value::Arena arena;
  const auto payload = open_payload(frame, inflater, arena);
  EXPECT_EQ(codec::to_string(payload.fault), vector.error("inflate"));
  if (!payload) return;
  EXPECT_EQ(to_hex_text(payload.bytes), vector.text("payload"));
  const auto trailing = vector.has("trailing") ? vector.number("trailing") : 0;
  EXPECT_EQ(payload.consumed + static_cast<std::size_t>(trailing), frame.body.size());
  if (vector.text("format") == "PROTOBUF") expect_protobuf(vector, frame, payload.bytes);
}

class WrittenVector : public testing::TestWithParam<Vector> {};

TEST_P(WrittenVector, IsWritten) {
  const Vector& vector = GetParam();
  codec::ByteBuffer out;
  std::string expected = vector.text("message");
  switch (framing_of(vector)) {
    case Framing::None:
      FAIL() << "nothing to write";
    case Framing::Glue:
      append_glue_header(out, *Uuid::parse(vector.text("version")));
      break;
    case Framing::ConfluentId:
      append_confluent_id(out, static_cast<std::int32_t>(vector.number("schema_id")));
      break;
    case Framing::ConfluentGuid:
      expected = vector.row.find("header")->find("value")->text();
      append_confluent_guid(out, *Uuid::parse(vector.text("version")));
      break;
    case Framing::AvroSingleObject:
      append_single_object_marker(out, std::stoull(vector.text("fingerprint"), nullptr, 16));
      break;
  }
  if (vector.has("index")) {
    append_glue_index(out, static_cast<std::uint32_t>(vector.number("index")));
  }
  if (vector.has("path")) append_message_path(out, vector.path());
  if (!vector.has("header")) {
    out.append(from_hex(vector.text(vector.has("protobuf") ? "protobuf" : "payload")));
  }
  EXPECT_EQ(to_hex_text(out.bytes()), expected);
}

const std::set<std::string> kFramings{"glue", "confluent_id", "confluent_guid",
                                      "avro_single_object", "none"};

INSTANTIATE_TEST_SUITE_P(Rows, FrameVector, testing::ValuesIn(rows_of(kFramings)), name_of);
INSTANTIATE_TEST_SUITE_P(Rows, WrittenVector, testing::ValuesIn(rows_of(kFramings, Of::Writers)),
                         name_of);

class IndexVector : public testing::TestWithParam<Vector> {};

TEST_P(IndexVector, IsReadAndWritten) {
  const Vector& vector = GetParam();
  const std::string bytes = from_hex(vector.text("message"));
  codec::ByteBuffer out;
  if (vector.has("index")) {
    const auto index = protobuf::decode_glue_index(bytes);
    ASSERT_TRUE(index);
    EXPECT_EQ(index->index, vector.number("index"));
    EXPECT_EQ(index->size, bytes.size());
    append_glue_index(out, index->index);
  } else {
    const auto path = protobuf::decode_message_path(bytes);
    ASSERT_TRUE(path);
    EXPECT_EQ(path->path, vector.path());
    EXPECT_EQ(path->size, bytes.size());
    append_message_path(out, path->path);
  }
  EXPECT_EQ(to_hex_text(out.bytes()), vector.text("message"));
}

INSTANTIATE_TEST_SUITE_P(Rows, IndexVector, testing::ValuesIn(rows_of({"index", "path"})), name_of);

// A topic to which several producers write in their own ways.
TEST(Vectors, MixedTopicIsToldApart) {
  const std::vector<std::pair<std::string, Framing>> topic{
      {"V01", Framing::Glue},        {"V53", Framing::ConfluentId},
      {"V02", Framing::Glue},        {"V60", Framing::AvroSingleObject},
      {"V55", Framing::ConfluentId}, {"V58", Framing::ConfluentGuid}};
  codec::Inflater inflater;
  value::Arena arena;
  for (int round = 0; round < 3; ++round) {
    for (const auto& [id, framing] : topic) {
      const auto row = std::ranges::find(vectors().rows, id, &Vector::id);
      ASSERT_NE(row, vectors().rows.end());
      const std::string message = from_hex(row->text("message"));
      std::vector<RecordHeader> headers{{"trace", as_bytes("x")}};
      std::string value;
      if (const auto* header = row->row.find("header")) {
        value = from_hex(header->find("value")->text());
        headers.push_back({kValueSchemaIdHeader, as_bytes(value)});
      }
      const Frame frame = inspect(as_bytes(message), headers);
      ASSERT_TRUE(frame) << id;
      EXPECT_EQ(frame.kind, framing) << id;
      EXPECT_EQ(to_hex_text(open_payload(frame, inflater, arena).bytes), row->text("payload"))
          << id;
    }
    arena.reset();
  }
}

}  // namespace
}  // namespace limpet::serde
