#include "limpet/http/server.h"

#include "connection.h"

#include "limpet/base/assert.h"
#include "limpet/net/task_group.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <mutex>
#include <unordered_map>

namespace limpet::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

/// The listening socket and the connections that came through it.
class Server::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(net::ThreadPool& pool, ServerOptions options, Handler handler)
      : pool_(pool),
        strand_(pool.make_strand()),
        acceptor_(strand_),
        room_(strand_),
        shared_(std::make_shared<Shared>()),
        tasks_([shared = shared_](std::exception_ptr) { ++shared->handler_failures; }) {
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

  void start() { tasks_.spawn(strand_, accept(shared_from_this())); }

  bool stop(std::chrono::milliseconds grace) {
    if (shared_->stopping.exchange(true) && tasks_.running() == 0) return true;
    asio::dispatch(strand_, [self = shared_from_this()] {
      error_code ignored;
      self->acceptor_.close(ignored);
      self->room_.cancel();
    });
    tell(&Connection::stop);
    if (tasks_.wait_for(grace)) return true;
    tell(&Connection::abort);
    // What is left now are handlers that have returned and coroutines that see a closed socket.
    tasks_.wait_for(10s);
    return false;
  }

  tcp::endpoint endpoint_;
  net::ThreadPool& pool_;
  net::Strand strand_;
  asio::basic_socket_acceptor<tcp, net::Strand> acceptor_;
  net::Timer room_;  ///< cancelled when a connection ends
  std::shared_ptr<Shared> shared_;
  net::TaskGroup tasks_;

 private:
  static net::Async<void> accept(std::shared_ptr<Listener> self) {
    Shared& shared = *self->shared_;
    while (!shared.stopping) {
      if (shared.connections_open >= shared.options.connections_max) {
        co_await self->wait(net::Timer::duration::max());
        continue;
      }
      net::Socket socket(self->pool_.make_strand());
      const auto [error] = co_await self->acceptor_.async_accept(socket, net::kAwait);
      if (shared.stopping) break;
      if (error) {
        // Out of descriptors or memory: serve those we have, and try again soon.
        if (error != asio::error::connection_aborted) co_await self->wait(50ms);
        continue;
      }
      self->adopt(std::move(socket));
    }
  }

  net::Async<void> wait(net::Timer::duration patience) {
    if (patience == net::Timer::duration::max()) {
      room_.expires_at(net::Timer::time_point::max());
    } else {
      room_.expires_after(patience);
    }
    co_await room_.async_wait(net::kAwait);
  }

  void adopt(net::Socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    ++shared_->connections_accepted;
    ++shared_->connections_open;
    const net::Strand strand = socket.get_executor();
    auto connection = std::make_shared<Connection>(std::move(socket), shared_);
    {
      const std::lock_guard lock(mutex_);
      connections_.emplace(connection.get(), connection);
    }
    tasks_.spawn(strand, serve(shared_from_this(), std::move(connection)));
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
    asio::post(self->strand_, [self] { self->room_.cancel(); });
    if (failure) std::rethrow_exception(failure);
  }

  void tell(void (Connection::*what)()) {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, weak] : connections_) {
      if (auto connection = weak.lock()) {
        const auto strand = connection->strand();
        asio::post(strand,
                   [connection = std::move(connection), what] { (connection.get()->*what)(); });
      }
    }
  }

  std::mutex mutex_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;
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
          .bytes_received = shared.bytes_received,
          .bytes_sent = shared.bytes_sent};
}

bool Server::stop(std::chrono::milliseconds grace) { return listener_->stop(grace); }

}  // namespace limpet::http
