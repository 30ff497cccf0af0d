#include "limpet/avro/datum_reader.h"

#include "testing/datum_text.h"

#include "limpet/avro/datum_writer.h"

#include <gtest/gtest.h>

#include <string>

namespace limpet::avro {
namespace {

using testing::bytes_of;
using testing::from_hex;
using testing::read_text;
using testing::schema_of;
using testing::to_hex;
using testing::written;

constexpr const char* kTutorial =
    R"({"type":"record","name":"User","namespace":"my.namespace","fields":[
        {"name":"name","type":"string"},{"name":"age","type":"int"},
        {"name":"subject","type":"string"}]})";
constexpr const char* kTutorialHex = "104a6f686e20446f650c12736f6d657468696e67";

TEST(DatumReader, ExampleOfTheHeader) {
  const Schema writer = schema_of(kTutorial);
  const Schema newer = schema_of(
      R"({"type":"record","name":"User","namespace":"my.namespace","fields":[
          {"name":"age","type":"long"},{"name":"name","type":"string"}]})");
  const auto reader = DatumReader::make(writer, {.reader = &newer});
  ASSERT_TRUE(reader);
  const std::string payload = from_hex(kTutorialHex);
  value::Arena arena;
  value::View record;
  std::size_t consumed = 0;
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, record, &consumed));
  EXPECT_EQ(record.find("name")->text(), "John Doe");
  EXPECT_EQ(record.find("name")->text().data(), payload.data() + 1);  // points into the payload
  EXPECT_EQ(record.find("age")->kind(), value::Kind::Long);
  EXPECT_EQ(record.find("age")->as_long(), 6);
  EXPECT_EQ(record.find("subject"), nullptr);
  EXPECT_EQ(consumed, payload.size());
}

// The vectors of the serializers' specification: what fastavro (all of them) and Avro Java write.
struct Vector {
  const char* name;
  const char* schema;
  const char* json;  // Avro's JSON encoding
  const char* hex;
  bool only_read = false;
};

class Vectors : public ::testing::TestWithParam<Vector> {};

TEST_P(Vectors, AreRead) {
  const auto& row = GetParam();
  EXPECT_EQ(read_text(row.schema, from_hex(row.hex)), row.json);
}

TEST_P(Vectors, AreWrittenFromJson) {
  const auto& row = GetParam();
  if (row.only_read) return;
  EXPECT_EQ(written(row.schema, row.json, {.style = JsonStyle::Avro}), row.hex);
}

TEST_P(Vectors, AreWrittenFromTheirViews) {
  const auto& row = GetParam();
  if (row.only_read) return;
  const Schema schema = schema_of(row.schema);
  const auto reader = DatumReader::make(schema);
  const auto writer = DatumWriter::make(schema);
  ASSERT_TRUE(reader && writer);
  const std::string payload = from_hex(row.hex);
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, view));
  codec::ByteBuffer out;
  ASSERT_FALSE(writer->write(view, out));
  EXPECT_EQ(to_hex(out.text()), row.hex);
}

TEST_P(Vectors, AreRefusedWhenTheyEndEarly) {
  const auto& row = GetParam();
  const Schema schema = schema_of(row.schema);
  const auto reader = DatumReader::make(schema);
  ASSERT_TRUE(reader);
  const std::string payload = from_hex(row.hex);
  for (std::size_t size = 0; size < payload.size(); ++size) {
    // In memory of its own, so that a byte too far is seen by the sanitizers.
    const std::string cut = payload.substr(0, size);
    value::Arena arena;
    value::View view = value::View::of_int(7);
    const auto fault = reader->read(bytes_of(cut), arena, view);
    ASSERT_TRUE(fault) << size;
    EXPECT_EQ(fault->kind, value::FaultKind::Truncated) << size << value::describe(*fault);
    EXPECT_LE(fault->offset, size);
    EXPECT_EQ(view.as_long(), 7);
  }
}

constexpr const char* kUser1 =
    R"({"type":"record","name":"User","fields":[{"name":"name","type":"string"},
        {"name":"n","type":["int","null"]},{"name":"c","type":["string","null"]}]})";
