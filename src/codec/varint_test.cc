#include "limpet/codec/varint.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace limpet::codec {
namespace {

// Bytes on the heap with nothing behind them, so that a sanitizer sees any that is read too much.
struct Exact {
  explicit Exact(const std::vector<unsigned>& values)
      : size(values.size()), bytes(new std::byte[values.size()]) {
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(values[i]);
  }
  const std::byte* begin() const { return bytes.get(); }
  const std::byte* end() const { return bytes.get() + size; }
  std::span<const std::byte> span() const { return {begin(), size}; }

  std::size_t size;
  std::unique_ptr<std::byte[]> bytes;
};

// One byte after the other, as the specifications say it.
std::optional<std::pair<std::uint64_t, std::size_t>> read_slowly(std::span<const std::byte> bytes,
                                                                 unsigned bits) {
  std::uint64_t value = 0;
  const std::size_t most = bits == 32 ? 5 : 10;
  for (std::size_t i = 0; i < bytes.size() && i < most; ++i) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[i]);
    const auto shift = static_cast<unsigned>(7 * i);
    const std::uint64_t group = byte & 0x7FU;
    if (shift + 7 > bits && group >> (bits - shift) != 0) return std::nullopt;
    value |= group << shift;
    if (byte < 0x80) return std::pair(value, i + 1);
  }
  return std::nullopt;
}

struct Row {
  std::string name;
  std::vector<unsigned> bytes;
  VarintFault fault32 = VarintFault::None;
  VarintFault fault64 = VarintFault::None;
  std::uint64_t value = 0;
};

class VarintTest : public testing::TestWithParam<Row> {};

TEST_P(VarintTest, Reads) {
  const Row& row = GetParam();
  const Exact exact(row.bytes);
  EXPECT_EQ(varint_fault(exact.span(), VarintWidth::Bits32), row.fault32);
  EXPECT_EQ(varint_fault(exact.span(), VarintWidth::Bits64), row.fault64);
  const Varint32 narrow = read_varint32(exact.begin(), exact.end());
  const Varint64 wide = read_varint64(exact.begin(), exact.end());
  EXPECT_EQ(static_cast<bool>(narrow), row.fault32 == VarintFault::None);
  EXPECT_EQ(static_cast<bool>(wide), row.fault64 == VarintFault::None);
  if (narrow) {
    EXPECT_EQ(narrow.value, row.value);
    EXPECT_EQ(narrow.next, exact.end());
  }
  if (wide) {
    EXPECT_EQ(wide.value, row.value);
    EXPECT_EQ(wide.next, exact.end());
  }
}

constexpr auto kCutOff = VarintFault::CutOff;
constexpr auto kTooLong = VarintFault::TooLong;
constexpr auto kTooBig = VarintFault::TooBig;
constexpr auto kNone = VarintFault::None;

