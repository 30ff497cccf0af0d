// What reading one datum needs besides its bytes, and the primitives of the binary encoding.
//
// A position is passed by value and comes back moved on, so that it stays in a register; nullptr
// says that something is wrong: then `fault` tells what, and each caller on the way out adds its
// step to the path. The good path pays nothing for either.
#pragma once

#include "fault_path.h"
#include "read_plan.h"

#include "limpet/avro/datum_reader.h"
#include "limpet/base/utf8.h"
#include "limpet/codec/varint.h"
#include "limpet/value/arena.h"
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

using Position = const std::byte*;

/// Sizes of views have 32 bits.
inline constexpr std::size_t kPayloadBytesMax = 0xFFFFFFFF;

struct ReadContext {
  Position begin;
  Position end;
  value::Arena* arena;
  value::Utf8Policy utf8;
  std::uint32_t depth_left;
  std::uint32_t cells_left;  // values without bytes
  std::unique_ptr<value::Fault> fault = nullptr;

  std::size_t left(Position at) const { return static_cast<std::size_t>(end - at); }

  [[gnu::cold, gnu::noinline]] Position fail(value::FaultKind kind, Position at,
                                             std::string message);
  /// "expected `what`, found the end of the bytes", at a value that needs `bytes`.
  [[gnu::cold, gnu::noinline]] Position truncated(Position at, std::string_view what);
  [[gnu::cold, gnu::noinline]] Position bad_int(Position at, std::string_view what);
  [[gnu::cold, gnu::noinline]] Position bad_long(Position at, std::string_view what);
  [[gnu::cold, gnu::noinline]] Position bad_length(Position at, std::int64_t length,
                                                   std::string_view what);
  [[gnu::cold, gnu::noinline]] Position bad_text(Position at, std::size_t bytes);
  [[gnu::cold, gnu::noinline]] Position bad_branch(Position at, std::int64_t branch,
                                                   std::size_t count);
  [[gnu::cold, gnu::noinline]] Position bad_symbol(Position at, std::int64_t ordinal,
                                                   const Action& action);
  [[gnu::cold, gnu::noinline]] Position too_deep(Position at);
  [[gnu::cold, gnu::noinline]] Position no_memory(Position at);

  /// On the way out: the step that leads to where it went wrong. Answers nullptr.
  [[gnu::cold, gnu::noinline]] Position in_field(std::string_view name);
  [[gnu::cold, gnu::noinline]] Position in_item(std::size_t index);
  [[gnu::cold, gnu::noinline]] Position in_entry(std::string_view key);
};

/// Depth of one level; back at the end of the scope.
class Level {
 public:
  explicit Level(ReadContext& context) : context_(context) { --context_.depth_left; }
  ~Level() { ++context_.depth_left; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  ReadContext& context_;
};

[[gnu::always_inline]] inline Position read_int(Position at, ReadContext& context,
                                                std::int32_t& out) {
  const auto read = codec::read_varint32(at, context.end);
  if (!read) [[unlikely]]
    return context.bad_int(at, "an int");
  out = codec::unzigzag32(read.value);
  return read.next;
}

[[gnu::always_inline]] inline Position read_long(Position at, ReadContext& context,
                                                 std::int64_t& out,
                                                 std::string_view what = "a long") {
  const auto read = codec::read_varint64(at, context.end);
  if (!read) [[unlikely]]
    return context.bad_long(at, what);
  out = codec::unzigzag64(read.value);
  return read.next;
}

[[gnu::always_inline]] inline Position read_boolean(Position at, ReadContext& context, bool& out) {
  if (at == context.end) [[unlikely]]
    return context.truncated(at, "a boolean");
  if (std::to_integer<std::uint8_t>(*at) > 1) [[unlikely]] {
    return context.fail(value::FaultKind::Malformed, at,
                        "expected a boolean (00 or 01), found another byte");
  }
  out = std::to_integer<bool>(*at);
  return at + 1;
}

/// float and double: IEEE 754, little-endian.
template <class Number>
[[gnu::always_inline]] inline Position read_floating(Position at, ReadContext& context,
                                                     Number& out) {
  if (context.left(at) < sizeof(Number)) [[unlikely]] {
    return context.truncated(at,
                             sizeof(Number) == 4 ? "a float of 4 bytes" : "a double of 8 bytes");
  }
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&out, at, sizeof(Number));
  } else {
    std::array<std::byte, sizeof(Number)> bytes;
    std::reverse_copy(at, at + sizeof(Number), bytes.begin());
    out = std::bit_cast<Number>(bytes);
  }
  return at + sizeof(Number);
}

/// A length and so many bytes; `out` points into the payload.
[[gnu::always_inline]] inline Position read_bytes(Position at, ReadContext& context,
                                                  std::string_view& out,
                                                  std::string_view what = "bytes") {
  const auto read = codec::read_varint64(at, context.end);
  if (!read) [[unlikely]]
    return context.bad_long(at, what);
  const std::int64_t length = codec::unzigzag64(read.value);
  if (static_cast<std::uint64_t>(length) > context.left(read.next)) [[unlikely]] {
    return context.bad_length(at, length, what);
  }
  out = {reinterpret_cast<const char*>(read.next), static_cast<std::size_t>(length)};  // NOLINT
  return read.next + length;
}

