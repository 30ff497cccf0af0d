#include "writer.h"

#include "limpet/base/assert.h"
#include "limpet/storage/guard.h"

#include <algorithm>
#include <utility>

namespace limpet::storage {

namespace {

// When a commit fails with one of these, its last frame, the one that makes it valid, is not in the
// log: sqlite3WalFrames writes it last and stops at the first failed write (it is the end of what
// BufferedLog gathers, too), and a disk is full where the log grows, behind whose end nothing can
// stand. Any other failure may come when the
// frame is there already: of the sync, of the shared index, and also of a write, since a write may
// fail after it has reached the disk, or its missing rest may stand there from an earlier frame.
bool surely_absent(int code) {
  return code == SQLITE_FULL || (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_READONLY;
}

// How long a checkpoint may hold up the writes behind it.
constexpr int kCheckpointWaitMilliseconds = 50;

// A failure of the engine, not of the caller's data: the transaction cannot be trusted any more.
bool breaks_transaction(int code) { return code != SQLITE_OK && (code & 0xFF) != SQLITE_TOOBIG; }

class WriterTxn final : public Txn {
 public:
  explicit WriterTxn(Connection& connection) : connection_(connection), reader_(connection) {}

  Result<std::optional<std::string>> get(std::string_view key) override {
    return noted(reader_.get(key));
  }
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override {
    return noted(reader_.get_many(keys));
  }
  Result<std::vector<Row>> scan(const Range& range) override { return noted(reader_.scan(range)); }
  Status put(std::string_view key, std::string_view value) override {
    bytes_ += key.size() + value.size();
    return noted(connection_.put(key, value));
  }
  Status erase(std::string_view key) override {
    bytes_ += key.size();
    return noted(connection_.erase(key));
  }

  std::size_t bytes() const { return bytes_; }
  /// Set once the engine has failed, whatever the work made of it.
  const std::optional<Error>& broken() const { return broken_; }

 private:
  template <class T>
  Result<T> noted(Result<T> result) {
    if (!result && !broken_ && breaks_transaction(connection_.last_code())) {
      broken_ = result.error();
    }
    return result;
  }
  Connection& connection_;
  ConnectionReader reader_;
  std::size_t bytes_ = 0;
  std::optional<Error> broken_;
};

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, Reopen reopen, const SqliteOptions& options)
    : options_(options),
      reopen_(std::move(reopen)),
      connection_(std::move(connection)),
      next_checkpoint_bytes_(options.checkpoint_bytes) {
  watch_log();
  if (options_.own_thread) thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() { stop(); }

void Writer::submit(WriteWork work, Done done) {
  Error refusal = stopping_error();
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_ < options_.queue_works_max) {
      ++waiting_;
      queue_.push_back({std::move(work), std::move(done)});
      queued_.notify_one();
      return;
    }
    if (!stopping_) {
      refusal = Error::unavailable(std::to_string(options_.queue_works_max) +
                                   " writes are waiting for the disk");
    }
  }
  ++rolled_back_;
  finish(done, {Outcome::RolledBack, std::move(refusal)});
}

void Writer::stop() {
  std::call_once(stopped_, [this] {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      queued_.notify_one();
    }
    if (thread_.joinable()) {
      thread_.join();
    } else {
      while (run_queued() > 0) {
      }
    }
  });
}

void Writer::close() {
  if (connection_ && !unsettled_) checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  connection_.reset();
}

void Writer::loop() {
  Batch batch;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (batch.empty()) queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      fill(batch);
    }
    if (batch.empty()) return;
    run_batch(batch, options_.batch_works_max);
    checkpoint_if_due();
  }
}

// Requires: the lock is held.
void Writer::fill(Batch& batch) {
  while (!queue_.empty() && batch.size() < options_.batch_works_max) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
}

std::size_t Writer::run_queued() {
  LIMPET_ASSERT(!options_.own_thread);
  Batch batch;
  {
    const std::lock_guard lock(mutex_);
    fill(batch);
  }
  const std::size_t count = batch.size();
  while (!batch.empty()) {
    run_batch(batch, options_.batch_works_max);
    checkpoint_if_due();
  }
  return count;
}

