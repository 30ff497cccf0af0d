#include "message_text.h"

#include "limpet/base/hex.h"
#include "limpet/crypto/base64.h"

namespace limpet::app {

namespace {

std::optional<unsigned> digit(char c) {
  if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return lower_hex_digit(c);
}

}  // namespace

std::optional<std::string> message_from_hex(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("\\x")) text.remove_prefix(2);
  std::string bytes;
  std::optional<unsigned> high;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == ':') continue;
    const auto value = digit(c);
    if (!value) return std::nullopt;
    if (high) {
      bytes += static_cast<char>(*high << 4U | *value);
      high.reset();
    } else {
      high = value;
    }
  }
  if (high) return std::nullopt;
  return bytes;
}

std::optional<std::string> message_from_base64(std::string_view text) {
  if (auto bytes = crypto::base64_decode(text)) return bytes;
  const std::size_t end = text.find_last_not_of('=');
  return crypto::base64url_decode(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
}

}  // namespace limpet::app
