// Exact: straight-line reading and writing of one schema, for headers that `limpet codegen` makes.
//
//   #include "user.h"                                    // made from user.avsc
//   shop::User user;
//   avro::ExactReader in(payload);
//   if (!avro::Exact<shop::User>::read(in, user)) …      // then StructReader knows the reason
//
// The writer's schema must be the very schema that the header was made from. What is wrong with a
// payload is not told here: it is rare, and a StructReader tells it. After a failed read the
// target holds what came before the fault.
// Limits: 64 levels of arrays, maps and records that hold themselves; items that take no bytes at
// most kFreeItems.
// Threads: confined.
#pragma once

#include "limpet/avro/nullable.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/codec/varint.h"
#include "limpet/value/fault.h"
#include "limpet/value/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::avro {

/// Specialised by made headers: `kSchema` (of the outermost record), `read`, `write`.
template <class T>
struct Exact;

class ExactReader {
 public:
  static constexpr int kDepth = 64;
  static constexpr std::int64_t kFreeItems = 10'000;

  explicit ExactReader(std::span<const std::byte> payload,
                       value::Utf8Policy utf8 = value::Utf8Policy::Validate)
      : at_(payload.data()), end_(at_ + payload.size()), utf8_(utf8) {}

  /// Go on where `copy`, a copy of this that has read on, has come to. Made code reads with a copy:
  /// nobody else knows its address, so that the compiler keeps it in registers.
  void follow(const ExactReader& copy) {
    at_ = copy.at_;
    free_items_ = copy.free_items_;
  }

  /// Bytes that nobody has read.
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  [[gnu::always_inline]] bool read(bool& to) {
    if (at_ == end_) return false;
    const auto byte = std::to_integer<unsigned>(*at_++);
    to = byte != 0;
    return byte <= 1;
  }
  [[gnu::always_inline]] bool read(std::int32_t& to) {
    const auto number = codec::read_varint32(at_, end_);
    if (!number) return false;
    to = codec::unzigzag32(number.value);
    at_ = number.next;
    return true;
  }
  [[gnu::always_inline]] bool read(std::int64_t& to) {
    const auto number = codec::read_varint64(at_, end_);
    if (!number) return false;
    to = codec::unzigzag64(number.value);
    at_ = number.next;
    return true;
  }
  [[gnu::always_inline]] bool read(float& to) { return read_little(to); }
  [[gnu::always_inline]] bool read(double& to) { return read_little(to); }
  [[gnu::always_inline]] bool read(std::string_view& to) {
    std::span<const std::byte> bytes;
    if (!read(bytes)) return false;
    to = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: as characters
    if (value::is_ascii(to)) [[likely]]
      return true;
    return utf8_ == value::Utf8Policy::Trust || value::is_utf8(to);
  }
  [[gnu::always_inline]] bool read(std::string& to) {
    std::string_view text;
    if (!read(text)) return false;
    to.assign(text);
    return true;
  }
  [[gnu::always_inline]] bool read(std::span<const std::byte>& to) {
    std::int64_t size = 0;
    if (!read(size) || size < 0 || static_cast<std::uint64_t>(size) > left()) return false;
    to = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }
  [[gnu::always_inline]] bool read(std::vector<std::byte>& to) {
    std::span<const std::byte> bytes;
    if (!read(bytes)) return false;
    to.assign(bytes.begin(), bytes.end());
    return true;
  }
  template <std::size_t N>
  [[gnu::always_inline]] bool read(std::array<std::byte, N>& to) {
    if (N > left()) return false;
    std::memcpy(to.data(), at_, N);
    at_ += N;
    return true;
  }

  /// A union of null, which is branch `kNull` (0 or 1), and a T that read_nullable() takes.
  template <std::uint32_t kNull, class T>
  [[gnu::always_inline]] bool nullable(std::optional<T>& to) {
    static_assert(kNull <= 1);
    const std::byte* next = nullptr;
    if (left() >= kNullableBytes) [[likely]]
      next = read_nullable(at_, end_, kNull, to);
    if (next == nullptr) [[unlikely]]
      next = checked<kNull>(*this, to);
    if (next == nullptr) [[unlikely]]
      return false;
    at_ = next;
    return true;
  }

