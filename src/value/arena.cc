#include "limpet/value/arena.h"

#include <algorithm>
#include <utility>

namespace limpet::value {

void* Arena::allocate_slow(std::size_t bytes, std::size_t align) {
  const std::size_t handed_out = used();
  if (handed_out > limit_ || bytes > limit_ - handed_out) return nullptr;
  const std::size_t left = limit_ - handed_out;
  const std::size_t last = blocks_.empty() ? kFirstBlock / 2 : blocks_.back().size;
  const std::size_t size = std::max(std::min(last * 2, left), bytes + align);
  Block block{std::unique_ptr<std::byte[]>(new (std::nothrow) std::byte[size]), size};
  if (!block.bytes) return nullptr;
  used_before_ = handed_out;
  held_ += size;
  begin_ = reinterpret_cast<std::uintptr_t>(block.bytes.get());  // NOLINT: see allocate()
  end_ = begin_ + std::min(size, left + align);
  const std::uintptr_t at = (begin_ + (align - 1)) & ~(static_cast<std::uintptr_t>(align) - 1);
  next_ = at + bytes;
  blocks_.push_back(std::move(block));
  return reinterpret_cast<void*>(at);  // NOLINT: see allocate()
}

void Arena::reset() {
  kept_.clear();
  if (blocks_.size() > 1) {
    // Blocks grow, so the last is the largest; a block that was made for one huge text may not be.
    auto largest = std::max_element(blocks_.begin(), blocks_.end(),
                                    [](const Block& a, const Block& b) { return a.size < b.size; });
    std::swap(*largest, blocks_.front());
    blocks_.resize(1);
    held_ = blocks_.front().size;
    begin_ = reinterpret_cast<std::uintptr_t>(blocks_.front().bytes.get());  // NOLINT: see above
    end_ = begin_ + std::min(blocks_.front().size, limit_);
  }
  used_before_ = 0;
  next_ = begin_;
}

}  // namespace limpet::value
