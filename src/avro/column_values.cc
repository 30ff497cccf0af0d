#include "column_values.h"

#include "limpet/base/assert.h"

#include <cstring>

namespace limpet::avro {
namespace {

constexpr std::size_t kLimbs = kDecimalBytes / 8;
using Limbs = std::array<std::uint64_t, kLimbs>;  // the least significant first
constexpr std::size_t kDigitsMax = 76;

constexpr Limbs times_ten(const Limbs& value) {
  Limbs out{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const std::uint64_t low = (value[i] & 0xffffffffU) * 10 + carry;
    const std::uint64_t high = (value[i] >> 32U) * 10 + (low >> 32U);
    out[i] = (high << 32U) | (low & 0xffffffffU);
    carry = high >> 32U;
  }
  return out;
}

constexpr std::array<Limbs, kDigitsMax + 1> powers_of_ten() {
  std::array<Limbs, kDigitsMax + 1> out{};
  out[0][0] = 1;
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = times_ten(out[i - 1]);
  return out;
}
constexpr auto kPowers = powers_of_ten();

bool less(const Limbs& a, const Limbs& b) {
  for (std::size_t i = kLimbs; i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

Limbs negated(const Limbs& value) {
  Limbs out{};
  std::uint64_t carry = 1;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    out[i] = ~value[i] + carry;
    carry = carry == 1 && out[i] == 0 ? 1 : 0;
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::uint32_t little32(std::string_view bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = out << 8U | static_cast<std::uint8_t>(bytes[at + i]);
  return out;
}

}  // namespace

std::optional<std::array<char, kDecimalBytes>> decimal_bytes(std::string_view big_endian,
                                                             std::uint32_t digits) {
  LIMPET_ASSERT(!big_endian.empty() && digits <= kDigitsMax);
  const bool negative = (static_cast<std::uint8_t>(big_endian[0]) & 0x80U) != 0;
  const char fill = negative ? '\xff' : '\0';
  // Writers may pad as they like; what is left must fit, with its sign.
  std::size_t from = 0;
  while (big_endian.size() - from > kDecimalBytes && big_endian[from] == fill) ++from;
  const auto rest = big_endian.substr(from);
  if (rest.size() > kDecimalBytes ||
      ((static_cast<std::uint8_t>(rest[0]) & 0x80U) != 0) != negative) {
    return std::nullopt;
  }
  Limbs value{};
  if (negative) value.fill(~std::uint64_t{0});
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const auto byte = std::uint64_t{static_cast<std::uint8_t>(rest[rest.size() - 1 - i])};
    const auto shift = 8 * (i % 8);
    value[i / 8] = (value[i / 8] & ~(std::uint64_t{0xff} << shift)) | byte << shift;
  }
  if (!less(negative ? negated(value) : value, kPowers[digits])) return std::nullopt;
  // As the machine has its integers: Arrow's arrays are in its byte order, limbs least first.
  std::array<char, kDecimalBytes> out{};
  std::memcpy(out.data(), value.data(), out.size());
  return out;
}

std::optional<std::array<char, 16>> uuid_bytes(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<char, 16> out{};
  std::size_t at = 0;
  for (auto& byte : out) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at++] != '-') return std::nullopt;
    }
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    byte = static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

std::optional<std::array<char, 16>> interval_bytes(std::string_view duration) {
  LIMPET_ASSERT(duration.size() == 12);
  const std::uint32_t months = little32(duration, 0);
  const std::uint32_t days = little32(duration, 4);
  const auto nanos = std::int64_t{little32(duration, 8)} * 1'000'000;
  if (months > INT32_MAX || days > INT32_MAX) return std::nullopt;
  std::array<char, 16> out{};
  std::memcpy(out.data(), &months, sizeof months);
  std::memcpy(out.data() + 4, &days, sizeof days);
  std::memcpy(out.data() + 8, &nanos, sizeof nanos);
  return out;
}

}  // namespace limpet::avro
