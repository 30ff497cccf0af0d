// Views to JSON text.
#include "limpet/value/json_text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace limpet::value {
namespace {

std::string text_of(const View& view, const JsonTextOptions& options = {}) {
  std::string out;
  const auto fault = append_json(view, out, options);
  return fault ? describe(*fault) : out;
}

struct Row {
  const char* name;
  View view;
  const char* text;
  const char* raw;  // without logical types
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
class JsonText : public testing::TestWithParam<Row> {};
TEST_P(JsonText, IsTheRow) {
  const auto& row = GetParam();
  EXPECT_EQ(text_of(row.view), row.text);
  EXPECT_EQ(text_of(row.view, {.logical = false}), row.raw == nullptr ? row.text : row.raw);
}

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::string_view kUuid("\x01\x23\x45\x67\x89\xab\xcd\xef\x00\x11\x22\x33\x44\x55\x66\x77",
                                 16);
constexpr std::string_view kDuration("\x01\0\0\0\x1f\0\0\0\x39\x30\0\0", 12);

INSTANTIATE_TEST_SUITE_P(
    Values, JsonText,
    testing::Values(
        Row{"Null", View::null(), "null", nullptr},
        Row{"True", View::boolean(true), "true", nullptr},
        Row{"Int", View::of_int(-5), "-5", nullptr},
        Row{"Long", View::of_long(kLeast), "-9223372036854775808", nullptr},
        Row{"UnsignedLong", View::unsigned_long(UINT64_MAX), "18446744073709551615", nullptr},
        Row{"Float", View::of_float(0.1F), "0.1", nullptr},
        Row{"WholeFloat", View::of_float(1), "1.0", nullptr},
        Row{"Double", View::of_double(0.1), "0.1", nullptr},
        Row{"WholeDouble", View::of_double(-3), "-3.0", nullptr},
        Row{"LargeDouble", View::of_double(1e300), "1e+300", nullptr},
        Row{"NaN", View::of_double(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"", nullptr},
        Row{"Infinity", View::of_float(std::numeric_limits<float>::infinity()), "\"Infinity\"",
            nullptr},
        Row{"MinusInfinity", View::of_double(-std::numeric_limits<double>::infinity()),
            "\"-Infinity\"", nullptr},
        Row{"Number", View::number("1.10e5"), "1.10e5", nullptr},
        Row{"String", View::string("J\xC3\xB6hn"), "\"J\xC3\xB6hn\"", nullptr},
        Row{"Escapes", View::string("\"\\\n\t\x01/\x7F"), "\"\\\"\\\\\\n\\t\\u0001/\x7F\"",
            nullptr},
        Row{"LongEscapes", View::string("0123456789abcdef0123\"6789abcdef\xC3\xA4\n"),
            "\"0123456789abcdef0123\\\"6789abcdef\xC3\xA4\\n\"", nullptr},
        Row{"BrokenText", View::string("a\xE2\x82z\xFF"), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"",
            nullptr},
        Row{"Bytes", View::bytes(std::string_view("\0\xFFz!", 4)), "\"AP96IQ==\"", nullptr},
        Row{"Bytes3", View::bytes("abc"), "\"YWJj\"", nullptr},
        Row{"Bytes2", View::bytes("ab"), "\"YWI=\"", nullptr},
        Row{"NoBytes", View::bytes(""), "\"\"", nullptr},
        Row{"Date", View::of_int(19'782, Logical::Date), "\"2024-02-29\"", "19782"},
        Row{"DateBefore", View::of_int(-1, Logical::Date), "\"1969-12-31\"", "-1"},
        Row{"DateFirst", View::of_int(-719'162, Logical::Date), "\"0001-01-01\"", "-719162"},
        Row{"DateYearZero", View::of_int(-719'528, Logical::Date), "\"0000-01-01\"", "-719528"},
        Row{"DateBeforeZero", View::of_int(-719'529, Logical::Date), "\"-000001-12-31\"",
            "-719529"},
        Row{"DateLast", View::of_int(2'932'896, Logical::Date), "\"9999-12-31\"", "2932896"},
        Row{"DateAfter", View::of_int(2'932'897, Logical::Date), "\"+010000-01-01\"", "2932897"},
        Row{"DateMost", View::of_int(INT32_MAX, Logical::Date), "\"+5881580-07-11\"", "2147483647"},
        Row{"TimeMillis", View::of_int(43'200'001, Logical::TimeMillis), "\"12:00:00.001\"",
            "43200001"},
        Row{"TimeMicros", View::of_long(86'399'999'999, Logical::TimeMicros), "\"23:59:59.999999\"",
            "86399999999"},
        Row{"TimeNoTime", View::of_int(-1, Logical::TimeMillis), "-1", "-1"},
        Row{"TimestampMillis", View::of_long(1'709'208'000'123, Logical::TimestampMillis),
            "\"2024-02-29T12:00:00.123Z\"", "1709208000123"},
        Row{"TimestampBefore", View::of_long(-1, Logical::TimestampMicros),
            "\"1969-12-31T23:59:59.999999Z\"", "-1"},
        Row{"TimestampNanos", View::of_long(1'709'208'000'000'000'001, Logical::TimestampNanos),
            "\"2024-02-29T12:00:00.000000001Z\"", "1709208000000000001"},
        Row{"TimestampLeast", View::of_long(kLeast, Logical::TimestampMillis),
            "\"-292275055-05-16T16:47:04.192Z\"", "-9223372036854775808"},
        Row{"Local", View::of_long(0, Logical::LocalTimestampMillis), "\"1970-01-01T00:00:00.000\"",
            "0"},
        Row{"Uuid", View::bytes(kUuid, Logical::Uuid), "\"01234567-89ab-cdef-0011-223344556677\"",
            "\"ASNFZ4mrze8AESIzRFVmdw==\""},
        Row{"UuidText", View::string("01234567-89ab", Logical::Uuid), "\"01234567-89ab\"", nullptr},
        Row{"Duration", View::bytes(kDuration, Logical::Duration), "\"P1M31DT12.345S\"",
            "\"AQAAAB8AAAA5MAAA\""}),
    [](const auto& row) { return std::string(row.param.name); });

struct DecimalRow {
  std::vector<unsigned char> bytes;
  std::int32_t scale;
  const char* text;
};
std::ostream& operator<<(std::ostream& out, const DecimalRow& row) { return out << row.text; }
class JsonDecimal : public testing::TestWithParam<DecimalRow> {};
TEST_P(JsonDecimal, IsANumber) {
  const auto& row = GetParam();
  const std::string bytes(row.bytes.begin(), row.bytes.end());
  const DecimalShape shape{40, row.scale};
  Arena arena;
  EXPECT_EQ(text_of(*View::decimal(arena, bytes, &shape)), row.text);
}
INSTANTIATE_TEST_SUITE_P(
    Decimals, JsonDecimal,
    testing::Values(DecimalRow{{}, 0, "0"}, DecimalRow{{}, 2, "0.00"}, DecimalRow{{0}, 2, "0.00"},
                    DecimalRow{{0x30, 0x39}, 2, "123.45"}, DecimalRow{{0xCF, 0xC7}, 2, "-123.45"},
                    DecimalRow{{0xFF}, 2, "-0.01"}, DecimalRow{{0x80}, 0, "-128"},
                    DecimalRow{{0x05}, 0, "5"}, DecimalRow{{0x05}, 3, "0.005"},
                    DecimalRow{{0x00, 0xFF}, 0, "255"}, DecimalRow{{0x05}, -3, "5000"},
                    DecimalRow{{0x00}, -3, "0"},
                    DecimalRow{{0x05, 0xF5, 0xE1, 0x00}, 0, "100000000"},
                    DecimalRow{{0x4B, 0x3B, 0x4C, 0xA8, 0x5A, 0x86, 0xC4, 0x7A, 0x09, 0x8A, 0x22,
                                0x3F, 0xFF, 0xFF, 0xFF, 0xFF},
                               10,
                               "9999999999999999999999999999.9999999999"},
                    DecimalRow{{0x80, 0, 0, 0, 0, 0, 0, 0}, 0, "-9223372036854775808"}));

TEST(JsonTextOf, Containers) {
  Arena arena;
  const RecordShape shape("my.User", {"name", "tags", "none"});
  const auto values = make_record(arena, shape);
  const std::array entries{MapEntry{View::string("k"), View::of_long(1)},
                           MapEntry{View::of_long(-7), View::boolean(false)},
                           MapEntry{View::boolean(true), View::array({})},
                           MapEntry{View::unsigned_long(7), View::map({})}};
  values[0] = View::string("Ada");
  values[0].set_branch(1);
  values[1] = View::map(entries);
  const auto record = View::record(values);
  EXPECT_EQ(text_of(record),
            R"({"name":"Ada","tags":{"k":1,"-7":false,"true":[],"7":{}},"none":null})");
  EXPECT_EQ(text_of(record, {.pretty = true}), R"({
  "name": "Ada",
  "tags": {
    "k": 1,
    "-7": false,
    "true": [],
    "7": {}
  },
  "none": null
})");
}

// Texts of every short length: what needs an escape, or is no ASCII, at every place.
TEST(JsonTextOf, EscapesAtEveryPlace) {
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (const auto& [special, written] :
           std::vector<std::pair<std::string, std::string>>{{"\"", "\\\""},
                                                            {"\\", "\\\\"},
                                                            {"\n", "\\n"},
                                                            {"\x1F", "\\u001f"},
                                                            {" ", " "},
                                                            {"\x7F", "\x7F"},
                                                            {"\xC3\xA4", "\xC3\xA4"},
                                                            {"\xC3", "\xEF\xBF\xBD"}}) {
        const std::string before(place, 'a');
        const std::string behind(size - place - 1, 'b');
        const std::string text = before + special + behind;
        EXPECT_EQ(text_of(View::string(text)), '"' + before + written + behind + '"')
            << size << " " << place;
      }
    }
  }
}

TEST(JsonTextOf, BytesAsAvroHasThem) {
  EXPECT_EQ(text_of(View::bytes("a\xFF\n"), {.bytes = JsonTextOptions::Bytes::Latin1}),
            "\"a\xC3\xBF\\n\"");
}

// protobuf.dev, "ProtoJSON Format"; texts as Python's json_format writes them.
TEST(JsonTextOf, WellKnownTypesOfProtobuf) {
  Arena arena;
  const auto pair = [&](const RecordShape& shape, std::int64_t seconds, std::int32_t nanos) {
    const auto values = make_record(arena, shape);
    values[0] = View::of_long(seconds);
    values[1] = View::of_int(nanos);
    return View::record(values);
  };
  const RecordShape timestamp("google.protobuf.Timestamp", {"seconds", "nanos"});
  const RecordShape duration("google.protobuf.Duration", {"seconds", "nanos"});
  EXPECT_EQ(text_of(pair(timestamp, 1'709'208'000, 0)), "\"2024-02-29T12:00:00Z\"");
  EXPECT_EQ(text_of(pair(timestamp, -1, 500'000'000)), "\"1969-12-31T23:59:59.500Z\"");
  EXPECT_EQ(text_of(pair(timestamp, 0, 1000)), "\"1970-01-01T00:00:00.000001Z\"");
  EXPECT_EQ(text_of(pair(timestamp, 0, 1)), "\"1970-01-01T00:00:00.000000001Z\"");
  EXPECT_EQ(text_of(pair(timestamp, 0, -1)), R"({"seconds":0,"nanos":-1})");
  EXPECT_EQ(text_of(pair(timestamp, 253'402'300'800, 0)), R"({"seconds":253402300800,"nanos":0})");
  EXPECT_EQ(text_of(pair(timestamp, 0, 0), {.logical = false}), R"({"seconds":0,"nanos":0})");
  EXPECT_EQ(text_of(pair(duration, 3, 0)), "\"3s\"");
  EXPECT_EQ(text_of(pair(duration, 0, -5'000'000)), "\"-0.005s\"");
  EXPECT_EQ(text_of(pair(duration, -3, -1)), "\"-3.000000001s\"");
  EXPECT_EQ(text_of(pair(duration, -3, 1)), R"({"seconds":-3,"nanos":1})");
  const RecordShape wrapper("google.protobuf.StringValue", {"value"});
  const auto wrapped = make_record(arena, wrapper);
  wrapped[0] = View::string("x");
  EXPECT_EQ(text_of(View::record(wrapped)), "\"x\"");
}

TEST(JsonTextOf, ABoundMayBeTheLargestNumber) {
  for (const std::size_t size : {254, 255, 256, 100'000}) {
    const std::string text(size, 'x');
    std::string out = "-";
    EXPECT_EQ(append_json(View::string(text), out, {.max_bytes = SIZE_MAX}), std::nullopt) << size;
    EXPECT_EQ(out, "-\"" + text + "\"") << size;
  }
}

TEST(JsonTextOf, IsBound) {
  std::vector<View> many(1000, View::of_int(7));
  std::string out = "before";
  auto fault = append_json(View::array(many), out, {.max_bytes = 2000});
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, FaultKind::TooLarge);
  EXPECT_EQ(out, "before");
  EXPECT_FALSE(append_json(View::array(many), out, {.max_bytes = 2001}));
  EXPECT_EQ(out.size(), 6 + 2001U);
  std::vector<View> levels(1001);
  for (std::size_t i = 1; i < levels.size(); ++i) levels[i] = View::array({&levels[i - 1], 1});
  EXPECT_EQ(text_of(levels[999]).size(), 2 * 999 + 4U);
  out.clear();
  fault = append_json(View::array({&levels[1000], 1}), out);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, FaultKind::TooDeep);
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace limpet::value
