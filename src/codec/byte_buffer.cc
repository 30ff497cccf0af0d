#include "limpet/codec/byte_buffer.h"

#include <algorithm>
#include <cstdint>
#include <new>

namespace limpet::codec {

void ByteBuffer::grow(std::size_t bytes) {
  constexpr std::size_t kFirst = 256;
  const std::size_t used = size();
  if (bytes > SIZE_MAX / 4 - used) throw std::bad_alloc();
  const std::size_t wanted = std::max({kFirst, used + bytes, capacity() * 2});
  auto* memory = static_cast<std::byte*>(std::realloc(begin_, wanted));  // NOLINT: see the header
  if (memory == nullptr) throw std::bad_alloc();
  begin_ = memory;
  end_ = memory + used;
  limit_ = memory + wanted;
}

}  // namespace limpet::codec
