// TaskGroup: owns coroutines, so that none outlives what it uses.
//
//   net::TaskGroup group;
//   group.spawn(pool.executor(), serve(connection));
//   …                                  // tell the tasks to end
//   group.wait_for(5s);                // false: some still run
#pragma once

#include "limpet/net/task.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace limpet::net {

/// Threads: safe. Must be empty when it is destroyed, or its tasks' pool must have stopped.
class TaskGroup {
 public:
  /// `on_exception` hears of a task that ended by an exception (a bug, or no memory).
  explicit TaskGroup(std::function<void(std::exception_ptr)> on_exception = {});

  /// Starts `task`; it ends by itself.
  void spawn(Executor executor, Async<void> task);
  void spawn(Strand strand, StrandAsync<void> task);

  std::size_t running() const;

  /// Blocks until no task runs, at most `patience`; true when empty. Not from a pool's thread.
  bool wait_for(std::chrono::milliseconds patience);

 private:
  struct State;
  template <class On, class What>
  void start(On on, What task);
  std::shared_ptr<State> state_;
};

}  // namespace limpet::net
