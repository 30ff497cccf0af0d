#include "limpet/net/task_group.h"

#include <boost/asio/co_spawn.hpp>

#include <condition_variable>
#include <mutex>

namespace limpet::net {

struct TaskGroup::State {
  std::function<void(std::exception_ptr)> on_exception;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t running = 0;
};

TaskGroup::TaskGroup(std::function<void(std::exception_ptr)> on_exception)
    : state_(std::make_shared<State>()) {
  state_->on_exception = std::move(on_exception);
}

template <class On, class What>
void TaskGroup::start(On on, What task) {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->running;
  }
  auto ended = [state = state_](std::exception_ptr exception) {
    if (exception && state->on_exception) state->on_exception(exception);
    const std::lock_guard lock(state->mutex);
    --state->running;
    state->changed.notify_all();
  };
  asio::co_spawn(std::move(on), std::move(task), std::move(ended));
}

void TaskGroup::spawn(Executor executor, Async<void> task) {
  start(std::move(executor), std::move(task));
}

void TaskGroup::spawn(Strand strand, StrandAsync<void> task) {
  start(std::move(strand), std::move(task));
}

std::size_t TaskGroup::running() const {
  const std::lock_guard lock(state_->mutex);
  return state_->running;
}

bool TaskGroup::wait_for(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, patience, [this] { return state_->running == 0; });
}

}  // namespace limpet::net
