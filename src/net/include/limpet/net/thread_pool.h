// ThreadPool: the threads that run everything asynchronous.
//
//   net::ThreadPool pool(2);
//   asio::post(pool.executor(), [] { … });
//   pool.stop();
#pragma once

#include "limpet/net/task.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <thread>
#include <vector>

namespace limpet::net {

/// A write to a peer that has gone is an error on its threads (EPIPE), never the signal SIGPIPE:
/// OpenSSL writes to sockets without MSG_NOSIGNAL.
///
/// Threads: safe. Objects that live on the pool (sockets, timers) must end before it.
class ThreadPool {
 public:
  /// Starts the threads. Requires: threads >= 1.
  explicit ThreadPool(std::size_t threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  asio::io_context& context() { return context_; }
  Executor executor() { return context_.get_executor(); }
  Strand make_strand() { return asio::make_strand(context_.get_executor()); }

  /// Ends the threads; work that is queued is dropped. Not from a thread of the pool.
  void stop();

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

}  // namespace limpet::net
