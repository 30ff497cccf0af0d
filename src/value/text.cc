#include "limpet/value/text.h"

namespace limpet::value {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// What stands at the start of a text: a code point, or a part of one that is broken.
struct Step {
  std::size_t bytes;
  bool good;
};

// The Unicode Standard, table 3-7 (well-formed sequences) and the practice for U+FFFD beside it.
Step step(const std::uint8_t* p, std::size_t left) {
  const auto first = p[0];
  if (first < 0x80) return {1, true};
  std::size_t length = 0;
  std::uint8_t least = 0x80;
  std::uint8_t most = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) least = 0xA0;
    if (first == 0xED) most = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) least = 0x90;
    if (first == 0xF4) most = 0x8F;
  } else {
    return {1, false};
  }
  if (left < 2 || p[1] < least || p[1] > most) return {1, false};
  for (std::size_t i = 2; i < length; ++i) {
    if (i >= left || (p[i] & 0xC0U) != 0x80) return {i, false};
  }
  return {length, true};
}

}  // namespace

std::size_t utf8_prefix(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(text.data());  // NOLINT: bytes
  std::size_t at = 0;
  while (at < text.size()) {
    if (begin[at] < 0x80) {
      ++at;
      while (at + 8 <= text.size() && is_ascii(text.substr(at, 8))) at += 8;
      continue;
    }
    const auto [bytes, good] = step(begin + at, text.size() - at);
    if (!good) return at;
    at += bytes;
  }
  return at;
}

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

std::optional<std::string_view> replace_invalid_utf8(std::string_view text, Arena& arena) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(text.data());  // NOLINT: bytes
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [bytes, good] = step(begin + at, text.size() - at);
    size += good ? bytes : kReplacement.size();
    at += bytes;
  }
  if (size == 0) return std::string_view("", 0);
  auto* out = arena.allocate_array<char>(size);
  if (out == nullptr) return std::nullopt;
  char* to = out;
  for (std::size_t at = 0; at < text.size();) {
    const auto [bytes, good] = step(begin + at, text.size() - at);
    const auto part = good ? text.substr(at, bytes) : kReplacement;
    std::memcpy(to, part.data(), part.size());
    to += part.size();
    at += bytes;
  }
  return std::string_view(out, size);
}

}  // namespace limpet::value
