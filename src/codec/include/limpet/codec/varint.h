// Varints: numbers in groups of seven bits, the lowest first, each byte but the last marked by its
// top bit (unsigned LEB128), and zig-zag, which folds the sign into the lowest bit.
//
//   std::array<std::byte, codec::kVarint64Bytes> room;
//   std::byte* end = codec::write_varint64(room.data(), codec::zigzag64(-65));    // 81 01
//
//   const auto read = codec::read_varint64(room.data(), end);
//   if (!read) return codec::varint_fault({room.data(), end}, codec::VarintWidth::Bits64);
//   codec::unzigzag64(read.value);                                                // -65
//
// Avro's int and long are zig-zag (Avro 1.11.4 specification, "Primitive Types"), Protobuf's
// uint32, lengths, tags and the index of a Glue payload plain, Confluent's indexes zig-zag.
//
// Malformed: the bytes end within the number; more than 5 bytes for 32 bits or 10 for 64; bits
// beyond the width in the last of these. Longer spellings of a number within those bounds are
// taken (80 00 is 0), as every reader takes them. Threads: safe.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace limpet::codec {

/// The most bytes that a number of this width takes.
inline constexpr std::size_t kVarint32Bytes = 5;
inline constexpr std::size_t kVarint64Bytes = 10;

constexpr std::uint32_t zigzag32(std::int32_t value) {
  return (static_cast<std::uint32_t>(value) << 1U) ^ static_cast<std::uint32_t>(value >> 31);
}
constexpr std::uint64_t zigzag64(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int32_t unzigzag32(std::uint32_t value) {
  return static_cast<std::int32_t>((value >> 1U) ^ (0U - (value & 1U)));
}
constexpr std::int64_t unzigzag64(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1U) ^ (std::uint64_t{0} - (value & 1U)));
}

/// Bytes that write_varint32 and write_varint64 take for it.
constexpr std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

/// A number and the byte behind it; `next` is nullptr when there is none: see varint_fault().
struct Varint32 {
  std::uint32_t value = 0;
  const std::byte* next = nullptr;
  explicit operator bool() const { return next != nullptr; }
};
struct Varint64 {
  std::uint64_t value = 0;
  const std::byte* next = nullptr;
  explicit operator bool() const { return next != nullptr; }
};

/// The number at `at`. Requires: at <= end, both in one piece of memory.
Varint32 read_varint32(const std::byte* at, const std::byte* end);
Varint64 read_varint64(const std::byte* at, const std::byte* end);

/// The same without looking where the bytes end. Requires: kVarint64Bytes may be read from `at`,
/// whatever the width; what is behind the number may be anything.
Varint32 read_varint32_unchecked(const std::byte* at);
Varint64 read_varint64_unchecked(const std::byte* at);

/// Put the number at `to`; the byte behind it. Requires: room for kVarint32Bytes or kVarint64Bytes,
/// of which those behind the number may be scribbled on.
std::byte* write_varint32(std::byte* to, std::uint32_t value);
std::byte* write_varint64(std::byte* to, std::uint64_t value);

enum class VarintWidth : std::uint8_t { Bits32, Bits64 };

enum class VarintFault : std::uint8_t {
  None,
  CutOff,   ///< the bytes end within the number
  TooLong,  ///< no last byte within 5 (32 bits) or 10 (64 bits)
  TooBig,   ///< bits beyond the width
};
/// "cut off", "longer than 5 bytes", "above 32 bits", …; "none".
std::string_view to_string(VarintFault fault, VarintWidth width);

/// Why the number at the start of `bytes` cannot be read; None when it can. Not fast.
VarintFault varint_fault(std::span<const std::byte> bytes, VarintWidth width);

// What reads a record calls these for every value.

namespace detail {

/// The little-endian number at `at`.
inline std::uint64_t load_little64(const std::byte* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Close the gaps that the top bits of eight bytes leave: 8 x 7 bits become 56.
constexpr std::uint64_t pack_sevens(std::uint64_t word) {
  word = (word & 0x007F007F007F007FU) | ((word & 0x7F007F007F007F00U) >> 1U);
  word = (word & 0x00003FFF00003FFFU) | ((word & 0x3FFF00003FFF0000U) >> 2U);
  return (word & 0x000000000FFFFFFFU) | ((word & 0x0FFFFFFF00000000U) >> 4U);
}

Varint32 read_varint32_near_end(const std::byte* at, const std::byte* end);
Varint64 read_varint64_near_end(const std::byte* at, const std::byte* end);
Varint64 read_varint64_above_56_bits(const std::byte* at, std::uint64_t word);

}  // namespace detail

inline Varint32 read_varint32_unchecked(const std::byte* at) {
  const auto first = std::to_integer<std::uint32_t>(*at);
  if (first < 0x80) [[likely]]
    return {first, at + 1};
  const std::uint64_t word = detail::load_little64(at);
  const std::uint64_t last = ~word & 0x0000008080808080U;
  if (last == 0) return {};
  const std::uint64_t value = detail::pack_sevens(word & 0x7F7F7F7F7FU & (last ^ (last - 1)));
  if (value > UINT32_MAX) return {};
  return {static_cast<std::uint32_t>(value), at + (std::countr_zero(last) + 1) / 8};
}

inline Varint64 read_varint64_unchecked(const std::byte* at) {
  const auto first = std::to_integer<std::uint64_t>(*at);
  if (first < 0x80) [[likely]]
    return {first, at + 1};
  const std::uint64_t word = detail::load_little64(at);
  const std::uint64_t last = ~word & 0x8080808080808080U;
  if (last == 0) return detail::read_varint64_above_56_bits(at, word);
  return {detail::pack_sevens(word & 0x7F7F7F7F7F7F7F7FU & (last ^ (last - 1))),
          at + (std::countr_zero(last) + 1) / 8};
}

inline Varint32 read_varint32(const std::byte* at, const std::byte* end) {
  if (static_cast<std::size_t>(end - at) >= kVarint64Bytes) [[likely]] {
    return read_varint32_unchecked(at);
  }
  if (at != end && std::to_integer<std::uint32_t>(*at) < 0x80) {
    return {std::to_integer<std::uint32_t>(*at), at + 1};
  }
  return detail::read_varint32_near_end(at, end);
}

inline Varint64 read_varint64(const std::byte* at, const std::byte* end) {
  if (static_cast<std::size_t>(end - at) >= kVarint64Bytes) [[likely]] {
    return read_varint64_unchecked(at);
  }
  if (at != end && std::to_integer<std::uint64_t>(*at) < 0x80) {
    return {std::to_integer<std::uint64_t>(*at), at + 1};
  }
  return detail::read_varint64_near_end(at, end);
}

inline std::byte* write_varint32(std::byte* to, std::uint32_t value) {
  while (value >= 0x80) {
    *to++ = static_cast<std::byte>(value | 0x80U);
    value >>= 7U;
  }
  *to++ = static_cast<std::byte>(value);
  return to;
}

inline std::byte* write_varint64(std::byte* to, std::uint64_t value) {
  while (value >= 0x80) {
    *to++ = static_cast<std::byte>(value | 0x80U);
    value >>= 7U;
  }
  *to++ = static_cast<std::byte>(value);
  return to;
}

}  // namespace limpet::codec