constexpr const char* kList =
    R"({"type":"record","name":"L","fields":[{"name":"v","type":"int"},
        {"name":"next","type":["null","L"]}]})";
constexpr const char* kInts = R"({"type":"array","items":"int"})";

INSTANTIATE_TEST_SUITE_P(
    V25ToV47, Vectors,
    ::testing::Values(
        Vector{"IntZero", R"("int")", "0", "00"}, Vector{"IntMinusOne", R"("int")", "-1", "01"},
        Vector{"IntOne", R"("int")", "1", "02"}, Vector{"Int63", R"("int")", "63", "7e"},
        Vector{"IntMinus64", R"("int")", "-64", "7f"}, Vector{"Int64", R"("int")", "64", "8001"},
        Vector{"IntMinus65", R"("int")", "-65", "8101"},
        Vector{"Int8191", R"("int")", "8191", "fe7f"},
        Vector{"Int8192", R"("int")", "8192", "808001"},
        Vector{"IntMax", R"("int")", "2147483647", "feffffff0f"},
        Vector{"IntMin", R"("int")", "-2147483648", "ffffffff0f"},
        Vector{"Long35", R"("long")", "34359738368", "808080808002"},
        Vector{"LongMax", R"("long")", "9223372036854775807", "feffffffffffffffff01"},
        Vector{"LongMin", R"("long")", "-9223372036854775808", "ffffffffffffffffff01"},
        Vector{"True", R"("boolean")", "true", "01"},
        Vector{"False", R"("boolean")", "false", "00"}, Vector{"Null", R"("null")", "null", ""},
        Vector{"Float", R"("float")", "1.5", "0000c03f"},
        Vector{"Double", R"("double")", "-2.25", "00000000000002c0"},
        Vector{"NaN", R"("double")", R"("NaN")", "000000000000f87f"},
        Vector{"Bytes", R"("bytes")", "\"\\u0000ÿ\\u0010\"", "0600ff10"},
        Vector{"StringEmpty", R"("string")", R"("")", "00"},
        Vector{"String", R"("string")", R"("é€𝄞")", "12c3a9e282acf09d849e"},
        Vector{"Enum", R"({"type":"enum","name":"E","symbols":["A","B","C"]})", R"("B")", "02"},
        Vector{"Fixed", R"({"type":"fixed","name":"F","size":4})", R"("Þ­¾ï")", "deadbeef"},
        Vector{"Array", kInts, "[1,2,3]", "0602040600"}, Vector{"ArrayEmpty", kInts, "[]", "00"},
        Vector{"ArrayNegativeCount", kInts, "[1,2,3]", "050602040600", true},
        Vector{"ArrayTwoBlocks", kInts, "[1,2,3]", "040204020600", true},
        Vector{"Map", R"({"type":"map","values":"int"})", R"({"a":1})", "0202610200"},
        Vector{"UnionNull", R"(["null","string"])", "null", "00"},
        Vector{"UnionString", R"(["null","string"])", R"({"string":"x"})", "020278"},
        Vector{"UnionInt", R"(["int","null"])", R"({"int":6})", "000c"},
        Vector{"PythonUser", kUser1, R"({"name":"John Doe","n":{"int":6},"c":{"string":"red"}})",
               "104a6f686e20446f65000c0006726564"},
        Vector{"Decimal", R"({"type":"bytes","logicalType":"decimal","precision":5,"scale":2})",
               R"("09")", "043039"},
        Vector{"DecimalPadded",
               R"({"type":"bytes","logicalType":"decimal","precision":5,"scale":2})", "\"ÿ\u0080\"",
               "04ff80"},
        Vector{"DecimalFixed",
               R"({"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":5,
                   "scale":2})",
               R"("\u0000\u000009")", "00003039"},
        Vector{"Date", R"({"type":"int","logicalType":"date"})", "18262", "ac9d02"},
        Vector{"TimeMillis", R"({"type":"int","logicalType":"time-millis"})", "3723004",
               "f8bbc603"},
        Vector{"TimestampMillis", R"({"type":"long","logicalType":"timestamp-millis"})",
               "1577836800123", "f6a1b7e6eb5b"},
        Vector{"TimestampMicros", R"({"type":"long","logicalType":"timestamp-micros"})",
               "1577836800123456", "8089e19f98c2cd05"},
        Vector{"Uuid", R"({"type":"string","logicalType":"uuid"})",
               R"("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63")",
               "4862376234613766302d396339362d346534612d613638372d666235646539656630633633"},
        Vector{"Recursive", kList, R"({"v":1,"next":{"L":{"v":2,"next":null}}})", "02020400"},
        Vector{"EmptyRecord", R"({"type":"record","name":"E","fields":[]})", "{}", ""}),
    [](const auto& each) { return std::string(each.param.name); });

