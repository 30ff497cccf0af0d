// TLS for a server: what it shakes hands with, and the encrypted stream of one client.
//
//   LIMPET_TRY(auto context, net::TlsContext::load({.certificate = "a.crt", .key = "a.key"}));
//   net::TlsStream stream(socket, context);        // the socket must be non-blocking
//   if (co_await stream.handshake()) co_return;
//   const auto [error, count] = co_await stream.read_some(room);
//
// OpenSSL works on the socket itself, without buffers of ours between them, so that a connection
// that idles costs no more than its keys.
#pragma once

#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/net/task.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

struct ssl_st;
struct ssl_ctx_st;

namespace limpet::net {

enum class ClientCertificates : std::uint8_t {
  Off,       ///< not asked for
  Optional,  ///< asked for; one that is shown must be good
  Required,  ///< asked for; who shows none is refused
};

/// Names of PEM files.
struct TlsFiles {
  std::string certificate;  ///< the server's, followed by its chain
  std::string key;          ///< without a passphrase
  ClientCertificates client_certificates = ClientCertificates::Off;
  std::string client_authorities{};  ///< needed unless client certificates are Off

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

/// Certificate, key and rules of new connections: TLS 1.2 and 1.3, OpenSSL's ciphers of security
/// level 2, ALPN "http/1.1", sessions resumed by tickets that die with the context. Immutable.
/// Threads: safe.
class TlsContext {
 public:
  /// Errors: InvalidInput (a file that cannot be read or understood, a key that is not the
  /// certificate's, no authorities where client certificates are wanted).
  static Result<std::shared_ptr<const TlsContext>> load(const TlsFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// When the certificate ceases to be valid.
  Timestamp expires() const { return expires_; }
  /// Every user of the machine may read the key.
  bool key_exposed() const { return key_exposed_; }
  ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
  Timestamp expires_{};
  bool key_exposed_ = false;
};

/// Confined to the coroutine that owns the socket. Whoever shuts the socket down from elsewhere
/// ends what it waits for.
class TlsStream {
 public:
  using Done = std::tuple<boost::system::error_code, std::size_t>;

  /// `socket` must outlive it and be non-blocking.
  TlsStream(Socket& socket, const TlsContext& context);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// The server's part of a handshake; an error ends the stream.
  Async<boost::system::error_code> handshake();
  /// One byte or more, or an error; asio::error::eof when the client has said all.
  Async<Done> read_some(std::span<char> room);
  /// Every byte, or an error.
  Async<Done> write(std::string_view bytes);
  /// Tells the client that nothing follows, if the socket takes it at once.
  void close();

 private:
  enum class Want : std::uint8_t { Nothing, Read, Write };
  Want want_after(int result, boost::system::error_code& error);
  Async<void> wait_for(Want want);

  Socket& socket_;
  ssl_st* ssl_;
  bool broken_ = false;
};

}  // namespace limpet::net
