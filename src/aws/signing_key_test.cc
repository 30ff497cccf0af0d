#include "limpet/aws/signing_key.h"

#include "limpet/base/hex.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace limpet::aws {
namespace {

constexpr SigningScope kScope{"20150830", "us-east-1", "iam"};

// "Deriving the signing key", AWS General Reference: its example's key signs the example's string.
TEST(SigningKey, Derives) {
  const auto key = derive_signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", kScope);
  EXPECT_EQ(to_hex(key("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
                       "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59")),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(SigningKeyCache, KeepsTheMostRecentlyUsed) {
  SigningKeyCache cache(2);
  const auto key = derive_signing_key("s", kScope);
  cache.put("a", "s", kScope, key);
  cache.put("b", "s", kScope, key);
  EXPECT_TRUE(cache.find("a", "s", kScope));
  cache.put("c", "s", kScope, key);
  EXPECT_TRUE(cache.find("a", "s", kScope));
  EXPECT_FALSE(cache.find("b", "s", kScope));
  EXPECT_EQ(cache.size(), 2U);
}

TEST(SigningKeyCache, DistinguishesSecretDateRegionAndService) {
  SigningKeyCache cache;
  cache.put("a", "s", kScope, derive_signing_key("s", kScope));
  EXPECT_TRUE(cache.find("a", "s", kScope));
  EXPECT_FALSE(cache.find("a", "t", kScope));
  EXPECT_FALSE(cache.find("a", "s", {"20150831", "us-east-1", "iam"}));
  EXPECT_FALSE(cache.find("a", "s", {"20150830", "us-east-2", "iam"}));
  EXPECT_FALSE(cache.find("a", "s", {"20150830", "us-east-1", "glue"}));
  cache.put("a", "t", kScope, derive_signing_key("t", kScope));
  EXPECT_TRUE(cache.find("a", "t", kScope));
  EXPECT_EQ(cache.size(), 1U);
}

TEST(SigningKeyCache, ServesManyThreads) {
  SigningKeyCache cache(8);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string id = std::to_string((i + t) % 16);
        const auto key = cache.find(id, "s", kScope);
        if (!key) cache.put(id, "s", kScope, derive_signing_key("s", kScope));
      }
    });
  }
  threads.clear();
  EXPECT_EQ(cache.size(), 8U);
}

}  // namespace
}  // namespace limpet::aws