// What Plain makes of the same.
TEST(DatumReader, LogicalTypesInPlainStyle) {
  const auto plain = [](std::string_view schema, std::string_view hex) {
    return read_text(schema, from_hex(hex), {}, JsonStyle::Plain);
  };
  constexpr const char* kDecimal =
      R"({"type":"bytes","logicalType":"decimal","precision":5,"scale":2})";
  EXPECT_EQ(plain(kDecimal, "043039"), "123.45");
  EXPECT_EQ(plain(kDecimal, "029c"), "-1.00");
  EXPECT_EQ(plain(kDecimal, "040080"), "1.28");
  EXPECT_EQ(plain(kDecimal, "0280"), "-1.28");
  EXPECT_EQ(plain(kDecimal, "04ff80"), "-1.28");
  EXPECT_EQ(plain(kDecimal, "00"), "0.00");
  EXPECT_EQ(plain(R"({"type":"int","logicalType":"date"})", "ac9d02"), R"("2020-01-01")");
  EXPECT_EQ(plain(R"({"type":"int","logicalType":"time-millis"})", "f8bbc603"),
            R"("01:02:03.004")");
  EXPECT_EQ(plain(R"({"type":"long","logicalType":"timestamp-micros"})", "8089e19f98c2cd05"),
            R"("2020-01-01T00:00:00.123456Z")");
  EXPECT_EQ(plain(R"({"type":"long","logicalType":"timestamp-millis"})", "01"),
            R"("1969-12-31T23:59:59.999Z")");
  EXPECT_EQ(plain(R"({"type":"long","logicalType":"timestamp-millis"})", "ffffffffffffffffff01"),
            "-9223372036854775808");
}

struct Row {
  const char* name;
  const char* writer;
  const char* reader;
  const char* hex;
  const char* says;
};

class Resolved : public ::testing::TestWithParam<Row> {};

TEST_P(Resolved, Reads) {
  const auto& row = GetParam();
  const Schema reader = schema_of(row.reader);
  EXPECT_EQ(read_text(row.writer, from_hex(row.hex), {.reader = &reader}), row.says);
}

#define USER(fields) \
  R"({"type":"record","name":"User","namespace":"my.namespace","fields":[)" fields "]}"
constexpr const char* kEnumAB = R"({"type":"enum","name":"E","symbols":["A","B"]})";

