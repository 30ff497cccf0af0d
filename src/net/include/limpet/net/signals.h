// Signals: SIGTERM and its kin as ordinary calls on a pool's thread.
#pragma once

#include "limpet/net/thread_pool.h"

#include <functional>
#include <initializer_list>
#include <memory>

namespace limpet::net {

/// Threads: safe. Stops listening when destroyed, after a call of the handler that runs already;
/// the handler itself must not destroy it. SIGPIPE is no business of this: see ThreadPool.
class Signals {
 public:
  /// Calls `handler` with the number of each signal that arrives, one at a time.
  Signals(ThreadPool& pool, std::initializer_list<int> numbers, std::function<void(int)> handler);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace limpet::net
