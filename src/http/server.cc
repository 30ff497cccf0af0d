#include "limpet/http/server.h"

#include "connection.h"

#include "limpet/base/assert.h"
#include "limpet/net/task_group.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <unordered_set>

namespace limpet::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

std::int64_t steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::floor<std::chrono::milliseconds>(now).count();
}

/// Often enough that no deadline passes by much, seldom enough that nobody notices.
std::chrono::milliseconds tick_for(const ServerOptions& options) {
  const auto least = std::min({options.header_timeout, options.body_timeout, options.idle_timeout,
                               options.write_timeout, options.linger_timeout});
  return std::clamp(least / 8, 5ms, 250ms);
}

}  // namespace

/// The listening socket and the connections that came through it.
class Server::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(net::ThreadPool& pool, ServerOptions options, Handler handler)
      : pool_(pool),
        strand_(pool.make_strand()),
        acceptor_(strand_),
        room_(strand_),
        tick_(strand_),
        tls_(std::move(options.tls)),
        shared_(std::make_shared<Shared>()),
        tasks_([shared = shared_](std::exception_ptr) { ++shared->handler_failures; }) {
    shared_->tick_ms = tick_for(options).count();
    shared_->now_ms = steady_ms();
    shared_->options = std::move(options);
    shared_->handler = std::move(handler);
  }

  Status bind(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) endpoint_ = acceptor_.local_endpoint(error);
    if (!error) return {};
    const auto where = net::to_string(endpoint);
    if (error == asio::error::address_in_use) {
      return Error::unavailable("the address " + where + " is in use by another program");
    }
    return Error::unavailable("cannot listen on " + where + ": " + error.message());
  }

  void start() {
    tasks_.spawn(strand_, accept(shared_from_this()));
    tasks_.spawn(strand_, watch(shared_from_this()));
  }

  void use(std::shared_ptr<const net::TlsContext> tls) {
    const std::lock_guard lock(mutex_);
    LIMPET_ASSERT(tls_ != nullptr && tls != nullptr);
    tls_ = std::move(tls);
  }

  bool stop(std::chrono::milliseconds grace) {
    if (shared_->stopping.exchange(true) && tasks_.running() == 0) return true;
    asio::dispatch(strand_, [self = shared_from_this()] {
      error_code ignored;
      self->acceptor_.close(ignored);
      self->room_.cancel();
      self->tick_.cancel();
    });
    tell([](Connection& connection) { connection.stop(); });
    if (tasks_.wait_for(grace)) return true;
    tell([](Connection& connection) { connection.abort(); });
    // What is left now are handlers that have returned and coroutines that see a closed socket.
    tasks_.wait_for(10s);
    return false;
  }

  tcp::endpoint endpoint_;
  net::ThreadPool& pool_;
  net::Strand strand_;  ///< runs accept() and watch()
  asio::basic_socket_acceptor<tcp, net::Strand> acceptor_;
  net::StrandTimer room_;  ///< cancelled when a connection ends
  net::StrandTimer tick_;  ///< cancelled when watch() has something to do again
  std::mutex mutex_;
  std::shared_ptr<const net::TlsContext> tls_;   ///< null: plain HTTP; guarded by mutex_
  std::unordered_set<Connection*> connections_;  ///< guarded by mutex_; each is alive in here
  std::shared_ptr<Shared> shared_;
  net::TaskGroup tasks_;

 private:
  static net::StrandAsync<void> accept(std::shared_ptr<Listener> self) {
    Shared& shared = *self->shared_;
    while (!shared.stopping) {
      if (shared.connections_open >= shared.options.connections_max) {
        co_await self->pause(self->room_, net::StrandTimer::duration::max());
        continue;
      }
      net::Socket socket(self->pool_.executor());
      const auto [error] = co_await self->acceptor_.async_accept(socket, net::kAwaitOnStrand);
      if (shared.stopping) break;
      if (error) {
        // Out of descriptors or memory: serve those we have, and try again soon.
        if (error != asio::error::connection_aborted) co_await self->pause(self->room_, 50ms);
        continue;
      }
      self->adopt(std::move(socket));
    }
  }

  /// Looks at every connection's deadline again and again, as long as there are any.
  static net::StrandAsync<void> watch(std::shared_ptr<Listener> self) {
    Shared& shared = *self->shared_;
    while (!shared.stopping || shared.connections_open > 0) {
      const bool nobody = shared.connections_open == 0;
      co_await self->pause(self->tick_, nobody ? net::StrandTimer::duration::max()
                                               : std::chrono::milliseconds(shared.tick_ms));
      const auto now = steady_ms();
      shared.now_ms = now;
      self->tell([now](Connection& connection) { connection.check_deadline(now); });
    }
  }

  net::StrandAsync<void> pause(net::StrandTimer& timer, net::StrandTimer::duration patience) {
    if (patience == net::StrandTimer::duration::max()) {
      timer.expires_at(net::StrandTimer::time_point::max());
    } else {
      timer.expires_after(patience);
    }
    co_await timer.async_wait(net::kAwaitOnStrand);
  }

  void adopt(net::Socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    ++shared_->connections_accepted;
    if (++shared_->connections_open == 1) {
      shared_->now_ms = steady_ms();  // nobody has looked for a while
      tick_.cancel();
    }
    std::shared_ptr<Connection> connection;
    try {
      const std::lock_guard lock(mutex_);
      connection = std::make_shared<Connection>(std::move(socket), shared_, tls_.get());
      connections_.insert(connection.get());
    } catch (const std::bad_alloc&) {  // this client is dropped; the next may fare better
      --shared_->connections_open;
      return;
    }
    tasks_.spawn(pool_.executor(), serve(shared_from_this(), std::move(connection)));
  }

  static net::Async<void> serve(std::shared_ptr<Listener> self,
                                std::shared_ptr<Connection> connection) {
    std::exception_ptr failure;
    try {
      co_await Connection::run(connection);
    } catch (...) {
      failure = std::current_exception();
    }
    {
      const std::lock_guard lock(self->mutex_);
      self->connections_.erase(connection.get());
    }
    connection.reset();
    --self->shared_->connections_open;
    asio::post(self->strand_, [self] {
      self->room_.cancel();
      if (self->shared_->stopping) self->tick_.cancel();
    });
    if (failure) std::rethrow_exception(failure);
  }

  template <class What>
  void tell(What what) {
    const std::lock_guard lock(mutex_);
    for (Connection* connection : connections_) what(*connection);
  }
};

