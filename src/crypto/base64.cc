#include "limpet/crypto/base64.h"

#include <array>
#include <cstdint>

namespace limpet::crypto {
namespace {

struct Variant {
  std::string_view alphabet;
  bool padded;
  std::array<std::int8_t, 256> values{};  // -1: not in the alphabet

  constexpr Variant(std::string_view letters, bool with_padding)
      : alphabet(letters), padded(with_padding) {
    for (auto& value : values) value = -1;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      values[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
    }
  }
};

constexpr Variant kStandard("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                            true);
constexpr Variant kUrl("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);

std::string encode(const Variant& variant, std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) out.push_back(variant.alphabet[bits >> (held - 6) & 63]);
  }
  if (held > 0) out.push_back(variant.alphabet[bits << (6 - held) & 63]);
  while (variant.padded && out.size() % 4 != 0) out.push_back('=');
  return out;
}

std::optional<std::string> decode(const Variant& variant, std::string_view text) {
  if (variant.padded) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;  // six bits are no byte
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char letter : text) {
    const int value = variant.values[static_cast<unsigned char>(letter)];
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held & 0xff));
    }
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string base64_encode(std::string_view bytes) { return encode(kStandard, bytes); }
std::optional<std::string> base64_decode(std::string_view text) { return decode(kStandard, text); }
std::string base64url_encode(std::string_view bytes) { return encode(kUrl, bytes); }
std::optional<std::string> base64url_decode(std::string_view text) { return decode(kUrl, text); }

}  // namespace limpet::crypto
