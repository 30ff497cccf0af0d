// Signal: something that happens once, for tests that order threads without sleeping.
//
//   Signal running;
//   store.submit([&](Txn&) -> Status { running.fire(); return {}; }, done);
//   running.wait();
//
// Threads: safe.
#pragma once

#include <condition_variable>
#include <mutex>

namespace limpet::storage {

/// The waiter may destroy it as soon as wait() returns.
class Signal {
 public:
  void fire() {
    const std::lock_guard lock(mutex_);
    fired_ = true;
    heard_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    heard_.wait(lock, [this] { return fired_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  bool fired_ = false;
};

}  // namespace limpet::storage
