#include "limpet/avro/column_reader.h"

#include "../columns/testing/arrow_text.h"
#include "column_fuzz.h"
#include "column_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::avro {
namespace {

using columns::Owned;
using value::FaultKind;

Schema schema_of(std::string_view text) {
  auto schema = parse(text);
  EXPECT_TRUE(schema) << text << ": " << describe(schema.error());
  return *std::move(schema);
}

/// A record of these fields, written as `"a":"int","b":["null","string"]`.
std::string record_of(std::string_view fields) {
  std::string out = R"({"type":"record","name":"R","fields":[)";
  std::size_t depth = 0;
  std::string part;
  const auto flush = [&] {
    const auto colon = part.find(':');
    out += (out.back() == '[' ? "" : ",") + std::string(R"({"name":)") + part.substr(0, colon) +
           R"(,"type":)" + part.substr(colon + 1) + "}";
    part.clear();
  };
  for (const char c : fields) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == ',' && depth == 0) {
      flush();
    } else {
      part += c;
    }
  }
  if (!part.empty()) flush();
  return out + "]}";
}

std::string bytes_of(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string plain;
  std::ranges::copy_if(hex, std::back_inserter(plain), [](char c) { return c != ' '; });
  for (std::size_t i = 0; i + 1 < plain.size(); i += 2) {
    out += static_cast<char>(digit(plain[i]) * 16 + digit(plain[i + 1]));
  }
  return out;
}

struct Batch {
  Owned<ArrowSchema> schema;
  Owned<ArrowArray> array;
  std::string rows() const { return columns::testing::arrow_rows(*schema, *array); }
};

/// A reader and the plan of one writer.
class Session {
 public:
  explicit Session(std::string_view reader, const ColumnOptions& options = {},
                   const BatchOptions& batch = {})
      : reader_(*ColumnReader::make(schema_of(reader), options, batch)) {
    use(reader);
  }
  void use(std::string_view writer) {
    auto plan = reader_.layout().plan(schema_of(writer));
    EXPECT_TRUE(plan) << describe(plan.error());
    plan_ = *std::move(plan);
  }
  Added add(std::string_view payload) {
    return reader_.add(*plan_, std::as_bytes(std::span(payload)));
  }
  Added add_hex(std::string_view hex) {
    // In memory of its own size, so that a sanitizer sees a look beyond it.
    const auto bytes = bytes_of(hex);
    std::vector<std::byte> copy(bytes.size());
    if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
    return reader_.add(*plan_, copy);
  }
  ColumnReader& reader() { return reader_; }
  Batch finish() {
    Batch batch;
    const auto status = reader_.finish(batch.schema.get(), batch.array.get());
    EXPECT_TRUE(status) << describe(status.error());
    return batch;
  }
  std::string rows() { return finish().rows(); }

 private:
  ColumnReader reader_;
  std::optional<ColumnPlan> plan_;
};

constexpr std::string_view kUser = R"({"type":"record","name":"User","namespace":"my.namespace",
  "fields":[{"name":"name","type":"string"},{"name":"age","type":"int"},
            {"name":"subject","type":"string"}]})";
constexpr std::string_view kJohn = "104a6f686e20446f650c12736f6d657468696e67";

// Values, from the vectors of the data format: the record of AWS's tutorial.
TEST(ColumnReaderTest, ReadsWhatItsHeaderShows) {
  const auto schema = schema_of(kUser);
  auto reader = ColumnReader::make(schema, {.projection = {"name", "age"}});
  ASSERT_TRUE(reader) << describe(reader.error());
  const auto plan = reader->layout().plan(schema);
  ASSERT_TRUE(plan) << describe(plan.error());
  const auto payload = bytes_of(kJohn);
  EXPECT_EQ(reader->add(*plan, std::as_bytes(std::span(payload))), Added::Row);
  Batch batch;
  ASSERT_TRUE(reader->finish(batch.schema.get(), batch.array.get()));
  EXPECT_EQ(batch.rows(), "{name: \"John Doe\", age: 6}\n");
}

// ---- types
// ----------------------------------------------------------------------------------------

struct TypeRow {
  std::string_view name;
  std::string_view type;  // of the one field "c"
  std::string_view column;
  std::string_view hex;
  std::string_view value;
  friend std::ostream& operator<<(std::ostream& out, const TypeRow& row) { return out << row.name; }
};

class TypeTest : public testing::TestWithParam<TypeRow> {};

TEST_P(TypeTest, BecomesAColumn) {
  const auto& row = GetParam();
  Session session(record_of(R"("c":)" + std::string(row.type)));
  EXPECT_EQ(columns::describe(session.reader().layout().type()),
            "struct<c: " + std::string(row.column) + ">");
  ASSERT_EQ(session.add_hex(row.hex), Added::Row) << value::describe(session.reader().fault());
  ASSERT_EQ(session.add_hex(std::string(row.hex) + " ffffffffffffffffffffffff"), Added::Row)
      << "what stands behind does not matter";
  const auto line = "{c: " + std::string(row.value) + "}\n";
  EXPECT_EQ(session.rows(), line + line);
}

// Each proper prefix of a value is refused, and takes nothing with it.
TEST_P(TypeTest, IsRefusedWhenCutOff) {
  const auto& row = GetParam();
  Session session(record_of(R"("c":)" + std::string(row.type)));
  std::string expected;
  const auto whole = bytes_of(row.hex);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_EQ(session.add_hex(row.hex), Added::Row);
    expected += "{c: " + std::string(row.value) + "}\n";
    std::vector<std::byte> cut(size);
    if (size > 0) std::memcpy(cut.data(), whole.data(), size);
    ASSERT_EQ(session.add({reinterpret_cast<const char*>(cut.data()), size}), Added::Refused);
    EXPECT_EQ(session.reader().fault().kind, FaultKind::Truncated)
        << value::describe(session.reader().fault());
    EXPECT_LE(session.reader().fault().offset, size);
    EXPECT_TRUE(session.reader().fault().path.starts_with("R.c")) << session.reader().fault().path;
  }
  EXPECT_EQ(session.reader().refused(), whole.size());
  EXPECT_EQ(session.rows(), expected);
}

