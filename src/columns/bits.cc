#include "bits.h"

#include <bit>
#include <cstring>

namespace limpet::columns {

void set_bits(std::byte* bits, std::uint64_t from, std::uint64_t to) {
  if (from >= to) return;
  const std::uint64_t first = from / 8;
  const auto kept = static_cast<unsigned>(from % 8);
  bits[first] = (bits[first] & std::byte((1U << kept) - 1U)) | std::byte(0xffU << kept & 0xffU);
  const std::uint64_t last = (to - 1) / 8;
  if (last > first) std::memset(bits + first + 1, 0xff, last - first);
}

void clear_bit(std::byte* bits, std::uint64_t at) {
  const auto below = std::byte((1U << at % 8) - 1U);
  bits[at / 8] &= below;
}

std::uint64_t count_zeros(const std::byte* bits, std::uint64_t length) {
  std::uint64_t ones = 0;
  std::uint64_t at = 0;
  for (; length - at >= 64; at += 64) {
    std::uint64_t word = 0;
    std::memcpy(&word, bits + at / 8, sizeof word);
    ones += static_cast<std::uint64_t>(std::popcount(word));
  }
  for (; at < length; ++at) {
    ones += std::to_integer<std::uint64_t>(bits[at / 8] >> static_cast<int>(at % 8)) & 1U;
  }
  return length - ones;
}

}  // namespace limpet::columns
