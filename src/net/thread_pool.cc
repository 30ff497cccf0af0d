#include "limpet/net/thread_pool.h"

#include "limpet/base/assert.h"

#include <csignal>

namespace limpet::net {

namespace {

void block_broken_pipes() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

ThreadPool::ThreadPool(std::size_t threads)
    : context_(static_cast<int>(threads)), work_(asio::make_work_guard(context_)) {
  LIMPET_ASSERT(threads >= 1);
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      block_broken_pipes();
      context_.run();
    });
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
