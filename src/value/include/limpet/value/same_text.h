// a == b for short texts, without a call: names of fields, symbols, keywords.
//
//   if (value::same_text(member.name, expected)) …
//
// Threads: safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace limpet::value {

namespace detail {

/// Do `size` bytes begin and end with the same Words? Requires: size >= sizeof(Word).
template <class Word>
[[gnu::always_inline]] inline bool same_ends(const char* a, const char* b, std::size_t size) {
  Word first_a, first_b, last_a, last_b;
  std::memcpy(&first_a, a, sizeof(Word));
  std::memcpy(&first_b, b, sizeof(Word));
  std::memcpy(&last_a, a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&last_b, b + size - sizeof(Word), sizeof(Word));
  return ((first_a ^ first_b) | (last_a ^ last_b)) == 0;
}

}  // namespace detail

[[gnu::always_inline]] inline bool same_text(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size < 4) {
    return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
  }
  // What is no longer than two Words is its two ends.
  if (size <= 8) return detail::same_ends<std::uint32_t>(a.data(), b.data(), size);
  if (size <= 16) return detail::same_ends<std::uint64_t>(a.data(), b.data(), size);
  return std::memcmp(a.data(), b.data(), size) == 0;
}

}  // namespace limpet::value
