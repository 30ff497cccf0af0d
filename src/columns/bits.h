// Bits of a bitmap, least significant first (Arrow Columnar Format, "Validity bitmaps").
#pragma once

#include <cstddef>
#include <cstdint>

namespace limpet::columns {

/// Set the bits [from, to); what stands above `to` in its byte may change.
void set_bits(std::byte* bits, std::uint64_t from, std::uint64_t to);
/// Clear one bit; what stands above it in its byte may change.
void clear_bit(std::byte* bits, std::uint64_t at);
/// How many of the first `length` bits are not set.
std::uint64_t count_zeros(const std::byte* bits, std::uint64_t length);

}  // namespace limpet::columns
