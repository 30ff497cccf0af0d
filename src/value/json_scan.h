// JSON text, many bytes at a time: where a plain string ends, how many digits follow, names as
// hashes. Part of json_reader.cc.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace limpet::value {

inline constexpr std::size_t kBlock = 16;  // bytes that unplain() looks at
inline constexpr std::size_t kWord = 8;

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Eight bytes; the first is the least significant one.
inline std::uint64_t load_word(const char* p) {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}
/// Four, likewise.
inline std::uint32_t load_half_word(const char* p) {
  std::uint32_t word = 0;
  std::memcpy(&word, p, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
  return word;
}

constexpr std::uint64_t each_byte(std::uint8_t byte) { return 0x0101010101010101U * byte; }

/// The high bit of each byte, the first byte's as the least bit.
inline std::uint32_t high_bits(std::uint64_t word) {
  return static_cast<std::uint32_t>((((word & each_byte(0x80)) >> 7U) * 0x0102040810204080U) >>
                                    56U);
}

/// A bit for each of the 16 bytes at `p` that is a quote, a backslash, a control character or no
/// ASCII; the first byte has the least bit. Without vectors.
inline std::uint32_t unplain_by_words(const char* p) {
  constexpr std::uint64_t kHigh = each_byte(0x80);
  std::uint32_t out = 0;
  for (const std::size_t at : {kWord, std::size_t{0}}) {
    const std::uint64_t word = load_word(p + at);
    // The high bit of each byte of `bits` that is 0. No carry leaves its byte.
    const auto zero = [](std::uint64_t bits) { return ~(((bits & ~kHigh) + ~kHigh) | bits); };
    const std::uint64_t control = ~((word | kHigh) - each_byte(0x20));
    out = (out << kWord) |
          high_bits(word | control | zero(word ^ each_byte('"')) | zero(word ^ each_byte('\\')));
  }
  return out;
}

inline std::uint32_t unplain(const char* p) {
#if defined(__SSE2__)
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));  // NOLINT
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  // As signed numbers all bytes beyond ASCII are below 0.
  const __m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
  return static_cast<std::uint32_t>(
      _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), low)));
#else
  return unplain_by_words(p);
#endif
}

/// Likewise: the bytes beyond ASCII.
inline std::uint32_t beyond_ascii(const char* p) {
#if defined(__SSE2__)
  return static_cast<std::uint32_t>(
      _mm_movemask_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));  // NOLINT
#else
  return high_bits(load_word(p)) | (high_bits(load_word(p + kWord)) << kWord);
#endif
}

/// How many of the 16 bytes at `p` stand before the first that unplain() finds; 16: all.
inline std::size_t plain_bytes(const char* p) {
#if defined(__SSE2__)
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));  // NOLINT
  const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
                                       _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
  // As signed numbers all bytes beyond ASCII are below 0.
  const __m128i plain = _mm_andnot_si128(special, _mm_cmpgt_epi8(block, _mm_set1_epi8(0x1F)));
  return static_cast<std::size_t>(
      std::countr_one(static_cast<std::uint32_t>(_mm_movemask_epi8(plain))));
#else
  return static_cast<std::size_t>(std::countr_zero(unplain_by_words(p) | 1U << kBlock));
#endif
}

/// How many of a word's first bytes are digits.
inline unsigned leading_digits(std::uint64_t word) {
  // What is no digit has its high bit set in one of the two; what carries into other bytes comes
  // from below, so that the first is right.
  const std::uint64_t other = (word + each_byte(0x46)) | (word - each_byte('0'));
  return static_cast<unsigned>(std::countr_zero(other & each_byte(0x80))) / 8;
}

/// The number that a word's first `count` bytes write. Requires: they are digits, 1 to 8.
inline std::uint64_t number_of_digits(std::uint64_t word, unsigned count) {
  word = (word - each_byte('0')) << (64 - 8 * count);  // as if zeros stood before it
  word = word * 10 + (word >> 8U);                     // pairs of digits, in each second byte
  constexpr std::uint64_t kPairs = 0x000000FF000000FFU;
  return ((word & kPairs) * (100 + (1'000'000ULL << 32U)) +
          ((word >> 16U) & kPairs) * (1 + (10'000ULL << 32U))) >>
         32U;
}

inline constexpr std::array<std::uint64_t, 9> kTens{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

/// The high bits are well mixed. Names that share their first and last eight bytes have one hash.
inline std::uint64_t hash_of(std::string_view name) {
  const char* p = name.data();
  const std::size_t size = name.size();
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (size >= 8) {
    first = load_word(p);
    last = load_word(p + size - 8);
  } else if (size >= 4) {
    first = load_half_word(p);
    last = load_half_word(p + size - 4);
  } else {
    for (const char c : name) first = (first << 8U) | static_cast<std::uint8_t>(c);
  }
  return (first ^ (last * 0x9E3779B97F4A7C15U) ^ size) * 0xD6E8FEB86659FD93U;
}

/// A number below 64 that is cheaper: of the size, the first four and the last four bytes of the
/// name and a quote behind it.
inline unsigned trace_of(std::size_t size, std::uint32_t first, std::uint32_t last) {
  const std::uint64_t both = first + (std::uint64_t{last} << 32U) + size;
  return static_cast<unsigned>((both * 0x9E3779B97F4A7C15U) >> 58U);
}
inline unsigned trace_of(std::string_view name) {
  const std::size_t size = name.size();
  const auto four_bytes = [&](std::size_t from) {
    std::uint32_t out = 0;
    for (std::size_t i = std::min(size + 1, from + 4); i > from; --i) {
      out = (out << 8U) | static_cast<std::uint8_t>(i > size ? '"' : name[i - 1]);
    }
    return out;
  };
  return trace_of(size, four_bytes(0), four_bytes(size < 3 ? 0 : size - 3));
}
/// The same. Requires: that quote does stand there.
[[gnu::always_inline]] inline unsigned trace_of_quoted(std::string_view name) {
  const std::size_t size = name.size();
  if (size < 3) return trace_of(name);
  return trace_of(size, load_half_word(name.data()), load_half_word(name.data() + size - 3));
}

}  // namespace limpet::value
