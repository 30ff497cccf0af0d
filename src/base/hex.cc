#include "limpet/base/hex.h"

namespace limpet {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

template <class Bytes>
std::string hex_of(const Bytes& bytes) {
  std::string out(bytes.size() * 2, '\0');
  char* at = out.data();
  for (const auto given : bytes) {
    const auto byte = static_cast<std::uint8_t>(given);
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 0x0f];
  }
  return out;
}

}  // namespace

void append_hex(std::string& out, std::uint8_t byte) {
  out.push_back(kDigits[byte >> 4]);
  out.push_back(kDigits[byte & 0x0f]);
}

std::string to_hex(std::span<const std::uint8_t> bytes) { return hex_of(bytes); }
std::string to_hex(std::string_view bytes) { return hex_of(bytes); }

}  // namespace limpet
