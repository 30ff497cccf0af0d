// Text as it comes from outside: is it UTF-8, and what becomes of it if not.
//
//   if (!value::is_utf8(text)) text = *value::replace_invalid_utf8(text, arena);
//
// Threads: safe.
#pragma once

#include "limpet/value/arena.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace limpet::value {

/// Only code points below U+0080.
inline bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  const auto word = [&text](std::size_t at) {
    std::uint64_t out = 0;
    std::memcpy(&out, text.data() + at, sizeof(out));
    return out;
  };
  if (text.size() >= 8) {
    std::uint64_t seen = word(text.size() - 8);
    for (std::size_t at = 0; at + 8 < text.size(); at += 8) seen |= word(at);
    return (seen & kHigh) == 0;
  }
  std::uint8_t seen = 0;
  for (const char c : text) seen |= static_cast<std::uint8_t>(c);
  return seen < 0x80;
}

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// How many bytes at the start of `text` are UTF-8; all of them, if it is.
std::size_t utf8_prefix(std::string_view text);

/// A copy in which each part that is no UTF-8 (the longest that could have begun a code point, or
/// one byte) is U+FFFD, as Java's decoders do it. nullopt: the arena's limit is reached. At most
/// three bytes for one.
std::optional<std::string_view> replace_invalid_utf8(std::string_view text, Arena& arena);

}  // namespace limpet::value
