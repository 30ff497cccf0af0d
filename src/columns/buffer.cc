#include "limpet/columns/buffer.h"

#include <cstdlib>
#include <cstring>
#include <limits>

namespace limpet::columns {

Buffer::~Buffer() { std::free(data_); }

bool Buffer::grow(std::size_t bytes, std::size_t used, Budget& budget) {
  if (bytes <= capacity_ && data_ != nullptr) return true;
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) return false;
  const std::size_t wanted = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (!budget.take(wanted - capacity_)) return false;
  auto* fresh = static_cast<std::byte*>(std::aligned_alloc(kAlignment, wanted + kSlack));
  if (fresh == nullptr) {
    budget.give_back(wanted - capacity_);
    return false;
  }
  if (used > 0) std::memcpy(fresh, data_, used);
  std::free(data_);
  data_ = fresh;
  capacity_ = wanted;
  return true;
}

}  // namespace limpet::columns
