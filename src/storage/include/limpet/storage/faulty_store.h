// FaultyStore: a Store that fails as disks and networks do, on command or by seeded chance.
//
//   storage::FaultyStore store;
//   store.script({Fault::None, Fault::UnknownApplied});   // what the next two submits meet
//   store.fail_reads(1);                                  // the next read meets an error
//
//   store.stall();                                        // commits wait for their sync …
//   store.submit(work, done);
//   store.power_loss({.kept = 0});                        // … and are lost: done(Unknown)
//
// Every fault is one that a real store can answer, and the state is always one that it could leave:
// a transaction is whole or absent, and those that a power loss keeps are the oldest. Threads:
// safe.
#pragma once

#include "limpet/storage/memory_store.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace limpet::storage {

enum class Fault : std::uint8_t {
  None,
  Refused,         ///< RolledBack with Unavailable; the work is not called
  BrokenRead,      ///< the work's first get or scan answers Unavailable
  BrokenWrite,     ///< the work's first put or erase answers Unavailable
  RolledBack,      ///< the work is run, the commit answers RolledBack with Unavailable
  Conflict,        ///< the work is run, the commit answers Conflict
  UnknownApplied,  ///< the commit took place, the answer is Unknown
  UnknownLost,     ///< it did not, the answer is Unknown
};
inline constexpr std::size_t kFaultCount = 8;

class FaultyStore final : public Store {
 public:
  /// How often each fault (but None) comes, in a thousand submits.
  using Odds = std::array<std::uint16_t, kFaultCount>;

  FaultyStore() = default;
  /// The same seed and the same order of calls give the same faults.
  FaultyStore(const Odds& odds, std::uint64_t seed);
  ~FaultyStore() override;

  Status read(const ReadWork& work) override;
  void submit(WriteWork work, Done done) override;
  /// Also releases what is stalled.
  void stop() override;

  /// What the next submits meet, in this order, before chance decides again.
  void script(const std::vector<Fault>& faults);
  /// The next `count` reads: their first get or scan answers Unavailable.
  void fail_reads(std::size_t count);

  /// From now on transactions wait; nothing of them can be read.
  void stall();
  /// Transactions that wait.
  std::size_t stalled() const;
  /// Commit and answer everything that waits; stop stalling.
  void release();

  struct PowerLoss {
    std::size_t kept = 0;  ///< of the waiting transactions, so many were on disk already
  };
  /// What waits is answered Unknown; the oldest `kept` of it took place. Stops stalling: the store
  /// is up again, with what was on disk.
  void power_loss(const PowerLoss& loss);

  /// The committed rows.
  MemoryStore::Rows rows() const { return memory_.rows(); }

 private:
  struct Waiting {
    WriteWork work;
    Done done;
    Fault fault = Fault::None;
  };
  Fault next_fault();
  void commit(Waiting waiting);

  mutable std::mutex mutex_;
  MemoryStore memory_;
  Odds odds_{};
  std::uint64_t random_ = 0;
  std::deque<Fault> script_;
  std::size_t failing_reads_ = 0;
  bool stalling_ = false;
  bool stopping_ = false;
  std::deque<Waiting> waiting_;
};

}  // namespace limpet::storage
