#include "connection.h"

#include <openssl/err.h>

#include <array>
#include <cerrno>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace limpet::bench {

namespace {

[[noreturn]] void fail(const std::string& what, int error = errno) {
  throw std::runtime_error(what + ": " + std::generic_category().message(error));
}

[[noreturn]] void fail_tls(const std::string& what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  throw std::runtime_error(what + ": " + text.data());
}

// One connection reads at a time: all share the buffer.
std::array<char, 256UL << 10> buffer;

}  // namespace

void Connection::open() {
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) fail("socket");
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  phase_ = Phase::Connecting;
  events_ = EPOLLOUT;
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&server_), sizeof server_) < 0 &&
      errno != EINPROGRESS) {
    fail("connect");
  }
}

void Connection::close() {
  if (ssl_) {
    SSL_shutdown(ssl_);
    SSL_free(ssl_);
    ssl_ = nullptr;
  }
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  phase_ = Phase::Closed;
}

void Connection::advance() {
  if (phase_ == Phase::Connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) fail("connect", error);
    if (!tls_) {
      phase_ = Phase::Ready;
    } else {
      ssl_ = SSL_new(tls_);
      if (!ssl_ || SSL_set_fd(ssl_, descriptor_) != 1) fail_tls("TLS");
      SSL_set_connect_state(ssl_);
      phase_ = Phase::Handshake;
    }
  }
  if (phase_ == Phase::Handshake) handshake();
  if (phase_ == Phase::Ready) events_ = EPOLLIN;
}

void Connection::handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_);
  if (done == 1) {
    phase_ = Phase::Ready;
    return;
  }
  switch (SSL_get_error(ssl_, done)) {
    case SSL_ERROR_WANT_READ:
      events_ = EPOLLIN;
      return;
    case SSL_ERROR_WANT_WRITE:
      events_ = EPOLLOUT;
      return;
    default:
      fail_tls("TLS handshake");
  }
}

void Connection::send(std::string_view request) {
  if (ssl_) {
    ERR_clear_error();
    if (SSL_write(ssl_, request.data(), static_cast<int>(request.size())) !=
        static_cast<int>(request.size())) {
      fail_tls("TLS write");
    }
    return;
  }
  const auto sent = ::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent < 0) fail("send");
  if (static_cast<std::size_t>(sent) != request.size()) {
    throw std::runtime_error("the socket's buffer is full");
  }
}

std::string_view Connection::receive() {
  if (ssl_) {
    ERR_clear_error();
    const int got = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) return {buffer.data(), static_cast<std::size_t>(got)};
    if (SSL_get_error(ssl_, got) == SSL_ERROR_WANT_READ) return {};
    fail_tls("TLS read");
  }
  const auto got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (got > 0) return {buffer.data(), static_cast<std::size_t>(got)};
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (got < 0) fail("recv");
  throw std::runtime_error("the server closed a connection");
}

}  // namespace limpet::bench
