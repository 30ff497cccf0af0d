#include "answer_cache.h"

#include <algorithm>
#include <functional>

namespace limpet::glue_api {
namespace {

constexpr std::size_t kShards = 16;
/// An entry may sit in any of so many places. A flood of keys with one hash, which a caller could
/// construct, fills only these and costs only as many comparisons.
constexpr std::size_t kWays = 8;
/// What an entry takes besides its texts, roughly.
constexpr std::size_t kEntryOverhead = 256;
/// One set of places for so many bytes of the bound.
constexpr std::size_t kBytesPerSet = 16UL << 10;

std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
  hash ^= more + 0x9E3779B97F4A7C15ULL + (hash << 6) + (hash >> 2);
  return hash;
}

std::uint64_t hash_of(const AnswerKey& key) {
  const std::hash<std::string_view> hash;
  return mix(mix(hash(key.body), hash(key.scope.account)), hash(key.scope.region)) ^
         (reinterpret_cast<std::uintptr_t>(key.operation) >> 4);
}

}  // namespace

RowChanges::Slot RowChanges::slot_of(std::string_view key) {
  return static_cast<Slot>(std::hash<std::string_view>()(key) % kSlots);
}

void RowChanges::begin(Slot slot) { slots_[slot].fetch_add(1); }

void RowChanges::end(Slot slot) {
  const std::uint64_t time = ended_.fetch_add(1) + 1;
  std::uint64_t before = slots_[slot].load();
  std::uint64_t after = 0;
  do {
    const std::uint64_t pending = (before & kPendingMask) - 1;
    after = std::max(time, before >> kPendingBits) << kPendingBits | pending;
  } while (!slots_[slot].compare_exchange_weak(before, after));
}

void RowChanges::everything_changed() {
  for (Slot slot = 0; slot < kSlots; ++slot) {
    begin(slot);
    end(slot);
  }
}

std::uint64_t RowChanges::state(Slot slot) const { return slots_[slot].load(); }
std::uint64_t RowChanges::now() const { return ended_.load(); }

void ReadRows::attach(storage::Reader& snapshot) {
  snapshot_ = &snapshot;
  slots_.clear();
  scanned_ = false;
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
  scanned_ = true;
  return snapshot_->scan(range);
}

Status WatchedTxn::put(std::string_view key, std::string_view value) {
  touch(key);
  return txn_.put(key, value);
}

Status WatchedTxn::erase(std::string_view key) {
  touch(key);
  return txn_.erase(key);
}

void WatchedTxn::touch(std::string_view key) {
  const auto slot = RowChanges::slot_of(key);
  if (std::ranges::find(slots_, slot) != slots_.end()) return;
  slots_.push_back(slot);
  changes_.begin(slot);
}

struct AnswerCache::Entry {
  std::uint64_t hash = 0;
  const void* operation = nullptr;
  Scope scope;
  std::string asked;
  CachedAnswer answer;
  struct Rest {
    RowChanges::Slot slot;
    std::uint64_t state;
  };
  std::vector<Rest> rests_on;
  std::size_t bytes = 0;

  bool is(std::uint64_t other, const AnswerKey& key) const {
    return hash == other && operation == key.operation && asked == key.body && scope == key.scope;
  }
};

struct AnswerCache::Shard {
  using Set = std::vector<std::unique_ptr<Entry>>;  // the one used last stands first

  mutable std::mutex mutex;
  std::vector<Set> sets;
  std::size_t bytes_max = 0, bytes = 0, entries = 0;
  std::size_t hand = 0;  // where the next eviction looks
  std::uint64_t hits = 0, misses = 0;

  Set& set_of(std::uint64_t hash) { return sets[(hash / kShards) % sets.size()]; }

  void drop(Set& set, Set::iterator at) {
    bytes -= (*at)->bytes;
    --entries;
    set.erase(at);
  }

  void make_room(std::size_t wanted) {
    while (bytes + wanted > bytes_max && entries > 0) {
      Set& set = sets[hand];
      hand = (hand + 1) % sets.size();
      if (!set.empty()) drop(set, std::prev(set.end()));
    }
  }
};

AnswerCache::AnswerCache(const RowChanges& changes, std::size_t bytes_max)
    : changes_(changes), bytes_max_(bytes_max), shards_(std::make_unique<Shard[]>(kShards)) {
  for (std::size_t i = 0; i < kShards; ++i) {
    shards_[i].bytes_max = bytes_max / kShards;
    shards_[i].sets.resize(std::max<std::size_t>(bytes_max / kShards / kBytesPerSet, 1));
  }
}

AnswerCache::~AnswerCache() = default;

AnswerCache::Shard& AnswerCache::shard_of(std::uint64_t hash) const {
  return shards_[hash % kShards];
}

std::optional<CachedAnswer> AnswerCache::find(const AnswerKey& key) {
  if (!enabled()) return std::nullopt;
  const std::uint64_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  const std::lock_guard lock(shard.mutex);
  Shard::Set& set = shard.set_of(hash);
  const auto at =
      std::ranges::find_if(set, [&](const auto& entry) { return entry->is(hash, key); });
  if (at == set.end()) {
    ++shard.misses;
    return std::nullopt;
  }
  const bool stands = std::ranges::all_of((*at)->rests_on, [&](const Entry::Rest& rest) {
    return changes_.state(rest.slot) == rest.state;
  });
  if (!stands) {
    shard.drop(set, at);
    ++shard.misses;
    return std::nullopt;
  }
  ++shard.hits;
  std::rotate(set.begin(), at, std::next(at));
  return set.front()->answer;
}

void AnswerCache::put(const AnswerKey& key, const ReadRows& rows, CachedAnswer answer) {
  if (!enabled() || rows.scanned_) return;
  auto entry = std::make_unique<Entry>();
  for (const auto slot : rows.slots_) {
    const std::uint64_t state = changes_.state(slot);
    // Changing now, or changed since the snapshot was taken: what was read may be old.
    if (RowChanges::is_changing(state) || RowChanges::ended_at(state) > rows.begun_) return;
    entry->rests_on.push_back({slot, state});
  }
  entry->bytes = kEntryOverhead + key.body.size() + answer.body->size();
  for (const auto& arn : answer.resources) entry->bytes += arn.size();
  const std::uint64_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  if (entry->bytes > shard.bytes_max) return;
  entry->hash = hash;
  entry->operation = key.operation;
  entry->scope = key.scope;
  entry->asked = key.body;
  entry->answer = std::move(answer);

  const std::lock_guard lock(shard.mutex);
  Shard::Set& set = shard.set_of(hash);
  const auto old = std::ranges::find_if(set, [&](const auto& held) { return held->is(hash, key); });
  if (old != set.end()) shard.drop(set, old);
  if (set.size() == kWays) shard.drop(set, std::prev(set.end()));
  shard.make_room(entry->bytes);
  shard.bytes += entry->bytes;
  ++shard.entries;
  set.insert(set.begin(), std::move(entry));
}

void AnswerCache::clear() {
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    for (auto& set : shards_[i].sets) set.clear();
    shards_[i].bytes = shards_[i].entries = 0;
  }
}

Service::CacheStats AnswerCache::stats() const {
  Service::CacheStats stats;
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    stats.hits += shards_[i].hits;
    stats.misses += shards_[i].misses;
    stats.entries += shards_[i].entries;
    stats.bytes += shards_[i].bytes;
  }
  return stats;
}

}  // namespace limpet::glue_api
