// Arena: memory for the parts of one record, or of one batch of records.
//
//   value::Arena arena;
//   for (const auto& message : batch) {
//     arena.reset();                                 // keeps the memory, forgets what was in it
//     if (auto fault = reader.read(message, arena, record)) …
//   }
//
// Allocating moves a pointer; nothing is freed one by one and no destructor runs. Once its blocks
// have grown to the size of the work, a reader that resets its arena allocates nothing.
// Threads: confined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace limpet::value {

class Arena {
 public:
  static constexpr std::size_t kFirstBlock = 4096;
  static constexpr std::size_t kDefaultLimit = 256UL << 20;

  /// `limit`: bytes handed out between two resets; beyond it allocate() answers nullptr.
  explicit Arena(std::size_t limit = kDefaultLimit) : limit_(limit) {}
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  /// Uninitialised memory, or nullptr when the limit is reached. `align` is a power of two, at
  /// most alignof(std::max_align_t). The memory lives until reset() or the arena's end.
  void* allocate(std::size_t bytes, std::size_t align = alignof(std::max_align_t)) {
    const std::uintptr_t at = (next_ + (align - 1)) & ~(static_cast<std::uintptr_t>(align) - 1);
    if (at >= next_ && at <= end_ && bytes <= end_ - at) [[likely]] {
      next_ = at + bytes;
      return reinterpret_cast<void*>(at);  // NOLINT: an arena deals in addresses
    }
    return allocate_slow(bytes, align);
  }

  /// `count` objects, not initialised; nullptr when the limit is reached.
  template <class T>
    requires std::is_trivially_destructible_v<T>
  T* allocate_array(std::size_t count) {
    if (count > limit_ / sizeof(T)) return nullptr;
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }

  /// A copy of `text`; its data() is nullptr when the limit is reached and text is not empty.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {"", 0};
    auto* to = static_cast<char*>(allocate(text.size(), 1));
    if (to == nullptr) return {};
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  /// Hold on to what views of this arena point into, until the reset. For readers that may be gone
  /// sooner than the views that they made.
  void keep(std::shared_ptr<const void> owner) {
    if (kept_.empty() || kept_.back() != owner) kept_.push_back(std::move(owner));
  }

  /// Forget everything that was allocated, let go of what was kept. Keeps the largest block.
  void reset();

  /// Bytes handed out since the last reset, padding included.
  std::size_t used() const { return used_before_ + (next_ - begin_); }
  /// Bytes that the arena holds from the system.
  std::size_t held() const { return held_; }
  std::size_t limit() const { return limit_; }

 private:
  void* allocate_slow(std::size_t bytes, std::size_t align);

  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };
  std::uintptr_t next_ = 0;
  std::uintptr_t begin_ = 0;
  std::uintptr_t end_ = 0;
  std::size_t used_before_ = 0;  // in blocks before the current one
  std::size_t held_ = 0;
  std::size_t limit_;
  std::vector<Block> blocks_;  // the current one is the last
  std::vector<std::shared_ptr<const void>> kept_;
};

}  // namespace limpet::value
