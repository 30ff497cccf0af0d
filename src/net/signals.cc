#include "limpet/net/signals.h"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <mutex>
#include <utility>

namespace limpet::net {

struct Signals::State : std::enable_shared_from_this<State> {
  State(ThreadPool& pool, std::function<void(int)> on_signal)
      : set(pool.make_strand()), handler(std::move(on_signal)) {}

  void wait() {
    set.async_wait([self = shared_from_this()](const boost::system::error_code& error, int number) {
      // A signal may have been on its way when the set was cleared. To wait again would then be to
      // wait for ever: a set without signals is forgotten by Asio, even when the pool ends.
      if (error || !self->call(number)) return;
      self->wait();
    });
  }

  /// False when nobody listens any more.
  bool call(int number) {
    const std::lock_guard lock(mutex);
    if (ended) return false;
    handler(number);
    return true;
  }

  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
  }

  asio::signal_set set;
  std::function<void(int)> handler;
  std::mutex mutex;    ///< held while the handler runs
  bool ended = false;  ///< guarded by mutex
};

Signals::Signals(ThreadPool& pool, std::initializer_list<int> numbers,
                 std::function<void(int)> handler)
    : state_(std::make_shared<State>(pool, std::move(handler))) {
  for (const int number : numbers) state_->set.add(number);
  asio::post(state_->set.get_executor(), [state = state_] { state->wait(); });
}

Signals::~Signals() {
  state_->end();
  asio::post(state_->set.get_executor(), [state = state_] {
    boost::system::error_code ignored;
    state->set.clear(ignored);
    state->set.cancel(ignored);
  });
}

}  // namespace limpet::net
