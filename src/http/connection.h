// Connection: one client's socket, from accept to close.
#pragma once

#include "read_buffer.h"
#include "request_parser.h"

#include "limpet/http/server.h"
#include "limpet/net/task.h"
#include "limpet/net/watchdog.h"

#include <atomic>
#include <memory>
#include <string>

namespace limpet::http {

/// What the connections of one server share. Threads: safe.
struct Shared {
  ServerOptions options;
  Handler handler;
  std::atomic<bool> stopping = false;
  std::atomic<std::uint64_t> connections_open = 0;
  std::atomic<std::uint64_t> connections_accepted = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> refusals = 0;
  std::atomic<std::uint64_t> handler_failures = 0;
  std::atomic<std::uint64_t> bytes_received = 0;
  std::atomic<std::uint64_t> bytes_sent = 0;
  std::atomic<std::size_t> body_memory = 0;

  Answer refusal(int status, const std::string& reason);
};

/// Where an answer arrives, on the connection's strand.
struct AnswerSlot {
  explicit AnswerSlot(const net::Strand& on) : strand(on), arrived(on) {}
  net::Strand strand;
  net::Timer arrived;  ///< cancelled when `answer` is set
  std::optional<Answer> answer;
};

/// Confined to its strand, except for construction.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(net::Socket socket, std::shared_ptr<Shared> shared);
  ~Connection();

  /// Serves requests until the client, an error or stop() ends it.
  static net::Async<void> run(std::shared_ptr<Connection> self);

  net::Strand strand() { return socket_.get_executor(); }
  /// Ends now if it waits for a request, else after the answer in flight.
  void stop();
  /// Ends now.
  void abort();

 private:
  enum class Phase : std::uint8_t { Idle, Header, Body, Handling, Writing, Lingering };
  enum class Read : std::uint8_t { Request, Refused, Closed };

  net::Async<Read> read_request();
  net::Async<Answer> handle();
  net::Async<bool> write(const Answer& answer, bool with_body, bool keep_alive);
  net::Async<bool> write_continue();
  net::Async<void> linger();
  Phase phase_of_reading() const;
  void enter(Phase phase);
  void expired();
  void account_body();

  net::Socket socket_;
  std::shared_ptr<Shared> shared_;
  net::Watchdog watchdog_;
  ReadBuffer buffer_;
  RequestParser parser_;
  Refusal refusal_;
  std::shared_ptr<AnswerSlot> slot_;
  std::string peer_;
  std::string head_;
  std::size_t body_memory_ = 0;  ///< our part of shared_->body_memory
  Phase phase_ = Phase::Idle;
  bool loopback_ = false;
  bool timed_out_ = false;
  bool aborted_ = false;
};

}  // namespace limpet::http
