#include "write_watch.h"

#include "limpet/storage/change_log.h"

#include <utility>

namespace limpet::app {

using namespace std::chrono_literals;

namespace {

// A disk that answers nothing for so long counts as failing.
constexpr auto kStalled = 5s;
constexpr auto kProbePatience = 200ms;

// What the machine did, not what a caller asked for.
bool is_machine_failure(const storage::CommitResult& result) {
  if (result.outcome == storage::Outcome::Committed || !result.error) return false;
  return result.outcome == storage::Outcome::Unknown || result.error->code == Code::Unavailable ||
         result.error->code == Code::Internal;
}

// Writes something new each time, to a row that nobody else uses.
Status probe(storage::Txn& txn) {
  storage::Records records(txn, Context{}, "Probe");
  LIMPET_TRY(auto counter, records.get<storage::Counter>({"probe"}));
  storage::Counter next = std::move(counter).value_or(storage::Counter{.name = "probe"});
  ++next.value;
  LIMPET_CHECK(records.put(next));
  return records.finish();
}

}  // namespace

WriteWatch::WriteWatch(storage::Store& store, Stopwatch stopwatch)
    : store_(store), stopwatch_(std::move(stopwatch)) {}

WriteWatch::~WriteWatch() { store_.stop(); }  // no answer comes after this

void WriteWatch::submit(storage::WriteWork work, storage::Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_++ == 0) moved_ = stopwatch_();
  }
  store_.submit(std::move(work), [this, done = std::move(done)](storage::CommitResult result) {
    finished(result);
    done(std::move(result));
  });
}

void WriteWatch::finished(const storage::CommitResult& result) {
  const std::lock_guard lock(mutex_);
  --waiting_;
  moved_ = stopwatch_();
  if (is_machine_failure(result)) failure_ = result.error;
}

void WriteWatch::probed(const storage::CommitResult& result) {
  const std::lock_guard lock(mutex_);
  probing_ = false;
  failure_ = result.outcome == storage::Outcome::Committed ? std::nullopt : result.error;
  probe_done_.notify_all();
}

Status WriteWatch::writable() {
  std::unique_lock lock(mutex_);
  if (waiting_ > 0 && stopwatch_() - moved_ > kStalled) {
    return Error::unavailable("writes hang: the disk has not answered for " +
                              std::to_string((stopwatch_() - moved_) / 1s) + " s");
  }
  if (!failure_) return {};
  try_to_write(lock);
  probe_done_.wait_for(lock, kProbePatience, [this] { return !probing_; });
  if (!failure_) return {};
  return Error::unavailable("writes fail: " + failure_->message);
}

bool WriteWatch::failing() {
  std::unique_lock lock(mutex_);
  if (!failure_) return false;
  try_to_write(lock);
  return failure_.has_value();
}

/// One attempt at a time.
void WriteWatch::try_to_write(std::unique_lock<std::mutex>& lock) {
  if (std::exchange(probing_, true)) return;
  lock.unlock();
  store_.submit(probe, [this](const storage::CommitResult& result) { probed(result); });
  lock.lock();
}

}  // namespace limpet::app
