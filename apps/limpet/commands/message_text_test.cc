#include "message_text.h"

#include <gtest/gtest.h>

#include <ostream>

namespace limpet::app {
namespace {

using namespace std::string_literals;

struct TextRow {
  const char* name;
  std::string text;
  std::optional<std::string> bytes;

  friend void PrintTo(const TextRow& row, std::ostream* out) { *out << row.text; }
};

class HexTest : public testing::TestWithParam<TextRow> {};
TEST_P(HexTest, Reads) { EXPECT_EQ(message_from_hex(GetParam().text), GetParam().bytes); }

INSTANTIATE_TEST_SUITE_P(
    Texts, HexTest,
    testing::Values(TextRow{"Empty", "", ""}, TextRow{"Plain", "0300ff", "\x03\0\xff"s},
                    TextRow{"Capitals", "AbCd", "\xab\xcd"}, TextRow{"C", "0x41", "A"},
                    TextRow{"Postgres", "\\x41", "A"}, TextRow{"Spaced", "41 42\t43", "ABC"},
                    TextRow{"Colons", "41:42", "AB"}, TextRow{"SpaceInAByte", "4 1", "A"},
                    TextRow{"HalfAByte", "414", std::nullopt},
                    TextRow{"OtherLetter", "4g", std::nullopt},
                    TextRow{"SecondPrefix", "410x41", std::nullopt},
                    TextRow{"LineFeed", "41\n42", std::nullopt},
                    TextRow{"Zero", "41\0"s, std::nullopt}),
    [](const auto& row) { return row.param.name; });

class Base64Test : public testing::TestWithParam<TextRow> {};
TEST_P(Base64Test, Reads) { EXPECT_EQ(message_from_base64(GetParam().text), GetParam().bytes); }

// "\xfb\xff" is "+/8=" in base64 and "-_8" in base64url (RFC 4648 4 and 5).
INSTANTIATE_TEST_SUITE_P(Texts, Base64Test,
                         testing::Values(TextRow{"Empty", "", ""}, TextRow{"Padded", "Zm8=", "fo"},
                                         TextRow{"Standard", "+/8=", "\xfb\xff"},
                                         TextRow{"Url", "-_8", "\xfb\xff"},
                                         TextRow{"UrlPadded", "-_8=", "\xfb\xff"},
                                         TextRow{"NoPadding", "Zm8", "fo"},
                                         TextRow{"BothAlphabets", "+_8=", std::nullopt},
                                         TextRow{"SpareBits", "Zm9=", std::nullopt},
                                         TextRow{"OneLetter", "Z", std::nullopt},
                                         TextRow{"Blank", "Zm 8=", std::nullopt}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::app