INSTANTIATE_TEST_SUITE_P(
    Rows, Resolved,
    ::testing::Values(
        Row{"V48Drop", kTutorial, USER(R"({"name":"name","type":"string"},{"name":"age",
            "type":"int"})"),
            kTutorialHex, R"({"name":"John Doe","age":6})"},
        Row{"V49AddNull", kTutorial, USER(R"({"name":"name","type":"string"},
            {"name":"age","type":"int"},{"name":"subject","type":"string"},
            {"name":"email","type":["null","string"],"default":null})"),
            kTutorialHex, R"({"name":"John Doe","age":6,"subject":"something","email":null})"},
        Row{"V50OrderTypesAlias", kTutorial, USER(R"({"name":"age","type":"long"},
            {"name":"subject","type":"bytes"},{"name":"full_name","type":"string",
            "aliases":["name"]})"),
            kTutorialHex, R"({"age":6,"subject":"something","full_name":"John Doe"})"},
        Row{"V51DoubleAndUnion", kTutorial, USER(R"({"name":"age","type":"double"},
            {"name":"name","type":["null","string"]})"),
            kTutorialHex, R"({"age":6.0,"name":{"string":"John Doe"}})"},
        Row{"V52NoDefault", kTutorial, USER(R"({"name":"name","type":"string"},
            {"name":"email","type":"string"})"),
            kTutorialHex,
            R"(make: field "User.email": the reader's field has no default value, and the writer's )"
            "record my.namespace.User has no field email (at /fields/1)"},
        Row{"IntToLong", R"("int")", R"("long")", "03", "-2"},
        Row{"IntToFloat", R"("int")", R"("float")", "03", "-2.0"},
        Row{"IntToDouble", R"("int")", R"("double")", "03", "-2.0"},
        Row{"LongToFloat", R"("long")", R"("float")", "03", "-2.0"},
        Row{"LongToDouble", R"("long")", R"("double")", "03", "-2.0"},
        Row{"FloatToDouble", R"("float")", R"("double")", "0000c03f", "1.5"},
        Row{"StringToBytes", R"("string")", R"("bytes")", "04c3a9", "\"Ã©\""},
        Row{"BytesToString", R"("bytes")", R"("string")", "04c3a9", "\"é\""},
        Row{"BytesToStringNotUtf8", R"("bytes")", R"("string")", "02ff",
            "fault: invalid UTF-8: byte 0: expected a string in UTF-8, found 1 other bytes"},
        Row{"LongToInt", R"("long")", R"("int")", "02",
            "make: the reader expects int, the writer has long (at /)"},
        Row{"ArrayItems", R"({"type":"array","items":"int"})", R"({"type":"array","items":"long"})",
            "020400", "[2]"},
        Row{"EnumReordered", kEnumAB, R"({"type":"enum","name":"E","symbols":["B","A"]})", "00",
            R"("A")"},
        Row{"EnumDefault", kEnumAB,
            R"({"type":"enum","name":"E","symbols":["B","C"],"default":"C"})", "00", R"("C")"},
        Row{"EnumSymbolLacking", kEnumAB, R"({"type":"enum","name":"E","symbols":["B"]})", "00",
            "fault: type mismatch: expected a symbol of the reader's enum E, found A, which it "
            "lacks, "
            "as it lacks a default"},
        Row{"EnumSymbolThere", kEnumAB, R"({"type":"enum","name":"E","symbols":["B"]})", "02",
            R"("B")"},
        Row{"EnumOfOtherName", kEnumAB, R"({"type":"enum","name":"F","symbols":["A","B"]})", "00",
            "make: the reader's name is F, the writer's E (at /)"},
        Row{"EnumAlias", kEnumAB,
            R"({"type":"enum","name":"F","aliases":["E"],"symbols":["A","B"]})", "00", R"("A")"},
        Row{"FixedSize", R"({"type":"fixed","name":"F","size":2})",
            R"({"type":"fixed","name":"F","size":3})", "0000",
            "make: the reader's size is 3, the writer's 2 (at /)"},
        Row{"WriterUnionBranch", R"(["null","int"])", R"("long")", "0204", "2"},
        Row{"WriterUnionOtherBranch", R"(["null","int"])", R"("long")", "00",
            "fault: type mismatch: byte 1: the reader expects long, the writer has null"},
        Row{"ReaderUnion", R"("int")", R"(["null","string","long"])", "04", R"({"long":2})"},
        Row{"BothUnions", R"(["int","string"])", R"(["null","string","long"])", "0004",
            R"({"long":2})"},
        Row{"BothUnionsNoBranch", R"(["boolean","string"])", R"(["null","string","long"])", "0001",
            "fault: type mismatch: byte 1: the reader's union [null, string, long] has no branch "
            "for "
            "the writer's boolean"},
        Row{"ReaderUnionNoBranch", R"("boolean")", R"(["null","string"])", "01",
            "make: the reader's union [null, string] has no branch for the writer's boolean (at "
            "/)"},
        Row{"RecordOfOtherName", R"({"type":"record","name":"A","fields":[]})",
            R"({"type":"record","name":"B","fields":[{"name":"x","type":"int","default":-1}]})", "",
            R"({"x":-1})"},
        Row{"NestedDefault", R"({"type":"record","name":"A","fields":[]})",
            R"({"type":"record","name":"A","fields":[{"name":"r","type":{"type":"record","name":"R",
                "fields":[{"name":"a","type":{"type":"array","items":"int"},"default":[1]},
                {"name":"m","type":{"type":"map","values":"bytes"}},
                {"name":"f","type":{"type":"fixed","name":"F","size":2},"default":"ÿ"},
                {"name":"u","type":["string","null"],"default":"x"}]},
                "default":{"m":{"k":"ÿ"}}}]})",
            "", R"({"r":{"a":[1],"m":{"k":"ÿ"},"f":"ÿ\u0000","u":{"string":"x"}}})"},
        Row{"DefaultOfANumberAsText", R"({"type":"record","name":"A","fields":[]})",
            R"({"type":"record","name":"A","fields":[
                {"name":"x","type":"float","default":"-Infinity"},
                {"name":"y","type":"double","default":"1.5"}]})",
            "", R"({"x":"-Infinity","y":1.5})"},
        Row{"RecursiveOfOtherTypes", kList,
            R"({"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]},
                {"name":"v","type":"double"},{"name":"w","type":"string","default":"-"}]})",
            "02020400", R"({"next":{"L":{"next":null,"v":2.0,"w":"-"}},"v":1.0,"w":"-"})"},
        Row{"SkipsEverything",
            R"({"type":"record","name":"A","fields":[
                {"name":"a","type":{"type":"array","items":"string"}},
                {"name":"b","type":{"type":"map","values":["null","double"]}},
                {"name":"c","type":{"type":"fixed","name":"F","size":3}},
                {"name":"d","type":{"type":"enum","name":"E","symbols":["X"]}},
                {"name":"e","type":["null",{"type":"record","name":"R","fields":[
                    {"name":"x","type":"float"},{"name":"y","type":"boolean"}]}]},
                {"name":"f","type":{"type":"array","items":"null"}},
                {"name":"z","type":"int"}]})",
            R"({"type":"record","name":"A","fields":[{"name":"z","type":"int"}]})",
            "03080261026200"
            "02"
            "026b"
            "020000000000000000"
            "00"
            "010203"
            "00"
            "020000803f01"
            "1400"
            "0e",
            R"({"z":7})"}),
    [](const auto& each) { return std::string(each.param.name); });

