// MessageParser: one pass over a serialized message, record by record; what MessageReader makes
// views with and MessageStructReader falls back on.
//
// A function that returns a place returns nullptr when something is wrong; then take() says what,
// and callers add where on the way out. What is asked for each byte is here, the rest in the .cc.
#pragma once

#include "message_plan.h"
#include "wire_type.h"

#include "limpet/protobuf/message_reader.h"
#include "limpet/value/arena.h"
#include "limpet/value/fault.h"
#include "limpet/value/text.h"
#include "limpet/value/view.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::protobuf {

/// A place in a message.
using Place = const std::uint8_t*;

inline constexpr std::uint64_t kMaxMessage = INT32_MAX;
inline constexpr std::ptrdiff_t kMaxTag = 5;  // bytes; of a length as well, as libprotobuf has it

template <class T>
T load(Place at) {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

inline std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1));
}

class MessageParser {
 public:
  MessageParser(Place begin, value::Arena& arena, const MessageReaderOptions& options,
                UnknownFields* unknown)
      : begin_(begin),
        arena_(arena),
        options_(options),
        unknown_(unknown),
        used_before_(arena.used()) {}

  /// The whole message.
  std::optional<value::Fault> run(const MessagePlan& plan, Place end, value::View& out);

  /// One record of that field, behind its tag, which began at `start`, into the record of `values`.
  Place record(const MessagePlan& plan, const FieldPlan& field, std::uint32_t tag, Place start,
               Place p, Place end, value::View* values, int depth);

  /// Checks what run() would, and moves behind a message's content (behind one record's) without
  /// keeping anything; of required fields it checks nothing.
  Place check_message(const MessagePlan& plan, Place p, Place end, int depth, std::uint32_t group);
  Place check_record(const MessagePlan& plan, std::uint32_t tag, Place p, Place end, int depth);

  /// A record in which no field occurred; data() is nullptr when memory is used up.
  std::span<value::View> make_record(const MessagePlan& plan, Place at);

  /// Do the field and what it holds have their required fields?
  bool has_required(const FieldPlan& field, const value::View& value);

  const MessageReaderOptions& options() const { return options_; }

  [[gnu::always_inline]] Place varint(Place p, Place end, std::uint64_t& out) {
    if (p < end && *p < 0x80) [[likely]] {
      out = *p;
      return p + 1;
    }
    if (end - p >= 2 && p[1] < 0x80) {
      out = (p[0] & 0x7FU) | (static_cast<std::uint64_t>(p[1]) << 7U);
      return p + 2;
    }
    return long_varint(p, end, out);
  }

  Place tag(Place p, Place end, std::uint32_t& out) {
    const Place at = p;
    std::uint64_t value = 0;
    p = varint(p, end, value);
    if (p == nullptr) return nullptr;
    if (p - at > kMaxTag || value > UINT32_MAX) [[unlikely]] {
      return fail(value::FaultKind::Malformed, at, "a tag is longer than 32 bits");
    }
    if (value < 8) [[unlikely]] {
      return fail(value::FaultKind::Malformed, at, "no field can have the number 0");
    }
    out = static_cast<std::uint32_t>(value);
    return p;
  }

  /// A length, and whether so many bytes are there.
  [[gnu::always_inline]] Place length(Place p, Place end, std::uint64_t& out) {
    const Place at = p;
    p = varint(p, end, out);
    if (p == nullptr) return nullptr;
    if (out > static_cast<std::uint64_t>(end - p) || p - at > kMaxTag) [[unlikely]] {
      return bad_length(at, p, end, out);
    }
    return p;
  }

  /// The text behind a string's length, or nullopt.
  [[gnu::always_inline]] std::optional<std::string_view> text(Place p, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(p), size);  // NOLINT: as characters
    if (options_.utf8 == value::Utf8Policy::Trust || value::is_ascii(text)) [[likely]]
      return text;
    return checked_text(text, p);
  }

  /// Moves behind a record's content, whatever it is.
  Place skip(Place p, Place end, std::uint32_t tag, int depth);

 private:
  using View = value::View;

  std::optional<value::Fault> fault(const MessagePlan& plan);
  [[gnu::cold, gnu::noinline]] std::nullptr_t fail(value::FaultKind kind, Place at,
                                                   std::string message);
  std::nullptr_t cut_off(Place end);
  std::nullptr_t too_large(Place at);
  [[gnu::cold, gnu::noinline]] std::nullptr_t bad_length(Place at, Place p, Place end,
                                                         std::uint64_t length);
  // Where it went wrong, from the inside out.
  [[gnu::cold, gnu::noinline]] std::nullptr_t within(const FieldPlan& field,
                                                     std::optional<std::size_t> index = {});

  [[gnu::noinline]] Place long_varint(Place p, Place end, std::uint64_t& out);
  [[gnu::noinline]] std::optional<std::string_view> checked_text(std::string_view text, Place at);

  bool within_memory() const { return arena_.used() - used_before_ <= options_.max_memory; }
  [[gnu::always_inline]] bool enter(Place at, int depth) {
    if (depth < options_.max_depth) [[likely]]
      return true;
    return too_deep(at);
  }
  [[gnu::cold, gnu::noinline]] bool too_deep(Place at);
  void keep(const MessagePlan& plan, std::uint32_t number, Place from, Place to);

  template <class Item>
  Item* grow(const Item* items, std::size_t size, std::size_t more, Place at);
  bool append(View& array, const View& item, Place at);
  bool put(const FieldPlan& field, View* values, const View& value, Place at);
  static void clear_siblings(const FieldPlan& field, View* values);

  Place message(const MessagePlan& plan, Place p, Place end, View* values, int depth,
                std::uint32_t group);
  Place own_record(const MessagePlan& plan, const FieldPlan& field, Place start, Place p, Place end,
                   View* values, int depth);
  Place other_record(const MessagePlan& plan, const FieldPlan* field, std::uint32_t tag,
                     Place start, Place p, Place end, View* values, int depth);
  Place with_length(const MessagePlan& plan, const FieldPlan& field, Place p, Place end,
                    View* values, int depth, Place start);
  Place nested(const FieldPlan& field, Place p, Place end, View* values, int depth,
               std::uint32_t group);
  Place entry(const MessagePlan& plan, const FieldPlan& field, Place p, Place end, View* values,
              int depth, Place start);
  Place packed(const MessagePlan& plan, const FieldPlan& field, Place p, Place end, View* values);
  Place skip_plain(Place p, Place end, WireType wire);
  Place skip_group(Place p, Place end, std::uint32_t number, int depth);
  std::nullptr_t stray_end(Place at, std::uint32_t group);
  Place check_packed(const FieldPlan& field, Place p, Place end);
  Place check_length(const FieldPlan& field, Place p, Place end, int depth);

  bool has_required(const MessagePlan& plan, const View& record);
  bool each_has_required(const FieldPlan& field, const View& value);

  Place begin_;
  value::Arena& arena_;
  const MessageReaderOptions& options_;
  UnknownFields* unknown_;
  std::size_t used_before_;
  bool foreign_symbol_ = false;  // the entry of a map that is being read has an unknown symbol
  value::Fault fault_;
};

}  // namespace limpet::protobuf
