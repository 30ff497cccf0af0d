#include "limpet/net/tls.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <new>

namespace limpet::net {

using boost::system::error_code;

TlsStream::TlsStream(Socket& socket, const TlsContext& context)
    : socket_(socket), ssl_(SSL_new(context.native())) {
  if (ssl_ == nullptr || SSL_set_fd(ssl_, socket.native_handle()) != 1) {
    SSL_free(ssl_);
    throw std::bad_alloc();
  }
  SSL_set_accept_state(ssl_);
}

TlsStream::~TlsStream() { SSL_free(ssl_); }

/// What to wait for before the call that answered `result` is made again; Nothing with an error
/// when it has failed for good.
TlsStream::Want TlsStream::want_after(int result, error_code& error) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return Want::Read;
    case SSL_ERROR_WANT_WRITE:
      return Want::Write;
    case SSL_ERROR_ZERO_RETURN:
      error = asio::error::eof;
      return Want::Nothing;
    case SSL_ERROR_SSL:
      error = error_code(static_cast<int>(ERR_peek_last_error()), asio::error::get_ssl_category());
      break;
    default:
      error = errno != 0 ? error_code(errno, boost::system::system_category())
                         : error_code(asio::error::eof);
  }
  broken_ = true;
  return Want::Nothing;
}

Async<void> TlsStream::wait_for(Want want) {
  const auto kind = want == Want::Read ? Socket::wait_read : Socket::wait_write;
  co_await socket_.async_wait(kind, kAwait);
}

Async<error_code> TlsStream::handshake() {
  error_code error;
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) break;
    const Want want = want_after(result, error);
    if (want == Want::Nothing) break;
    co_await wait_for(want);
  }
  co_return error;
}

Async<TlsStream::Done> TlsStream::read_some(std::span<char> room) {
  error_code error;
  std::size_t count = 0;
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_read_ex(ssl_, room.data(), room.size(), &count);
    if (result == 1) break;
    count = 0;
    const Want want = want_after(result, error);
    if (want == Want::Nothing) break;
    co_await wait_for(want);
  }
  co_return Done(error, count);
}

Async<TlsStream::Done> TlsStream::write(std::string_view bytes) {
  error_code error;
  std::size_t total = 0;
  while (total < bytes.size()) {
    ERR_clear_error();
    errno = 0;
    std::size_t count = 0;
    const int result = SSL_write_ex(ssl_, bytes.data() + total, bytes.size() - total, &count);
    if (result == 1) {
      total += count;
      continue;
    }
    const Want want = want_after(result, error);
    if (want == Want::Nothing) break;
    co_await wait_for(want);
  }
  co_return Done(error, total);
}

void TlsStream::close() {
  if (broken_ || !SSL_is_init_finished(ssl_)) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
}

}  // namespace limpet::net
