#include "read_buffer.h"

#include <algorithm>
#include <cstring>

namespace limpet::http {

void ReadBuffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::span<char> ReadBuffer::prepare(std::size_t size_wanted) {
  const std::size_t size = end_ - begin_;
  if (end_ == capacity_ || capacity_ < size_wanted) {
    if (size == capacity_ || capacity_ < size_wanted) {
      const std::size_t capacity = std::max({size_wanted, kSmall, size + size / 2 + 1});
      auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
      if (size > 0) std::memcpy(bytes.get(), bytes_.get() + begin_, size);
      bytes_ = std::move(bytes);
      capacity_ = capacity;
    } else {
      std::memmove(bytes_.get(), bytes_.get() + begin_, size);
    }
    begin_ = 0;
    end_ = size;
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void ReadBuffer::shrink() {
  if (!empty() || capacity_ <= kSmall) return;
  bytes_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace limpet::http
