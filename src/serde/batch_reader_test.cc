#include "limpet/serde/batch_reader.h"

#include "../columns/testing/arrow_text.h"
#include "batch_fuzz.h"
#include "testing/messages.h"

#include "limpet/avro/json_datum.h"
#include "limpet/codec/zlib.h"
#include "limpet/protobuf/message_index.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/serde/payload.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace limpet::serde {
namespace {

using columns::Owned;
using testing::as_bytes;
using testing::glue;
using testing::nth_id;

// Versions of one schema, and the batch of one of them.
class Batch {
 public:
  SchemaPointer add(DataFormat format, std::string_view definition) {
    auto schema = source->add({.id = nth_id(++versions),
                               .format = format,
                               .definition = std::string(definition),
                               .name = "t"});
    if (!schema) ADD_FAILURE() << describe(schema.failure());
    return *schema;
  }
  void open(const SchemaPointer& schema, BatchOptions options = {}) {
    auto made = BatchReader::make(source, schema, std::move(options));
    ASSERT_TRUE(made) << describe(made.error());
    reader.emplace(*std::move(made));
  }

  Pushed push(const SchemaPointer& schema, std::string_view payload) {
    const std::string message = glue(schema->id(), payload);
    return reader->push({.topic = "t"}, as_bytes(message));
  }
  /// A record as JSON, of either format.
  Pushed push_record(const SchemaPointer& schema, std::string_view json,
                     std::string_view message = "") {
    const auto* protobuf = schema->protobuf();
    if (protobuf == nullptr) return push(schema, json);
    const auto& type =
        message.empty() ? protobuf->file().messages[0] : *protobuf->find_message(message);
    const auto bytes = protobuf::encode(*protobuf, type, json);
    if (!bytes) ADD_FAILURE() << describe(bytes.error());
    codec::ByteBuffer out;
    append_glue_index(out, *protobuf::glue_index(*protobuf, type.full_name));
    out.append(as_bytes(*bytes));
    return push(schema, detail_text(out));
  }

  /// One line a row; the batch is handed out.
  std::vector<std::string> rows() {
    Owned<ArrowSchema> schema;
    Owned<ArrowArray> array;
    EXPECT_TRUE(reader->finish(schema.get(), array.get()));
    columns::testing::check_array(*schema, *array);
    std::vector<std::string> out;
    for (std::int64_t i = 0; i < array->length; ++i) {
      out.push_back(columns::testing::arrow_text(*schema, *array, i));
    }
    return out;
  }

  std::shared_ptr<MemorySource> source = std::make_shared<MemorySource>();
  std::optional<BatchReader> reader;
  std::uint32_t versions = 0;

