// JSON to views: tables of rows, and json::parse() (another parser) as the judge of random texts.
#include "limpet/value/json_reader.h"

#include "json_reader_fuzz.h"
#include "json_scan.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace limpet::value {
namespace {

struct NumberRow {
  const char* text;
  Kind kind;
  const char* printed;
};
std::ostream& operator<<(std::ostream& out, const NumberRow& row) { return out << row.text; }
class JsonNumber : public testing::TestWithParam<NumberRow> {};

// The kinds that Python's json and Jackson keep apart, and texts that a double would change.
TEST_P(JsonNumber, HasTheKindThatHoldsIt) {
  const auto& row = GetParam();
  Arena arena;
  View view;
  const auto fault = read_json(row.text, arena, view);
  ASSERT_FALSE(fault) << describe(*fault);
  EXPECT_EQ(view.kind(), row.kind);
  std::string printed;
  ASSERT_FALSE(append_json(view, printed));
  EXPECT_EQ(printed, row.printed);
}
INSTANTIATE_TEST_SUITE_P(
    Numbers, JsonNumber,
    testing::Values(NumberRow{"0", Kind::Long, "0"}, NumberRow{"-0", Kind::Long, "0"},
                    NumberRow{"-1", Kind::Long, "-1"},
                    NumberRow{"999999999999999999", Kind::Long, "999999999999999999"},
                    NumberRow{"9223372036854775807", Kind::Long, "9223372036854775807"},
                    NumberRow{"-9223372036854775808", Kind::Long, "-9223372036854775808"},
                    NumberRow{"-9223372036854775809", Kind::Number, "-9223372036854775809"},
                    NumberRow{"9223372036854775808", Kind::UnsignedLong, "9223372036854775808"},
                    NumberRow{"18446744073709551615", Kind::UnsignedLong, "18446744073709551615"},
                    NumberRow{"18446744073709551616", Kind::Number, "18446744073709551616"},
                    NumberRow{"100000000000000000000", Kind::Number, "100000000000000000000"},
                    NumberRow{"0.0", Kind::Double, "0.0"}, NumberRow{"-0.0", Kind::Double, "-0.0"},
                    NumberRow{"0e5", Kind::Double, "0.0"},
                    NumberRow{"0.00000000000000000000000000", Kind::Double, "0.0"},
                    NumberRow{"0e99999999999999999999", Kind::Double, "0.0"},
                    NumberRow{"1.0", Kind::Double, "1.0"}, NumberRow{"1.10", Kind::Double, "1.1"},
                    NumberRow{"1e2", Kind::Double, "100.0"},
                    NumberRow{"1E+2", Kind::Double, "100.0"},
                    NumberRow{"1e22", Kind::Double, "1e+22"},
                    NumberRow{"1e23", Kind::Double, "1e+23"}, NumberRow{"0.1", Kind::Double, "0.1"},
                    NumberRow{"0.30000000000000004", Kind::Double, "0.30000000000000004"},
                    NumberRow{"0.3000000000000000444", Kind::Number, "0.3000000000000000444"},
                    NumberRow{"3.14159265358979323846", Kind::Number, "3.14159265358979323846"},
                    NumberRow{"1.000000000000000000000", Kind::Double, "1.0"},
                    NumberRow{"123456789012345.678", Kind::Number, "123456789012345.678"},
                    NumberRow{"12345678901234.568", Kind::Double, "12345678901234.568"},
                    NumberRow{"5e-324", Kind::Double, "5e-324"},
                    NumberRow{"4.9406564584124654e-324", Kind::Number, "4.9406564584124654e-324"},
                    NumberRow{"1e-400", Kind::Number, "1e-400"},
                    NumberRow{"1e400", Kind::Number, "1e400"},
                    NumberRow{"-1e400", Kind::Number, "-1e400"},
                    NumberRow{"1.7976931348623157e308", Kind::Double, "1.7976931348623157e+308"},
                    NumberRow{"2.2250738585072014e-308", Kind::Double, "2.2250738585072014e-308"}));

struct RefusedRow {
  const char* name;
  std::string_view text;
  FaultKind kind;
  std::uint64_t offset;
};
std::ostream& operator<<(std::ostream& out, const RefusedRow& row) { return out << row.name; }
class JsonRefused : public testing::TestWithParam<RefusedRow> {};
TEST_P(JsonRefused, SaysWhere) {
  const auto& row = GetParam();
  Arena arena;
  View view;
  const auto fault = read_json(row.text, arena, view);
  ASSERT_TRUE(fault);
  EXPECT_EQ(to_string(fault->kind), to_string(row.kind)) << describe(*fault);
  EXPECT_EQ(fault->offset, row.offset) << describe(*fault);
  EXPECT_FALSE(json::parse(row.text));
}
INSTANTIATE_TEST_SUITE_P(
    Texts, JsonRefused,
    testing::Values(RefusedRow{"Nothing", "", FaultKind::Truncated, 0},
                    RefusedRow{"Space", "  ", FaultKind::Truncated, 2},
                    RefusedRow{"TwoValues", "1 2", FaultKind::Malformed, 2},
                    RefusedRow{"LeadingZero", "[01]", FaultKind::Malformed, 2},
                    RefusedRow{"Plus", "+1", FaultKind::Malformed, 0},
                    RefusedRow{"MinusAlone", "-", FaultKind::Truncated, 1},
                    RefusedRow{"PointAlone", "1.", FaultKind::Truncated, 2},
                    RefusedRow{"PointFirst", ".5", FaultKind::Malformed, 0},
                    RefusedRow{"NoExponent", "1e", FaultKind::Truncated, 2},
                    RefusedRow{"HugeExponent", "1e4000000166", FaultKind::Malformed, 2},
                    RefusedRow{"NotANumber", "NaN", FaultKind::Malformed, 0},
                    RefusedRow{"HalfWord", "tru", FaultKind::Truncated, 3},
                    RefusedRow{"OtherWord", "[nul1]", FaultKind::Malformed, 4},
                    RefusedRow{"Comma", "[1,]", FaultKind::Malformed, 3},
                    RefusedRow{"CommaInObject", "{\"a\":1,}", FaultKind::Malformed, 7},
                    RefusedRow{"NoColon", "{\"a\" 1}", FaultKind::Malformed, 5},
                    RefusedRow{"NoName", "{a:1}", FaultKind::Malformed, 1},
                    RefusedRow{"OpenArray", "[1", FaultKind::Truncated, 2},
                    RefusedRow{"OpenObject", "{\"a\":1", FaultKind::Truncated, 6},
                    RefusedRow{"OpenString", "\"abc", FaultKind::Truncated, 4},
                    RefusedRow{"OpenEscape", "\"abc\\", FaultKind::Truncated, 5},
                    RefusedRow{"Control", "\"a\nb\"", FaultKind::Malformed, 2},
                    RefusedRow{"NoEscape", "\"ab\\xcd\"", FaultKind::Malformed, 3},
                    RefusedRow{"ShortEscape", "\"\\u12\"", FaultKind::Malformed, 1},
                    RefusedRow{"LoneHigh", "\"a\\ud800b\"", FaultKind::Malformed, 2},
                    RefusedRow{"LoneLow", "\"\\udc00\"", FaultKind::Malformed, 1},
                    RefusedRow{"Utf8", "[\"ab\xC3(\"]", FaultKind::InvalidUtf8, 4},
                    RefusedRow{"Utf8Surrogate", "\"\xED\xA0\x80\"", FaultKind::InvalidUtf8, 1},
                    RefusedRow{"Utf8Overlong", "\"\xC0\x80\"", FaultKind::InvalidUtf8, 1},
                    RefusedRow{"Mark", "\xEF\xBB\xBF{}", FaultKind::Malformed, 0},
                    RefusedRow{"Comment", "[1/**/]", FaultKind::Malformed, 2},
                    RefusedRow{"Nul", std::string_view("\"\0\"", 3), FaultKind::Malformed, 1}),
    [](const auto& row) { return std::string(row.param.name); });

std::string printed(std::string_view text, const JsonReadOptions& options = {}) {
  Arena arena;
  View view;
  if (const auto fault = read_json(text, arena, view, options)) return describe(*fault);
  std::string out;
  EXPECT_FALSE(append_json(view, out));
  return out;
}

TEST(JsonReader, KeepsOrderAndTheLastOfEqualNames) {
  EXPECT_EQ(printed(R"({"b":1,"a":2,"b":{"x":[]},"c":3,"a":null})"),
            R"({"b":{"x":[]},"a":null,"c":3})");
  EXPECT_EQ(printed(R"({"a":1,"\u0061":2})"), R"({"a":2})");
}

// Many names, with few and with many twins.
TEST(JsonReader, FindsTwinsAmongMany) {
  for (const int distinct : {1, 47, 48, 49, 50, 200, 5000}) {
    std::string text = "{";
    std::string wanted = "{";
    for (int i = 0; i < 6000; ++i) {
      text += (i == 0 ? "\"n" : ",\"n") + std::to_string(i % distinct) + "\":" + std::to_string(i);
    }
    for (int name = 0; name < distinct; ++name) {
      const int last = name + (5999 - name) / distinct * distinct;
      wanted += (name == 0 ? "\"n" : ",\"n") + std::to_string(name) + "\":" + std::to_string(last);
    }
    EXPECT_EQ(printed(text + "}"), wanted + "}") << distinct;
  }
}

// Names that share their first and last eight characters, so that hashes collide.
TEST(JsonReader, IsNotSlowedByNamesMadeToCollide) {
  std::string text = "{";
  for (int i = 0; i < 20'000; ++i) {
    auto middle = std::to_string(i % 15'000);
    middle.insert(0, 5 - middle.size(), '0');
    text +=
        (i == 0 ? "\"" : ",\"") + ("abcdefgh" + middle + "ijklmnop") + "\":" + std::to_string(i);
  }
  text += "}";
  Arena arena;
  View view;
  ASSERT_FALSE(read_json(text, arena, view));
  EXPECT_EQ(view.size(), 15'000U);
  EXPECT_EQ(view.entries()[0].value.as_long(), 15'000);
  EXPECT_EQ(view.entries()[14'999].value.as_long(), 14'999);
}

TEST(JsonReader, StringsPointIntoTheText) {
  const std::string text = R"(["plain", "mit \u00e4", "ä"])";
  Arena arena;
  View view;
  ASSERT_FALSE(read_json(text, arena, view));
  EXPECT_EQ(view[0].text().data(), text.data() + 2);
  EXPECT_EQ(view[1].text(), "mit ä");
  EXPECT_EQ(view[2].text(), "ä");
}

TEST(JsonReader, DecodesEscapes) {
  EXPECT_EQ(printed(R"("\"\\\/\b\f\n\r\t\u0000\u001f\u00e4\u20AC\ud83d\udc1A")"),
            R"("\"\\/\b\f\n\r\t\u0000\u001fä€🐚")");
}

TEST(JsonReader, ReplacesOrTrustsBadText) {
  EXPECT_EQ(printed("[\"a\xFF\xE2\x82z\"]", {.utf8 = Utf8Policy::Replace}),
            "[\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"]");
  EXPECT_EQ(printed("[\"\\n\xFF\"]", {.utf8 = Utf8Policy::Replace}), "[\"\\n\xEF\xBF\xBD\"]");
  Arena arena;
  View view;
  ASSERT_FALSE(read_json("\"a\xFF\"", arena, view, {.utf8 = Utf8Policy::Trust}));
  EXPECT_EQ(view.text(), "a\xFF");
}

TEST(JsonReader, NamesThePlace) {
  EXPECT_EQ(printed(R"({"a":{"b":[1,{"c":x}]}})"),
            "byte 18, field \"a.b[1].c\": expected a value, found 'x'");
}

TEST(JsonReader, IsBound) {
  const auto deep = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  Arena arena;
  View view;
  EXPECT_FALSE(read_json(deep(512), arena, view));
  EXPECT_EQ(read_json(deep(513), arena, view)->kind, FaultKind::TooDeep);
  EXPECT_EQ(read_json(deep(10'000'000), arena, view)->kind, FaultKind::TooDeep);
  EXPECT_EQ(read_json("[1,2]", arena, view, {.max_bytes = 4})->kind, FaultKind::TooLarge);
  Arena small(1000);
  std::string many = "[0";
  for (int i = 0; i < 1000; ++i) many += ",0";
  EXPECT_EQ(read_json(many + "]", small, view)->kind, FaultKind::TooLarge);
}

// Each byte at each place of a block, among plain ones and among others.
TEST(JsonScan, FindsWhatIsNotPlain) {
  const auto is_plain = [](unsigned char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  };
  for (const char around : {'a', '!', '"', '\x7F', '\xFF', '\0'}) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      for (std::size_t place = 0; place < kBlock; ++place) {
        std::string block(kBlock, around);
        block[place] = static_cast<char>(byte);
        std::uint32_t wanted = 0;
        std::uint32_t high = 0;
        for (std::size_t i = 0; i < kBlock; ++i) {
          const auto c = static_cast<unsigned char>(block[i]);
          if (!is_plain(c)) wanted |= 1U << i;
          if (c >= 0x80) high |= 1U << i;
        }
        ASSERT_EQ(unplain(block.data()), wanted) << byte << " at " << place;
        ASSERT_EQ(unplain_by_words(block.data()), wanted) << byte << " at " << place;
        ASSERT_EQ(beyond_ascii(block.data()), high) << byte << " at " << place;
        ASSERT_EQ(plain_bytes(block.data()), std::countr_zero(wanted | 1U << kBlock));
      }
    }
  }
}

TEST(JsonScan, ReadsDigits) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (unsigned place = 0; place < kWord; ++place) {
      std::string word = "98765432";
      word[place] = static_cast<char>(byte);
      unsigned wanted = 0;
      while (wanted < kWord && is_digit(word[wanted])) ++wanted;
      ASSERT_EQ(leading_digits(load_word(word.data())), wanted) << byte << " at " << place;
      if (wanted == 0) continue;
      EXPECT_EQ(number_of_digits(load_word(word.data()), wanted),
                std::stoull(word.substr(0, wanted)));
    }
  }
}

TEST(JsonScan, TracesANameAsIfItsQuoteWereThere) {
  for (std::size_t size = 0; size < 20; ++size) {
    const std::string quoted = std::string("abcdefghijklmnopqrstuvwxyz").substr(0, size) + "\": ";
    EXPECT_EQ(trace_of_quoted({quoted.data(), size}), trace_of(quoted.substr(0, size))) << size;
  }
}

// A name with and without escapes, of each length, is one name.
TEST(JsonReader, FindsTwinsBehindEscapes) {
  for (std::size_t size = 1; size < 40; ++size) {
    const std::string name(size, 'x');
    const auto escaped = name.substr(1) + "\\u0078";
    EXPECT_EQ(printed("{\"" + name + "\":1,\"y\":2,\"" + escaped + "\":3}"),
              "{\"" + name + "\":3,\"y\":2}");
  }
}

// A text ends where it ends: each prefix stands in memory of its own, so that a sanitizer sees who
// looks behind it.
TEST(JsonReader, LooksAtNothingBehindTheText) {
  const std::string whole =
      R"({"id":"o-1","n":12345678,"long":"more than sixteen characters","x":[1.5e3,true,null]})";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::vector<char> text(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    Arena arena;
    View view;
    const auto fault = read_json({text.data(), text.size()}, arena, view);
    ASSERT_EQ(fault.has_value(), size < whole.size());
    if (!fault) continue;
    EXPECT_EQ(to_string(fault->kind), "truncated");
    EXPECT_EQ(fault->offset, size);
  }
}

TEST(JsonReader, CountsItemsInThePathThoughTheyAreDeep) {
  EXPECT_EQ(printed("[[1,2,3],[4,[5,6,{\"a\":[7,8,x]}]]]"),
            "byte 27, field \"[1][1][2].a[2]\": expected a value, found 'x'");
}

// Random texts that are nearly JSON.
TEST(JsonReader, AgreesWithTheOtherParser) {
  static constexpr std::string_view kParts[] = {"{",
                                                "}",
                                                "[",
                                                "]",
                                                ",",
                                                ":",
                                                "\"a\"",
                                                "\"b\"",
                                                "\"\\u0061\"",
                                                "\"\"",
                                                "1",
                                                "-2.5e3",
                                                "0.10",
                                                "true",
                                                "null",
                                                " ",
                                                "\n",
                                                "\"\xC3\xA4\"",
                                                "\"\\",
                                                "12345678901234567890",
                                                "1e999",
                                                "false",
                                                "\"long text of more than 16\"",
                                                "\xFF"};
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    std::mt19937_64 random(seed);
    SCOPED_TRACE(seed);
    // Grown from inside so that many are right.
    std::string text = std::string(kParts[random() % std::size(kParts)]);
    for (auto steps = random() % 12; steps > 0; --steps) {
      switch (random() % 5) {
        case 0:
          text = "[" + text + "]";
          break;
        case 1:
          text = "[1, " + text + ",\"x\"]";
          break;
        case 2:
          text = "{\"k\":" + text + "}";
          break;
        case 3:
          text = "{\"a\":1,\"a\" : " + text + " ,\"c\":{}}";
          break;
        default:
          if (random() % 3 == 0) {
            text.insert(random() % (text.size() + 1), kParts[random() % std::size(kParts)]);
          }
      }
    }
    fuzz_json(text);
    fuzz_json(std::string_view(text).substr(0, random() % (text.size() + 1)));
    text[random() % text.size()] ^= static_cast<char>(1U << (random() % 8));
    fuzz_json(text);
  }
}

TEST(JsonReader, ReplaysTheCorpus) {
  std::size_t files = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/json_reader")) {
    SCOPED_TRACE(file.path());
    std::ifstream in(file.path(), std::ios::binary);
    fuzz_json(std::string(std::istreambuf_iterator<char>(in), {}));
    ++files;
  }
  EXPECT_GE(files, 5U);
}

}  // namespace
}  // namespace limpet::value