// Runs and answers one or more works at the front of `batch`.
void Writer::run_batch(Batch& batch, std::size_t works_max) {
  Status ready = make_ready();
  if (ready) {
    if (const int code = connection_->begin_immediate(); code != SQLITE_OK) {
      ready = sqlite_error(code, "cannot begin to write");
      roll_back();
    }
  }
  if (!ready) {
    answer(batch, batch.size(),
           [&](std::size_t) { return CommitResult{Outcome::RolledBack, ready.error()}; });
    return;
  }

  const Ran ran = run_works(batch, works_max);
  if (ran.broken) {
    roll_back();
    if (ran.statuses.size() > 1) {
      run_alone(batch, ran.statuses.size());
    } else {
      answer(batch, 1, [&](std::size_t) { return CommitResult{Outcome::RolledBack, ran.broken}; });
    }
    return;
  }
  if (ran.failed_alone) {
    roll_back();
    answer(batch, 1, [&](std::size_t) {
      return CommitResult{Outcome::RolledBack, ran.statuses.front().error()};
    });
    return;
  }
  wrote_ = false;
  if (const int code = connection_->commit(); code != SQLITE_OK) {
    after_failed_commit(batch, ran, code);
    return;
  }
  commits_ += wrote_ ? 1 : 0;
  answer(batch, ran.statuses.size(), [&](std::size_t i) {
    return ran.statuses[i] ? CommitResult{Outcome::Committed, std::nullopt}
                           : CommitResult{Outcome::RolledBack, ran.statuses[i].error()};
  });
}

Writer::Ran Writer::run_works(const Batch& batch, std::size_t works_max) {
  const std::size_t count = std::min(batch.size(), works_max);
  if (count == 1) return run_one(batch.front());
  Ran ran;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count && bytes < options_.batch_bytes_max; ++i) {
    int code = connection_->savepoint();
    WriterTxn txn(*connection_);
    if (code == SQLITE_OK) {
      Status status = guarded(batch[i].work, static_cast<Txn&>(txn));
      ran.broken = txn.broken();
      bytes += txn.bytes();
      if (!status && !ran.broken) code = connection_->rollback_to();
      if (code == SQLITE_OK && !ran.broken) code = connection_->release();
      ran.statuses.push_back(std::move(status));
    } else {
      ran.statuses.emplace_back(sqlite_error(code, "cannot write"));
    }
    if (code != SQLITE_OK) ran.broken = sqlite_error(code, "cannot write");
    if (ran.broken) break;
  }
  return ran;
}

// Without neighbours there is nothing to keep when it fails, so it needs no savepoint, for which
// SQLite would copy every page before it is changed.
Writer::Ran Writer::run_one(const Queued& queued) {
  WriterTxn txn(*connection_);
  Ran ran;
  ran.statuses.push_back(guarded(queued.work, static_cast<Txn&>(txn)));
  ran.broken = txn.broken();
  ran.failed_alone = !ran.statuses.front() && !ran.broken;
  return ran;
}

void Writer::after_failed_commit(Batch& batch, const Ran& ran, int code) {
  ++failed_commits_;
  roll_back();
  const std::size_t count = ran.statuses.size();
  const Error error = sqlite_error(code, "cannot commit");
  if (!surely_absent(code)) {
    unsettled_ = true;
    if (connection_) settle();
  }
  if (unsettled_) {
    answer(batch, count, [&](std::size_t i) {
      // A work that failed by itself wrote nothing, but its error may rest on what its neighbours
      // wrote, so it is not told.
      return CommitResult{ran.statuses[i] ? Outcome::Unknown : Outcome::RolledBack, error};
    });
  } else if (count > 1) {
    run_alone(batch, count);
  } else {
    answer(batch, count, [&](std::size_t) {
      const bool lost_race = (code & 0xFF) == SQLITE_BUSY;
      return CommitResult{lost_race ? Outcome::Conflict : Outcome::RolledBack, error};
    });
  }
}

