#include "limpet/codec/byte_buffer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <new>
#include <string>

namespace limpet::codec {
namespace {

TEST(ByteBuffer, KeepsWhatWasWrittenWhileItGrows) {
  ByteBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.text(), "");
  std::string expected;
  for (int i = 0; i < 5'000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    buffer.append(piece);
    expected += piece;
  }
  buffer.append(std::byte{'!'});
  expected += '!';
  buffer.append(std::string_view());
  EXPECT_EQ(buffer.text(), expected);
  EXPECT_GE(buffer.capacity(), buffer.size());
  EXPECT_LT(buffer.capacity(), 3 * buffer.size());
}

TEST(ByteBuffer, GivesRoomThatIsAskedFor) {
  ByteBuffer buffer;
  buffer.append("ab");
  std::byte* at = buffer.room(1'000);
  ASSERT_GE(buffer.capacity(), 1'002U);
  std::memset(at, 'x', 1'000);
  buffer.end_at(at + 3);
  EXPECT_EQ(buffer.text(), "abxxx");
  const std::size_t before = buffer.capacity();
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.room(before), buffer.data());  // cleared memory is used again
  EXPECT_EQ(buffer.capacity(), before);
}

TEST(ByteBuffer, Shrinks) {
  ByteBuffer buffer;
  buffer.append("header and more");
  buffer.shrink(6);
  EXPECT_EQ(buffer.text(), "header");
}

TEST(ByteBuffer, MovesAndGivesAway) {
  ByteBuffer buffer;
  buffer.append("text");
  ByteBuffer moved(std::move(buffer));
  EXPECT_EQ(moved.text(), "text");
  EXPECT_TRUE(buffer.empty());  // NOLINT: a moved buffer is empty
  buffer = std::move(moved);
  EXPECT_EQ(buffer.text(), "text");

  auto owned = buffer.release();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), 0U);
  ASSERT_EQ(owned.size, 4U);
  EXPECT_EQ(std::memcmp(owned.bytes.get(), "text", 4), 0);
  std::free(owned.bytes.release());  // NOLINT: what a library in C does with it
  buffer.append("again");
  EXPECT_EQ(buffer.text(), "again");
}

TEST(ByteBuffer, RefusesWhatNoMachineHas) {
  ByteBuffer buffer;
  buffer.append("kept");
  EXPECT_THROW(buffer.room(SIZE_MAX), std::bad_alloc);
  EXPECT_THROW(buffer.room(SIZE_MAX / 2), std::bad_alloc);
  EXPECT_EQ(buffer.text(), "kept");
}

}  // namespace
}  // namespace limpet::codec
