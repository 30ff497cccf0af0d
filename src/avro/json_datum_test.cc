#include "limpet/avro/json_datum.h"

#include "decimal_text.h"
#include "iso_time.h"
#include "testing/datum_text.h"

#include <gtest/gtest.h>

#include <string>

namespace limpet::avro {
namespace {

using testing::bytes_of;
using testing::from_hex;
using testing::read_text;
using testing::schema_of;
using testing::written;

TEST(JsonDatum, ExampleOfTheHeader) {
  EXPECT_EQ(written(R"({"type":"record","name":"A","fields":[{"name":"age","type":"int"}]})",
                    R"({"age":"six"})"),
            R"(/age: expected int, found the string "six")");
}

struct Row {
  const char* name;
  const char* schema;
  const char* json;
  const char* says;  // hex, or violations
};

class Plain : public ::testing::TestWithParam<Row> {};
TEST_P(Plain, Writes) {
  const auto& row = GetParam();
  EXPECT_EQ(written(row.schema, row.json), row.says);
}

class AvroStyle : public ::testing::TestWithParam<Row> {};
TEST_P(AvroStyle, Writes) {
  const auto& row = GetParam();
  EXPECT_EQ(written(row.schema, row.json, {.style = JsonStyle::Avro}), row.says);
}

constexpr const char* kUser = R"({"type":"record","name":"User","fields":[
    {"name":"name","type":"string"},{"name":"age","type":["null","int"],"default":null},
    {"name":"at","type":{"type":"record","name":"Place","fields":[
        {"name":"zip","type":"int"}]}}]})";
constexpr const char* kShapes = R"(["null",
    {"type":"record","name":"Circle","fields":[{"name":"r","type":"int"}]},
    {"type":"record","name":"Box","fields":[{"name":"w","type":"int"},{"name":"h","type":"int",
        "default":1}]}])";
constexpr const char* kDecimal =
    R"({"type":"bytes","logicalType":"decimal","precision":5,"scale":2})";
constexpr const char* kFixedDecimal =
    R"({"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":5,"scale":2})";
constexpr const char* kDate = R"({"type":"int","logicalType":"date"})";
constexpr const char* kMillis = R"({"type":"long","logicalType":"timestamp-millis"})";
constexpr const char* kMicros = R"({"type":"long","logicalType":"timestamp-micros"})";
constexpr const char* kLocal = R"({"type":"long","logicalType":"local-timestamp-millis"})";