struct BadRow {
  const char* name;
  const char* schema;
  const char* hex;
  const char* says;
};

class Refused : public ::testing::TestWithParam<BadRow> {};

TEST_P(Refused, Says) {
  const auto& row = GetParam();
  EXPECT_EQ(read_text(row.schema, from_hex(row.hex)), std::string("fault: ") + row.says);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Refused,
    ::testing::Values(
        BadRow{"IntOfSixBytes", R"("int")", "808080808001",
               "malformed: byte 0: expected an int (at most 5 bytes), found a longer number"},
        BadRow{"IntOf33Bits", R"("int")", "8080808010",
               "out of range: byte 0: expected an int, found a number of more than 32 bits"},
        BadRow{"LongOfElevenBytes", R"("long")", "8080808080808080808001",
               "malformed: byte 0: expected a long (a number of at most 10 bytes), found a longer "
               "number"},
        BadRow{"LongOf65Bits", R"("long")", "80808080808080808002",
               "out of range: byte 0: expected a long, found a number of more than 64 bits"},
        BadRow{"BooleanTwo", R"("boolean")", "02",
               "malformed: byte 0: expected a boolean (00 or 01), found another byte"},
        BadRow{"NegativeLength", kTutorial, "01",
               R"(malformed: byte 0, field "User.name": expected a string, found the length -1)"},
        BadRow{
            "LengthBeyondTheEnd", kTutorial, "104a6f68",
            R"(truncated: byte 0, field "User.name": expected a string of 8 bytes, found only 3)"},
        BadRow{"LengthOf2To62", R"("bytes")", "feffffffffffffffff01",
               "truncated: byte 0: expected bytes of 9223372036854775807 bytes, found only 0"},
        BadRow{"AgeTooLong", kTutorial, "0261ffffffffffff",
               R"(malformed: byte 2, field "User.age": expected an int (at most 5 bytes), found a )"
               "longer number"},
        BadRow{"Utf8", R"("string")", "04c328",
               "invalid UTF-8: byte 0: expected a string in UTF-8, found 2 other bytes"},
        BadRow{"Utf8Surrogate", R"("string")", "06eda080",
               "invalid UTF-8: byte 0: expected a string in UTF-8, found 3 other bytes"},
        BadRow{"EnumOutOfRange", kEnumAB, "04",
               "malformed: byte 0: expected one of 2 symbols of enum E, found number 2"},
        BadRow{"EnumNegative", kEnumAB, "01",
               "malformed: byte 0: expected one of 2 symbols of enum E, found number -1"},
        BadRow{"UnionOutOfRange", R"(["null","int"])", "04",
               "malformed: byte 0: expected one of the union's 2 branches, found number 2"},
        BadRow{"UnionNegative", R"(["null","int"])", "01",
               "malformed: byte 0: expected one of the union's 2 branches, found number -1"},
        BadRow{"UnionHuge", R"(["null","int"])", "feffffffffffffffff01",
               "malformed: byte 0: expected one of the union's 2 branches, found number "
               "9223372036854775807"},
        BadRow{"FixedCut", R"({"type":"fixed","name":"F","size":4})", "dead",
               "truncated: byte 0: expected a fixed of 4 bytes, found only 2 bytes"},
        BadRow{"DoubleCut", R"("double")", "00",
               "truncated: byte 0: expected a double of 8 bytes, found only 1 byte"},
        BadRow{
            "BlockOfManyInts", kInts, "feffffffffffffffff01",
            "truncated: byte 0: expected a block of 9223372036854775807 items, found only 0 bytes"},
        BadRow{"BlockOfMinus2To63", kInts, "ffffffffffffffffff01",
               "malformed: byte 0: expected a block's count of items, found -2^63"},
        BadRow{"BlockOfNegativeSize", kInts, "0101",
               "malformed: byte 1: expected a block's size in bytes, found -1"},
        BadRow{"BlockLargerThanTheBytes", kInts, "01feffffff0f",
               "truncated: byte 1: expected a block of 2147483647 bytes, found only 0"},
        BadRow{"ManyNulls", R"({"type":"array","items":"null"})", "feffffff0f00",
               "too large: byte 0: expected fewer items without bytes, found 2147483647"},
        BadRow{"ManyNullsInSmallBlocks",
               R"({"type":"array","items":{"type":"array","items":"null"}})", "04feff0700feff0700",
               "too large: byte 5, field \"[1]\": expected fewer items without bytes, found 65535"},
        BadRow{"ItemOfAList", R"({"type":"array","items":"string"})", "0402610302",
               R"(malformed: byte 3, field "[1]": expected a string, found the length -2)"},
        BadRow{
            "EntryOfAMap",
            R"({"type":"record","name":"n.R","fields":[{"name":"m","type":{"type":"map",
                   "values":"boolean"}}]})",
            "02046b6b05",
            R"(malformed: byte 4, field "R.m["kk"]": expected a boolean (00 or 01), found another )"
            "byte"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(DatumReader, DepthIsBounded) {
  std::string payload;
  for (int i = 0; i < 63; ++i) payload += std::string("\x02\x02", 2);
  payload += std::string("\x02\0", 2);
  EXPECT_EQ(read_text(kList, payload).substr(0, 5), R"({"v":)");
  payload.insert(0, "\x02\x02");
  const std::string said = read_text(kList, payload);
  EXPECT_TRUE(said.starts_with("fault: too deep: byte 128")) << said;
  EXPECT_EQ(read_text(kList, payload, {.max_depth = 65}).substr(0, 5), R"({"v":)");
  EXPECT_EQ(read_text(kList, payload, {.max_depth = 0}),
            "make: max_depth must be between 1 and 1000");
}