  /// The position of an enum's symbol or a union's branch, below `count`.
  [[gnu::always_inline]] bool index(std::uint32_t count, std::uint32_t& to) {
    std::int64_t wide = 0;
    if (!read(wide) || wide < 0 || wide >= count) return false;
    to = static_cast<std::uint32_t>(wide);
    return true;
  }

  /// `item()` reads one item. For arrays and maps (Avro 1.11.4 specification, "Arrays").
  template <class Item>
  bool blocks(Item&& item) {
    if (++depth_ > kDepth) return false;
    for (;;) {
      std::int64_t count = 0;
      if (!read(count)) return false;
      if (count == 0) break;
      if (count < 0) {
        std::int64_t bytes = 0;
        if (count == INT64_MIN || !read(bytes)) return false;
        if (static_cast<std::uint64_t>(bytes) > left()) return false;  // a negative one, too
        count = -count;
      }
      if (static_cast<std::uint64_t>(count) > left() && count > kFreeItems - free_items_) {
        return false;
      }
      for (; count > 0; --count) {
        const std::byte* const before = at_;
        if (!item() || (at_ == before && ++free_items_ > kFreeItems)) return false;
      }
    }
    --depth_;
    return true;
  }

  /// For a record within itself; call leave() when it is done.
  bool enter() { return ++depth_ <= kDepth; }
  bool leave() {
    --depth_;
    return true;
  }

 private:
  template <class Number>
  [[gnu::always_inline]] bool read_little(Number& to) {
    if (sizeof(Number) > left()) return false;
    to = detail::load_floating<Number>(at_);
    at_ += sizeof(Number);
    return true;
  }

  // Near the end, and wherever something may be wrong. A copy comes in, so that the caller's stays
  // in registers.
  template <std::uint32_t kNull, class T>
  [[gnu::noinline]] static const std::byte* checked(ExactReader in, std::optional<T>& to) {
    std::uint32_t branch = 0;
    if (!in.index(2, branch)) return nullptr;
    if (branch == kNull) {
      to.reset();
      return in.at_;
    }
    return in.read(to.emplace()) ? in.at_ : nullptr;
  }

  const std::byte* at_;
  const std::byte* end_;
  value::Utf8Policy utf8_;
  int depth_ = 0;
  std::int64_t free_items_ = 0;  // that took no bytes
};

class ExactWriter {
 public:
  explicit ExactWriter(codec::ByteBuffer& out) : out_(out) {}

  void write(bool from) { out_.append(from ? std::byte{1} : std::byte{0}); }
  void write(std::int32_t from) {
    out_.end_at(codec::write_varint32(out_.room(codec::kVarint32Bytes), codec::zigzag32(from)));
  }
  void write(std::int64_t from) {
    out_.end_at(codec::write_varint64(out_.room(codec::kVarint64Bytes), codec::zigzag64(from)));
  }
  void write(float from) { write_little(from); }
  void write(double from) { write_little(from); }
  void write(std::string_view from) { write(std::as_bytes(std::span(from))); }
  void write(const std::string& from) { write(std::string_view(from)); }
  void write(std::span<const std::byte> from) {
    write(static_cast<std::int64_t>(from.size()));
    out_.append(from);
  }
  void write(const std::vector<std::byte>& from) { write(std::span<const std::byte>(from)); }
  template <std::size_t N>
  void write(const std::array<std::byte, N>& from) {
    out_.append(std::span<const std::byte>(from));
  }
  void index(std::uint32_t at) { write(static_cast<std::int64_t>(at)); }
  /// Before the items of an array or a map, when there are any.
  void count(std::size_t items) { write(static_cast<std::int64_t>(items)); }
  /// Behind them.
  void end() { out_.append(std::byte{0}); }

 private:
  template <class Number>
  void write_little(Number from) {
    auto bytes = std::bit_cast<std::array<std::byte, sizeof(Number)>>(from);
    if constexpr (std::endian::native == std::endian::big) {
      std::reverse(bytes.begin(), bytes.end());
    }
    out_.append(std::span<const std::byte>(bytes));
  }

  codec::ByteBuffer& out_;
};

}  // namespace limpet::avro
