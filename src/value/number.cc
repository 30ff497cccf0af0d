#include "limpet/value/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace limpet::value {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

// Of a double that is an integer within 64 bits.
Fit whole(double number, std::int64_t& out) {
  if (std::nearbyint(number) != number || number < -kTwoTo63 || number >= kTwoTo63) {
    return Fit::OutOfRange;
  }
  out = static_cast<std::int64_t>(number);
  return Fit::Yes;
}
Fit whole(double number, std::uint64_t& out) {
  if (std::nearbyint(number) != number || number < 0 || number >= 2 * kTwoTo63) {
    return Fit::OutOfRange;
  }
  out = static_cast<std::uint64_t>(number);
  return Fit::Yes;
}

// Of a number's text: one that is an integer in another spelling was read as a Double.
template <class Integer>
Fit from_text(std::string_view text, Integer& out) {
  const char* end = text.data() + text.size();
  const auto [at, failure] = std::from_chars(text.data(), end, out);
  return failure == std::errc() && at == end ? Fit::Yes : Fit::OutOfRange;
}

}  // namespace

Fit to_long(const View& view, std::int64_t& out) {
  switch (view.kind()) {
    case Kind::Int:
    case Kind::Long:
      out = view.as_long();
      return Fit::Yes;
    case Kind::UnsignedLong:
      if (view.as_unsigned_long() > INT64_MAX) return Fit::OutOfRange;
      out = static_cast<std::int64_t>(view.as_unsigned_long());
      return Fit::Yes;
    case Kind::Float:
    case Kind::Double:
      return whole(view.as_double(), out);
    case Kind::Number:
      return from_text(view.text(), out);
    default:
      return Fit::NoNumber;
  }
}

Fit to_unsigned_long(const View& view, std::uint64_t& out) {
  switch (view.kind()) {
    case Kind::Int:
    case Kind::Long:
      if (view.as_long() < 0) return Fit::OutOfRange;
      out = static_cast<std::uint64_t>(view.as_long());
      return Fit::Yes;
    case Kind::UnsignedLong:
      out = view.as_unsigned_long();
      return Fit::Yes;
    case Kind::Float:
    case Kind::Double:
      return whole(view.as_double(), out);
    case Kind::Number:
      return from_text(view.text(), out);
    default:
      return Fit::NoNumber;
  }
}

Fit to_double(const View& view, double& out) {
  switch (view.kind()) {
    case Kind::Int:
    case Kind::Long:
      out = static_cast<double>(view.as_long());
      return Fit::Yes;
    case Kind::UnsignedLong:
      out = static_cast<double>(view.as_unsigned_long());
      return Fit::Yes;
    case Kind::Float:
    case Kind::Double:
      out = view.as_double();
      return Fit::Yes;
    case Kind::Number: {
      const auto text = view.text();
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
      return failure == std::errc() ? Fit::Yes : Fit::OutOfRange;
    }
    case Kind::String:
      if (view.text() == "NaN") {
        out = std::numeric_limits<double>::quiet_NaN();
      } else if (view.text() == "Infinity") {
        out = std::numeric_limits<double>::infinity();
      } else if (view.text() == "-Infinity") {
        out = -std::numeric_limits<double>::infinity();
      } else {
        return Fit::NoNumber;
      }
      return Fit::Yes;
    default:
      return Fit::NoNumber;
  }
}

std::optional<std::string_view> decode_base64(std::string_view text, Arena& arena) {
  static constexpr std::uint8_t kNone = 64;
  static constexpr auto kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNone);
    for (std::uint8_t i = 0; i < 26; ++i) {
      values[static_cast<std::size_t>('A' + i)] = i;
      values[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(26 + i);
    }
    for (std::uint8_t i = 0; i < 10; ++i) {
      values[static_cast<std::size_t>('0' + i)] = static_cast<std::uint8_t>(52 + i);
    }
    values['+'] = values['-'] = 62;
    values['/'] = values['_'] = 63;
    return values;
  }();
  if (text.size() % 4 == 0) {
    if (text.ends_with('=')) text.remove_suffix(1);
    if (text.ends_with('=')) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  const std::size_t size = text.size() / 4 * 3 + (text.size() % 4 == 0 ? 0 : text.size() % 4 - 1);
  if (size == 0) return std::string_view("", 0);
  auto* out = arena.allocate_array<char>(size);
  if (out == nullptr) return std::nullopt;
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t at = 0;
  for (const char c : text) {
    const auto value = kValues[static_cast<unsigned char>(c)];
    if (value == kNone) return std::nullopt;
    bits = (bits << 6U) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out[at++] = static_cast<char>(bits >> static_cast<unsigned>(held));
  }
  return std::string_view(out, size);
}

}  // namespace limpet::value
