#include "limpet/codec/varint.h"

#include <array>

namespace limpet::codec {
namespace detail {
namespace {

// The bytes before `end`, and behind them zeros, which end any number.
struct Padded {
  std::array<std::byte, kVarint64Bytes> bytes{};
  std::size_t size = 0;
};

Padded pad(const std::byte* at, const std::byte* end) {
  Padded out;
  out.size = static_cast<std::size_t>(end - at);
  if (out.size != 0) std::memcpy(out.bytes.data(), at, out.size);
  return out;
}

// Where `read` of the padded bytes ends in the real ones; nothing when that is in the padding.
template <class Varint>
Varint unpad(const Padded& padded, Varint read, const std::byte* at) {
  if (!read) return {};
  const auto size = static_cast<std::size_t>(read.next - padded.bytes.data());
  if (size > padded.size) return {};
  return {read.value, at + size};
}

}  // namespace

Varint32 read_varint32_near_end(const std::byte* at, const std::byte* end) {
  const Padded padded = pad(at, end);
  return unpad(padded, read_varint32_unchecked(padded.bytes.data()), at);
}

Varint64 read_varint64_near_end(const std::byte* at, const std::byte* end) {
  const Padded padded = pad(at, end);
  return unpad(padded, read_varint64_unchecked(padded.bytes.data()), at);
}

// `word`: the first eight bytes, all marked as not the last.
Varint64 read_varint64_above_56_bits(const std::byte* at, std::uint64_t word) {
  const std::uint64_t low = pack_sevens(word & 0x7F7F7F7F7F7F7F7FU);
  const auto ninth = std::to_integer<std::uint64_t>(at[8]);
  if (ninth < 0x80) return {low | ninth << 56U, at + 9};
  const auto tenth = std::to_integer<std::uint64_t>(at[9]);
  if (tenth > 1) return {};  // a bit above the 64th, or one more byte
  return {low | (ninth & 0x7FU) << 56U | tenth << 63U, at + 10};
}

}  // namespace detail

VarintFault varint_fault(std::span<const std::byte> bytes, VarintWidth width) {
  const bool narrow = width == VarintWidth::Bits32;
  const std::size_t most = narrow ? kVarint32Bytes : kVarint64Bytes;
  // The last byte that a number may take has room for so little: 32 = 4 x 7 + 4, 64 = 9 x 7 + 1.
  const unsigned spare = narrow ? 0x0F : 0x01;
  for (std::size_t i = 0; i < most; ++i) {
    if (i == bytes.size()) return VarintFault::CutOff;
    const auto byte = std::to_integer<unsigned>(bytes[i]);
    if (i + 1 == most && byte >= 0x80) return VarintFault::TooLong;
    if (i + 1 == most && byte > spare) return VarintFault::TooBig;
    if (byte < 0x80) return VarintFault::None;
  }
  return VarintFault::TooLong;
}

std::string_view to_string(VarintFault fault, VarintWidth width) {
  const bool narrow = width == VarintWidth::Bits32;
  switch (fault) {
    case VarintFault::None:
      return "none";
    case VarintFault::CutOff:
      return "cut off";
    case VarintFault::TooLong:
      return narrow ? "longer than 5 bytes" : "longer than 10 bytes";
    case VarintFault::TooBig:
      return narrow ? "above 32 bits" : "above 64 bits";
  }
  return "unknown";
}

}  // namespace limpet::codec
