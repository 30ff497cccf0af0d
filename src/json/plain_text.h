// Plain text: what stands in a JSON string as it is. It is looked for eight bytes at a time; where
// that has found a special byte, as in a schema within a string, more of them are near, and the
// rest is gone through byte by byte.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace limpet::json {

inline constexpr std::uint64_t kEachByte = 0x0101010101010101ULL;
inline constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

inline std::uint64_t load_word(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// A quote, a backslash or a control character.
inline constexpr auto kSpecial = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
  table['"'] = table['\\'] = true;
  return table;
}();
inline bool is_special(char c) { return kSpecial[static_cast<unsigned char>(c)]; }

/// Not zero when one of eight bytes is special. The lowest bit that is set belongs to the first of
/// them in memory, on a little-endian machine (the classic "has less" of "Bit Twiddling Hacks").
inline std::uint64_t special_bytes(std::uint64_t word) {
  const auto less = [](std::uint64_t bytes, std::uint64_t than) {
    return (bytes - kEachByte * than) & ~bytes & kHighBits;
  };
  return less(word, 0x20) | less(word ^ (kEachByte * '"'), 1) | less(word ^ (kEachByte * '\\'), 1);
}

inline constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
inline constexpr bool kWordsAreOrdered = std::endian::native == std::endian::little;

/// The first special byte from `at` on, or `end`. `seen` collects the high bits of what was passed,
/// and perhaps of some bytes behind it.
inline const char* skip_plain(const char* at, const char* end, std::uint64_t& seen) {
  if constexpr (kWordsAreOrdered) {
    while (end - at >= static_cast<std::ptrdiff_t>(kWordBytes)) {
      const std::uint64_t word = load_word(at);
      seen |= word & kHighBits;
      if (const std::uint64_t special = special_bytes(word); special != 0) {
        return at + std::countr_zero(special) / 8;
      }
      at += kWordBytes;
    }
  }
  while (at != end && !is_special(*at)) seen |= static_cast<unsigned char>(*at++) & 0x80U;
  return at;
}

/// The same, where the next one is probably near.
inline const char* skip_few(const char* at, const char* end, std::uint64_t& seen) {
  while (at != end && !is_special(*at)) seen |= static_cast<unsigned char>(*at++) & 0x80U;
  return at;
}

/// Copies plain text to `to`, which has room for as much as there is; the new end of it. `at` moves
/// to the first special byte, or to `end`.
inline char* copy_few(const char*& at, const char* end, char* to) {
  const char* from = at;
  while (from != end && !is_special(*from)) *to++ = *from++;
  at = from;
  return to;
}

}  // namespace limpet::json
