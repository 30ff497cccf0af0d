#include "limpet/storage/faulty_store.h"

#include "limpet/storage/guard.h"

#include <utility>

namespace limpet::storage {

namespace {

Error fault_error() { return Error::unavailable("injected fault"); }

// Passes everything on, except the first call of the kind that is broken.
class BrokenTxn final : public Txn {
 public:
  BrokenTxn(Txn& txn, Fault fault) : txn_(txn), fault_(fault) {}

  Result<std::optional<std::string>> get(std::string_view key) override {
    if (breaks(Fault::BrokenRead)) return fault_error();
    return txn_.get(key);
  }
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override {
    if (breaks(Fault::BrokenRead)) return fault_error();
    return txn_.get_many(keys);
  }
  Result<std::vector<Row>> scan(const Range& range) override {
    if (breaks(Fault::BrokenRead)) return fault_error();
    return txn_.scan(range);
  }
  Status put(std::string_view key, std::string_view value) override {
    if (breaks(Fault::BrokenWrite)) return fault_error();
    return txn_.put(key, value);
  }
  Status erase(std::string_view key) override {
    if (breaks(Fault::BrokenWrite)) return fault_error();
    return txn_.erase(key);
  }

  /// A transaction that has met its fault cannot commit, whatever the work makes of it.
  bool broken() const { return broken_; }

 private:
  bool breaks(Fault kind) {
    if (fault_ != kind || broken_) return false;
    broken_ = true;
    return true;
  }
  Txn& txn_;
  Fault fault_;
  bool broken_ = false;
};

class BrokenReader final : public Reader {
 public:
  Result<std::optional<std::string>> get(std::string_view) override { return fault_error(); }
  Result<std::vector<std::optional<std::string>>> get_many(std::span<const std::string>) override {
    return fault_error();
  }
  Result<std::vector<Row>> scan(const Range&) override { return fault_error(); }
};

bool takes_place(Fault fault) { return fault == Fault::None || fault == Fault::UnknownApplied; }

// What the caller hears, given what became of the work in memory.
CommitResult answer_of(Fault fault, bool work_failed, CommitResult result) {
  if (work_failed) return {Outcome::RolledBack, std::move(result.error)};
  switch (fault) {
    case Fault::UnknownApplied:
    case Fault::UnknownLost:
      return {Outcome::Unknown, fault_error()};
    case Fault::Conflict:
      return {Outcome::Conflict, Error::conflict("injected conflict")};
    case Fault::None:
      return result;
    default:
      return {Outcome::RolledBack, fault_error()};
  }
}

}  // namespace

FaultyStore::FaultyStore(const Odds& odds, std::uint64_t seed) : odds_(odds), random_(seed) {}

FaultyStore::~FaultyStore() { FaultyStore::stop(); }

Status FaultyStore::read(const ReadWork& work) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && failing_reads_ > 0) {
      --failing_reads_;
      BrokenReader reader;
      return guarded(work, static_cast<Reader&>(reader));
    }
  }
  return memory_.read(work);
}

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
Fault FaultyStore::next_fault() {
  if (!script_.empty()) {
    const Fault fault = script_.front();
    script_.pop_front();
    return fault;
  }
  std::uint64_t z = (random_ += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  std::uint64_t roll = (z ^ (z >> 31)) % 1000;
  for (std::size_t i = 1; i < kFaultCount; ++i) {
    if (roll < odds_[i]) return static_cast<Fault>(i);
    roll -= odds_[i];
  }
  return Fault::None;
}

void FaultyStore::submit(WriteWork work, Done done) {
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    finish(done, {Outcome::RolledBack, stopping_error()});
    return;
  }
  const Fault fault = next_fault();
  Waiting waiting{std::move(work), std::move(done), fault};
  if (stalling_) {
    waiting_.push_back(std::move(waiting));
    return;
  }
  lock.unlock();
  commit(std::move(waiting));
}

void FaultyStore::commit(Waiting waiting) {
  const Fault fault = waiting.fault;
  if (fault == Fault::Refused) {
    finish(waiting.done, {Outcome::RolledBack, fault_error()});
    return;
  }
  const auto work_failed = std::make_shared<bool>(false);
  memory_.submit(
      [work = std::move(waiting.work), fault, work_failed](Txn& inner) -> Status {
        BrokenTxn txn(inner, fault);
        Status status = guarded(work, static_cast<Txn&>(txn));
        *work_failed = !status;
        if (status && (txn.broken() || !takes_place(fault))) return fault_error();
        return status;
      },
      [done = std::move(waiting.done), fault, work_failed](CommitResult result) {
        done(answer_of(fault, *work_failed, std::move(result)));
      });
}

void FaultyStore::stop() {
  release();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  release();
  memory_.stop();
}

void FaultyStore::script(const std::vector<Fault>& faults) {
  const std::lock_guard lock(mutex_);
  script_.insert(script_.end(), faults.begin(), faults.end());
}

void FaultyStore::fail_reads(std::size_t count) {
  const std::lock_guard lock(mutex_);
  failing_reads_ = count;
}

void FaultyStore::stall() {
  const std::lock_guard lock(mutex_);
  stalling_ = true;
}

std::size_t FaultyStore::stalled() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void FaultyStore::release() {
  std::deque<Waiting> waiting;
  {
    const std::lock_guard lock(mutex_);
    stalling_ = false;
    waiting.swap(waiting_);
  }
  for (Waiting& each : waiting) commit(std::move(each));
}

void FaultyStore::power_loss(const PowerLoss& loss) {
  std::deque<Waiting> waiting;
  {
    const std::lock_guard lock(mutex_);
    stalling_ = false;
    waiting.swap(waiting_);
  }
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    waiting[i].fault = i < loss.kept ? Fault::UnknownApplied : Fault::UnknownLost;
    commit(std::move(waiting[i]));
  }
}

}  // namespace limpet::storage