 private:
  static std::string detail_text(const codec::ByteBuffer& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: as characters
  }
};

using Rows = std::vector<std::string>;

constexpr std::string_view kAvroV1 =
    R"({"type":"record","name":"U","fields":[{"name":"name","type":"string"}]})";
constexpr std::string_view kAvroV2 =
    R"({"type":"record","name":"U","fields":[{"name":"name","type":"string"},)"
    R"({"name":"age","type":["null","int"],"default":null}]})";
constexpr std::string_view kJsonOrder =
    R"({"type":"object","properties":{"id":{"type":"integer"},"who":{"type":"string"},)"
    R"("price":{"type":"number"},"tags":{"type":"array","items":{"type":"string"}},"more":{},)"
    R"("at":{"type":["object","null"],"properties":{"x":{"type":"integer"},"ok":)"
    R"({"type":"boolean"}},"required":["x"]}},"required":["id"]})";
constexpr std::string_view kProtobufOrder =
    "syntax = \"proto3\";\npackage shop;\n"
    "import \"google/protobuf/timestamp.proto\";\nimport \"google/protobuf/duration.proto\";\n"
    "import \"google/protobuf/wrappers.proto\";\nimport \"google/protobuf/struct.proto\";\n"
    "message Order {\n  int64 id = 1;\n  optional string who = 2;\n  repeated Line lines = 3;\n"
    "  map<string, uint64> counts = 4;\n  Kind kind = 5;\n  google.protobuf.Timestamp at = 6;\n"
    "  google.protobuf.Duration took = 7;\n  google.protobuf.Int32Value wrapped = 8;\n"
    "  google.protobuf.Value free = 9;\n  bytes raw = 10;\n}\n"
    "message Line {\n  string item = 1;\n  float price = 2;\n}\n"
    "enum Kind {\n  NONE = 0;\n  BIG = 7;\n}\n";

TEST(BatchReader, ResolvesAvro) {
  Batch batch;
  const auto v1 = batch.add(DataFormat::Avro, kAvroV1);
  const auto v2 = batch.add(DataFormat::Avro, kAvroV2);
  batch.open(v2);
  EXPECT_EQ(batch.push(v1,
                       "\x06"
                       "Ada"),
            Pushed::Row);
  EXPECT_EQ(batch.push(v2, std::string("\x04"
                                       "Bo\x02\x54",
                                       5)),
            Pushed::Row);
  EXPECT_EQ(batch.rows(), (Rows{"{name: \"Ada\", age: null}", "{name: \"Bo\", age: 42}"}));
}

TEST(BatchReader, ReadsJson) {
  Batch batch;
  const auto order = batch.add(DataFormat::Json, kJsonOrder);
  batch.open(order);
  for (const auto* const record :
       {R"({"id":1,"who":"Ada","price":2.5,"tags":["a","b"],"more":{"k":[1,null]},)"
        R"("at":{"x":1,"ok":true}})",
        R"({"at":null,"tags":[],"unknown":7,"price":3,"id":-9223372036854775808})",
        R"({"id":1e3,"more":null,"at":{"x":2},"price":1e400})",
        R"({"id":2.0,"more":"text","price":0.1234567890123456789})"}) {
    const auto pushed = batch.push(order, record);
    if (std::string_view(record).find("1e400") != std::string_view::npos) {
      EXPECT_EQ(pushed, Pushed::Refused);
      EXPECT_EQ(batch.reader->failure().kind, FailureKind::OutOfRange);
      EXPECT_EQ(batch.reader->failure().path, "price");
    } else {
      EXPECT_EQ(pushed, Pushed::Row) << describe(batch.reader->failure());
    }
  }
  EXPECT_EQ(batch.reader->refused(), 1U);
  EXPECT_EQ(
      batch.rows(),
      (Rows{
          R"({id: 1, who: "Ada", price: 2.500000, tags: ["a", "b"], more: "{"k":[1,null]}", )"
          R"(at: {x: 1, ok: true}})",
          "{id: -9223372036854775808, who: null, price: 3.000000, tags: [], more: null, at: null}",
          R"({id: 2, who: null, price: 0.123457, tags: null, more: ""text"", at: null})"}));
}

TEST(BatchReader, ReadsProtobuf) {
  Batch batch;
  const auto order = batch.add(DataFormat::Protobuf, kProtobufOrder);
  batch.open(order);
  EXPECT_EQ(batch.push_record(order, "{}"), Pushed::Row);
  EXPECT_EQ(
      batch.push_record(
          order, R"({"id":"-5","who":"","lines":[{"item":"x","price":1.5},{}],"counts":{"a":"1"},)"
                 R"("kind":"BIG","at":"1969-12-31T23:59:59.5Z","took":"-1.5s","wrapped":7,)"
                 R"("free":{"k":[1,null,"s",true,{}]},"raw":"AAE="})"),
      Pushed::Row);
  EXPECT_EQ(
      batch.rows(),
      (Rows{
          R"({id: 0, who: null, lines: [], counts: [], kind: "NONE", at: null, took: null, )"
          R"(wrapped: null, free: null, raw: x''})",
          R"({id: -5, who: "", lines: [{item: "x", price: 1.500000}, {item: "", price: 0.000000}], )"
          R"(counts: [{key: "a", value: 1}], kind: "BIG", at: -500000000, took: -1500000000, )"
          R"(wrapped: 7, free: "{"k":[1.0,null,"s",true,{}]}", raw: x'0001'})"}));
}

TEST(BatchReader, ReadsProtobufOfOtherVersionsByNumber) {
  Batch batch;
  const auto v1 = batch.add(DataFormat::Protobuf,
                            "syntax = \"proto3\";\nmessage M {\n  int32 old_name = 1;\n"
                            "  string gone = 2;\n}\n");
  const auto v2 = batch.add(DataFormat::Protobuf,
                            "syntax = \"proto3\";\nmessage A {\n  int32 x = 1;\n}\nmessage M {\n"
                            "  int64 id = 1;\n  optional bool added = 3;\n}\n");
  batch.open(v2, {.message = "M"});
  EXPECT_EQ(batch.push_record(v1, R"({"old_name":7,"gone":"x"})"), Pushed::Row);
  EXPECT_EQ(batch.push_record(v2, R"({"id":"8","added":true})", "M"), Pushed::Row);
  EXPECT_EQ(batch.push_record(v2, R"({"x":1})", "A"), Pushed::Refused);
  EXPECT_EQ(batch.reader->failure().kind, FailureKind::Incompatible);
  EXPECT_EQ(batch.rows(), (Rows{"{id: 7, added: null}", "{id: 8, added: true}"}));
}

TEST(BatchReader, KeepsEnumNumbersWhenAsked) {
  Batch batch;
  const auto wide = batch.add(DataFormat::Protobuf,
                              "syntax = \"proto3\";\nmessage M {\n  repeated E e = 1;\n}\nenum E "
                              "{\n  A = 0;\n  B = 3;\n  C = 4;\n}\n");
  const auto narrow = batch.add(DataFormat::Protobuf,
                                "syntax = \"proto3\";\nmessage M {\n  repeated E e = 1;\n}\nenum E "
                                "{\n  A = 0;\n  B = 3;\n}\n");
  constexpr std::string_view kRecord = R"({"e":["C","B"]})";
  batch.open(narrow);
  EXPECT_EQ(batch.push_record(wide, kRecord), Pushed::Refused);
  EXPECT_EQ(batch.reader->failure().kind, FailureKind::OutOfRange);
  EXPECT_EQ(batch.reader->failure().path, "M.e[0]");
  EXPECT_EQ(batch.rows(), Rows{});
  batch.open(narrow, {.enum_numbers = true});
  EXPECT_EQ(batch.push_record(wide, kRecord), Pushed::Row);
  EXPECT_EQ(batch.rows(), Rows{"{e: [4, 3]}"});
}

struct TimeRow {
  std::string_view name;
  std::string_view json;
  columns::Unit unit;
  std::string_view row;  // empty: out of range
  friend std::ostream& operator<<(std::ostream& out, const TimeRow& row) { return out << row.name; }
};

class BatchReaderTimes : public ::testing::TestWithParam<TimeRow> {};

TEST_P(BatchReaderTimes, AreWhole) {
  const auto& row = GetParam();
  Batch batch;
  const auto schema = batch.add(
      DataFormat::Protobuf,
      "syntax = \"proto3\";\nimport \"google/protobuf/timestamp.proto\";\nimport "
      "\"google/protobuf/duration.proto\";\nmessage M {\n  google.protobuf.Timestamp t = 1;\n  "
      "google.protobuf.Duration d = 2;\n}\n");
  batch.open(schema, {.time_unit = row.unit});
  if (!row.row.empty()) {
    EXPECT_EQ(batch.push_record(schema, row.json), Pushed::Row);
    EXPECT_EQ(batch.rows(), Rows{std::string(row.row)});
  } else {
    EXPECT_EQ(batch.push_record(schema, row.json), Pushed::Refused);
    EXPECT_EQ(batch.reader->failure().kind, FailureKind::OutOfRange);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BatchReaderTimes,
    ::testing::Values(TimeRow{"LastNano", R"({"t":"2262-04-11T23:47:16.854775807Z"})",
                              columns::Unit::Nano, "{t: 9223372036854775807, d: null}"},
                      TimeRow{"BeyondNanos", R"({"t":"2262-04-11T23:47:16.854775808Z"})",
                              columns::Unit::Nano, ""},
                      TimeRow{"FirstNano", R"({"t":"1677-09-21T00:12:43.145224192Z"})",
                              columns::Unit::Nano, "{t: -9223372036854775808, d: null}"},
                      TimeRow{"BeforeNanos", R"({"t":"1677-09-21T00:12:43.145224191Z"})",
                              columns::Unit::Nano, ""},
                      TimeRow{"LastMicro", R"({"t":"9999-12-31T23:59:59.999999999Z"})",
                              columns::Unit::Micro, "{t: 253402300799999999, d: null}"},
                      TimeRow{"FirstMicro", R"({"t":"0001-01-01T00:00:00.000000999Z"})",
                              columns::Unit::Micro, "{t: -62135596800000000, d: null}"},
                      TimeRow{"BeforeTheEpoch", R"({"t":"1969-12-31T23:59:59.999999999Z"})",
                              columns::Unit::Milli, "{t: -1, d: null}"},
                      TimeRow{"Seconds", R"({"t":"1969-12-31T23:59:58.5Z","d":"1.999999999s"})",
                              columns::Unit::Second, "{t: -2, d: 1}"},
                      TimeRow{"NegativeDuration", R"({"d":"-0.000001999s"})", columns::Unit::Micro,
                              "{t: null, d: -1}"},
                      TimeRow{"LongDuration", R"({"d":"315576000000s"})", columns::Unit::Nano, ""},
                      TimeRow{"LongDurationMicros", R"({"d":"-315576000000s"})",
                              columns::Unit::Micro, "{t: null, d: -315576000000000000}"}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadRow {
  std::string_view name;
  std::string_view record;
  FailureKind kind;
  std::string_view path;
  friend std::ostream& operator<<(std::ostream& out, const BadRow& row) { return out << row.name; }
};

class BatchReaderBadJson : public ::testing::TestWithParam<BadRow> {};

// Between two good rows, so that what it left behind would be seen.
TEST_P(BatchReaderBadJson, LeavesNothing) {
  const auto& row = GetParam();
  Batch batch;
  const auto schema = batch.add(DataFormat::Json, kJsonOrder);
  batch.open(schema, {.keep_failures = 5});
  ASSERT_EQ(batch.push(schema, R"({"id":1,"tags":["a"]})"), Pushed::Row);
  EXPECT_EQ(batch.push(schema, row.record), Pushed::Refused);
  EXPECT_EQ(batch.reader->failure().kind, row.kind) << describe(batch.reader->failure());
  EXPECT_EQ(batch.reader->failure().path, row.path);
  ASSERT_EQ(batch.push(schema, R"({"id":2,"tags":["b","c"],"at":{"x":3}})"), Pushed::Row);
  ASSERT_EQ(batch.reader->failures().size(), 1U);
  EXPECT_EQ(batch.reader->failures()[0].message, 1U);
  EXPECT_EQ(batch.rows(),
            (Rows{"{id: 1, who: null, price: null, tags: [\"a\"], more: null, at: null}",
                  "{id: 2, who: null, price: null, tags: [\"b\", \"c\"], more: null, at: {x: 3, "
                  "ok: null}}"}));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BatchReaderBadJson,
    ::testing::Values(
        BadRow{"Missing", R"({"who":"x","tags":["q"]})", FailureKind::MissingField, "id"},
        BadRow{"MissingBelow", R"({"id":3,"tags":["q"],"at":{}})", FailureKind::MissingField,
               "at.x"},
        BadRow{"Null", R"({"id":null})", FailureKind::TypeMismatch, "id"},
        BadRow{"TypeOfAnItem", R"({"id":3,"tags":["q",7]})", FailureKind::TypeMismatch, "tags[1]"},
        BadRow{"TypeOfAnObject", R"({"id":3,"tags":["q"],"at":[]})", FailureKind::TypeMismatch,
               "at"},
        BadRow{"WordsForNumbers", R"({"id":3,"tags":["q"],"price":"NaN"})",
               FailureKind::TypeMismatch, "price"},
        BadRow{"Fraction", R"({"id":1.5})", FailureKind::OutOfRange, "id"},
        BadRow{"TooLarge", R"({"id":9223372036854775808})", FailureKind::OutOfRange, "id"},
        BadRow{"NoObject", "[]", FailureKind::TypeMismatch, ""},
        BadRow{"NoJson", R"({"id":1,})", FailureKind::Malformed, ""},
        BadRow{"CutOff", R"({"id":1,"tags":["q")", FailureKind::Truncated, "tags"},
        BadRow{"NoUtf8", "{\"id\":1,\"who\":\"\xFF\"}", FailureKind::InvalidUtf8, "who"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(BatchReader, RefusesWhatIsNoMessageOfItsColumns) {
  Batch batch;
  const auto avro = batch.add(DataFormat::Avro, kAvroV1);
  const auto json = batch.add(DataFormat::Json, kJsonOrder);
  const auto protobuf = batch.add(DataFormat::Protobuf, kProtobufOrder);
  for (const auto& reader : {avro, json, protobuf}) {
    batch.open(reader);
    for (const auto& writer : {avro, json, protobuf}) {
      if (writer == reader) continue;
      EXPECT_EQ(batch.push(writer, std::string_view("\0", 1)), Pushed::Refused);
      EXPECT_EQ(batch.reader->failure().kind, FailureKind::Incompatible);
    }
    EXPECT_EQ(batch.reader->push({}, {}), Pushed::Refused);
    EXPECT_EQ(batch.reader->failure().kind, FailureKind::Tombstone);
    EXPECT_EQ(batch.reader->push({}, as_bytes("{}")), Pushed::Refused);
    EXPECT_EQ(batch.reader->failure().kind, FailureKind::NotFramed);
    const auto unknown = glue(nth_id(99), "x");
    EXPECT_EQ(batch.reader->push({}, as_bytes(unknown)), Pushed::Refused);
    EXPECT_EQ(batch.reader->failure().kind, FailureKind::UnknownSchema);
    EXPECT_EQ(batch.reader->rows(), 0U);
  }
}

// Every cut of every message: refused, or what the fields before it are.
TEST(BatchReader, CutsLeaveNothing) {
  Batch batch;
  const auto json = batch.add(DataFormat::Json, kJsonOrder);
  batch.open(json);
  const std::string record = R"({"id":1,"tags":["a","b"],"at":{"x":1}})";
  for (std::size_t end = 0; end < record.size(); ++end) {
    EXPECT_EQ(batch.push(json, record.substr(0, end)), Pushed::Refused) << end;
  }
  EXPECT_EQ(batch.push(json, record), Pushed::Row);
  EXPECT_EQ(batch.rows().size(), 1U);

  const auto protobuf = batch.add(DataFormat::Protobuf, kProtobufOrder);
  batch.open(protobuf);
  const auto& schema = *protobuf->protobuf();
  const auto bytes =
      protobuf::encode(schema, schema.file().messages[0],
                       R"({"lines":[{"item":"x"},{"item":"y"}],"counts":{"a":"1"}})");
  ASSERT_TRUE(bytes);
  const auto index = static_cast<char>(*protobuf::glue_index(schema, "shop.Order"));
  std::uint64_t rows = 0;
  for (std::size_t end = 0; end <= bytes->size(); ++end) {
    if (batch.push(protobuf, index + bytes->substr(0, end)) == Pushed::Row) ++rows;
    EXPECT_EQ(batch.reader->rows(), rows);
  }
  EXPECT_EQ(rows, 4U);  // nothing, one line, two, and all of it
  const auto lines = batch.rows();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_NE(lines[1].find("lines: [{item: \"x\""), std::string::npos) << lines[1];
}

TEST(BatchReader, IsFullByRowsAndByBytes) {
  Batch batch;
  const auto json = batch.add(DataFormat::Json, kJsonOrder);
  batch.open(json, {.limits = {.max_rows = 2}});
  EXPECT_EQ(batch.push(json, R"({"id":1})"), Pushed::Row);
  EXPECT_EQ(batch.push(json, R"({"id":2})"), Pushed::Row);
  EXPECT_EQ(batch.push(json, R"({"id":3})"), Pushed::Full);
  EXPECT_EQ(batch.reader->refused(), 0U);
  EXPECT_EQ(batch.rows().size(), 2U);
  EXPECT_EQ(batch.push(json, R"({"id":3})"), Pushed::Row);

  constexpr std::uint64_t kBytes = 64 << 10;
  batch.open(json, {.limits = {.max_bytes = kBytes}});
  const std::string record = R"({"id":1,"who":")" + std::string(5'000, 'x') + R"("})";
  std::uint64_t rows = 0;
  while (batch.push(json, record) == Pushed::Row) {
    ASSERT_LE(batch.reader->bytes(), kBytes);
    ++rows;
  }
  EXPECT_EQ(batch.reader->refused(), 0U);
  EXPECT_GE(rows, 5U);
  EXPECT_EQ(batch.rows().size(), rows);
  const std::string huge = R"({"id":1,"who":")" + std::string(kBytes, 'x') + R"("})";
  EXPECT_EQ(batch.push(json, huge), Pushed::Refused);
  EXPECT_EQ(batch.reader->failure().kind, FailureKind::TooLarge);
  EXPECT_EQ(batch.push(json, R"({"id":1})"), Pushed::Row);
}

TEST(BatchReader, OfKeysThatRepeatTheLastCounts) {
  Batch batch;
  const auto schema = batch.add(DataFormat::Protobuf,
                                "syntax = \"proto3\";\nmessage M {\n  map<int32, int32> m = "
                                "1;\n}\n");
  batch.open(schema);
  // {1: 1, 2: 2, 1: 3}, by hand; then with so many keys that they are sorted.
  const std::string few = testing::from_hex("000a04080110010a04080210020a0408011003");
  EXPECT_EQ(batch.push(schema, few), Pushed::Row);
  std::string many("\0", 1);
  for (char round = 1; round <= 2; ++round) {
    for (char key = 12; key >= 1; --key) many += {0x0a, 0x04, 0x08, key, 0x10, round};
  }
  EXPECT_EQ(batch.push(schema, many), Pushed::Row);
  const auto rows = batch.rows();
  EXPECT_EQ(rows[0], "{m: [{key: 1, value: 3}, {key: 2, value: 2}]}");
  EXPECT_TRUE(rows[1].starts_with("{m: [{key: 12, value: 2}, {key: 11, value: 2}")) << rows[1];
  EXPECT_TRUE(rows[1].ends_with("{key: 1, value: 2}]}")) << rows[1];
}

TEST(BatchReader, TakesAnyFraming) {
  Batch batch;
  const auto schema = batch.add(DataFormat::Json, kJsonOrder);
  batch.open(schema, {.reading = {.unframed = schema}});
  codec::Deflater deflater;
  codec::ByteBuffer packed;
  deflater.deflate(as_bytes(R"({"id":1})"), packed);
  const auto zlib =
      glue(schema->id(), {reinterpret_cast<const char*>(packed.data()), packed.size()},  // NOLINT
           Compression::Zlib);
  EXPECT_EQ(batch.reader->push({}, as_bytes(zlib)), Pushed::Row);
  EXPECT_EQ(batch.reader->push({}, as_bytes(R"({"id":2})")), Pushed::Row);
  EXPECT_EQ(batch.reader->rows(), 2U);

  const auto bytes = batch.source->add({.id = nth_id(50),
                                        .format = DataFormat::Avro,
                                        .definition = "\"bytes\"",
                                        .name = "b",
                                        .confluent_id = 9});
  ASSERT_TRUE(bytes);
  batch.open(*bytes);
  EXPECT_EQ(batch.reader->push({}, as_bytes(std::string_view("\0\0\0\0\x09"
                                                             "abc",
                                                             8))),
            Pushed::Row);
  EXPECT_EQ(batch.push(*bytes,
                       "\x04"
                       "de"),
            Pushed::Row);
  EXPECT_EQ(batch.rows(), (Rows{"{value: x'616263'}", "{value: x'6465'}"}));
}

TEST(BatchReader, ChecksJsonWhenAsked) {
  Batch batch;
  const auto schema = batch.add(
      DataFormat::Json,
      R"({"type":"object","properties":{"n":{"type":"integer","minimum":3}},"required":["n"]})");
  batch.open(schema, {.reading = {.validate_json = true}});
  EXPECT_EQ(batch.push(schema, R"({"n":2})"), Pushed::Refused);
  EXPECT_EQ(batch.reader->failure().kind, FailureKind::BreaksSchema);
  EXPECT_EQ(batch.push(schema, R"({"n":3})"), Pushed::Row);
}

TEST(BatchReader, SaysWhatCannotBe) {
  Batch batch;
  const auto recursive =
      batch.add(DataFormat::Protobuf, "syntax = \"proto3\";\nmessage M {\n  M m = 1;\n}\n");
  const auto empty = batch.add(DataFormat::Protobuf, "syntax = \"proto3\";\n");
  const auto json = batch.add(DataFormat::Json, kJsonOrder);
  const auto code = [&](const SchemaPointer& schema, BatchOptions options) {
    return code_of(BatchReader::make(batch.source, schema, std::move(options)));
  };
  EXPECT_EQ(code(recursive, {}), Code::InvalidInput);
  EXPECT_EQ(code(empty, {}), Code::InvalidInput);
  EXPECT_EQ(code(recursive, {.message = "N"}), Code::InvalidInput);
  EXPECT_EQ(code(json, {.projection = {"nobody"}}), Code::InvalidInput);
  EXPECT_EQ(code(json, {.limits = {.max_rows = 0}}), Code::InvalidInput);
  EXPECT_EQ(code(nullptr, {}), Code::InvalidInput);
  EXPECT_EQ(code(json, {.reading = {.reader = *avro::parse("\"int\"")}}), Code::InvalidInput);
}

TEST(BatchReader, WhatTheFuzzerFoundStaysWell) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/batch")) {
    std::ifstream in(entry.path(), std::ios::binary);
    fuzz_batch(std::string(std::istreambuf_iterator<char>(in), {}));
    ++count;
  }
  EXPECT_GT(count, 0U);
}

}  // namespace
}  // namespace limpet::serde
