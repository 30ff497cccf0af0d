#include "decimal_text.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

namespace limpet::avro {
namespace {

constexpr std::size_t kDigitsMax = 1'000;
constexpr std::size_t kBytesMax = 512;
constexpr std::int32_t kScaleMax = 1'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// In place; a leading byte for the sign is there.
void negate(std::vector<std::uint8_t>& bytes) {
  unsigned carry = 1;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    const unsigned sum = (bytes[i - 1] ^ 0xFFU) + carry;
    bytes[i - 1] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8U;
  }
}

}  // namespace

bool is_decimal_text(std::string_view text) {
  const auto digits = [&] {
    std::size_t count = 0;
    for (; !text.empty() && is_digit(text.front()); ++count) text.remove_prefix(1);
    return count > 0;
  };
  const auto one_of = [&](std::string_view wanted) {
    if (text.empty() || wanted.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
  };
  one_of("-");
  if (!digits() || (one_of(".") && !digits())) return false;
  if (one_of("eE")) {
    one_of("+-");
    if (!digits()) return false;
  }
  return text.empty();
}

std::optional<std::string> decimal_bytes(std::string_view text, std::int32_t scale) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::string digits;
  std::int64_t exponent = 0;  // the value is digits · 10^exponent
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) digits += text[at];
  if (digits.empty()) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    const std::size_t point = ++at;
    for (; at < text.size() && is_digit(text[at]); ++at) digits += text[at];
    if (at == point) return std::nullopt;
    exponent = -static_cast<std::int64_t>(at - point);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    if (++at < text.size() && text[at] == '+') ++at;
    std::int64_t power = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + at, end, power);
    if (error != std::errc() || stop != end || power > 100'000 || power < -100'000) {
      return std::nullopt;
    }
    exponent += power;
    at = text.size();
  }
  if (at != text.size()) return std::nullopt;
  const auto first = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, first);
  exponent += scale;
  for (; exponent < 0 && !digits.empty(); ++exponent) {
    if (digits.back() != '0') return std::nullopt;
    digits.pop_back();
  }
  if (!digits.empty()) {
    if (digits.size() + static_cast<std::size_t>(exponent) > kDigitsMax) return std::nullopt;
    digits.append(static_cast<std::size_t>(exponent), '0');
  }
  std::vector<std::uint8_t> bytes(1, 0);  // little-endian at first
  for (const char digit : digits) {
    unsigned carry = static_cast<unsigned>(digit - '0');
    for (auto& byte : bytes) {
      carry += byte * 10U;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8U;
    }
    if (carry != 0) bytes.push_back(static_cast<std::uint8_t>(carry));
  }
  bytes.push_back(0);
  std::ranges::reverse(bytes);
  if (negative) negate(bytes);
  std::size_t skip = 0;
  while (skip + 1 < bytes.size() && ((bytes[skip] == 0x00 && bytes[skip + 1] < 0x80) ||
                                     (bytes[skip] == 0xFF && bytes[skip + 1] >= 0x80))) {
    ++skip;
  }
  return std::string(bytes.begin() + static_cast<std::ptrdiff_t>(skip), bytes.end());
}

std::optional<std::string> decimal_text(std::string_view unscaled, std::int32_t scale) {
  if (unscaled.size() > kBytesMax || scale > kScaleMax) return std::nullopt;
  std::vector<std::uint8_t> bytes(unscaled.begin(), unscaled.end());
  const bool negative = !bytes.empty() && bytes.front() >= 0x80;
  if (negative) negate(bytes);
  std::string digits;  // the lowest first
  for (std::size_t start = 0; start < bytes.size();) {
    if (bytes[start] == 0) {
      ++start;
      continue;
    }
    unsigned rest = 0;
    for (std::size_t i = start; i < bytes.size(); ++i) {
      rest = (rest << 8U) | bytes[i];
      bytes[i] = static_cast<std::uint8_t>(rest / 10);
      rest %= 10;
    }
    digits += static_cast<char>('0' + rest);
  }
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() <= places) digits.append(places + 1 - digits.size(), '0');
  std::string out = negative ? "-" : "";
  for (std::size_t i = digits.size(); i > 0; --i) {
    if (i == places) out += '.';
    out += digits[i - 1];
  }
  return out;
}

}  // namespace limpet::avro
