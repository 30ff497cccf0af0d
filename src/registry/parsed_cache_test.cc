#include "limpet/registry/parsed_cache.h"

#include "limpet/crypto/sha256.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace limpet::registry {
namespace {

using compat::Format;

std::string text_of(int i) {
  return R"({"type":"record","name":"R)" + std::to_string(i) + R"(","fields":[]})";
}

TEST(ParsedCache, KeepsByContent) {
  ParsedCache cache;
  const auto first = cache.parse(Format::Avro, R"("int")");
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->content, crypto::sha256_hex(R"("int")"));
  EXPECT_EQ(cache.parse(Format::Avro, R"("int")")->get(), first->get());
  const auto spaced = cache.parse(Format::Avro, R"({ "type": "int" })");
  EXPECT_NE((*spaced)->content, (*first)->content);
  EXPECT_EQ((*spaced)->identity, (*first)->identity);
  EXPECT_EQ(cache.find(Format::Avro, (*first)->content), *first);
  EXPECT_EQ(cache.find(Format::Json, (*first)->content), nullptr);
  EXPECT_EQ(cache.find(Format::Avro, "0"), nullptr);
}

TEST(ParsedCache, DoesNotKeepWhatFails) {
  ParsedCache cache;
  EXPECT_EQ(code_of(cache.parse(Format::Avro, "{")), Code::InvalidInput);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(ParsedCache, IsBoundedAndForgetsTheOldest) {
  constexpr std::size_t kBytes = 20'000;
  ParsedCache cache(kBytes);
  const auto popular = crypto::sha256_hex(text_of(0));
  ASSERT_TRUE(cache.parse(Format::Avro, text_of(0)));
  for (int i = 1; i < 100; ++i) {
    ASSERT_TRUE(cache.parse(Format::Avro, text_of(i)));
    ASSERT_LE(cache.bytes(), kBytes);
    ASSERT_NE(cache.find(Format::Avro, popular), nullptr) << i;  // used, so not forgotten
  }
  EXPECT_EQ(cache.find(Format::Avro, crypto::sha256_hex(text_of(1))), nullptr);
  EXPECT_NE(cache.find(Format::Avro, crypto::sha256_hex(text_of(99))), nullptr);
}

TEST(ParsedCache, AnswersWhatIsTooLargeToKeep) {
  ParsedCache cache(10);
  EXPECT_TRUE(cache.parse(Format::Avro, R"("int")"));
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(ParsedCache, ManyThreads) {
  ParsedCache cache(30'000);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto text = text_of(i % 40);
        const auto parsed = cache.parse(Format::Avro, text);
        ASSERT_TRUE(parsed);
        ASSERT_EQ((*parsed)->content, crypto::sha256_hex(text));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(cache.bytes(), 30'000U);
}

}  // namespace
}  // namespace limpet::registry
