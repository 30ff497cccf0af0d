#include "limpet/crypto/hmac.h"

#include "limpet/base/hex.h"

#include <gtest/gtest.h>

namespace limpet::crypto {
namespace {

using namespace std::literals;

struct Row {
  std::string key, message, mac;
};

// RFC 4231 4.2 to 4.8; case 5 is published truncated to 128 bits.
const Row kRows[] = {
    {std::string(20, '\x0b'), "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17"
     "\x18\x19",
     std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {std::string(20, '\x0c'), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {std::string(131, '\xaa'),
     "This is a test using a larger than block-size key and a larger than block-size data. The key "
     "needs to be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

TEST(HmacSha256, Rfc4231) {
  for (const auto& row : kRows) {
    const HmacSha256 mac(row.key);
    EXPECT_EQ(to_hex(mac(row.message)).substr(0, row.mac.size()), row.mac) << row.message;
  }
}

TEST(HmacSha256, KeyedStateServesManyMessagesAndCopies) {
  const HmacSha256 mac("Jefe");
  const HmacSha256 copy = mac;
  const auto first = mac("what do ya want for nothing?");
  EXPECT_NE(mac("something else"), first);
  EXPECT_EQ(copy("what do ya want for nothing?"), first);
}

TEST(ConstantTimeEqual, Compares) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
  EXPECT_TRUE(constant_time_equal("a\0b"sv, "a\0b"sv));
  EXPECT_FALSE(constant_time_equal("a\0b"sv, "a\0c"sv));
}

}  // namespace
}  // namespace limpet::crypto
