// LongCalls: threads of their own for calls that may keep one busy for long, so that those who ask
// for little never wait behind those who ask for much.
//
//   if (LongCalls::may_be_long(request)) long_calls.run([…] { handle(…); }); else handle(…);
//
// How long a call takes cannot be told before it has been read; how long it may take can: by the
// bytes that must be hashed, decoded and parsed, and by the operation. The kernel shares the
// processors between these threads and the others.
#pragma once

#include "limpet/http/message.h"
#include "limpet/net/thread_pool.h"

#include <cstddef>
#include <functional>

namespace limpet::app {

/// Threads: safe.
class LongCalls {
 public:
  explicit LongCalls(std::size_t threads) : pool_(threads) {}

  static bool may_be_long(const http::Request& request);

  /// Runs `work` later, on a thread of its own pool.
  void run(std::function<void()> work);

  /// Ends the threads; what still waits is dropped.
  void stop() { pool_.stop(); }

 private:
  net::ThreadPool pool_;
};

}  // namespace limpet::app
