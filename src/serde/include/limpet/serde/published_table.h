// PublishedTable: things that are made once, found by any thread without a lock, and kept.
//
// For this room's Deserializer and Serializer; see there. An Entry has `std::uint64_t hash() const`
// and does not change after publish(), except through atomics of its own. Finding writes nothing.
// Threads: safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace limpet::serde {

template <class Entry>
class PublishedTable {
 public:
  /// No more than `max` entries.
  explicit PublishedTable(std::size_t max) : max_(max) {
    tables_.push_back(std::make_unique<const Slots>(kFirstSlots));
    current_.store(tables_.back().get(), std::memory_order_release);
  }

  /// The entry of that hash for which `match(entry)` holds; nullptr: there is none.
  template <class Match>
  const Entry* find(std::uint64_t hash, const Match& match) const noexcept {
    const Slots& slots = *current_.load(std::memory_order_acquire);
    for (std::size_t at = hash & slots.mask;; at = (at + 1) & slots.mask) {
      const Entry* entry = slots.at[at].load(std::memory_order_acquire);
      if (entry == nullptr || match(*entry)) return entry;
    }
  }

  /// Keep `entry` until this table goes. The answer is the entry that is found from now on: another
  /// thread's if that was earlier. nullptr: the table is full, and `entry` still the caller's.
  template <class Match>
  const Entry* publish(std::unique_ptr<const Entry>& entry, const Match& match) {
    const std::lock_guard lock(mutex_);
    if (const Entry* earlier = find(entry->hash(), match)) return earlier;
    if (entries_.size() >= max_) return nullptr;
    const Slots* slots = tables_.back().get();
    if (2 * (entries_.size() + 1) > slots->mask + 1) slots = grow();
    entries_.push_back(std::move(entry));
    place(*slots, *entries_.back());
    return entries_.back().get();
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  static constexpr std::size_t kFirstSlots = 16;

  // Never more than half full, so that find() meets an empty one.
  struct Slots {
    explicit Slots(std::size_t count)
        : mask(count - 1), at(std::make_unique<std::atomic<const Entry*>[]>(count)) {}
    std::size_t mask;
    std::unique_ptr<std::atomic<const Entry*>[]> at;
  };

  const Slots* grow() {
    auto larger = std::make_unique<const Slots>(2 * (tables_.back()->mask + 1));
    for (const auto& entry : entries_) place(*larger, *entry);
    tables_.push_back(std::move(larger));  // smaller ones stay: somebody may be looking
    current_.store(tables_.back().get(), std::memory_order_release);
    return tables_.back().get();
  }

  static void place(const Slots& slots, const Entry& entry) {
    std::size_t at = entry.hash() & slots.mask;
    while (slots.at[at].load(std::memory_order_relaxed) != nullptr) at = (at + 1) & slots.mask;
    slots.at[at].store(&entry, std::memory_order_release);
  }

  std::atomic<const Slots*> current_{nullptr};
  mutable std::mutex mutex_;  // guards what follows
  std::size_t max_;
  std::vector<std::unique_ptr<const Entry>> entries_;
  std::vector<std::unique_ptr<const Slots>> tables_;
};

}  // namespace limpet::serde
