#include "limpet/base/hex.h"
#include "limpet/crypto/md5.h"
#include "limpet/crypto/sha256.h"

#include <gtest/gtest.h>

namespace limpet::crypto {
namespace {

// FIPS 180-4 examples as published with the standard, and the empty message (RFC 6234 8.5 style).
TEST(Sha256, PublishedVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, SpanAndTextAgreeOnBytesAboveAscii) {
  const std::array<std::uint8_t, 3> bytes{0x00, 0xff, 0x80};
  EXPECT_EQ(sha256(bytes), sha256(std::string_view("\x00\xff\x80", 3)));
}

// RFC 1321 A.5.
TEST(Md5, PublishedVectors) {
  EXPECT_EQ(to_hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(to_hex(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(to_hex(md5("1234567890123456789012345678901234567890"
                       "1234567890123456789012345678901234567890")),
            "57edf4a22be3c955ac49da2e2107b67a");
}

}  // namespace
}  // namespace limpet::crypto
