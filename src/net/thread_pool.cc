#include "limpet/net/thread_pool.h"

#include "limpet/base/assert.h"

namespace limpet::net {

ThreadPool::ThreadPool(std::size_t threads)
    : context_(static_cast<int>(threads)), work_(asio::make_work_guard(context_)) {
  LIMPET_ASSERT(threads >= 1);
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { context_.run(); });
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  work_.reset();
  context_.stop();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace limpet::net
