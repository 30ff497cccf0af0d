// One Deserializer and one Serializer, many threads. The thread sanitizer runs this too.
#include "testing/messages.h"

#include "limpet/serde/deserializer.h"
#include "limpet/serde/serializer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace limpet::serde {
namespace {

using testing::as_bytes;
using testing::glue;
using testing::nth_id;

constexpr std::uint32_t kVersions = 1'000;
constexpr std::uint32_t kThreads = 16;

std::string definition(std::uint32_t n) {
  return R"({"type":"record","name":"R","fields":[{"name":"f)" + std::to_string(n) +
         R"(","type":"int"}]})";
}

std::shared_ptr<MemorySource> thousand() {
  auto source = std::make_shared<MemorySource>();
  for (std::uint32_t n = 0; n < kVersions; ++n) {
    EXPECT_TRUE(source->add(RegisteredText{
        .id = nth_id(n), .definition = definition(n), .name = "t" + std::to_string(n)}));
  }
  return source;
}

class Threads : public ::testing::TestWithParam<std::size_t> {};

// The parameter is max_versions: with and without pushing readers out.
TEST_P(Threads, ReadAThousandVersions) {
  const auto source = thousand();
  const auto views = Deserializer<value::View>::make(source, {.max_versions = GetParam()});
  ASSERT_TRUE(views);
  std::atomic<std::uint32_t> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&views, &wrong, t] {
      value::Arena arena;
      for (std::uint32_t i = 0; i < 2 * kVersions; ++i) {
        // Half of the time all threads want the same version.
        const std::uint32_t n = (i % 2 == 0 ? i : i + t * 61) % kVersions;
        const std::string message = glue(nth_id(n), "\x0c");
        value::View view;
        if (i % 8 == 0) arena.reset();
        const auto failure = views->read({.topic = "t"}, as_bytes(message), arena, view);
        if (failure || view.field_name(0) != "f" + std::to_string(n) || view[0].as_long() != 6) {
          wrong.fetch_add(1);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0U);
  EXPECT_EQ(views->versions(), std::min<std::size_t>(GetParam(), kVersions));
}

INSTANTIATE_TEST_SUITE_P(Rows, Threads, ::testing::Values(4'096, 300));

TEST(Threads, MeetOneProtobufSchema) {
  std::string text = "syntax = \"proto3\";\n";
  for (int n = 10; n < 60; ++n) {
    text += "message M" + std::to_string(n) + " { int32 a = 1; }\n";
  }
  const auto views =
      Deserializer<value::View>::make(testing::source_of(text, DataFormat::Protobuf));
  ASSERT_TRUE(views);
  std::atomic<std::uint32_t> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&views, &wrong] {
      value::Arena arena;
      for (std::uint32_t i = 0; i < 200; ++i) {
        arena.reset();
        const std::string payload{static_cast<char>(i % 50), 0x08, 0x05};
        const std::string message = glue(testing::kUserId, payload);
        value::View view;
        if (views->read({}, as_bytes(message), arena, view) ||
            view.shape().name() != "M" + std::to_string(10 + i % 50)) {
          wrong.fetch_add(1);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0U);
}

TEST(Threads, WriteToManyTopics) {
  const auto source = std::make_shared<MemorySource>();
  for (std::uint32_t n = 0; n < 100; ++n) {
    ASSERT_TRUE(source->add(RegisteredText{
        .id = nth_id(n), .definition = definition(7), .name = "t" + std::to_string(n)}));
  }
  const auto texts = Serializer<std::string_view>::make(source, {.definition = definition(7)});
  ASSERT_TRUE(texts);
  std::atomic<std::uint32_t> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&texts, &wrong, t] {
      codec::ByteBuffer out;
      for (std::uint32_t i = 0; i < 400; ++i) {
        const std::uint32_t n = (i + t) % 100;
        const std::string topic = "t" + std::to_string(n);
        out.clear();
        if (texts->append({.topic = topic}, R"({"f7":6})", out) ||
            out.text() != glue(nth_id(n), "\x0c")) {
          wrong.fetch_add(1);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0U);
}

}  // namespace
}  // namespace limpet::serde
