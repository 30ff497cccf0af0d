#include "limpet/crypto/base64.h"

#include <gtest/gtest.h>

namespace limpet::crypto {
namespace {

using namespace std::literals;

struct Row {
  std::string_view bytes, standard, url;
};

// RFC 4648 10, and bytes that use the letters in which the alphabets differ.
constexpr Row kRows[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xbf"sv, "+/+/", "-_-_"},
    {"\x00"sv, "AA==", "AA"},
};

TEST(Base64, EncodesAndDecodes) {
  for (const auto& row : kRows) {
    EXPECT_EQ(base64_encode(row.bytes), row.standard);
    EXPECT_EQ(base64_decode(row.standard), row.bytes);
    EXPECT_EQ(base64url_encode(row.bytes), row.url);
    EXPECT_EQ(base64url_decode(row.url), row.bytes);
  }
}

TEST(Base64, RefusesEveryOtherSpelling) {
  for (const auto text : {"Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zm9v\n",
                          " Zm9v", "Zm9v====", "Zg==Zg==", "-_-_", "Zm9.", "Z", "\xc3\xa9=="}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
  for (const auto text : {"Zg==", "Zh", "Zm9", "+/+/", "Z", "Zm8\n", "Zm9vY"}) {
    EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace limpet::crypto
