// Connection: one client's socket, from accept to close.
#pragma once

#include "read_buffer.h"
#include "request_parser.h"
#include "response_slot.h"

#include "limpet/http/server.h"
#include "limpet/net/task.h"
#include "limpet/net/tls.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace limpet::http {

/// What the connections of one server share. Threads: safe.
struct Shared {
  ServerOptions options;
  Handler handler;
  /// Steady time when the deadlines were last looked at; see Connection::check_deadline.
  std::atomic<std::int64_t> now_ms = 0;
  std::int64_t tick_ms = 0;  ///< how often that happens
  std::atomic<bool> stopping = false;
  std::atomic<std::uint64_t> connections_open = 0;
  std::atomic<std::uint64_t> connections_accepted = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> refusals = 0;
  std::atomic<std::uint64_t> handler_failures = 0;
  std::atomic<std::uint64_t> handshakes = 0;
  std::atomic<std::uint64_t> handshake_failures = 0;
  std::atomic<std::uint64_t> bytes_received = 0;
  std::atomic<std::uint64_t> bytes_sent = 0;
  std::atomic<std::size_t> body_memory = 0;

  Answer refusal(int status, const std::string& reason);
};

/// Confined to the coroutine run(), except for what says otherwise. Others end what it waits for by
/// shutting the socket down, which the kernel makes safe at any moment; it is not closed as long
/// as they can find the connection.
class Connection {
 public:
  /// `tls` is null for plain HTTP.
  Connection(net::Socket socket, std::shared_ptr<Shared> shared, const net::TlsContext* tls);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Serves requests until the client, an error or stop() ends it.
  static net::Async<void> run(std::shared_ptr<Connection> self);

  // ---- any thread ----
  /// Ends now if it waits for a request, else after the answer in flight.
  void stop();
  /// Ends now.
  void abort();
  /// Ends what has taken too long. Requires: called every Shared::tick_ms.
  void check_deadline(std::int64_t now_ms);

 private:
  enum class Phase : std::uint8_t { Handshake, Idle, Header, Body, Handling, Writing, Lingering };
  enum class Read : std::uint8_t { Incomplete, Request, Refused, Continue, Closed };

  net::Async<bool> shake_hands();
  net::Async<bool> serve();
  net::Async<bool> finish_write(std::string_view content, std::size_t sent);
  net::Async<bool> write_tls(std::string_view content);
  net::Async<bool> write_continue();
  net::Async<void> linger();

  std::span<char> room_to_read();
  Read arrived(const boost::system::error_code& error, std::size_t count);
  Read parse();
  Read refuse(int status, std::string reason);
  bool begin_request();
  void make_head(const Answer& answer, bool keep_alive);
  void enter(Phase phase);
  void set_deadline(std::chrono::milliseconds after);
  void account_body(std::size_t size);

  net::Socket socket_;
  const int descriptor_;  ///< the socket's, for other threads
  std::shared_ptr<Shared> shared_;
  std::optional<net::TlsStream> tls_;
  ReadBuffer buffer_;
  RequestParser parser_;
  Refusal refusal_;
  std::mutex slot_mutex_;  ///< guards which slot `slot_` is, against abort()
  Responder::Slot::Owned slot_;
  std::string peer_;
  std::string head_;
  std::size_t body_memory_ = 0;  ///< our part of shared_->body_memory
  std::atomic<std::int64_t> deadline_ms_;
  std::atomic<Phase> phase_ = Phase::Handshake;
  std::atomic<bool> timed_out_ = false;
  std::atomic<bool> aborted_ = false;
  bool loopback_ = false;
  bool continued_ = false;  ///< this request was told to continue
  bool first_ = true;       ///< nothing has been understood yet
};

}  // namespace limpet::http
