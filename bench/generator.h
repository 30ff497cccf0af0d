// Generator: put load on a server from one thread.
//
// A stream is a set of keep-alive connections that send the requests of one file in turn. Without a
// rate it is a closed loop: each connection sends its next request when it has its answer. With a
// rate it is an open loop: request i is due at i / rate after the start, whatever the server does,
// and its latency counts from then, so that a stall is charged to every request that it delayed.
// Threads: confined.
#pragma once

#include "histogram.h"
#include "request_file.h"

#include <openssl/ssl.h>

#include <chrono>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <vector>

namespace limpet::bench {

struct StreamPlan {
  std::string name;
  std::shared_ptr<const RequestFile> requests;
  std::size_t connections = 64;
  double rate = 0;               ///< requests per second; 0: closed loop
  bool once = false;             ///< end after the last request of the file, else begin again
  bool new_connections = false;  ///< a new connection for every request
};

struct Plan {
  sockaddr_in server{};
  SSL_CTX* tls = nullptr;
  std::chrono::nanoseconds warmup{0};  ///< sent, answered and not counted
  std::chrono::nanoseconds duration{0};
  /// Look for answers again and again and never sleep: whoever wakes a sleeping thread on another
  /// core pays for it, and that would be the server.
  bool spin = false;
  std::vector<StreamPlan> streams;
};

struct StreamResult {
  std::string name;
  Histogram latency;                      ///< of answers with status 200
  std::map<int, std::uint64_t> statuses;  ///< of all answers, those of the warm-up too
  std::uint64_t answer_bytes = 0;
  std::string refusal;           ///< the first answer that is not 200, its beginning
  std::uint64_t unanswered = 0;  ///< due within the duration and not answered when it ended
};

struct Result {
  std::chrono::nanoseconds measured{0};
  std::vector<StreamResult> streams;
};

/// Ends after the duration, or when every stream with `once` has had its last answer. Throws
/// std::runtime_error when a connection fails.
Result run(const Plan& plan);

}  // namespace limpet::bench