TEST(DatumReader, ARecordWithoutEndIsTooDeep) {
  const std::string said =
      read_text(R"({"type":"record","name":"R","fields":[{"name":"r","type":"R"}]})", "");
  EXPECT_TRUE(said.starts_with("fault: too deep")) << said;
}

TEST(DatumReader, TrailingBytesAreIgnoredOrRefused) {
  EXPECT_EQ(read_text(R"("int")", "\x02!"), "1");
  EXPECT_EQ(read_text(R"("int")", "\x02!", {.trailing = Trailing::Error}),
            "fault: malformed: byte 1: expected the end of the bytes, found 1 more");
}

TEST(DatumReader, BrokenTextByPolicy) {
  // As Java replaces it: one U+FFFD for each part that cannot be the start of a character.
  const std::string payload =
      "\x12"
      "a\xE2\x82z\xED\xA0\x80\xF0\x9D";
  EXPECT_EQ(read_text(R"("string")", payload, {.utf8 = value::Utf8Policy::Replace}),
            "\"a\uFFFDz\uFFFD\uFFFD\uFFFD\uFFFD\"");
  const Schema schema = schema_of(R"("string")");
  const auto reader = DatumReader::make(schema, {.utf8 = value::Utf8Policy::Trust});
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, view));
  EXPECT_EQ(view.text(), payload.substr(1));
  EXPECT_EQ(arena.used(), 0U);
}