Result<std::unique_ptr<Server>> Server::listen(net::ThreadPool& pool, const net::HostPort& address,
                                               ServerOptions options, Handler handler) {
  LIMPET_ASSERT(options.clock != nullptr && handler != nullptr);
  LIMPET_TRY(const tcp::endpoint endpoint, net::resolve(address));
  auto listener = std::make_shared<Listener>(pool, std::move(options), std::move(handler));
  LIMPET_CHECK(listener->bind(endpoint));
  listener->start();
  return std::unique_ptr<Server>(new Server(std::move(listener)));
}

Server::Server(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
Server::~Server() { stop(0ms); }

tcp::endpoint Server::endpoint() const { return listener_->endpoint_; }

ServerCounts Server::counts() const {
  const Shared& shared = *listener_->shared_;
  return {.connections_open = shared.connections_open,
          .connections_accepted = shared.connections_accepted,
          .requests = shared.requests,
          .refusals = shared.refusals,
          .handler_failures = shared.handler_failures,
          .handshakes = shared.handshakes,
          .handshake_failures = shared.handshake_failures,
          .bytes_received = shared.bytes_received,
          .bytes_sent = shared.bytes_sent};
}

void Server::use(std::shared_ptr<const net::TlsContext> tls) { listener_->use(std::move(tls)); }

bool Server::stop(std::chrono::milliseconds grace) { return listener_->stop(grace); }

}  // namespace limpet::http