// Any single bit may flip: a row or a fault, never anything else, and the other rows stay.
TEST_P(TypeTest, SurvivesFlippedBits) {
  const auto& row = GetParam();
  Session session(record_of(R"("c":)" + std::string(row.type)));
  const auto whole = bytes_of(row.hex);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto before = session.reader().rows();
    const auto added = session.add(flipped);
    ASSERT_NE(added, Added::Full);
    ASSERT_EQ(session.reader().rows(), before + (added == Added::Row ? 1 : 0));
    ASSERT_EQ(session.add_hex(row.hex), Added::Row);
  }
  const auto rows = session.rows();
  EXPECT_EQ(rows.find("BROKEN"), std::string::npos) << rows;
}

INSTANTIATE_TEST_SUITE_P(
    Types, TypeTest,
    testing::Values(
        TypeRow{"Null", R"("null")", "null", "", "null"},
        TypeRow{"False", R"("boolean")", "boolean", "00", "false"},
        TypeRow{"True", R"("boolean")", "boolean", "01", "true"},
        TypeRow{"Int", R"("int")", "int32", "ffffffff0f", "-2147483648"},
        TypeRow{"Long", R"("long")", "int64", "feffffffffffffffff01", "9223372036854775807"},
        TypeRow{"Float", R"("float")", "float", "0000c03f", "1.500000"},
        TypeRow{"Double", R"("double")", "double", "000000000000f83f", "1.500000"},
        TypeRow{"EmptyString", R"("string")", "utf8", "00", "\"\""},
        TypeRow{"String", R"("string")", "utf8", "06666f6f", "\"foo\""},
        TypeRow{"String16", R"("string")", "utf8", "2030313233343536373839616263646566",
                "\"0123456789abcdef\""},
        TypeRow{"String17", R"("string")", "utf8", "223031323334353637383961626364656667",
                "\"0123456789abcdefg\""},
        TypeRow{"Umlaut", R"("string")", "utf8", "04c3bc", "\"ü\""},
        TypeRow{"Bytes", R"("bytes")", "binary", "0400ff", "x'00ff'"},
        TypeRow{"Fixed", R"({"type":"fixed","name":"F","size":3})", "fixed_binary[3]", "616263",
                "x'616263'"},
        TypeRow{"FixedOfNothing", R"({"type":"fixed","name":"F","size":0})", "fixed_binary[0]", "",
                "x''"},
        TypeRow{"Enum", R"({"type":"enum","name":"E","symbols":["RED","GREEN"]})", "enum", "02",
                "\"GREEN\""},
        TypeRow{"Array", R"({"type":"array","items":"int"})", "list<item: int32>", "04020400",
                "[1, 2]"},
        TypeRow{"EmptyArray", R"({"type":"array","items":"int"})", "list<item: int32>", "00", "[]"},
        TypeRow{"ArrayInBlocks", R"({"type":"array","items":"int"})", "list<item: int32>",
                "0202 0304040600", "[1, 2, 3]"},
        TypeRow{"ArrayOfNulls", R"({"type":"array","items":"null"})", "list<item: null>", "0600",
                "[null, null, null]"},
        TypeRow{"Map", R"({"type":"map","values":"long"})", "map<key: utf8, value: int64>",
                "04 0261 02 0261 04 00", "[{key: \"a\", value: 1}, {key: \"a\", value: 2}]"},
        TypeRow{
            "Record",
            R"({"type":"record","name":"S","fields":[{"name":"i","type":"int"},{"name":"s","type":"string"}]})",
            "struct<i: int32, s: utf8>", "020278", "{i: 1, s: \"x\"}"},
        TypeRow{"EmptyRecord", R"({"type":"record","name":"S","fields":[]})", "struct<>", "", "{}"},
        TypeRow{"NullableNull", R"(["null","int"])", "int32?", "00", "null"},
        TypeRow{"Nullable", R"(["null","int"])", "int32?", "0206", "3"},
        TypeRow{"NullableNullLast", R"(["string","null"])", "utf8?", "02", "null"},
        TypeRow{"NullableLast", R"(["string","null"])", "utf8?", "000278", "\"x\""},
        TypeRow{
            "NullableRecordNull",
            R"(["null",{"type":"record","name":"S","fields":[{"name":"i","type":"int"},{"name":"u","type":["int","string"]},{"name":"e","type":{"type":"enum","name":"E","symbols":[]}}]}])",
            "struct<i: int32, u: union<int: int32, string: utf8>, e: enum?>?", "00", "null"},
        TypeRow{"UnionOfOne", R"(["int"])", "int32", "0006", "3"},
        TypeRow{"UnionOfNull", R"(["null"])", "null", "00", "null"},
        TypeRow{"UnionInt", R"(["null","int","string"])",
                "union<null: null, int: int32, string: utf8>", "0206", "1:3"},
        TypeRow{"UnionNull", R"(["null","int","string"])",
                "union<null: null, int: int32, string: utf8>", "00", "0:null"},
        TypeRow{"UnionText", R"(["int","string"])", "union<int: int32, string: utf8>", "020278",
                "1:\"x\""},
        TypeRow{"ArrayOfUnions", R"({"type":"array","items":["null","int","string"]})",
                "list<item: union<null: null, int: int32, string: utf8>>", "06 00 0206 040278 00",
                "[0:null, 1:3, 2:\"x\"]"},
        TypeRow{"Date", R"({"type":"int","logicalType":"date"})", "date", "02", "1"},
        TypeRow{"TimeMillis", R"({"type":"int","logicalType":"time-millis"})", "time[ms]", "02",
                "1"},
        TypeRow{"TimeMicros", R"({"type":"long","logicalType":"time-micros"})", "time[us]", "02",
                "1"},
        TypeRow{"TimestampMillis", R"({"type":"long","logicalType":"timestamp-millis"})",
                "timestamp[ms, UTC]", "01", "-1"},
        TypeRow{"TimestampMicros", R"({"type":"long","logicalType":"timestamp-micros"})",
                "timestamp[us, UTC]", "01", "-1"},
        TypeRow{"LocalMillis", R"({"type":"long","logicalType":"local-timestamp-millis"})",
                "timestamp[ms]", "01", "-1"},
        TypeRow{"LocalMicros", R"({"type":"long","logicalType":"local-timestamp-micros"})",
                "timestamp[us]", "01", "-1"},
        TypeRow{"Uuid", R"({"type":"string","logicalType":"uuid"})", "fixed_binary[16]",
                "48 30303131323233332d343435352d363637372d383839392d616162626343446465656666",
                "x'00112233445566778899aabbccddeeff'"},
        TypeRow{"UuidOfFixed", R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})",
                "fixed_binary[16]", "00112233445566778899aabbccddeeff",
                "x'00112233445566778899aabbccddeeff'"},
        TypeRow{"Decimal", R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":2})",
                "decimal128(4, 2)", "04fb2e", "x'2efbffffffffffffffffffffffffffff'"},
        TypeRow{"DecimalPadded",
                R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":2})",
                "decimal128(4, 2)", "28ffffffffffffffffffffffffffffffffffffff2e",
                "x'2effffffffffffffffffffffffffffff'"},
        TypeRow{"DecimalOfFixed",
                R"({"type":"fixed","name":"D","size":2,"logicalType":"decimal","precision":4})",
                "decimal128(4, 0)", "04d2", "x'd2040000000000000000000000000000'"},
        TypeRow{"Decimal256", R"({"type":"bytes","logicalType":"decimal","precision":39})",
                "decimal256(39, 0)", "0201",
                "x'0100000000000000000000000000000000000000000000000000000000000000'"},
        TypeRow{"DecimalOfTooManyDigits",
                R"({"type":"bytes","logicalType":"decimal","precision":77})", "binary", "0201",
                "x'01'"},
        TypeRow{"Duration", R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})",
                "interval", "010000000200000003000000", "x'0100000002000000c0c62d0000000000'"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ColumnReaderTest, NamesWhatAColumnIs) {
  Session session(
      R"({"type":"record","name":"a.R","fields":[
          {"name":"u","doc":"who","type":{"type":"string","logicalType":"uuid"}},
          {"name":"e","type":{"type":"enum","name":"a.E","symbols":["X"]}}]})");
  const auto& row = session.reader().layout().type();
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(row.metadata, (Pairs{{"avro.name", "a.R"}}));
  EXPECT_EQ(row.children[0].metadata, (Pairs{{"ARROW:extension:name", "arrow.uuid"},
                                             {"ARROW:extension:metadata", ""},
                                             {"avro.doc", "who"}}));
  EXPECT_EQ(row.children[1].metadata, (Pairs{{"avro.name", "a.E"}}));
}

