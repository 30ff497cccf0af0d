// ByteBuffer: bytes that are being written, in memory that can be handed to C.
//
//   codec::ByteBuffer out;
//   for (const auto& record : batch) {
//     out.clear();                                        // keeps the memory
//     std::byte* at = out.room(codec::kVarint64Bytes);    // one check for what is written next
//     out.end_at(codec::write_varint64(at, record.id));
//     out.append(record.text);
//     send(out.bytes());
//   }
//
// Unlike a vector it does not clear memory that is about to be written, and its memory is
// malloc()'s, so that release() gives it to a library that will free() it. Threads: confined.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace limpet::codec {

class ByteBuffer {
 public:
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }  // NOLINT: malloc()'s memory
  };
  /// What release() gives away.
  struct Owned {
    std::unique_ptr<std::byte, Free> bytes;
    std::size_t size = 0;
  };

  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    ByteBuffer gone(std::move(other));
    swap(gone);
    return *this;
  }
  ~ByteBuffer() { Free{}(begin_); }

  const std::byte* data() const { return begin_; }
  std::byte* data() { return begin_; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  bool empty() const { return end_ == begin_; }
  std::size_t capacity() const { return static_cast<std::size_t>(limit_ - begin_); }
  /// Good until it is changed.
  std::span<const std::byte> bytes() const { return {begin_, size()}; }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(begin_), size()};  // NOLINT: bytes as characters
  }

  void clear() { end_ = begin_; }
  /// Requires: size <= size().
  void shrink(std::size_t size) { end_ = begin_ + size; }

  /// Where the next byte goes, with room for `bytes` of them, not initialised, until the next
  /// change. Throws std::bad_alloc as containers do.
  std::byte* room(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(limit_ - end_)) [[unlikely]]
      grow(bytes);
    return end_;
  }
  /// Bytes were written up to here. Requires: within what room() gave.
  void end_at(std::byte* end) { end_ = end; }

  void append(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    std::byte* to = room(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    end_ = to + bytes.size();
  }
  void append(std::string_view text) { append(std::as_bytes(std::span(text))); }
  void append(std::byte byte) {
    *room(1) = byte;
    ++end_;
  }

  /// Give the bytes away and be empty.
  Owned release() {
    Owned out{std::unique_ptr<std::byte, Free>(begin_), size()};
    begin_ = end_ = limit_ = nullptr;
    return out;
  }

  void swap(ByteBuffer& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(limit_, other.limit_);
  }

 private:
  void grow(std::size_t bytes);

  std::byte* begin_ = nullptr;
  std::byte* end_ = nullptr;
  std::byte* limit_ = nullptr;
};

}  // namespace limpet::codec