INSTANTIATE_TEST_SUITE_P(
    Rows, Plain,
    ::testing::Values(
        Row{"Record", kUser, R"({"name":"x","age":5,"at":{"zip":1}})", "0278020a02"},
        Row{"AnyOrder", kUser, R"({"at":{"zip":1},"age":null,"name":"x"})", "02780002"},
        Row{"AvroStyleIsUnderstood", kUser, R"({"name":"x","age":{"int":5},"at":{"zip":1}})",
            "0278020a02"},
        Row{"Missing", kUser, R"({"name":"x","at":{"zip":1}})",
            "/age: expected one of null, int, found nothing (the default is for readers of older "
            "data; a writer gives every field)"},
        Row{"SeveralThings", kUser, R"({"name":7,"age":"six","at":{"zip":1.5,"zap":true}})",
            "/name: expected string, found the number 7\n"
            "/age: expected one of null, int, found the string \"six\"\n"
            "/at/zip: expected int, found the number 1.5 (it has a fraction)\n"
            "/at/zap: expected no member of this name, found true (record Place has no such "
            "field)"},
        Row{"NoObject", kUser, "[]", ": expected record User, found an array"},
        Row{"RecordByMembers", kShapes, R"({"w":1,"h":2})", "040204"},
        Row{"RecordByMembersFirst", kShapes, R"({"r":1})", "0202"},
        Row{"RecordByName", kShapes, R"({"Circle":{"r":1}})", "0202"},
        Row{"RecordOfNone", kShapes, R"({"x":1})",
            R"(: expected one of null, Circle, Box, found an object with "x")"},
        Row{"InsideTheOnlyRecord",
            R"(["null",{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}])",
            R"({"a":"x"})", R"(/a: expected int, found the string "x")"},
        Row{"MissingInTheOnlyRecord",
            R"(["null",{"type":"record","name":"R","fields":[{"name":"a","type":"int"},
                {"name":"b","type":"int"}]}])",
            R"({"a":1})", "/b: expected int, found nothing (every field must be given)"},
        Row{"MapTakesWhatNoRecordDoes",
            R"([{"type":"map","values":"int"},{"type":"record","name":"R","fields":[
                {"name":"a","type":"int"}]}])",
            R"({"b":1})", "000202620200"},
        Row{"RecordBeforeMap",
            R"([{"type":"map","values":"int"},{"type":"record","name":"R","fields":[
                {"name":"a","type":"int"}]}])",
            R"({"a":1})", "0202"},
        Row{"IntegerIsAnInt", R"(["double","int"])", "5", "020a"},
        Row{"FractionIsADouble", R"(["int","double"])", "0.5", "02000000000000e03f"},
        Row{"TooGreatForAnInt", R"(["int","long"])", "4294967296", "028080808020"},
        Row{"IntegerInADouble", R"(["null","double"])", "2", "020000000000000040"},
        Row{"NaN", R"(["null","float"])", R"("NaN")", "020000c07f"},
        Row{"TextBeforeBytes", R"(["bytes","string"])", R"("a")", "020261"},
        Row{"SymbolFirst", R"([{"type":"enum","name":"E","symbols":["A"]},"string"])", R"("A")",
            "0000"},
        Row{"NoSymbol", R"([{"type":"enum","name":"E","symbols":["A"]},"string"])", R"("B")",
            "020242"},
        Row{"Bytes", R"("bytes")", "\"\\u0000ÿ\"", "0400ff"},
        Row{"Decimal", kDecimal, "123.45", "043039"},
        Row{"DecimalText", kDecimal, R"("-1.28")", "0280"},
        Row{"DecimalWhole", kDecimal, "7", "0402bc"}, Row{"DecimalZero", kDecimal, "0", "0200"},
        Row{"DecimalExponent", kDecimal, "1.5e2", "043a98"},
        Row{"DecimalZerosBehind", kDecimal, "1.2800", "040080"},
        Row{"DecimalTooFine", kDecimal, "1.285",
            ": expected bytes, found the number 1.285 (a decimal of scale 2 has no room for its "
            "last digits)"},
        Row{"DecimalTooGreat", kDecimal, "1000",
            ": expected bytes, found the number 1000 (it has more digits than the precision 5)"},
        Row{"DecimalGreatest", kDecimal, "999.99", "0601869f"},
        Row{"DecimalFixed", kFixedDecimal, "-123.45", "ffffcfc7"},
        Row{"DecimalInUnion",
            R"(["null",{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}])",
            R"(1.5)", "02040096"},
        Row{"Date", kDate, R"("2020-01-01")", "ac9d02"}, Row{"DateAsInt", kDate, "18262", "ac9d02"},
        Row{"DateBefore1970", kDate, R"("1969-12-31")", "01"},
        Row{"DateThatIsNone", kDate, R"("2021-02-29")",
            R"(: expected int, found the string "2021-02-29" (a date is written as 2020-01-31))"},
        Row{"Time", R"({"type":"int","logicalType":"time-millis"})", R"("01:02:03.004")",
            "f8bbc603"},
        Row{"TimeTooFine", R"({"type":"int","logicalType":"time-millis"})", R"("01:02:03.0045")",
            R"(: expected int, found the string "01:02:03.0045" (a time-millis is written as )"
            "12:30:00.123)"},
        Row{"Timestamp", kMillis, R"("2020-01-01T00:00:00.123Z")", "f6a1b7e6eb5b"},
        Row{"TimestampMicros", kMicros, R"("2020-01-01 01:00:00.123456+01:00")",
            "8089e19f98c2cd05"},
        Row{"TimestampWithoutZone", kMillis, R"("2020-01-01T00:00:00")",
            R"(: expected long, found the string "2020-01-01T00:00:00" (a timestamp-millis is )"
            "written as 2020-01-31T12:30:00Z)"},
        Row{"LocalTimestamp", kLocal, R"("1970-01-01T00:00:01")", "d00f"},
        Row{"LocalTimestampWithZone", kLocal, R"("1970-01-01T00:00:01Z")",
            R"(: expected long, found the string "1970-01-01T00:00:01Z" (a )"
            "local-timestamp-millis is written as 2020-01-31T12:30:00)"},
        Row{"TimestampInUnion", R"(["null",{"type":"long","logicalType":"timestamp-millis"}])",
            R"("1970-01-01T00:00:01Z")", "02d00f"},
        Row{"NoTimeNoText", R"(["null","long"])", R"("1970")",
            R"(: expected one of null, long, found the string "1970")"}),
    [](const auto& each) { return std::string(each.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Rows, AvroStyle,
    ::testing::Values(
        Row{"Record", kUser, R"({"name":"x","age":{"int":5},"at":{"zip":1}})", "0278020a02"},
        Row{"BareUnion", kUser, R"({"name":"x","age":5,"at":{"zip":1}})",
            R"(/age: expected one of null, int, found the number 5 (a value of a union is written )"
            R"(with its branch: {"int": 5}))"},
        Row{"DateAsText", kDate, R"("2020-01-01")",
            R"(: expected int, found the string "2020-01-01")"},
        Row{"DecimalAsNumber", kDecimal, "1.5", ": expected bytes, found the number 1.5"},
        Row{"DecimalTooGreat", kDecimal, R"("ÿÿÿÿÿ")", "0affffffffff"},
        Row{"DecimalPrecision", kDecimal, "\"\\u0001\\u0086\\u00a0\"",
            ": expected bytes, found the string \"\\u0001\u0086\u00a0\" (it has more digits than "
            "the precision 5)"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(JsonDatum, DefaultsAreFilledInWhereAsked) {
  constexpr const char* kSchema = R"({"type":"record","name":"A","fields":[
      {"name":"a","type":["null","int"],"default":null},{"name":"b","type":"int"},
      {"name":"c","type":"string","default":"x"}]})";
  const WriteJsonOptions fill{.missing = MissingFields::FillDefaults};
  EXPECT_EQ(written(kSchema, R"({"b":5})", fill), "000a0278");
  EXPECT_EQ(written(kSchema, R"({"a":1})", fill),
            "/b: expected int, found nothing (it has no default)");
  EXPECT_EQ(written(kSchema, R"({"b":5,"z":1})",
                    {.missing = MissingFields::FillDefaults, .unknown = UnknownFields::Ignore}),
            "000a0278");
}

TEST(JsonDatum, IsBounded) {
  const std::string deep(1'200, '[');
  EXPECT_TRUE(written(R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})",
                      deep + std::string(1'200, ']'))
                  .starts_with(": expected record R"));
  std::string nested = R"({"type":"array","items":"int"})";
  for (int i = 0; i < 40; ++i) nested = R"({"type":"array","items":)" + nested + "}";
  const auto value = json::parse(std::string(41, '[') + std::string(41, ']'));
  ASSERT_TRUE(value);
  codec::ByteBuffer out;
  out.append("!");
  const auto refused = write_json(schema_of(nested), *value, {.limits = {.max_depth = 20}}, out);
  EXPECT_EQ(code_of(refused), Code::LimitExceeded);
  EXPECT_EQ(out.text(), "!");
  std::string many = "[";
  for (int i = 0; i < 1000; ++i) many += "null,";
  const auto violations = write_json(schema_of(R"({"type":"array","items":"int"})"),
                                     *json::parse(many + "1]"), {}, out);
  ASSERT_TRUE(violations);
  EXPECT_EQ(violations->size(), 100U);
  EXPECT_EQ(out.text(), "!");
}

TEST(JsonDatum, ViewsOfAnotherSchemaHaveNoBranch) {
  std::string out = "!";
  const auto fault =
      append_json(schema_of(R"(["null","int"])"), value::View::of_int(5), JsonStyle::Avro, out);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, value::FaultKind::TypeMismatch);
  EXPECT_EQ(out, "!");
  EXPECT_FALSE(
      append_json(schema_of(R"(["null","int"])"), value::View::of_int(5), JsonStyle::Plain, out));
  EXPECT_EQ(out, "!5");
}

TEST(JsonDatum, NumbersPrintAsThemselves) {
  EXPECT_EQ(read_text(R"("float")", from_hex("cdcccc3d")), "0.1");
  EXPECT_EQ(read_text(R"("double")", from_hex("9a9999999999b93f")), "0.1");
  EXPECT_EQ(read_text(R"("double")", from_hex("0000000000001040")), "4.0");
  EXPECT_EQ(read_text(R"("double")", from_hex("000000000000f0ff")), R"("-Infinity")");
}

TEST(IsoTime, ThereAndBack) {
  for (const std::int64_t days : {-719162, -1, 0, 59, 18262, 2932896}) {
    EXPECT_EQ(parse_date(*date_text(days)), days);
  }
  EXPECT_FALSE(date_text(2932897));
  EXPECT_FALSE(date_text(-719163));
  for (const std::int64_t units : {0L, 1L, 86'399'999L}) {
    EXPECT_EQ(parse_time(*time_text(units, 1000), 1000), units);
  }
  EXPECT_FALSE(time_text(86'400'000, 1000));
  EXPECT_FALSE(time_text(-1, 1000));
  for (const std::int64_t units : {-62135596800000000L, -1L, 0L, 1577836800123456L}) {
    EXPECT_EQ(parse_timestamp(*timestamp_text(units, 1'000'000, false), 1'000'000, false), units);
    EXPECT_EQ(parse_timestamp(*timestamp_text(units, 1'000'000, true), 1'000'000, true), units);
  }
  for (const char* bad : {"", "2020-1-01", "2020-13-01", "2020-00-01", "2020-01-32", "0000-01-01",
                          "2020-01-01x", "20200101"}) {
    EXPECT_FALSE(parse_date(bad)) << bad;
  }
  for (const char* bad : {"", "24:00", "12:60", "12:30:60", "12:30:00.", "12:30:00.x", "1:00"}) {
    EXPECT_FALSE(parse_time(bad, 1000)) << bad;
  }
  EXPECT_EQ(parse_time("12:30", 1000), 45'000'000);
  EXPECT_EQ(parse_time("00:00:00.1000", 1000), 100);
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00-00:30", 1000, false), 1'800'000);
  EXPECT_FALSE(parse_timestamp("1970-01-01T00:00:00+24:00", 1000, false));
}

TEST(DecimalText, ThereAndBack) {
  for (const char* text : {"0.00", "0.01", "-0.01", "1.28", "-1.28", "123.45", "-327.68", "327.68",
                           "99999999999999999999999999999999999999.99"}) {
    EXPECT_EQ(decimal_text(*decimal_bytes(text, 2), 2), text);
  }
  EXPECT_EQ(decimal_bytes("-1.28", 2), std::string("\x80", 1));
  EXPECT_EQ(decimal_bytes("1.28", 2), std::string("\0\x80", 2));
  EXPECT_EQ(decimal_text("", 0), "0");
  for (const char* bad :
       {"", "-", ".5", "5.", "1e", "0x1", "1.2.3", "NaN", "1e999999999999", "1 "}) {
    EXPECT_FALSE(decimal_bytes(bad, 2)) << bad;
  }
  EXPECT_FALSE(decimal_bytes("1e1000", 2));
}

}  // namespace
}  // namespace limpet::avro
