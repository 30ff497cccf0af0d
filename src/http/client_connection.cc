#include "client_connection.h"

#include "response_parser.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace limpet::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {

/// Runs one asynchronous operation to its end, or cuts the socket at the deadline.
class Driver {
 public:
  asio::io_context context;

  /// `start(handler)` begins the operation; answers its error and byte count.
  template <class Start>
  error_code run(SteadyTime deadline, tcp::socket::lowest_layer_type& socket, Start start) {
    error_code result = asio::error::would_block;
    start([&result](const error_code& error, auto&&...) { result = error; });
    context.restart();
    context.run_until(deadline);
    if (context.stopped()) return result;
    error_code ignored;
    socket.close(ignored);
    context.restart();
    context.run();
    return asio::error::timed_out;
  }
};

Error cannot(std::string_view what, const Url& url, const error_code& error) {
  std::string why = error.message();
  if (error == asio::error::timed_out) why = "no answer in time";
  return Error::unavailable("cannot " + std::string(what) + " " + (url.tls ? "https" : "http") +
                            "://" + url.host_header() + ": " + why);
}

/// Stream is tcp::socket or a TLS stream around one.
template <class Stream>
class Connection final : public ClientConnection {
 public:
  template <class... Arguments>
  explicit Connection(const Url& url, Arguments&... arguments)
      : url_(url), stream_(driver_.context, arguments...) {}

  ~Connection() override {
    error_code ignored;
    stream_.lowest_layer().close(ignored);
    driver_.context.restart();
    driver_.context.poll();
  }

  Status connect(const ClientOptions& options) {
    const auto deadline = std::chrono::steady_clock::now() + options.connect_timeout;
    auto& socket = stream_.lowest_layer();
    tcp::resolver resolver(driver_.context);
    tcp::resolver::results_type found;
    error_code error = asio::error::would_block;
    resolver.async_resolve(url_.host, std::to_string(url_.port),
                           [&](const error_code& failed, tcp::resolver::results_type results) {
                             error = failed;
                             found = std::move(results);
                           });
    driver_.context.restart();
    driver_.context.run_until(deadline);
    if (!driver_.context.stopped()) {
      resolver.cancel();
      driver_.context.restart();
      driver_.context.run();
      error = asio::error::timed_out;
    }
    if (error) return cannot("find the host of", url_, error);
    error = driver_.run(deadline, socket, [&](auto handler) {
      asio::async_connect(socket, found, std::move(handler));
    });
    if (error) return cannot("connect to", url_, error);
    socket.set_option(tcp::no_delay(true), error);
    return {};
  }

  Status handshake(const ClientOptions& options)
    requires(!std::is_same_v<Stream, tcp::socket>)
  {
    const auto deadline = std::chrono::steady_clock::now() + options.connect_timeout;
    error_code error;
    asio::ip::make_address(url_.host, error);
    if (error && !SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str())) {
      return Error::internal("cannot name the host in the TLS handshake");
    }
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(url_.host));
    error = driver_.run(deadline, stream_.lowest_layer(), [&](auto handler) {
      stream_.async_handshake(asio::ssl::stream_base::client, std::move(handler));
    });
    if (error) return cannot("speak TLS with", url_, error);
    return {};
  }

  Result<Answer> exchange(std::string_view head, std::string_view body, bool is_head,
                          const ClientOptions& options) override {
    const auto deadline = std::chrono::steady_clock::now() + options.answer_timeout;
    auto& socket = stream_.lowest_layer();
    in_step_ = false;
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head.data(), head.size()),
                                                    asio::buffer(body.data(), body.size())};
    // A server may answer (413) and stop reading before we have sent all; so read in any case.
    const error_code sent = driver_.run(deadline, socket, [&](auto handler) {
      asio::async_write(stream_, buffers, std::move(handler));
    });
    if (sent == asio::error::timed_out) return cannot("send to", url_, sent);

    ResponseParser parser({.body_bytes = options.answer_bytes_max}, is_head);
    std::string pending;
    std::array<char, 16384> bytes;
    while (!parser.done()) {
      std::size_t count = 0;
      const error_code error = driver_.run(deadline, socket, [&](auto handler) {
        stream_.async_read_some(asio::buffer(bytes),
                                [handler, &count](const error_code& failed, std::size_t n) mutable {
                                  count = n;
                                  handler(failed);
                                });
      });
      pending.append(bytes.data(), count);
      LIMPET_TRY(const std::size_t consumed, parser.feed(pending));
      pending.erase(0, consumed);
      if (parser.done()) break;
      if (error == asio::error::eof) {
        LIMPET_CHECK(parser.end());
        return parser.take();
      }
      if (error) return cannot("read from", url_, sent ? sent : error);
    }
    in_step_ = !sent && parser.keep_alive() && pending.empty();
    return parser.take();
  }

  bool usable() override {
    auto& socket = stream_.lowest_layer();
    if (!in_step_ || !socket.is_open()) return false;
    // Nothing should be waiting: an end, or bytes that nobody asked for.
    char byte;
    const auto got = recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

 private:
  Url url_;
  Driver driver_;
  Stream stream_;
  bool in_step_ = true;
};

}  // namespace

Result<std::unique_ptr<ClientConnection>> ClientConnection::open(const Url& url,
                                                                 asio::ssl::context& tls,
                                                                 const ClientOptions& options) {
  if (url.tls) {
    auto connection = std::make_unique<Connection<asio::ssl::stream<tcp::socket>>>(url, tls);
    LIMPET_CHECK(connection->connect(options));
    LIMPET_CHECK(connection->handshake(options));
    return std::unique_ptr<ClientConnection>(std::move(connection));
  }
  auto connection = std::make_unique<Connection<tcp::socket>>(url);
  LIMPET_CHECK(connection->connect(options));
  return std::unique_ptr<ClientConnection>(std::move(connection));
}

}  // namespace limpet::http
