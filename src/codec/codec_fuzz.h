// What the fuzzer and the replay of its corpus run on one input.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/codec/varint.h"
#include "limpet/codec/zlib.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace limpet::codec {

/// Any bytes: varints are read alike with and without an end in sight; a stream is inflated within
/// its limits, alike into any kind of memory, and what came out goes in again.
inline void fuzz_codec(std::span<const std::byte> input) {
  const std::byte* end = input.data() + input.size();
  const auto wide = read_varint64(input.data(), end);
  LIMPET_ASSERT(static_cast<bool>(wide) ==
                (varint_fault(input, VarintWidth::Bits64) == VarintFault::None));
  const auto narrow = read_varint32(input.data(), end);
  LIMPET_ASSERT(static_cast<bool>(narrow) ==
                (varint_fault(input, VarintWidth::Bits32) == VarintFault::None));
  LIMPET_ASSERT(!narrow || (wide && wide.value == narrow.value && wide.next == narrow.next));
  std::array<std::byte, kVarint64Bytes> padded{};
  const std::size_t size = std::min(input.size(), padded.size());
  std::copy_n(input.begin(), size, padded.begin());
  const auto unchecked = read_varint64_unchecked(padded.data());
  LIMPET_ASSERT(!wide || unchecked.value == wide.value);
  if (wide) {
    LIMPET_ASSERT(wide.next > input.data() && wide.next <= end);
    LIMPET_ASSERT(varint_size(wide.value) <= static_cast<std::size_t>(wide.next - input.data()));
  }

  static Inflater inflater;
  static Deflater deflater;
  constexpr InflateLimits kLimits{.max_bytes = 200'000, .max_ratio = 100};
  ByteBuffer plain;
  const auto inflated = inflater.inflate(input, plain, kLimits);
  LIMPET_ASSERT(inflated.consumed <= input.size());
  LIMPET_ASSERT(plain.capacity() <= 2 * kLimits.max_bytes);
  LIMPET_ASSERT(inflated.bytes.size() <= kLimits.max_bytes);
  std::array<std::byte, 1'000> room{};
  const auto fixed = inflater.inflate(input, room, kLimits);
  if (!inflated) {
    LIMPET_ASSERT(plain.empty() && !fixed);
    const Error error = to_error(inflated, kLimits);
    LIMPET_ASSERT(error.code != Code::Internal && error.where.starts_with("byte "));
    return;
  }
  LIMPET_ASSERT(fixed ? std::ranges::equal(fixed.bytes, plain.bytes())
                      : fixed.fault == InflateFault::NoRoom && plain.size() > room.size());
  ByteBuffer packed;
  deflater.deflate(plain.bytes(), packed);
  ByteBuffer again;
  LIMPET_ASSERT(static_cast<bool>(inflater.inflate(packed.bytes(), again, {.max_ratio = 2'000})));
  LIMPET_ASSERT(again.text() == plain.text());
}

}  // namespace limpet::codec
