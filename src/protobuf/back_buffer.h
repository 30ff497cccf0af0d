// BackBuffer: bytes that are written from the last to the first, so that a length is known when it
// is due; and what those who write messages into one share.
#pragma once

#include "message_plan.h"

#include "limpet/protobuf/message_writer.h"
#include "limpet/value/view.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace limpet::protobuf {

class BackBuffer {
 public:
  std::size_t size() const { return size_; }

  void byte(std::uint8_t value) {
    reserve(1);
    data_[capacity_ - ++size_] = static_cast<char>(value);
  }
  void bytes(const void* from, std::size_t count) {
    if (count == 0) return;
    reserve(count);
    size_ += count;
    std::memcpy(data_ + capacity_ - size_, from, count);
  }
  void varint(std::uint64_t value) {
    if (value < 0x80) [[likely]]
      return byte(static_cast<std::uint8_t>(value));
    const auto count = static_cast<std::size_t>(std::bit_width(value) + 6) / 7;
    reserve(count);
    size_ += count;
    char* to = data_ + capacity_ - size_;
    for (; value >= 0x80; value >>= 7U) *to++ = static_cast<char>(value | 0x80U);
    *to = static_cast<char>(value);
  }
  std::string_view text() const { return {data_ + capacity_ - size_, size_}; }
  /// Are all bytes since that size 0?
  bool is_zero_since(std::size_t size) const {
    return text().substr(0, size_ - size).find_first_not_of('\0') == std::string_view::npos;
  }
  void cut(std::size_t size) { size_ = size; }

 private:
  void reserve(std::size_t count) {
    if (capacity_ - size_ < count) [[unlikely]]
      grow(count);
  }
  [[gnu::noinline]] void grow(std::size_t count) {
    const std::size_t larger = std::max(capacity_ * 2, size_ + count + kFirst);
    std::unique_ptr<char[]> made(new char[larger]);
    std::memcpy(made.get() + larger - size_, data_ + capacity_ - size_, size_);
    held_ = std::move(made);
    data_ = held_.get();
    capacity_ = larger;
  }

  static constexpr std::size_t kFirst = 1024;
  std::array<char, kFirst> local_;
  std::unique_ptr<char[]> held_;
  char* data_ = local_.data();
  std::size_t capacity_ = kFirst;
  std::size_t size_ = 0;
};

inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}

/// Write one field of a message at that depth, not null, in front of what is there. False: it
/// cannot be written; what is in `out` is not of use any more.
bool append_field(const FieldPlan& field, const value::View& value,
                  const MessageWriterOptions& options, int depth, BackBuffer& out);

}  // namespace limpet::protobuf
