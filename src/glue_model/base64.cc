#include "base64.h"

#include <cstdint>

namespace limpet::glue_model {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t taken = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < taken ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out.push_back(i <= taken ? kAlphabet[group >> (18 - 6 * i) & 63U] : '=');
    }
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  const std::size_t digits = text.size() - padding;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t digit = at < digits ? kAlphabet.find(text[at]) : 0;
    if (digit == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(digit);
    if (at % 4 != 3) continue;
    const std::size_t taken = at + 1 == text.size() ? 3 - padding : 3;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto byte = static_cast<char>(group >> (16 - 8 * i) & 0xFFU);
      if (i < taken) {
        out.push_back(byte);
      } else if (byte != 0) {
        return std::nullopt;
      }
    }
    group = 0;
  }
  return out;
}

}  // namespace limpet::glue_model
