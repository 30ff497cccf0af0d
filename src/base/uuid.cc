#include "limpet/base/uuid.h"

#include "limpet/base/hex.h"

namespace limpet {

Uuid Uuid::v4(std::array<std::uint8_t, 16> random) {
  random[6] = static_cast<std::uint8_t>((random[6] & 0x0f) | 0x40);
  random[8] = static_cast<std::uint8_t>((random[8] & 0x3f) | 0x80);
  return Uuid(random);
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t byte = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      ++i;
      continue;
    }
    const auto high = lower_hex_digit(text[i]);
    const auto low = lower_hex_digit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes[byte++] = static_cast<std::uint8_t>(*high << 4 | *low);
    i += 2;
  }
  return Uuid(bytes);
}

std::string Uuid::to_string() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    text[at++] = kDigits[bytes_[i] >> 4];
    text[at++] = kDigits[bytes_[i] & 15];
  }
  return text;
}

}  // namespace limpet
