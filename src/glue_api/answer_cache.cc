#include "answer_cache.h"

#include <algorithm>
#include <functional>

namespace limpet::glue_api {
namespace {

constexpr std::size_t kShards = 16;
/// An entry may sit in any of so many places. A flood of keys with one hash, which a caller could
/// construct, fills only these and costs only as many comparisons.
constexpr std::size_t kWays = 8;
/// What the allocator adds to the pieces of an entry, roughly.
constexpr std::size_t kAllocated = 128;
/// One set of places for so many bytes of the bound, so that small answers find places too.
constexpr std::size_t kBytesPerSet = 8UL << 10;

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

struct AnswerCache::Entry {
  std::uint64_t hash = 0;
  const void* operation = nullptr;
  Scope scope;
  std::string asked;
  CachedAnswer answer;
  std::vector<RowChanges::Slot> rests_on;
  std::uint64_t read_at = 0;  // of RowChanges, before the snapshot was taken
  std::size_t bytes = 0;

  bool is(std::uint64_t other, const AnswerKey& key) const {
    return hash == other && operation == key.operation && asked == key.body && scope == key.scope;
  }
};

struct AnswerCache::Shard {
  using Set = std::vector<std::unique_ptr<Entry>>;  // the one used last stands first

  mutable std::mutex mutex;
  std::vector<Set> sets;  // none before the first entry: memory that is not used is not taken
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
  if (shard.entries == 0) {
    ++shard.misses;
    return std::nullopt;
  }
  Shard::Set& set = shard.set_of(hash);
  const auto at =
      std::ranges::find_if(set, [&](const auto& entry) { return entry->is(hash, key); });
  if (at == set.end()) {
    ++shard.misses;
    return std::nullopt;
  }
  const bool stands = std::ranges::all_of((*at)->rests_on, [&](const RowChanges::Slot slot) {
    return changes_.stands(slot, (*at)->read_at);
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
  // Changing now, or changed since the snapshot was taken: what was read may be old.
  if (!enabled() || !rows.stand()) return;
  auto entry = std::make_unique<Entry>();
  entry->rests_on = rows.slots();
  entry->read_at = rows.begun();
  entry->bytes = sizeof(Entry) + kAllocated + key.body.size() + answer.body->size() +
                 rows.slots().size() * sizeof(RowChanges::Slot);
  for (const auto& arn : answer.resources) entry->bytes += sizeof arn + arn.size();
  const std::uint64_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  if (entry->bytes > shard.bytes_max) return;
  entry->hash = hash;
  entry->operation = key.operation;
  entry->scope = key.scope;
  entry->asked = key.body;
  entry->answer = std::move(answer);

  const std::lock_guard lock(shard.mutex);
  if (shard.sets.empty()) {
    shard.sets.resize(std::max<std::size_t>(shard.bytes_max / kBytesPerSet, 1));
  }
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
