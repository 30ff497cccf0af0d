// ReadBuffer: bytes that have arrived and are not yet consumed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace limpet::http {

/// Small while a connection idles, larger while it reads. Confined.
class ReadBuffer {
 public:
  static constexpr std::size_t kSmall = 4UL << 10;

  std::string_view pending() const { return {bytes_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t count);
  /// Room behind what is pending: one byte or more, in a buffer of `size_wanted` bytes or more.
  /// Invalidates pending().
  std::span<char> prepare(std::size_t size_wanted);
  void commit(std::size_t count) { end_ += count; }
  /// Give back memory beyond kSmall when nothing is pending.
  void shrink();

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace limpet::http
