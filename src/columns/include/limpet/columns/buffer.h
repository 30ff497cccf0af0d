// Buffer: memory of one column, aligned as Arrow recommends, charged to what a batch may hold.
//
// Most people want column_builder.h. Threads: confined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace limpet::columns {

/// What the buffers of one batch may hold together.
class Budget {
 public:
  explicit Budget(std::uint64_t bytes) : limit_(bytes) {}

  bool take(std::uint64_t bytes) {
    if (bytes > limit_ - used_) return false;
    used_ += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) { used_ -= bytes; }
  std::uint64_t used() const { return used_; }
  std::uint64_t limit() const { return limit_; }

 private:
  std::uint64_t limit_;
  std::uint64_t used_ = 0;
};

class Buffer {
 public:
  static constexpr std::size_t kAlignment = 64;
  /// Bytes behind capacity() that may be written too: short texts are copied in whole words.
  static constexpr std::size_t kSlack = 64;

  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Buffer();

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  /// A multiple of 64.
  std::size_t capacity() const { return capacity_; }

  /// Make room for `bytes` and keep the first `used`; false and unchanged when the budget or the
  /// machine has no more. While it is copied the old memory exists beside the new.
  bool grow(std::size_t bytes, std::size_t used, Budget& budget);

 private:
  std::byte* data_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace limpet::columns