TEST(ColumnReaderTest, KeepsUuidsAsTextWhenAsked) {
  Session session(record_of(R"("c":{"type":"string","logicalType":"uuid"})"),
                  {.uuid_as_text = true});
  ASSERT_EQ(session.add_hex("0278"), Added::Row);
  EXPECT_EQ(session.rows(), "{c: \"x\"}\n");
}

TEST(ColumnReaderTest, ReadsWhatIsNoRecord) {
  Session session(R"(["null","string"])");
  EXPECT_EQ(columns::describe(session.reader().layout().type()), "struct<value: utf8?>");
  ASSERT_EQ(session.add_hex("020278"), Added::Row);
  ASSERT_EQ(session.add_hex("00"), Added::Row);
  ASSERT_EQ(session.add_hex("0278"), Added::Refused);
  EXPECT_EQ(session.rows(), "{value: \"x\"}\n{value: null}\n");
}

// ---- other versions of the writer
// -----------------------------------------------------------------

struct VersionRow {
  std::string_view name;
  std::string reader;
  std::string writer;
  std::string_view hex;
  std::string_view row;  // or the fault's words
  std::optional<FaultKind> fails = std::nullopt;
  friend std::ostream& operator<<(std::ostream& out, const VersionRow& row) {
    return out << row.name;
  }
};

class VersionTest : public testing::TestWithParam<VersionRow> {};

TEST_P(VersionTest, IsReadAsTheReadersSchema) {
  const auto& row = GetParam();
  Session session(row.reader);
  session.use(row.writer);
  if (row.fails) {
    ASSERT_EQ(session.add_hex(row.hex), Added::Refused);
    EXPECT_EQ(session.reader().fault().kind, row.fails);
    EXPECT_EQ(value::describe(session.reader().fault()), row.row);
    return;
  }
  ASSERT_EQ(session.add_hex(row.hex), Added::Row) << value::describe(session.reader().fault());
  EXPECT_EQ(session.rows(), std::string(row.row) + "\n");
}

std::string with_default(std::string_view type, std::string_view value) {
  return R"({"type":"record","name":"R","fields":[{"name":"i","type":"int"},{"name":"d","type":)" +
         std::string(type) + R"(,"default":)" + std::string(value) + "}]}";
}
const std::string kOnlyInt = record_of(R"("i":"int")");

