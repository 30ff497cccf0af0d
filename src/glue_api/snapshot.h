// Snapshot<T>: an immutable value that all threads share and that is replaced whole.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace limpet::glue_api {

/// Threads: safe.
template <class T>
class Snapshot {
 public:
  /// What was stored last; nullptr before the first store.
  std::shared_ptr<const T> load() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  void store(std::shared_ptr<const T> value) {
    const std::lock_guard lock(mutex_);
    value_.swap(value);
  }  // the old value goes outside the lock, when `value` does

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace limpet::glue_api
