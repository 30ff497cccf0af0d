// RowChanges: which rows of a store change, and whether something that was read is still so.
//
//   RowChanges changes;
//   ReadRows rows(changes);                    // before the snapshot is taken
//   store.read([&](Reader& reader) { rows.attach(reader); … read through rows … });
//   rows.stand();                              // nothing that was read has changed since
//
// A single row is watched by its key, a scan by its group: the longest prefix, ended by a key
// separator, that every key of the range has. Whoever writes a row tells of its key and of all the
// groups that it belongs to, so a row that comes into a range counts as a change of it.
#pragma once

#include "limpet/storage/store.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::glue_api {

/// When rows and groups changed last, and which are changing now. They share slots by their hash,
/// so one may seem to change when another one does; never the other way round. Threads: safe.
class RowChanges {
 public:
  using Slot = std::uint32_t;
  static constexpr Slot kSlots = 1 << 16;

  RowChanges();

  static Slot slot_of(std::string_view key);
  /// Of the rows whose keys begin with `prefix`. Requires: it ends with a key separator.
  static Slot slot_of_group(std::string_view prefix);
  /// The slots of a key and of its groups.
  static void add_slots(std::string_view key, std::vector<Slot>& slots);

  /// A transaction is going to write rows of this slot. Each begin() needs its end().
  void begin(Slot slot);
  /// That transaction has ended, whichever way, and its outcome can be seen by readers; nobody has
  /// been told of it yet.
  void end(Slot slot);
  /// All rows may have been written by somebody who was not watched.
  void everything_changed();

  /// The time, in ended changes. Whatever ends later has a later one.
  std::uint64_t now() const;
  /// Nothing of the slot has changed since `time`, nor is changing now.
  bool stands(Slot slot, std::uint64_t time) const;

 private:
  static constexpr int kPendingBits = 20;
  static constexpr std::uint64_t kPendingMask = (1U << kPendingBits) - 1;

  std::atomic_ref<std::uint64_t> state(Slot slot) const {
    return std::atomic_ref(slots_.get()[slot]);
  }

  struct Free {
    void operator()(std::uint64_t* memory) const { std::free(memory); }
  };
  std::atomic<std::uint64_t> ended_ = 1;
  std::atomic<std::uint64_t> all_changed_ = 1;
  // Time of the last end, number of those pending. From calloc: what is not used takes no memory.
  std::unique_ptr<std::uint64_t, Free> slots_;
};

/// The group of a scan: what slot_of_group takes. Empty: the range has none.
std::string_view group_of(const storage::Range& range);

/// A snapshot that notes what is read through it. Make it before the snapshot is taken (a
/// storage::Store takes it at the first read of a call, or before).
class ReadRows final : public storage::Reader {
 public:
  explicit ReadRows(const RowChanges& changes) : changes_(changes), begun_(changes.now()) {}

  /// Where reads go from here on; forgets those before.
  void attach(storage::Reader& snapshot);

  Result<std::optional<std::string>> get(std::string_view key) override;
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override;
  Result<std::vector<storage::Row>> scan(const storage::Range& range) override;

  /// False when something has changed or is changing, or cannot be watched: a range without a
  /// group.
  bool stand() const;
  std::uint64_t begun() const { return begun_; }
  const std::vector<RowChanges::Slot>& slots() const { return slots_; }

 private:
  const RowChanges& changes_;
  const std::uint64_t begun_;
  storage::Reader* snapshot_ = nullptr;
  std::vector<RowChanges::Slot> slots_;
  bool unwatched_ = false;
};

/// A transaction that tells RowChanges which rows it writes.
class WatchedTxn final : public storage::Txn {
 public:
  /// `slots` are those begun so far by this call; grows, and is to be ended by the caller.
  WatchedTxn(RowChanges& changes, storage::Txn& txn, std::vector<RowChanges::Slot>& slots);

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
  bool is_begun(RowChanges::Slot slot);
  RowChanges& changes_;
  storage::Txn& txn_;
  std::vector<RowChanges::Slot>& slots_;
  std::vector<RowChanges::Slot> touched_;  // of one key
  std::vector<bool> begun_;                // by slot, once slots_ are too many to look through
};

}  // namespace limpet::glue_api
