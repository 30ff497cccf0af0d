#include "limpet/value/arena.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace limpet::value {
namespace {

TEST(Arena, AlignsAndCounts) {
  Arena arena;
  void* one = arena.allocate(1, 1);
  void* eight = arena.allocate(8, 8);
  ASSERT_NE(one, nullptr);
  ASSERT_NE(eight, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(eight) % 8, 0U);
  EXPECT_GE(arena.used(), 9U);
  EXPECT_LE(arena.used(), 16U);
}

TEST(Arena, KeepsItsLargestBlockOverResets) {
  Arena arena;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) ASSERT_NE(arena.allocate(1000), nullptr);
    EXPECT_GE(arena.used(), 100'000U);
    arena.reset();
    EXPECT_EQ(arena.used(), 0U);
  }
  const std::size_t held = arena.held();
  for (int i = 0; i < 50; ++i) ASSERT_NE(arena.allocate(1000), nullptr);
  EXPECT_EQ(arena.held(), held);
}

TEST(Arena, AnswersNullBehindItsLimit) {
  Arena arena(10'000);
  EXPECT_NE(arena.allocate(9'000), nullptr);
  EXPECT_EQ(arena.allocate(2'000), nullptr);
  EXPECT_EQ(arena.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(arena.allocate_array<std::uint64_t>(SIZE_MAX / 4), nullptr);
  EXPECT_EQ(arena.copy(std::string(5'000, 'x')).data(), nullptr);
  EXPECT_LE(arena.used(), 10'016U);  // padding does not count
  arena.reset();
  EXPECT_NE(arena.allocate(9'000), nullptr);
}

TEST(Arena, TheLimitHoldsWithinABlockToo) {
  Arena arena(100);
  EXPECT_NE(arena.allocate(80, 1), nullptr);
  EXPECT_EQ(arena.allocate(80, 1), nullptr);
}

TEST(Arena, CopiesText) {
  Arena arena;
  EXPECT_EQ(arena.copy("abc"), "abc");
  EXPECT_NE(arena.copy("").data(), nullptr);
}

}  // namespace
}  // namespace limpet::value