void Writer::run_alone(Batch& batch, std::size_t count) {
  for (std::size_t i = 0; i < count && !batch.empty(); ++i) run_batch(batch, 1);
}

Status Writer::make_ready() {
  if (!connection_) {
    auto opened = reopen_();
    if (!opened) return std::move(opened).error();
    connection_ = *std::move(opened);
    watch_log();
  }
  if (unsettled_) {
    if (const int code = settle(); code != SQLITE_OK) {
      return sqlite_error(code, "the outcome of an earlier commit is still open");
    }
  }
  return {};
}

// After a failed sync the frames of the commit stand in the log behind its end. This process
// ignores them, but after a crash they could be found whole and count. A small commit writes over
// the first of them, which invalidates the rest (their checksums build on each other). Once it is
// synced, the failed commit has certainly not taken place.
int Writer::settle() {
  int code = connection_->begin_immediate();
  if (code == SQLITE_OK) {
    code = connection_->execute("UPDATE meta SET value = value + 1 WHERE name = 'settled'");
  }
  if (code == SQLITE_OK) code = connection_->commit();
  if (code == SQLITE_OK) {
    unsettled_ = false;
  } else {
    roll_back();
  }
  return code;
}

void Writer::roll_back() {
  connection_->rollback();
  if (connection_->in_transaction()) connection_.reset();
}

void Writer::answer(Batch& batch, std::size_t count,
                    const std::function<CommitResult(std::size_t)>& of) {
  for (std::size_t i = 0; i < count; ++i) {
    CommitResult result = of(i);
    switch (result.outcome) {
      case Outcome::Committed:
        ++committed_;
        break;
      case Outcome::Unknown:
        ++unknown_;
        break;
      default:
        ++rolled_back_;
    }
    --waiting_;
    const Queued queued = std::move(batch.front());
    batch.pop_front();
    finish(queued.done, std::move(result));
  }
}

void Writer::watch_log() {
  page_bytes_ =
      static_cast<std::uint64_t>(connection_->query_integer("PRAGMA page_size").value_or(4096));
  sqlite3_wal_hook(
      connection_->handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        auto* writer = static_cast<Writer*>(self);
        writer->wrote_ = true;
        writer->log_bytes_ = static_cast<std::uint64_t>(pages) * writer->page_bytes_;
        return SQLITE_OK;
      },
      this);
}

void Writer::checkpoint_if_due() {
  if (!connection_ || unsettled_) return;
  const std::uint64_t log = log_bytes_;
  if (log < options_.checkpoint_bytes) next_checkpoint_bytes_ = options_.checkpoint_bytes;
  if (log < next_checkpoint_bytes_) return;
  // Long reads keep the log from starting over. Once it is much too large, wait for those that run;
  // new ones do not need the log any more when all of it is in the file.
  const bool much = log > 4 * options_.checkpoint_bytes;
  checkpoint(much ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
  next_checkpoint_bytes_ = log + options_.checkpoint_bytes;
}

void Writer::checkpoint(int mode) {
  sqlite3* db = connection_->handle();
  sqlite3_busy_timeout(db, kCheckpointWaitMilliseconds);
  const int code = sqlite3_wal_checkpoint_v2(db, nullptr, mode, nullptr, nullptr);
  sqlite3_busy_timeout(db, kBusyMilliseconds);
  // Busy: a long read needs a part of the log; the rest has been moved.
  const bool worked = code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY;
  ++(worked ? checkpoints_ : failed_checkpoints_);
}

SqliteStats Writer::stats() const {
  return {.commits = commits_,
          .works_committed = committed_,
          .works_rolled_back = rolled_back_,
          .works_unknown = unknown_,
          .failed_commits = failed_commits_,
          .checkpoints = checkpoints_,
          .failed_checkpoints = failed_checkpoints_,
          .reads = 0,
          .queued_works = waiting_,
          .log_bytes = log_bytes_};
}

}  // namespace limpet::storage