INSTANTIATE_TEST_SUITE_P(
    Versions, VersionTest,
    testing::Values(
        VersionRow{"IntToLong", record_of(R"("c":"long")"), record_of(R"("c":"int")"), "06",
                   "{c: 3}"},
        VersionRow{"IntToFloat", record_of(R"("c":"float")"), record_of(R"("c":"int")"), "06",
                   "{c: 3.000000}"},
        VersionRow{"IntToDouble", record_of(R"("c":"double")"), record_of(R"("c":"int")"), "06",
                   "{c: 3.000000}"},
        VersionRow{"LongToFloat", record_of(R"("c":"float")"), record_of(R"("c":"long")"), "06",
                   "{c: 3.000000}"},
        VersionRow{"LongToDouble", record_of(R"("c":"double")"), record_of(R"("c":"long")"), "06",
                   "{c: 3.000000}"},
        VersionRow{"FloatToDouble", record_of(R"("c":"double")"), record_of(R"("c":"float")"),
                   "0000c03f", "{c: 1.500000}"},
        VersionRow{"StringToBytes", record_of(R"("c":"bytes")"), record_of(R"("c":"string")"),
                   "0278", "{c: x'78'}"},
        VersionRow{"BytesToString", record_of(R"("c":"string")"), record_of(R"("c":"bytes")"),
                   "0278", "{c: \"x\"}"},
        VersionRow{"BytesToStringNoText", record_of(R"("c":"string")"), record_of(R"("c":"bytes")"),
                   "02ff", "byte 0, field \"R.c\": expected a string in UTF-8, found 1 other bytes",
                   FaultKind::InvalidUtf8},
        VersionRow{"IntToTimestamp",
                   record_of(R"("c":{"type":"long","logicalType":"timestamp-millis"})"),
                   record_of(R"("c":"int")"), "06", "{c: 3}"},
        VersionRow{"Reordered", record_of(R"("a":"int","b":"string")"),
                   record_of(R"("b":"string","a":"int")"), "027806", "{a: 3, b: \"x\"}"},
        VersionRow{
            "Dropped", record_of(R"("a":"int")"),
            record_of(
                R"("x":"double","y":"float","z":{"type":"array","items":{"type":"map","values":"string"}},"u":["null","long"],"n":"null","a":"int","b":"bytes")"),
            "0000000000000000 00000000 02 02 0278 0279 00 00 02 06 0e 0278", "{a: 7}"},
        VersionRow{
            "Renamed",
            R"({"type":"record","name":"R","fields":[{"name":"new","aliases":["old"],"type":"int"}]})",
            record_of(R"("old":"int")"), "06", "{new: 3}"},
        VersionRow{"NullDefault", with_default(R"(["null","string"])", "null"), kOnlyInt, "06",
                   "{i: 3, d: null}"},
        VersionRow{"TextDefault", with_default(R"(["string","null"])", "\"x\""), kOnlyInt, "06",
                   "{i: 3, d: \"x\"}"},
        VersionRow{"ListDefault", with_default(R"({"type":"array","items":"long"})", "[1,2]"),
                   kOnlyInt, "06", "{i: 3, d: [1, 2]}"},
        VersionRow{"UnionDefault", with_default(R"(["int","string","null"])", "5"), kOnlyInt, "06",
                   "{i: 3, d: 0:5}"},
        VersionRow{
            "RecordDefault",
            with_default(
                R"({"type":"record","name":"S","fields":[{"name":"m","type":{"type":"map","values":"int"}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}}]})",
                R"({"m":{"k":1},"e":"B"})"),
            kOnlyInt, "06", "{i: 3, d: {m: [{key: \"k\", value: 1}], e: \"B\"}}"},
        VersionRow{"DefaultThatIsNoUuid",
                   with_default(R"({"type":"string","logicalType":"uuid"})", "\"x\""), kOnlyInt,
                   "06",
                   "byte 1, field \"R.d\": the reader's default: expected a UUID of 36 characters, "
                   "found 1 others",
                   FaultKind::TypeMismatch},
        VersionRow{
            "DefaultInItems",
            record_of(
                R"("l":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"i","type":"int"},{"name":"d","type":"double","default":0.5}]}})"),
            record_of(
                R"("l":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"i","type":"int"}]}})"),
            "04 02 04 00", "{l: [{i: 1, d: 0.500000}, {i: 2, d: 0.500000}]}"},
        VersionRow{"IntoNullable", record_of(R"("c":["null","long"])"), record_of(R"("c":"int")"),
                   "06", "{c: 3}"},
        VersionRow{"NullIntoNullable", record_of(R"("c":["null","long"])"),
                   record_of(R"("c":"null")"), "", "{c: null}"},
        VersionRow{"OutOfNullable", record_of(R"("c":"long")"), record_of(R"("c":["null","int"])"),
                   "0206", "{c: 3}"},
        VersionRow{"OutOfNullableNull", record_of(R"("c":"long")"),
                   record_of(R"("c":["null","int"])"), "00",
                   "byte 1, field \"R.c\": the reader expects long, the writer has null",
                   FaultKind::TypeMismatch},
        VersionRow{"NullableTurned", record_of(R"("c":["null","int"])"),
                   record_of(R"("c":["int","null"])"), "0006", "{c: 3}"},
        VersionRow{"UnionNarrowed", record_of(R"("c":["null","string"])"),
                   record_of(R"("c":["null","int","string"])"), "040278", "{c: \"x\"}"},
        VersionRow{"UnionNarrowedAway", record_of(R"("c":["null","string"])"),
                   record_of(R"("c":["null","int","string"])"), "0206",
                   "byte 1, field \"R.c\": the reader's union [null, string] has no branch for the "
                   "writer's "
                   "int",
                   FaultKind::TypeMismatch},
        VersionRow{"UnionWidened", record_of(R"("c":["null","long","string"])"),
                   record_of(R"("c":["string","int"])"), "0206", "{c: 1:3}"},
        VersionRow{"IntoUnion", record_of(R"("c":["string","double"])"), record_of(R"("c":"int")"),
                   "06", "{c: 1:3.000000}"},
        VersionRow{"WholeUnion", record_of(R"("c":"int")"),
                   "[\"null\"," + record_of(R"("c":"int")") + "]", "0206", "{c: 3}"},
        VersionRow{
            "EnumMoved", record_of(R"("c":{"type":"enum","name":"E","symbols":["A","B","C"]})"),
            record_of(R"("c":{"type":"enum","name":"E","symbols":["C","A"]})"), "00", "{c: \"C\"}"},
        VersionRow{"EnumDefault",
                   record_of(R"("c":{"type":"enum","name":"E","symbols":["A","B"],"default":"B"})"),
                   record_of(R"("c":{"type":"enum","name":"E","symbols":["A","X"]})"), "02",
                   "{c: \"B\"}"}),
    [](const auto& row) { return std::string(row.param.name); });

