#include "version_table.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace limpet::client {

struct VersionTable::Entry {
  Words words;
  SchemaPointer schema;
  std::size_t bytes = 0;
  mutable std::atomic<bool> used{false};

  void touch() const {
    // A load first: a line that all threads only read stays in all their caches.
    if (!used.load(std::memory_order_relaxed)) used.store(true, std::memory_order_relaxed);
  }
};

/// Immutable once published.
struct VersionTable::Table {
  struct Slot {
    Words words;
    const Entry* entry = nullptr;
  };
  std::vector<Slot> slots;  // a power of two, at most half full
  std::size_t mask = 0;
  std::vector<std::shared_ptr<Entry>> owners;

  const Entry* find(const Words& words) const {
    for (std::size_t at = mixed(words) & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots[at];
      if (slot.entry == nullptr || slot.words == words) return slot.entry;
    }
  }
};

/// What a thread knows of one table, without owning it: trivial, so that access needs no guard.
struct VersionTable::Hot {
  std::uint64_t serial = 0;
  std::uint64_t generation = 0;
  const Table* table = nullptr;
  Words words{};
  const Entry* last = nullptr;
};

/// What keeps Hot's pointers alive.
struct VersionTable::Held {
  std::shared_ptr<const Table> table;
  std::shared_ptr<const Entry> entry;
};

VersionTable::Hot& VersionTable::hot(std::size_t slot) {
  static constinit thread_local std::array<Hot, kHotSlots> hots{};
  return hots[slot];
}

VersionTable::Held& VersionTable::held(std::size_t slot) {
  thread_local std::array<Held, kHotSlots> all;
  return all[slot];
}

std::size_t bytes_of(const RegisteredSchema& schema) {
  constexpr std::size_t kRest = 256;
  return kRest + schema.definition.size() + schema.schema_name.size() + schema.schema_arn.size();
}

VersionTable::Words VersionTable::words_of(const Uuid& id) {
  Words words;
  std::memcpy(&words.high, id.bytes().data(), sizeof words.high);
  std::memcpy(&words.low, id.bytes().data() + sizeof words.high, sizeof words.low);
  return words;
}

std::size_t VersionTable::mixed(const Words& words) {
  // Ids are random, but nothing makes them so: another registry may have counted them up.
  const std::uint64_t product = (words.low ^ std::rotl(words.high, 31)) * 0x9e3779b97f4a7c15U;
  return static_cast<std::size_t>(product ^ (product >> 32));
}

namespace {

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> serial{0};
  return ++serial;
}

}  // namespace

VersionTable::VersionTable(TableBounds bounds) : bounds_(bounds), serial_(next_serial()) {
  publish();
}

VersionTable::~VersionTable() {
  // Other threads let go when they look into another table, or end.
  const std::size_t slot = serial_ % kHotSlots;
  if (hot(slot).serial == serial_) {
    hot(slot) = {};
    held(slot) = {};
  }
}

const SchemaPointer* VersionTable::find(const Uuid& id) noexcept {
  const Words words = words_of(id);
  Hot& mine = hot(serial_ % kHotSlots);
  if (mine.serial == serial_) {
    if (mine.last != nullptr && mine.words == words) {
      mine.last->touch();
      return &mine.last->schema;
    }
    if (mine.generation == generation_.load(std::memory_order_acquire)) {
      if (const Entry* entry = mine.table->find(words)) {
        entry->touch();
        mine.words = words;
        mine.last = entry;
        return &entry->schema;
      }
    }
  }
  return find_slowly(words, mine);
}

const SchemaPointer* VersionTable::find_slowly(const Words& words, Hot& hot) {
  Held& mine = held(serial_ % kHotSlots);
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(words);
  if (found != entries_.end() && published_->find(words) == nullptr &&
      ++unpublished_finds_ > entries_.size() / 16) {
    publish();
  }
  mine.table = published_;
  mine.entry.reset();
  hot = {.serial = serial_,
         .generation = generation_.load(std::memory_order_relaxed),
         .table = mine.table.get()};
  if (found == entries_.end()) return nullptr;
  mine.entry = found->second;
  mine.entry->touch();
  hot.words = words;
  hot.last = mine.entry.get();
  return &hot.last->schema;
}

void VersionTable::put(SchemaPointer schema) {
  const std::size_t bytes = bytes_of(*schema);
  if (bytes > bounds_.bytes_max || bounds_.entries_max == 0) return;
  auto entry = std::make_shared<Entry>();
  entry->words = words_of(schema->version_id);
  entry->schema = std::move(schema);
  entry->bytes = bytes;
  const std::lock_guard lock(mutex_);
  if (!entries_.emplace(entry->words, entry).second) return;
  bytes_ += bytes;
  // Room is made before the new one joins the ring, so that it cannot push itself out.
  make_room();
  ring_.push_back(std::move(entry));
}

void VersionTable::make_room() {
  while (!ring_.empty() && (entries_.size() > bounds_.entries_max || bytes_ > bounds_.bytes_max)) {
    if (hand_ >= ring_.size()) hand_ = 0;
    if (ring_[hand_]->used.exchange(false, std::memory_order_relaxed)) {
      ++hand_;
      continue;
    }
    const std::shared_ptr<Entry> out = ring_[hand_];
    ring_[hand_] = ring_.back();
    ring_.pop_back();
    entries_.erase(out->words);
    bytes_ -= out->bytes;
    ++evictions_;
    if (++stale_ > entries_.size() / 8) publish();
  }
}

void VersionTable::publish() {
  auto table = std::make_shared<Table>();
  const std::size_t size = std::bit_ceil(2 * entries_.size() + 2);
  table->slots.resize(size);
  table->mask = size - 1;
  table->owners.reserve(entries_.size());
  for (const auto& [words, entry] : entries_) {
    std::size_t at = mixed(words) & table->mask;
    while (table->slots[at].entry != nullptr) at = (at + 1) & table->mask;
    table->slots[at] = {words, entry.get()};
    table->owners.push_back(entry);
  }
  published_ = std::move(table);
  unpublished_finds_ = 0;
  stale_ = 0;
  generation_.fetch_add(1, std::memory_order_release);
}

VersionTable::Counts VersionTable::counts() const {
  const std::lock_guard lock(mutex_);
  return {.entries = entries_.size(), .bytes = bytes_, .evictions = evictions_};
}

std::vector<SchemaPointer> VersionTable::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<SchemaPointer> schemas;
  schemas.reserve(entries_.size());
  for (const auto& [words, entry] : entries_) schemas.push_back(entry->schema);
  return schemas;
}

}  // namespace limpet::client
