// Writer: the one thread that writes (without a thread of its own, whoever calls run_queued). It
// batches queued works into one commit and one sync.
//
// Each work that has neighbours runs in a savepoint, so its failure leaves them alone. When the
// disk fails a batch, everything is rolled back and each work runs again in a commit of its own, so
// that one that is too large for the disk does not take the others with it. All answers of a batch,
// the errors included, come after its commit: they rest on what the batch wrote.
#pragma once

#include "connection.h"

#include "limpet/storage_sqlite/sqlite_store.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace limpet::storage {

/// Threads: safe.
class Writer {
 public:
  using Reopen = std::function<Result<std::unique_ptr<Connection>>()>;

  /// `connection` has recovered the database; `reopen` makes another one should it break.
  Writer(std::unique_ptr<Connection> connection, Reopen reopen, const SqliteOptions& options);
  ~Writer();

  void submit(WriteWork work, Done done);
  /// See SqliteStore::run_queued.
  std::size_t run_queued();
  /// Run and answer what is queued, refuse the rest.
  void stop();
  /// Move the log into the file and close. Requires: stopped, and no reads.
  void close();
  /// Everything but `reads`.
  SqliteStats stats() const;

 private:
  struct Queued {
    WriteWork work;
    Done done;
  };
  using Batch = std::deque<Queued>;

  // What became of a batch inside its transaction, before the commit.
  struct Ran {
    std::vector<Status> statuses;  // of the works, in order; as many as were run
    std::optional<Error> broken;   // the engine failed: nothing of this may be committed
    bool failed_alone = false;     // the only work failed by itself: nothing is to be committed
  };

  void loop();
  void fill(Batch& batch);
  void run_batch(Batch& batch, std::size_t works_max);
  Ran run_works(const Batch& batch, std::size_t works_max);
  Ran run_one(const Queued& queued);
  void after_failed_commit(Batch& batch, const Ran& ran, int code);
  void run_alone(Batch& batch, std::size_t count);
  Status make_ready();
  int settle();
  void roll_back();
  void answer(Batch& batch, std::size_t count, const std::function<CommitResult(std::size_t)>& of);
  void checkpoint_if_due();
  void checkpoint(int mode);
  void watch_log();

  const SqliteOptions options_;
  const Reopen reopen_;
  std::unique_ptr<Connection> connection_;  // the thread's own, as all down to mutex_
  bool unsettled_ = false;                  // a commit's fate is open; see settle()
  std::uint64_t page_bytes_ = 4096;
  std::uint64_t next_checkpoint_bytes_;
  bool wrote_ = false;  // the last commit had something to write

  std::mutex mutex_;
  std::condition_variable queued_;
  std::deque<Queued> queue_;
  bool stopping_ = false;

  std::atomic<std::uint64_t> waiting_ = 0;
  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<std::uint64_t> committed_ = 0;
  std::atomic<std::uint64_t> rolled_back_ = 0;
  std::atomic<std::uint64_t> unknown_ = 0;
  std::atomic<std::uint64_t> failed_commits_ = 0;
  std::atomic<std::uint64_t> checkpoints_ = 0;
  std::atomic<std::uint64_t> failed_checkpoints_ = 0;
  std::atomic<std::uint64_t> log_bytes_ = 0;
  std::once_flag stopped_;
  std::thread thread_;
};

}  // namespace limpet::storage