INSTANTIATE_TEST_SUITE_P(
    Rows, VarintTest,
    testing::Values(
        Row{"Nothing", {}, kCutOff, kCutOff}, Row{"Zero", {0x00}}, Row{"One", {0x01}, {}, {}, 1},
        Row{"LastOfOneByte", {0x7F}, {}, {}, 127},
        Row{"FirstOfTwoBytes", {0x80, 0x01}, {}, {}, 128},
        Row{"LastOfTwoBytes", {0xFF, 0x7F}, {}, {}, 16383},
        Row{"ThreeBytes", {0x80, 0x80, 0x01}, {}, {}, 16384},
        Row{"FourBytes", {0xFF, 0xFF, 0xFF, 0x7F}, {}, {}, 0xFFFFFFF},
        Row{"Most32", {0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, {}, {}, 0xFFFFFFFF},
        Row{"OneAbove32", {0x80, 0x80, 0x80, 0x80, 0x10}, kTooBig, kNone, 0x100000000},
        Row{"Most35", {0xFF, 0xFF, 0xFF, 0xFF, 0x7F}, kTooBig, kNone, 0x7FFFFFFFF},
        Row{"SixBytes", {0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, kTooLong, kNone, 0x800000000},
        Row{"SevenBytes",
            {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F},
            kTooLong,
            kNone,
            0x1FFFFFFFFFFFF},
        Row{"EightBytes",
            {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F},
            kTooLong,
            kNone,
            0xFFFFFFFFFFFFFF},
        Row{"NineBytes",
            {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F},
            kTooLong,
            kNone,
            0x7FFFFFFFFFFFFFFF},
        Row{"Most64",
            {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
            kTooLong,
            kNone,
            0xFFFFFFFFFFFFFFFF},
        Row{"OneAbove64",
            {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02},
            kTooLong,
            kTooBig},
        Row{"ElevenBytes",
            {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
            kTooLong,
            kTooLong},
        Row{"AllOnes",
            {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
            kTooLong,
            kTooLong},
        Row{"ZeroInTwoBytes", {0x80, 0x00}}, Row{"ZeroInFiveBytes", {0x80, 0x80, 0x80, 0x80, 0x00}},
        Row{"OneInTenBytes",
            {0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
            kTooLong,
            kNone,
            1},
        Row{"CutOffAfterOne", {0x80}, kCutOff, kCutOff},
        Row{"CutOffAfterFour", {0xFF, 0xFF, 0xFF, 0xFF}, kCutOff, kCutOff},
        Row{"CutOffAfterNine",
            {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
            kTooLong,
            kCutOff}),
    [](const auto& row) { return row.param.name; });

TEST(Varint, ReadsEveryPrefixAsOneByteAfterTheOtherDoes) {
  std::mt19937_64 random(1);
  int good = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<unsigned> bytes(random() % 14);
    // Mostly bytes that go on, so that long numbers are common; ends of all kinds.
    const bool small_end = random() % 2 == 0;
    for (auto& byte : bytes) byte = random() % 8 == 0 ? random() % 128 : 128 + random() % 128;
    if (small_end && !bytes.empty()) bytes.back() = random() % 4;
    const Exact exact(bytes);
    const auto narrow = read_varint32(exact.begin(), exact.end());
    const auto wide = read_varint64(exact.begin(), exact.end());
    const auto slow_narrow = read_slowly(exact.span(), 32);
    const auto slow_wide = read_slowly(exact.span(), 64);
    ASSERT_EQ(static_cast<bool>(narrow), slow_narrow.has_value()) << round;
    ASSERT_EQ(static_cast<bool>(wide), slow_wide.has_value()) << round;
    ASSERT_EQ(varint_fault(exact.span(), VarintWidth::Bits32) == VarintFault::None,
              slow_narrow.has_value());
    ASSERT_EQ(varint_fault(exact.span(), VarintWidth::Bits64) == VarintFault::None,
              slow_wide.has_value());
    if (slow_narrow) {
      ASSERT_EQ(narrow.value, slow_narrow->first);
      ASSERT_EQ(narrow.next, exact.begin() + slow_narrow->second);
    }
    if (slow_wide) {
      ++good;
      ASSERT_EQ(wide.value, slow_wide->first);
      ASSERT_EQ(wide.next, exact.begin() + slow_wide->second);
    }
  }
  EXPECT_GT(good, 5'000);
}

TEST(Varint, WritesWhatItReads) {
  std::vector<std::uint64_t> values;
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t near : {0U, 1U, 2U}) {
      values.push_back((std::uint64_t{1} << bit) - 1 + near);
      values.push_back(~(std::uint64_t{1} << bit) + near);
    }
  }
  for (const std::uint64_t value : values) {
    std::array<std::byte, kVarint64Bytes> room{};
    const std::byte* end = write_varint64(room.data(), value);
    ASSERT_EQ(static_cast<std::size_t>(end - room.data()), varint_size(value)) << value;
    const auto read = read_varint64(room.data(), end);
    ASSERT_TRUE(read) << value;
    EXPECT_EQ(read.value, value);
    EXPECT_EQ(read.next, end);
    EXPECT_EQ(zigzag64(unzigzag64(value)), value);

    const auto narrow = static_cast<std::uint32_t>(value);
    end = write_varint32(room.data(), narrow);
    ASSERT_EQ(static_cast<std::size_t>(end - room.data()), varint_size(narrow)) << narrow;
    const auto read_narrow = read_varint32(room.data(), end);
    ASSERT_TRUE(read_narrow) << narrow;
    EXPECT_EQ(read_narrow.value, narrow);
    EXPECT_EQ(read_narrow.next, end);
    EXPECT_EQ(zigzag32(unzigzag32(narrow)), narrow);
  }
}

TEST(Varint, IgnoresWhatIsBehindTheNumber) {
  for (const unsigned behind : {0x00U, 0x7FU, 0x80U, 0xFFU}) {
    std::array<std::byte, 16> bytes{};
    bytes.fill(static_cast<std::byte>(behind));
    std::byte* end = write_varint64(bytes.data(), 300);
    EXPECT_EQ(read_varint64_unchecked(bytes.data()).value, 300U);
    EXPECT_EQ(read_varint64_unchecked(bytes.data()).next, end);
    EXPECT_EQ(read_varint32_unchecked(bytes.data()).value, 300U);
    EXPECT_EQ(read_varint32_unchecked(bytes.data()).next, end);
  }
}

// Avro 1.11.4 specification, "Primitive Types".
TEST(Varint, FoldsSigns) {
  constexpr std::array<std::pair<std::int64_t, std::uint64_t>, 8> kRows{
      {{0, 0}, {-1, 1}, {1, 2}, {-2, 3}, {2, 4}, {-64, 127}, {64, 128}, {INT64_MIN, UINT64_MAX}}};
  for (const auto& [value, folded] : kRows) {
    EXPECT_EQ(zigzag64(value), folded);
    EXPECT_EQ(unzigzag64(folded), value);
  }
  EXPECT_EQ(zigzag32(INT32_MIN), UINT32_MAX);
  EXPECT_EQ(unzigzag32(UINT32_MAX), INT32_MIN);
  EXPECT_EQ(zigzag32(INT32_MAX), UINT32_MAX - 1);
  EXPECT_EQ(zigzag64(INT64_MAX), UINT64_MAX - 1);
}

TEST(Varint, TellsWhy) {
  EXPECT_EQ(to_string(VarintFault::TooLong, VarintWidth::Bits32), "longer than 5 bytes");
  EXPECT_EQ(to_string(VarintFault::TooLong, VarintWidth::Bits64), "longer than 10 bytes");
  EXPECT_EQ(to_string(VarintFault::TooBig, VarintWidth::Bits32), "above 32 bits");
  EXPECT_EQ(to_string(VarintFault::CutOff, VarintWidth::Bits64), "cut off");
}

// The example of the header.
TEST(Varint, Example) {
  std::array<std::byte, kVarint64Bytes> room;
  std::byte* end = write_varint64(room.data(), zigzag64(-65));
  EXPECT_EQ(end - room.data(), 2);
  EXPECT_EQ(room[0], std::byte{0x81});
  EXPECT_EQ(room[1], std::byte{0x01});
  const auto read = read_varint64(room.data(), end);
  ASSERT_TRUE(read);
  EXPECT_EQ(unzigzag64(read.value), -65);
}

}  // namespace
}  // namespace limpet::codec
