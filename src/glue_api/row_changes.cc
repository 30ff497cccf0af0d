#include "row_changes.h"

#include "limpet/storage/keys.h"

#include <algorithm>
#include <functional>
#include <new>

namespace limpet::glue_api {
namespace {

/// A hash that grows with the text (FNV-1a), so that one pass over a key finds all its groups.
class GrowingHash {
 public:
  void add(char c) { hash_ = (hash_ ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL; }
  RowChanges::Slot slot() const {
    return static_cast<RowChanges::Slot>((hash_ ^ (hash_ >> 32)) % RowChanges::kSlots);
  }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

/// More slots than this are not looked through.
constexpr std::size_t kFewSlots = 64;

}  // namespace

RowChanges::RowChanges()
    : slots_(static_cast<std::uint64_t*>(std::calloc(kSlots, sizeof(std::uint64_t)))) {
  if (slots_ == nullptr) throw std::bad_alloc();
}

RowChanges::Slot RowChanges::slot_of(std::string_view key) {
  return static_cast<Slot>(std::hash<std::string_view>()(key) % kSlots);
}

RowChanges::Slot RowChanges::slot_of_group(std::string_view prefix) {
  GrowingHash hash;
  for (const char c : prefix) hash.add(c);
  return hash.slot();
}

void RowChanges::add_slots(std::string_view key, std::vector<Slot>& slots) {
  GrowingHash hash;
  for (const char c : key) {
    hash.add(c);
    if (c == storage::kKeySeparator) slots.push_back(hash.slot());
  }
  slots.push_back(slot_of(key));
}

void RowChanges::begin(Slot slot) { state(slot).fetch_add(1); }

void RowChanges::end(Slot slot) {
  const std::uint64_t time = ended_.fetch_add(1) + 1;
  const auto slot_state = state(slot);
  std::uint64_t before = slot_state.load();
  std::uint64_t after = 0;
  do {
    const std::uint64_t pending = (before & kPendingMask) - 1;
    after = std::max(time, before >> kPendingBits) << kPendingBits | pending;
  } while (!slot_state.compare_exchange_weak(before, after));
}

void RowChanges::everything_changed() { all_changed_.store(ended_.fetch_add(1) + 1); }

std::uint64_t RowChanges::now() const { return ended_.load(); }

bool RowChanges::stands(Slot slot, std::uint64_t time) const {
  const std::uint64_t now = state(slot).load();
  return (now & kPendingMask) == 0 && (now >> kPendingBits) <= time && all_changed_.load() <= time;
}

std::string_view group_of(const storage::Range& range) {
  if (range.to.empty()) return {};
  std::string_view prefix = range.from;
  while (!prefix.empty()) {
    const auto last = prefix.rfind(storage::kKeySeparator);
    if (last == std::string_view::npos) return {};
    // The first key behind the group: its prefix with the next byte in the separator's place.
    std::string behind(prefix.substr(0, last));
    behind.push_back(static_cast<char>(storage::kKeySeparator + 1));
    if (range.to <= behind) return prefix.substr(0, last + 1);
    prefix = prefix.substr(0, last);
  }
  return {};
}

void ReadRows::attach(storage::Reader& snapshot) {
  snapshot_ = &snapshot;
  slots_.clear();
  unwatched_ = false;
}

Result<std::optional<std::string>> ReadRows::get(std::string_view key) {
  slots_.push_back(RowChanges::slot_of(key));
  return snapshot_->get(key);
}

Result<std::vector<std::optional<std::string>>> ReadRows::get_many(
    std::span<const std::string> keys) {
  for (const std::string& key : keys) slots_.push_back(RowChanges::slot_of(key));
  return snapshot_->get_many(keys);
}

Result<std::vector<storage::Row>> ReadRows::scan(const storage::Range& range) {
  const std::string_view group = group_of(range);
  if (group.empty()) {
    unwatched_ = true;
  } else {
    slots_.push_back(RowChanges::slot_of_group(group));
  }
  return snapshot_->scan(range);
}

bool ReadRows::stand() const {
  return !unwatched_ && std::ranges::all_of(slots_, [&](RowChanges::Slot slot) {
    return changes_.stands(slot, begun_);
  });
}

WatchedTxn::WatchedTxn(RowChanges& changes, storage::Txn& txn, std::vector<RowChanges::Slot>& slots)
    : changes_(changes), txn_(txn), slots_(slots) {}

Status WatchedTxn::put(std::string_view key, std::string_view value) {
  touch(key);
  return txn_.put(key, value);
}

Status WatchedTxn::erase(std::string_view key) {
  touch(key);
  return txn_.erase(key);
}

bool WatchedTxn::is_begun(RowChanges::Slot slot) {
  if (slots_.size() <= kFewSlots) return std::ranges::find(slots_, slot) != slots_.end();
  if (begun_.empty()) {
    begun_.resize(RowChanges::kSlots);
    for (const auto known : slots_) begun_[known] = true;
  }
  return begun_[slot];
}

void WatchedTxn::touch(std::string_view key) {
  touched_.clear();
  RowChanges::add_slots(key, touched_);
  for (const auto slot : touched_) {
    if (is_begun(slot)) continue;
    slots_.push_back(slot);
    if (!begun_.empty()) begun_[slot] = true;
    changes_.begin(slot);
  }
}

}  // namespace limpet::glue_api
