// Lower-case hexadecimal text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace limpet {

/// 0..15 for 0-9 and a-f; nullopt otherwise (upper case included).
constexpr std::optional<std::uint8_t> lower_hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

void append_hex(std::string& out, std::uint8_t byte);
std::string to_hex(std::span<const std::uint8_t> bytes);
std::string to_hex(std::string_view bytes);

}  // namespace limpet
