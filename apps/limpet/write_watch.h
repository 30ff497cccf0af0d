// WriteWatch: a Store that passes everything on and notices when writes fail or hang, for /readyz.
//
//   WriteWatch watch(*store, stopwatch);
//   … serve with `watch` …
//   if (auto status = watch.writable(); !status) answer(503, status.error().message);
#pragma once

#include "limpet/storage/store.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>

namespace limpet::app {

/// Threads: safe.
class WriteWatch final : public storage::Store {
 public:
  /// A clock that only goes forward.
  using Stopwatch = std::function<std::chrono::nanoseconds()>;

  /// `store` must outlive this, and is stopped by it.
  WriteWatch(storage::Store& store, Stopwatch stopwatch);
  ~WriteWatch() override;
  WriteWatch(const WriteWatch&) = delete;
  WriteWatch& operator=(const WriteWatch&) = delete;

  Status read(const storage::ReadWork& work) override { return store_.read(work); }
  void submit(storage::WriteWork work, storage::Done done) override;
  void stop() override { store_.stop(); }

  /// Costs nothing while writes succeed. Once one was refused by the machine, each call tries a
  /// small write of its own (the counter "probe") until one succeeds, so that recovery needs
  /// neither a client nor a hand. Waits for it a moment at most. Errors: Unavailable, with the
  /// reason.
  Status writable();
  /// Whether the last write that counts has failed. Then it tries one as writable() does, but does
  /// not wait for it: who asks again is told.
  bool failing();

 private:
  void finished(const storage::CommitResult& result);
  void try_to_write(std::unique_lock<std::mutex>& lock);
  void probed(const storage::CommitResult& result);

  storage::Store& store_;
  const Stopwatch stopwatch_;
  mutable std::mutex mutex_;
  std::condition_variable probe_done_;
  std::optional<Error> failure_;  // of the last write that the machine refused
  bool probing_ = false;
  std::size_t waiting_ = 0;            // writes submitted and not answered
  std::chrono::nanoseconds moved_{0};  // when an answer came last, or waiting began
};

}  // namespace limpet::app
