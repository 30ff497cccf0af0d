// ServerApp: one running server: HTTP in front, the service behind, telemetry beside.
//
//   auto app = ServerApp::start({.config = config, .store = store, .clock = clock, .ids = ids,
//                                .log = log});
//   … (*app)->endpoint() …
//   (*app)->stop();
#pragma once

#include "config.h"
#include "log.h"
#include "metrics.h"
#include "telemetry.h"

#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/base/uuid.h"
#include "limpet/storage/store.h"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>

namespace limpet::app {

/// Everything named here must outlive the ServerApp.
struct ServerParts {
  const Config& config;
  storage::Store& store;
  const Clock& clock;
  IdSource& ids;
  Log& log;
  /// Numbers about the store, for /metrics.
  std::function<std::vector<Sample>()> store_samples{};
  /// Do writes work, for /readyz? Errors: Unavailable, with the reason. Empty: nobody can tell.
  std::function<Status()> writable{};
  /// More members for /info; see AdminPorts.
  std::string info{};
  /// `limpet dev`: POST /_limpet/reset is served.
  bool dev = false;
};

/// Threads: safe.
class ServerApp {
 public:
  /// Loads secrets and keys, refuses a careless address, listens.
  /// Errors: InvalidInput (configuration), Unavailable (address, store).
  static Result<std::unique_ptr<ServerApp>> start(ServerParts parts);
  ServerApp(const ServerApp&) = delete;
  ServerApp& operator=(const ServerApp&) = delete;
  /// stop().
  ~ServerApp();

  boost::asio::ip::tcp::endpoint endpoint() const;
  bool has_access_keys() const;
  /// Where the program tells what happens to it.
  Telemetry& telemetry();

  /// Reads certificate, key and client authorities; new connections use them, open ones go on.
  /// Errors: InvalidInput; nothing has changed then.
  Status reload_tls(const net::TlsFiles& files);

  /// Calls `handler` when one of the signals arrives, on a thread of the server.
  void on_signals(std::initializer_list<int> numbers, std::function<void(int)> handler);

  /// Finishes requests in flight, within config.stop_timeout; true when none was cut. Every call
  /// has left the service when this returns.
  bool stop();

 private:
  struct State;
  explicit ServerApp(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace limpet::app
