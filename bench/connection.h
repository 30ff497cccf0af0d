// Connection: one non-blocking TCP connection to the server under load, plain or TLS.
//
// open() begins; after that call advance() whenever epoll reports the descriptor, until ready().
// Then send() one request and receive() until the answer is whole. Failures throw
// std::runtime_error: a server under measurement must not refuse anything. Threads: confined.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <netinet/in.h>
#include <string_view>

namespace limpet::bench {

class Connection {
 public:
  /// `tls` may be null: plain. Both must outlive the connection.
  Connection(const sockaddr_in& server, SSL_CTX* tls) : server_(server), tls_(tls) {}
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void open();
  void close();
  /// Go on with connecting and, with TLS, the handshake.
  void advance();
  bool ready() const { return phase_ == Phase::Ready; }
  /// The epoll events that advance() waits for.
  std::uint32_t awaited_events() const { return events_; }
  int descriptor() const { return descriptor_; }

  /// Requires: ready(). Whole requests fit the socket's buffer; a partial write throws.
  void send(std::string_view request);
  /// As many bytes as are there, empty when none are. The view lasts until the next call.
  std::string_view receive();

 private:
  enum class Phase : std::uint8_t { Closed, Connecting, Handshake, Ready };

  void handshake();

  const sockaddr_in& server_;
  SSL_CTX* tls_;
  SSL* ssl_ = nullptr;
  int descriptor_ = -1;
  Phase phase_ = Phase::Closed;
  std::uint32_t events_ = 0;
};

}  // namespace limpet::bench