// Rows of several versions lie in one batch, in the order in which they came.
TEST(ColumnReaderTest, MixesVersions) {
  const auto schema = schema_of(
      R"({"type":"record","name":"R","fields":[{"name":"a","type":"long"},
          {"name":"b","type":["null","string"],"default":null}]})");
  auto reader = *ColumnReader::make(schema);
  const auto first = *reader.layout().plan(schema_of(record_of(R"("a":"int")")));
  const auto second = *reader.layout().plan(schema_of(record_of(R"("b":"string","a":"long")")));
  const auto own = *reader.layout().plan(schema);
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    const auto add = [&](const ColumnPlan& plan, std::string_view hex) {
      const auto payload = bytes_of(hex);
      return reader.add(plan, std::as_bytes(std::span(payload)));
    };
    ASSERT_EQ(add(first, "02"), Added::Row);
    ASSERT_EQ(add(second, "027804"), Added::Row);
    ASSERT_EQ(add(second, "0278"), Added::Refused);
    ASSERT_EQ(add(own, "0600"), Added::Row);
    expected += "{a: 1, b: null}\n{a: 2, b: \"x\"}\n{a: 3, b: null}\n";
  }
  Batch batch;
  ASSERT_TRUE(reader.finish(batch.schema.get(), batch.array.get()));
  EXPECT_EQ(batch.rows(), expected);
}

TEST(ColumnReaderTest, RefusesWritersThatCannotBeRead) {
  Session session(record_of(R"("a":"int")"));
  const auto plan = session.reader().layout().plan(schema_of(record_of(R"("a":"string")")));
  ASSERT_EQ(code_of(plan), Code::InvalidInput);
  EXPECT_EQ(plan.error().where, "/fields/0/type");
}

// ---- projections
// ----------------------------------------------------------------------------------

constexpr std::string_view kOrder = R"({"type":"record","name":"Order","fields":[
  {"name":"id","type":"long"},
  {"name":"to","type":["null",{"type":"record","name":"Address","fields":[
     {"name":"street","type":"string"},{"name":"city","type":"string"},{"name":"zip","type":"int"}]}]},
  {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
     {"name":"sku","type":"string"},{"name":"count","type":"int"}]}}},
  {"name":"next","type":["null","Order"],"default":null},
  {"name":"any","type":["null","int","Address"]}]})";
// id 1; to: s, c, 5; lines: (a, 1), (b, 2); no next; any: 3
constexpr std::string_view kOrderHex = "02 02 0273 0263 0a 04 0261 02 0262 04 00 00 02 06";

struct ProjectionRow {
  std::string_view name;
  std::vector<std::string> projection;
  std::string_view row;    // or, where it is refused, the words
  std::string_view where;  // not empty: refused
  friend std::ostream& operator<<(std::ostream& out, const ProjectionRow& row) {
    return out << row.name;
  }
};

class ProjectionTest : public testing::TestWithParam<ProjectionRow> {};

