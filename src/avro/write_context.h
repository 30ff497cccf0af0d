// What writing one datum needs besides its bytes, and the primitives of the binary encoding.
#pragma once

#include "fault_path.h"

#include "limpet/avro/datum_writer.h"
#include "limpet/avro/node.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/codec/varint.h"
#include "limpet/value/fault.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::avro {

/// Where it went wrong, filled on the way out.
struct WriteContext {
  codec::ByteBuffer& out;
  const WriteOptions& options;
  std::uint32_t depth_left;
  std::unique_ptr<value::Fault> fault = nullptr;

  /// All answer false.
  [[gnu::cold, gnu::noinline]] bool fail(value::FaultKind kind, std::string message);
  [[gnu::cold, gnu::noinline]] bool too_deep();
  [[gnu::cold, gnu::noinline]] bool in_field(std::string_view name);
  [[gnu::cold, gnu::noinline]] bool in_item(std::size_t index);
  [[gnu::cold, gnu::noinline]] bool in_entry(std::string_view key);
  /// "expected int, found …".
  [[gnu::cold, gnu::noinline]] bool mismatch(const Node& type, std::string_view found);
};

/// memcpy for what is mostly short.
[[gnu::always_inline]] inline std::byte* copy_short(std::byte* to, const char* from,
                                                    std::size_t bytes) {
  const auto both_ends = [&]<class Word>(Word) {
    Word first;
    Word last;
    std::memcpy(&first, from, sizeof(Word));
    std::memcpy(&last, from + bytes - sizeof(Word), sizeof(Word));
    std::memcpy(to, &first, sizeof(Word));
    std::memcpy(to + bytes - sizeof(Word), &last, sizeof(Word));
  };
  if (bytes > 16) {
    std::memcpy(to, from, bytes);
  } else if (bytes >= 8) {
    both_ends(std::uint64_t{});
  } else if (bytes >= 4) {
    both_ends(std::uint32_t{});
  } else if (bytes > 0) {
    to[0] = static_cast<std::byte>(from[0]);
    to[bytes / 2] = static_cast<std::byte>(from[bytes / 2]);
    to[bytes - 1] = static_cast<std::byte>(from[bytes - 1]);
  }
  return to + bytes;
}

inline void put_int(codec::ByteBuffer& out, std::int32_t value) {
  out.end_at(codec::write_varint32(out.room(codec::kVarint64Bytes), codec::zigzag32(value)));
}
inline void put_long(codec::ByteBuffer& out, std::int64_t value) {
  out.end_at(codec::write_varint64(out.room(codec::kVarint64Bytes), codec::zigzag64(value)));
}
inline void put_boolean(codec::ByteBuffer& out, bool value) {
  out.append(static_cast<std::byte>(value ? 1 : 0));
}
template <class Number>
inline void put_floating(codec::ByteBuffer& out, Number value) {
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(Number)>>(value);
  if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(bytes);
  out.append(bytes);
}
inline void put_bytes(codec::ByteBuffer& out, std::string_view bytes) {
  std::byte* at = out.room(codec::kVarint64Bytes + bytes.size());
  at = codec::write_varint64(at, codec::zigzag64(static_cast<std::int64_t>(bytes.size())));
  out.end_at(copy_short(at, bytes.data(), bytes.size()));
}

/// Text of any content, by the policy.
bool put_text(WriteContext& context, std::string_view text);

/// Whether the big-endian two's-complement number has at most so many decimal digits. Numbers of
/// more than 256 bytes are judged by their length, which is right within one digit.
bool within_precision(std::string_view unscaled, std::int32_t precision);

/// The bytes of a decimal for a type that has one: checks its precision, and makes a fixed of it by
/// extending the sign or leaving out bytes that repeat it.
bool put_decimal(WriteContext& context, const Node& type, std::string_view unscaled);

/// Append a field's default.
bool put_default(WriteContext& context, const Field& field);

/// The text with U+FFFD for each part that is not UTF-8.
std::string replaced(std::string_view text);

/// Errors: InvalidInput (a limit out of range).
Status check_options(const WriteOptions& options);

/// The fault that the context holds, with the record's name in front of its path.
inline value::Fault finished(WriteContext& context, const Node& root) {
  return from_root(std::move(*context.fault), root);
}

}  // namespace limpet::avro
