// Server: HTTP/1.1 over TCP or TLS, one handler, bounds on everything.
//
//   auto server = http::Server::listen(pool, {"127.0.0.1", 0}, options,
//       [](http::Request request, http::Responder respond) {
//         respond({.status = 200, .body = "hello"});      // now or later, from any thread
//       });
//   … (*server)->endpoint() …
//   (*server)->stop(10s);
//
// Requests of one connection are handled one after the other (pipelining is safe); answers carry
// Date, Content-Length and Connection. Messages that are malformed, ambiguous or too large are
// refused before the handler hears of them.
#pragma once

#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/http/message.h"
#include "limpet/net/address.h"
#include "limpet/net/thread_pool.h"
#include "limpet/net/tls.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace limpet::http {

/// Answers one request, once; a second answer is dropped. Copies share the one answer: when the
/// last copy goes without answering, the client gets a 500. Threads: safe.
class Responder {
 public:
  class Slot;
  /// For the server: counts itself among the slot's responders.
  explicit Responder(Slot& slot);
  Responder(const Responder& other);
  Responder(Responder&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
  Responder& operator=(Responder other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~Responder();
  void operator()(Answer answer) const;

 private:
  Slot* slot_;
};

/// Called on a thread of the pool; requests of different connections at the same time. An answer
/// given before it returns costs no hand-over between threads.
using Handler = std::function<void(Request&&, const Responder&)>;

/// Makes the body of an answer that the server gives itself: 400, 408, 413, 431, 500, 503…
/// Called from any thread. The connection ends after it.
using Refuse = std::function<Answer(int status, const std::string& reason)>;

struct ServerOptions {
  const Clock* clock = nullptr;  ///< for the Date header; must outlive the server
  /// What the port speaks TLS with; null: plain HTTP. use() replaces it.
  std::shared_ptr<const net::TlsContext> tls{};
  Refuse refuse{};  ///< default: the reason as plain text
  std::size_t header_bytes_max = 32UL << 10;
  std::size_t header_count_max = 128;
  std::size_t body_bytes_max = 4UL << 20;
  /// Bodies of all requests together; beyond it a request is answered 503.
  std::size_t body_memory_max = 512UL << 20;
  /// Beyond it new connections wait in the kernel's queue until another one ends.
  std::size_t connections_max = 10'000;
  std::chrono::milliseconds header_timeout{10'000};  ///< first byte to last header; TLS handshake
  std::chrono::milliseconds body_timeout{60'000};    ///< last header to last byte
  std::chrono::milliseconds idle_timeout{60'000};    ///< between requests
  std::chrono::milliseconds write_timeout{60'000};   ///< one answer
  std::chrono::milliseconds linger_timeout{5'000};   ///< reading on after a refusal
};

struct ServerCounts {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t requests = 0;            ///< handed to the handler
  std::uint64_t refusals = 0;            ///< answered without it
  std::uint64_t handler_failures = 0;    ///< exceptions and answers that never came
  std::uint64_t handshakes = 0;          ///< TLS sessions that began
  std::uint64_t handshake_failures = 0;  ///< clients that did not get that far
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
};

/// Threads: safe. Its pool must outlive it.
class Server {
 public:
  /// Bind and begin to serve. Port 0 takes a free one. Requires: options.clock.
  /// Errors: InvalidInput (host), Unavailable (address in use or not ours).
  static Result<std::unique_ptr<Server>> listen(net::ThreadPool& pool, const net::HostPort& address,
                                                ServerOptions options, Handler handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// stop(0).
  ~Server();

  boost::asio::ip::tcp::endpoint endpoint() const;
  ServerCounts counts() const;

  /// Shake hands with new connections by `tls`; those that are open go on as they are.
  /// Requires: the server was made with TLS.
  void use(std::shared_ptr<const net::TlsContext> tls);

  /// Stop accepting, end idle connections, let requests in flight finish within `grace`, then cut
  /// the rest; blocks until the last is gone. True when nothing was cut. Not from a pool's thread.
  bool stop(std::chrono::milliseconds grace);

 private:
  class Listener;
  explicit Server(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace limpet::http
