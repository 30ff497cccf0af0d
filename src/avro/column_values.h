// Values that Arrow lays out in another way than Avro.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace limpet::avro {

inline constexpr std::size_t kDecimalBytes = 32;

/// A decimal's bytes (two's complement, most significant first, any number of them, at least one)
/// as Arrow's little-endian 256 bits; the first 16 bytes of them are its 128 bits.
/// nullopt: it has more digits than `digits`. Requires: `big_endian` is not empty, digits <= 76.
std::optional<std::array<char, kDecimalBytes>> decimal_bytes(std::string_view big_endian,
                                                             std::uint32_t digits);

/// Of 36 characters, letters in either case. nullopt: it is no UUID.
std::optional<std::array<char, 16>> uuid_bytes(std::string_view text);

/// Avro's duration (12 bytes: months, days, milliseconds) as Arrow's months, days, nanoseconds.
/// nullopt: more months or days than 31 bits hold. Requires: 12 bytes.
std::optional<std::array<char, 16>> interval_bytes(std::string_view duration);

}  // namespace limpet::avro
