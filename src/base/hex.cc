#include "limpet/base/hex.h"

#include <array>
#include <cstring>

namespace limpet {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

/// The two digits of every byte: a signature is checked with two hundred of them.
constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) {
    pairs[byte] = {kDigits[byte >> 4], kDigits[byte & 0x0f]};
  }
  return pairs;
}();

template <class Bytes>
std::string hex_of(const Bytes& bytes) {
  std::string out(bytes.size() * 2, '\0');
  char* at = out.data();
  for (const auto given : bytes) {
    std::memcpy(at, kPairs[static_cast<std::uint8_t>(given)].data(), 2);
    at += 2;
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