TEST_P(ProjectionTest, BuildsWhatIsWanted) {
  const auto& row = GetParam();
  const auto schema = schema_of(kOrder);
  const auto layout = ColumnLayout::make(schema, {.projection = row.projection});
  if (!row.where.empty()) {
    ASSERT_EQ(code_of(layout), Code::InvalidInput);
    EXPECT_EQ(layout.error().message, row.row);
    EXPECT_EQ(layout.error().where, row.where);
    return;
  }
  Session session(kOrder, {.projection = row.projection});
  ASSERT_EQ(session.add_hex(kOrderHex), Added::Row) << value::describe(session.reader().fault());
  EXPECT_EQ(session.rows(), std::string(row.row) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Projections, ProjectionTest,
    testing::Values(
        ProjectionRow{"One", {"id"}, "{id: 1}", ""},
        ProjectionRow{"SchemaOrder",
                      {"lines", "id"},
                      "{id: 1, lines: [{sku: \"a\", count: 1}, {sku: \"b\", count: 2}]}",
                      ""},
        ProjectionRow{"Within", {"to.city"}, "{to: {city: \"c\"}}", ""},
        ProjectionRow{
            "Several", {"to.zip", "id", "to.street"}, "{id: 1, to: {street: \"s\", zip: 5}}", ""},
        ProjectionRow{
            "WholeWins", {"to.zip", "to"}, "{to: {street: \"s\", city: \"c\", zip: 5}}", ""},
        ProjectionRow{
            "WholeWinsFirst", {"to", "to.zip"}, "{to: {street: \"s\", city: \"c\", zip: 5}}", ""},
        ProjectionRow{"Items", {"lines.count"}, "{lines: [{count: 1}, {count: 2}]}", ""},
        ProjectionRow{"Union", {"any"}, "{any: 1:3}", ""},
        ProjectionRow{
            "WithinItself", {"next.id"}, "record Order holds itself, which columns cannot", "next"},
        ProjectionRow{"All", {}, "record Order holds itself, which columns cannot", "next"},
        ProjectionRow{
            "NoSuchField", {"to.town"}, "record Address has no field town to choose", "to"},
        ProjectionRow{"NoRecord", {"id.x"}, "long has no fields to choose from", "id"},
        ProjectionRow{
            "WithinUnion",
            {"any.zip"},
            "a union of several types has no fields to choose from: union [null, int, record "
            "Address]",
            "any"},
        ProjectionRow{"EmptyName", {"to..zip"}, "the projection has an empty name", "to..zip"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ColumnReaderTest, ChoosesFieldsOfRecordsOnly) {
  EXPECT_EQ(code_of(ColumnLayout::make(schema_of("\"int\""), {.projection = {"a"}})),
            Code::InvalidInput);
  EXPECT_EQ(code_of(ColumnLayout::make(schema_of(kOrder), {.projection = {""}})),
            Code::InvalidInput);
}

// A default is passed over, too, where only a part of it is wanted.
TEST(ColumnReaderTest, ChoosesFieldsOfDefaults) {
  Session session(
      with_default(
          R"({"type":"record","name":"S","fields":[{"name":"l","type":{"type":"array","items":"int"}},{"name":"b","type":["string","null"]},{"name":"x","type":"int"}]})",
          R"({"l":[1,2],"b":"y","x":7})"),
      {.projection = {"d.x"}});
  session.use(record_of(R"("i":"int")"));
  ASSERT_EQ(session.add_hex("06"), Added::Row) << value::describe(session.reader().fault());
  EXPECT_EQ(session.rows(), "{d: {x: 7}}\n");
}

// What is passed over is not judged by what the reader would make of it.
TEST(ColumnReaderTest, PassesOverWhatItCannotRead) {
  Session session(record_of(R"("a":"int","b":["null","string"])"), {.projection = {"a"}});
  session.use(record_of(R"("b":["null","string","double"],"a":"int")"));
  ASSERT_EQ(session.add_hex("04 0000000000000000 06"), Added::Row)
      << value::describe(session.reader().fault());
  EXPECT_EQ(session.rows(), "{a: 3}\n");
}

// ---- faults
// ---------------------------------------------------------------------------------------

struct FaultRow {
  std::string_view name;
  std::string reader;
  std::string_view hex;
  FaultKind kind;
  std::string_view words;
  friend std::ostream& operator<<(std::ostream& out, const FaultRow& row) {
    return out << row.name;
  }
};

class FaultTest : public testing::TestWithParam<FaultRow> {};

TEST_P(FaultTest, IsTold) {
  const auto& row = GetParam();
  Session session(row.reader, {}, {.read = {.trailing = Trailing::Error}, .keep_faults = 1});
  ASSERT_EQ(session.add_hex(row.hex), Added::Refused);
  EXPECT_EQ(session.reader().fault().kind, row.kind);
  EXPECT_EQ(value::describe(session.reader().fault()), row.words);
  ASSERT_EQ(session.reader().faults().size(), 1U);
  EXPECT_EQ(session.reader().faults()[0].fault, session.reader().fault());
  EXPECT_EQ(session.rows(), "");
  EXPECT_EQ(session.reader().refused(), 0U) << "forgotten with its batch";
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultTest,
    testing::Values(
        FaultRow{"Nothing", std::string(kUser), "", FaultKind::Truncated,
                 "byte 0, field \"User.name\": expected a string, found the end of the bytes"},
        FaultRow{"Length", std::string(kUser), "104a6f", FaultKind::Truncated,
                 "byte 0, field \"User.name\": expected a string of 8 bytes, found only 2"},
        FaultRow{"NegativeLength", std::string(kUser), "0f4a6f", FaultKind::Malformed,
                 "byte 0, field \"User.name\": expected a string, found the length -8"},
        FaultRow{"Overlong", std::string(kUser), "0278 808080808001", FaultKind::Malformed,
                 "byte 2, field \"User.age\": expected an int (at most 5 bytes), found a longer "
                 "number"},
        FaultRow{
            "NoInt", std::string(kUser), "0278 8080808010 0278", FaultKind::OutOfRange,
            "byte 2, field \"User.age\": expected an int, found a number of more than 32 bits"},
        FaultRow{"NoText", std::string(kUser), "0278 02 04c328", FaultKind::InvalidUtf8,
                 "byte 3, field \"User.subject\": expected a string in UTF-8, found 2 other bytes"},
        FaultRow{"Trailing", std::string(kUser), "0278 02 0278 00", FaultKind::Malformed,
                 "byte 5, field \"User\": expected the end of the bytes, found 1 more"},
        FaultRow{"Boolean", record_of(R"("c":"boolean")"), "02", FaultKind::Malformed,
                 "byte 0, field \"R.c\": expected a boolean (00 or 01), found another byte"},
        FaultRow{"Branch", record_of(R"("c":["null","int"])"), "04", FaultKind::Malformed,
                 "byte 0, field \"R.c\": expected one of the union's 2 branches, found number 2"},
        FaultRow{"Symbol", record_of(R"("c":{"type":"enum","name":"E","symbols":["A"]})"), "02",
                 FaultKind::Malformed,
                 "byte 0, field \"R.c\": expected one of 1 symbols of enum E, found number 1"},
        FaultRow{
            "Item",
            record_of(
                R"("l":{"type":"array","items":{"type":"map","values":{"type":"record","name":"S","fields":[{"name":"s","type":"string"}]}}})"),
            "04 00 02 026b 027d", FaultKind::Truncated,
            "byte 7, field \"R.l[1]\": expected a block's count of items, found the end of the "
            "bytes"},
        FaultRow{
            "Entry",
            record_of(
                R"("l":{"type":"array","items":{"type":"map","values":{"type":"record","name":"S","fields":[{"name":"s","type":"string"}]}}})"),
            "04 00 02 026b 01 0000000000", FaultKind::Malformed,
            "byte 5, field \"R.l[1][\"k\"].s\": expected a string, found the length -1"},
        FaultRow{"BlockTooLong", record_of(R"("l":{"type":"array","items":"int"})"),
                 "feffffff0f 02", FaultKind::Truncated,
                 "byte 0, field \"R.l\": expected a block of 2147483647 items, found only 1 bytes"},
        FaultRow{"ManyNulls", record_of(R"("l":{"type":"array","items":"null"})"), "feffffff0f00",
                 FaultKind::TooLarge,
                 "byte 0, field \"R.l\": expected fewer items without bytes, found 2147483647"},
        FaultRow{
            "Skipped",
            R"({"type":"record","name":"R","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":2}}]})",
            "0464c8", FaultKind::OutOfRange,
            "byte 0, field \"R.d\": expected a decimal of at most 2 digits, found one of more"},
        FaultRow{"DecimalOfNothing",
                 record_of(R"("d":{"type":"bytes","logicalType":"decimal","precision":2})"), "00",
                 FaultKind::Malformed,
                 "byte 0, field \"R.d\": expected a decimal, found no bytes of one"},
        FaultRow{"NoUuid", record_of(R"("u":{"type":"string","logicalType":"uuid"})"), "0278",
                 FaultKind::TypeMismatch,
                 "field \"R.u\": expected a UUID of 36 characters, found 1 others"},
        FaultRow{"TimeBelow", record_of(R"("t":{"type":"int","logicalType":"time-millis"})"), "01",
                 FaultKind::OutOfRange,
                 "byte 0, field \"R.t\": expected a time of day below 86400000, found -1"},
        FaultRow{
            "TimeAbove", record_of(R"("t":{"type":"long","logicalType":"time-micros"})"),
            "8080bbdd8305", FaultKind::OutOfRange,
            "byte 0, field \"R.t\": expected a time of day below 86400000000, found 86400000000"},
        FaultRow{"Months",
                 record_of(R"("d":{"type":"fixed","name":"D","size":12,"logicalType":"duration"})"),
                 "000000800000000000000000", FaultKind::OutOfRange,
                 "byte 0, field \"R.d\": expected a duration of less than 2^31 months and days, "
                 "found more"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ColumnReaderTest, KeepsFaultsAndCountsAll) {
  Session session(kUser, {}, {.keep_faults = 2});
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(session.add_hex(kJohn), Added::Row);
    ASSERT_EQ(session.add_hex("02"), Added::Refused);
  }
  EXPECT_EQ(session.reader().refused(), 3U);
  EXPECT_EQ(session.reader().rows(), 3U);
  const auto faults = session.reader().faults();
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].record, 1U);
  EXPECT_EQ(faults[1].record, 3U);
}

TEST(ColumnReaderTest, ReplacesTextThatIsNotUtf8WhenAsked) {
  Session session(record_of(R"("a":"string","b":{"type":"map","values":"string"})"), {},
                  {.read = {.utf8 = value::Utf8Policy::Replace}});
  ASSERT_EQ(session.add_hex("04c328 02 04ff61 02fe 00"), Added::Row);
  EXPECT_EQ(session.rows(),
            "{a: \"\xEF\xBF\xBD(\", b: [{key: \"\xEF\xBF\xBD"
            "a\", value: \"\xEF\xBF\xBD\"}]}\n");
}

TEST(ColumnReaderTest, RefusesLimitsThatAreNone) {
  EXPECT_EQ(code_of(ColumnReader::make(schema_of(kUser), {}, {.read = {.max_depth = 0}})),
            Code::InvalidInput);
  EXPECT_EQ(code_of(ColumnReader::make(schema_of(kUser), {}, {.limits = {.max_rows = 0}})),
            Code::InvalidInput);
}

// ---- full batches
// ---------------------------------------------------------------------------------

TEST(ColumnReaderTest, SaysWhenABatchHasItsRows) {
  Session session(kUser, {}, {.limits = {.max_rows = 2}});
  ASSERT_EQ(session.add_hex(kJohn), Added::Row);
  ASSERT_EQ(session.add_hex(kJohn), Added::Row);
  ASSERT_EQ(session.add_hex(kJohn), Added::Full);
  ASSERT_EQ(session.add_hex(kJohn), Added::Full);
  EXPECT_EQ(session.finish().array->length, 2);
  ASSERT_EQ(session.add_hex(kJohn), Added::Row);
}

TEST(ColumnReaderTest, SaysWhenABatchHasItsBytes) {
  Session session(record_of(R"("t":"string","l":{"type":"array","items":"string"})"), {},
                  {.limits = {.max_bytes = 50'000}});
  const std::string text(100, 'x');
  // 100 characters; three items of the same.
  const std::string payload = "\xc8\x01" + text + "\x06\xc8\x01" + text + "\xc8\x01" + text +
                              "\xc8\x01" + text + std::string(1, '\0');
  std::int64_t rows = 0;
  for (int batch = 0; batch < 5; ++batch) {
    while (session.add(payload) == Added::Row) EXPECT_LE(session.reader().bytes(), 50'000U);
    EXPECT_GE(session.reader().rows(), 60U);
    const auto done = session.finish();
    rows += done.array->length;
    EXPECT_EQ(done.rows().find("BROKEN"), std::string::npos);
  }
  EXPECT_GE(rows, 300);
}

TEST(ColumnReaderTest, RefusesARecordThatNoBatchHolds) {
  Session session(record_of(R"("a":"string","b":"string")"), {}, {.limits = {.max_bytes = 10'000}});
  const std::string small(100, 'x');
  const std::string big(8'000, 'x');
  const auto payload = [&](const std::string& a, const std::string& b) {
    const auto length = [](std::size_t size) {
      return std::string{static_cast<char>((size * 2) | 0x80), static_cast<char>(size * 2 / 128)};
    };
    return length(a.size()) + a + length(b.size()) + b;
  };
  ASSERT_EQ(session.add(payload(small, small)), Added::Row);
  ASSERT_EQ(session.add(payload(big, big)), Added::Full) << "it may fit into an empty one";
  session.finish();
  ASSERT_EQ(session.add(payload(big, big)), Added::Refused);
  EXPECT_EQ(session.reader().fault().kind, FaultKind::TooLarge);
  ASSERT_EQ(session.add(payload(big, small)), Added::Row);
  session.finish();
  // The batch before was all in the first column: that must not keep the second from filling up.
  ASSERT_EQ(session.add(payload(small, big)), Added::Row);
  EXPECT_EQ(session.rows().size(), 8'115U);
}

// ---- hostile schemas
// ------------------------------------------------------------------------------

// Each record holds the one before twice: 2^n columns.
std::string doubling(int levels) {
  std::string out = R"({"type":"record","name":"R","fields":[)";
  for (int i = 0; i < levels; ++i) {
    const auto before = "\"N" + std::to_string(i - 1) + "\"";
    const auto type = i == 0 ? "\"int\"" : before;
    out += (i == 0 ? "" : ",") + std::string(R"({"name":"f)") + std::to_string(i) +
           R"(","type":["null",{"type":"record","name":"N)" + std::to_string(i) +
           R"(","fields":[{"name":"a","type":)" + type + R"(},{"name":"b","type":)" + type +
           "}]}]}";
  }
  return out + "]}";
}

TEST(ColumnReaderTest, BoundsItsColumns) {
  EXPECT_EQ(code_of(ColumnLayout::make(schema_of(doubling(8)))), std::nullopt);
  EXPECT_EQ(code_of(ColumnLayout::make(schema_of(doubling(40)))), Code::LimitExceeded);
}

TEST(ColumnReaderTest, BoundsItsSymbols) {
  std::string text =
      R"({"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":[)";
  for (int i = 0; i < 10'000; ++i) text += (i == 0 ? "\"s" : ",\"s") + std::to_string(i) + "\"";
  text += "]}}";
  for (int i = 0; i < 200; ++i) {
    text += R"(,{"name":"f)" + std::to_string(i) + R"(","type":"E"})";
  }
  EXPECT_EQ(code_of(ColumnLayout::make(schema_of(text + "]}"))), Code::LimitExceeded);
}

TEST(ColumnReaderTest, BoundsItsDepth) {
  std::string text = "\"int\"";
  for (int i = 0; i < 200; ++i) text = R"({"type":"array","items":)" + text + "}";
  EXPECT_EQ(code_of(ColumnLayout::make(schema_of(text))), Code::LimitExceeded);
}

// The writer's type holds itself; it is passed over, but not for ever.
TEST(ColumnReaderTest, BoundsTheDepthOfWhatItPassesOver) {
  Session session(record_of(R"("i":"int")"));
  session.use(
      R"({"type":"record","name":"R","fields":[
          {"name":"l","type":["null",{"type":"record","name":"L","fields":[{"name":"n","type":["null","L"]}]}]},
          {"name":"i","type":"int"}]})");
  ASSERT_EQ(session.add(std::string(60, '\2') + std::string(1, '\0') + "\x06"), Added::Row);
  ASSERT_EQ(session.add(std::string(10'000, '\2')), Added::Refused);
  EXPECT_EQ(session.reader().fault().kind, FaultKind::TooDeep);
  EXPECT_EQ(session.rows(), "{i: 3}\n");
}

TEST(ColumnReaderTest, TakesEmptySpans) {
  Session session(record_of(""));
  ASSERT_EQ(session.reader().add(*session.reader().layout().plan(schema_of(record_of(""))), {}),
            Added::Row);
  EXPECT_EQ(session.rows(), "{}\n");
}

// ---- values
// ---------------------------------------------------------------------------------------

struct DecimalRow {
  std::string_view name;
  std::string_view hex;
  std::uint32_t digits;
  std::string_view low;  // the first 16 bytes; empty: too many digits
  std::string_view high = "";
  friend std::ostream& operator<<(std::ostream& out, const DecimalRow& row) {
    return out << row.name;
  }
};

class DecimalTest : public testing::TestWithParam<DecimalRow> {};

TEST_P(DecimalTest, FitsItsDigits) {
  const auto& row = GetParam();
  const auto value = decimal_bytes(bytes_of(row.hex), row.digits);
  ASSERT_EQ(value.has_value(), !row.low.empty());
  if (!value) return;
  EXPECT_EQ(std::string(value->data(), 16), bytes_of(row.low));
  const std::string high(row.high.empty() ? (row.low.back() == 'f' ? 32 : 0) : 0, 'f');
  if (!row.high.empty()) {
    EXPECT_EQ(std::string(value->data() + 16, 16), bytes_of(row.high));
  } else {
    EXPECT_EQ(std::string(value->data() + 16, 16),
              high.empty() ? std::string(16, '\0') : bytes_of(high));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Decimals, DecimalTest,
    testing::Values(
        DecimalRow{"Zero", "00", 1, "00000000000000000000000000000000"},
        DecimalRow{"Nine", "09", 1, "09000000000000000000000000000000"},
        DecimalRow{"Ten", "0a", 1, ""},
        DecimalRow{"MinusNine", "f7", 1, "f7ffffffffffffffffffffffffffffff"},
        DecimalRow{"MinusTen", "f6", 1, ""},
        DecimalRow{"Padded", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                   1, "ffffffffffffffffffffffffffffffff"},
        DecimalRow{"TooLong",
                   "0100000000000000000000000000000000000000000000000000000000000000000000", 76,
                   ""},
        DecimalRow{"SignLost",
                   "0080000000000000000000000000000000000000000000000000000000000000"
                   "00",
                   76, ""},
        // 10^38 - 1 and 10^38
        DecimalRow{"Digits38", "4b3b4ca85a86c47a098a223fffffffff", 38,
                   "ffffffff3f228a097ac4865aa84c3b4b", "00000000000000000000000000000000"},
        DecimalRow{"Digits39", "4b3b4ca85a86c47a098a224000000000", 38, ""},
        // -(2^127)
        DecimalRow{"LeastOf128", "80000000000000000000000000000000", 39,
                   "00000000000000000000000000000080", "ffffffffffffffffffffffffffffffff"}),
    [](const auto& row) { return std::string(row.param.name); });

struct UuidRow {
  std::string_view name;
  std::string_view text;
  bool good;
  friend std::ostream& operator<<(std::ostream& out, const UuidRow& row) { return out << row.name; }
};

class UuidTest : public testing::TestWithParam<UuidRow> {};

TEST_P(UuidTest, IsJudged) { EXPECT_EQ(uuid_bytes(GetParam().text).has_value(), GetParam().good); }

INSTANTIATE_TEST_SUITE_P(
    Uuids, UuidTest,
    testing::Values(UuidRow{"Lower", "00112233-4455-6677-8899-aabbccddeeff", true},
                    UuidRow{"Upper", "00112233-4455-6677-8899-AABBCCDDEEFF", true},
                    UuidRow{"Short", "00112233-4455-6677-8899-aabbccddeef", false},
                    UuidRow{"Long", "00112233-4455-6677-8899-aabbccddeefff", false},
                    UuidRow{"NoDashes", "00112233445566778899aabbccddeeff", false},
                    UuidRow{"DashMoved", "0011223-34455-6677-8899-aabbccddeeff", false},
                    UuidRow{"Letter", "00112233-4455-6677-8899-aabbccddeefg", false},
                    UuidRow{"Sign", "+0112233-4455-6677-8899-aabbccddeeff", false},
                    UuidRow{"Empty", "", false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace limpet::avro