[[gnu::always_inline]] inline bool is_ascii(const char* text, std::size_t bytes) {
  const auto load = [](const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
  };
  constexpr std::uint64_t kTop = 0x8080808080808080U;
  if (bytes >= 8) {
    std::uint64_t all = load(text + bytes - 8);
    for (std::size_t i = 0; i + 8 < bytes; i += 8) all |= load(text + i);
    return (all & kTop) == 0;
  }
  if (bytes >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, text, 4);
    std::memcpy(&last, text + bytes - 4, 4);
    return ((first | last) & 0x80808080U) == 0;
  }
  if (bytes == 0) return true;
  return ((text[0] | text[bytes / 2] | text[bytes - 1]) & 0x80) == 0;
}

/// Text that is not ASCII, by the context's policy: as it is, refused, or replaced in the arena.
Position check_text(Position at, Position next, ReadContext& context, std::string_view& text);

[[gnu::always_inline]] inline Position read_string(Position at, ReadContext& context,
                                                   std::string_view& out) {
  const Position next = read_bytes(at, context, out, "a string");
  if (next == nullptr) [[unlikely]]
    return nullptr;
  if (is_ascii(out.data(), out.size())) [[likely]]
    return next;
  std::string_view text = out;  // so that nobody takes the address of `out`
  const Position checked = check_text(at, next, context, text);
  out = text;
  return checked;
}

[[gnu::always_inline]] inline Position read_fixed(Position at, ReadContext& context,
                                                  std::size_t bytes, std::string_view& out) {
  if (context.left(at) < bytes) [[unlikely]] {
    return context.truncated(at, "a fixed of " + std::to_string(bytes) + " bytes");
  }
  out = {reinterpret_cast<const char*>(at), bytes};  // NOLINT
  return at + bytes;
}

/// The ordinal among the reader's symbols.
[[gnu::always_inline]] inline Position read_enum(Position at, ReadContext& context,
                                                 const ReadPlan& plan, const Action& action,
                                                 std::uint32_t& out) {
  std::int64_t ordinal = 0;
  const Position next = read_long(at, context, ordinal, "an enum's symbol");
  if (next == nullptr) [[unlikely]]
    return nullptr;
  const auto symbols = plan.symbols(action);
  if (static_cast<std::uint64_t>(ordinal) >= symbols.size()) [[unlikely]] {
    return context.bad_symbol(at, ordinal, action);
  }
  const auto own = symbols[static_cast<std::size_t>(ordinal)];
  if (own < 0) [[unlikely]]
    return context.bad_symbol(at, ordinal, action);
  out = static_cast<std::uint32_t>(own);
  return next;
}

/// One that takes more than a byte, or is wrong.
Position read_long_branch(Position at, ReadContext& context, std::size_t count, std::uint32_t& out);

/// The branch of the writer's union.
[[gnu::always_inline]] inline Position read_branch(Position at, ReadContext& context,
                                                   std::size_t count, std::uint32_t& out) {
  if (at != context.end && std::to_integer<std::uint32_t>(*at) < 0x80) [[likely]] {
    const auto branch = codec::unzigzag32(std::to_integer<std::uint32_t>(*at));
    if (static_cast<std::uint32_t>(branch) < count) [[likely]] {
      out = static_cast<std::uint32_t>(branch);
      return at + 1;
    }
    return context.bad_branch(at, branch, count);
  }
  std::uint32_t branch = 0;
  const Position next = read_long_branch(at, context, count, branch);
  out = branch;
  return next;
}

/// The head of a block of an array or map. `items` 0: it was the last. Items that have no bytes are
/// counted against the context's limit, others against the bytes that are left.
Position read_block(Position at, ReadContext& context, const Action& item, bool is_map,
                    std::size_t& items);

/// Over a value, without looking at its texts.
Position skip(const ReadPlan& plan, const Action& action, Position at, ReadContext& context);

/// Errors: InvalidInput (a limit out of range).
Status check_options(const ReadOptions& options);

inline ReadContext context_of(std::span<const std::byte> payload, value::Arena& arena,
                              const ReadOptions& options) {
  return {.begin = payload.data(),
          .end = payload.data() + payload.size(),
          .arena = &arena,
          .utf8 = options.utf8,
          .depth_left = options.max_depth,
          .cells_left = options.max_empty_values};
}

/// `read` is Position(Position at): the value; here: what is around it.
template <class Read>
inline Position read_payload(std::span<const std::byte> payload, const ReadOptions& options,
                             ReadContext& context, Read&& read) {
  if (payload.size() > kPayloadBytesMax) [[unlikely]] {
    return context.fail(value::FaultKind::TooLarge, payload.data(),
                        "expected less than 4 GiB of bytes");
  }
  // An empty span may have no address, and a position is never nullptr.
  static constexpr std::byte kNone{};
  if (payload.data() == nullptr) [[unlikely]]
    context.begin = context.end = &kNone;
  const Position next = read(context.begin);
  if (next != nullptr && next != context.end && options.trailing == Trailing::Error) [[unlikely]] {
    return context.fail(
        value::FaultKind::Malformed, next,
        "expected the end of the bytes, found " + std::to_string(context.left(next)) + " more");
  }
  return next;
}

/// The text with U+FFFD for each part that cannot be the start of a character (Unicode 15, "U+FFFD
/// Substitution of Maximal Subparts"), at most three times as long. `out` has room for that.
std::size_t replace_broken(std::string_view text, char* out);

/// The fault that the context holds, with the record's name in front of its path.
inline value::Fault finished(ReadContext& context, const Node& root) {
  return from_root(std::move(*context.fault), root);
}

}  // namespace limpet::avro
