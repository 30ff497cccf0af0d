// AnswerCache: finished answers of calls that only read, kept while the rows they rest on stand.
//
//   RowChanges changes;  AnswerCache cache(changes, 64 << 20);
//   if (const auto hit = cache.find(key)) return *hit;          // authorise first: hit->resources
//   ReadRows rows(changes, snapshot);                           // before the snapshot is read
//   … run the operation on `rows` …
//   cache.put(key, rows, {.resources = …, .body = …});
//
// An answer is named by what was asked, to the byte: scope, operation, body of the request. What it
// rests on is found out by watching: the rows that the operation read, and the rows that
// transactions write. So no operation says what it depends on, and none can forget it.
#pragma once

#include "resources.h"

#include "limpet/base/context.h"
#include "limpet/glue_api/service.h"
#include "limpet/storage/store.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::glue_api {

/// When rows changed last, and which are changing now. Rows share slots by their hash, so a row may
/// seem to change when another one does; never the other way round. Threads: safe.
class RowChanges {
 public:
  using Slot = std::uint32_t;
  static constexpr Slot kSlots = 1 << 14;

  static Slot slot_of(std::string_view key);

  /// A transaction is going to write rows of this slot. Each begin() needs its end().
  void begin(Slot slot);
  /// That transaction has ended, whichever way, and its outcome can be seen by readers; nobody has
  /// been told of it yet.
  void end(Slot slot);
  /// All rows may have been written by somebody who was not watched.
  void everything_changed();

  /// The state of a slot; equal states mean that nothing has been written between.
  std::uint64_t state(Slot slot) const;
  static bool is_changing(std::uint64_t state) { return (state & kPendingMask) != 0; }
  /// The time, in ended changes. Whatever ends later has a later one.
  std::uint64_t now() const;
  static std::uint64_t ended_at(std::uint64_t state) { return state >> kPendingBits; }

 private:
  static constexpr int kPendingBits = 20;
  static constexpr std::uint64_t kPendingMask = (1U << kPendingBits) - 1;

  std::atomic<std::uint64_t> ended_ = 1;
  std::array<std::atomic<std::uint64_t>, kSlots> slots_{};
};

/// A snapshot that notes which single rows are read through it. Make it before the snapshot is
/// taken (a storage::Store takes it at the first read of a call, or before).
class ReadRows final : public storage::Reader {
 public:
  explicit ReadRows(const RowChanges& changes) : begun_(changes.now()) {}

  /// Where reads go from here on; forgets those before.
  void attach(storage::Reader& snapshot);

  Result<std::optional<std::string>> get(std::string_view key) override;
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override;
  /// What a scan found also depends on rows that were not there: the answer cannot be kept.
  Result<std::vector<storage::Row>> scan(const storage::Range& range) override;

 private:
  friend class AnswerCache;
  const std::uint64_t begun_;
  storage::Reader* snapshot_ = nullptr;
  std::vector<RowChanges::Slot> slots_;
  bool scanned_ = false;
};

/// A transaction that tells RowChanges which rows it writes.
class WatchedTxn final : public storage::Txn {
 public:
  /// `slots` are those begun so far by this call; grows, and is to be ended by the caller.
  WatchedTxn(RowChanges& changes, storage::Txn& txn, std::vector<RowChanges::Slot>& slots)
      : changes_(changes), txn_(txn), slots_(slots) {}

  Result<std::optional<std::string>> get(std::string_view key) override { return txn_.get(key); }
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override {
    return txn_.get_many(keys);
  }
  Result<std::vector<storage::Row>> scan(const storage::Range& range) override {
    return txn_.scan(range);
  }
  Status put(std::string_view key, std::string_view value) override;
  Status erase(std::string_view key) override;

 private:
  void touch(std::string_view key);
  RowChanges& changes_;
  storage::Txn& txn_;
  std::vector<RowChanges::Slot>& slots_;
};

/// What was asked. Borrows everything.
struct AnswerKey {
  const Scope& scope;
  const void* operation;  ///< the address of the operation's own object
  std::string_view body;
};

struct CachedAnswer {
  Arns resources;  ///< what the caller must be allowed to use
  std::shared_ptr<const std::string> body;
};

/// Bounded in bytes; those not used for long go first. Threads: safe.
class AnswerCache {
 public:
  /// `bytes_max` 0 keeps nothing.
  AnswerCache(const RowChanges& changes, std::size_t bytes_max);
  ~AnswerCache();
  AnswerCache(const AnswerCache&) = delete;
  AnswerCache& operator=(const AnswerCache&) = delete;

  /// nullopt when there is none, or when a row that it rests on has changed or is changing.
  std::optional<CachedAnswer> find(const AnswerKey& key);

  /// Keeps the answer if `rows` are still what they were when its snapshot was taken.
  void put(const AnswerKey& key, const ReadRows& rows, CachedAnswer answer);

  void clear();
  bool enabled() const { return bytes_max_ > 0; }
  Service::CacheStats stats() const;

 private:
  struct Entry;
  struct Shard;
  Shard& shard_of(std::uint64_t hash) const;

  const RowChanges& changes_;
  const std::size_t bytes_max_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace limpet::glue_api
