#include "limpet/http/client.h"

#include "client_connection.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

namespace limpet::http {

namespace asio = boost::asio;

struct Client::Impl {
  explicit Impl(ClientOptions given) : options(std::move(given)) {}

  /// Reading the system's authorities takes milliseconds, so only https pays for it.
  Status prepare_tls() {
    const std::lock_guard lock(mutex);
    if (tls_ready) return {};
    boost::system::error_code error;
    if (options.ca_file.empty()) {
      tls.set_default_verify_paths(error);
    } else {
      tls.load_verify_file(options.ca_file, error);
    }
    if (error) {
      return Error::internal("cannot read the certificate authorities " + options.ca_file + ": " +
                             error.message());
    }
    tls_ready = true;
    return {};
  }

  std::unique_ptr<ClientConnection> idle_to(const Url& url) {
    const std::lock_guard lock(mutex);
    while (true) {
      const auto found = std::ranges::find_if(idle, [&](const Idle& one) {
        return one.tls == url.tls && one.host == url.host && one.port == url.port;
      });
      if (found == idle.end()) return nullptr;
      auto connection = std::move(found->connection);
      idle.erase(found);
      if (connection->usable()) return connection;
    }
  }

  void keep(const Url& url, std::unique_ptr<ClientConnection> connection) {
    if (!connection->usable()) return;
    const std::lock_guard lock(mutex);
    if (idle.size() < options.idle_connections_max) {
      idle.push_back({url.tls, url.host, url.port, std::move(connection)});
    }
  }

  struct Idle {
    bool tls;
    std::string host;
    std::uint16_t port;
    std::unique_ptr<ClientConnection> connection;
  };

  ClientOptions options;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::mutex mutex;
  bool tls_ready = false;
  std::vector<Idle> idle;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

Result<Answer> Client::send(const Url& url, const Outgoing& request) {
  std::string head = request.method + " " + url.path + " HTTP/1.1\r\nHost: " + url.host_header() +
                     "\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  for (const auto& [name, value] : request.headers) {
    constexpr std::string_view kBreaks("\r\n\0", 3);
    if (name.find_first_of(kBreaks) != name.npos || value.find_first_of(kBreaks) != value.npos) {
      return Error::invalid_input("the header " + std::string(name) + " has a line break in it");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  head += "\r\n";
  ClientOptions limits = impl_->options;
  if (request.timeout.count() > 0) {
    limits.connect_timeout = std::min(limits.connect_timeout, request.timeout);
    limits.answer_timeout = std::min(limits.answer_timeout, request.timeout);
  }
  if (url.tls) LIMPET_CHECK(impl_->prepare_tls());
  auto connection = impl_->idle_to(url);
  if (!connection) {
    LIMPET_TRY(connection, ClientConnection::open(url, impl_->tls, limits));
  }
  auto answer = connection->exchange(head, request.body, request.method == "HEAD", limits);
  if (answer) impl_->keep(url, std::move(connection));
  return answer;
}

}  // namespace limpet::http