TEST(DatumReader, MemoryIsBoundedByTheArena) {
  const Schema schema = schema_of(kInts);
  const auto reader = DatumReader::make(schema);
  std::string payload = "\xD0\x0F";  // 1,000 items
  payload.append(1000, '\2');
  payload += '\0';
  value::Arena small(4096);
  value::View view;
  const auto fault = reader->read(bytes_of(payload), small, view);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, value::FaultKind::TooLarge);
  value::Arena enough(32'768);
  EXPECT_FALSE(reader->read(bytes_of(payload), enough, view));
  EXPECT_EQ(view.size(), 1000U);
}

TEST(DatumReader, ManyBlocksGrowTheArrayAtMostTwofold) {
  const Schema schema = schema_of(kInts);
  const auto reader = DatumReader::make(schema);
  std::string payload;
  for (int i = 0; i < 100'000; ++i) payload += std::string("\x02\x04", 2);
  payload += '\0';
  value::Arena arena;
  value::View view;
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, view));
  EXPECT_EQ(view.size(), 100'000U);
  EXPECT_EQ(view[99'999].as_long(), 2);
  EXPECT_LE(arena.used(), 100'000U * 16 * 4);
}

TEST(DatumReader, ManySchemasDefaultsAreBounded) {
  // Each record's default holds the one before it twice: 2^40 values.
  std::string text = R"(["null",{"type":"record","name":"r0","fields":[]})";
  for (int i = 1; i <= 40; ++i) {
    const std::string before = "r" + std::to_string(i - 1);
    text += R"(,{"type":"record","name":"r)" + std::to_string(i) +
            R"(","fields":[{"name":"a","type":")" + before +
            R"(","default":{}},{"name":"b","type":")" + before + R"(","default":{}}]})";
  }
  text += R"(,{"type":"record","name":"top","fields":[{"name":"x","type":"r40","default":{}}]}])";
  const Schema reader = schema_of(text);
  const Schema writer = schema_of(R"({"type":"record","name":"top","fields":[]})");
  EXPECT_EQ(code_of(DatumReader::make(writer, {.reader = &reader})), Code::LimitExceeded);
}

TEST(DatumReader, AliasesThatLeadToOneFieldAreRefused) {
  const Schema reader = schema_of(USER(
      R"({"name":"x","type":"string","aliases":["name","subject"]},{"name":"age","type":"int"})"));
  const Schema writer = schema_of(kTutorial);
  EXPECT_EQ(code_of(DatumReader::make(writer, {.reader = &reader})), Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::avro
