#include "server_app.h"

#include "admin.h"
#include "exposure.h"
#include "translate.h"
#include "version.h"

#include "limpet/glue_api/service.h"
#include "limpet/http/server.h"
#include "limpet/net/signals.h"
#include "limpet/net/thread_pool.h"
#include "limpet/storage/keys.h"

#include <boost/asio/post.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace limpet::app {

using namespace std::chrono_literals;

namespace {

std::size_t thread_count(const Config& config) {
  if (config.threads > 0) return config.threads;
  return std::max(2U, std::thread::hardware_concurrency());
}

std::chrono::nanoseconds stopwatch() { return std::chrono::steady_clock::now().time_since_epoch(); }

/// Counts calls that the service has not answered yet.
class CallsInFlight {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  void wait_for_none() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

/// Erases every key, a page at a time, in one transaction.
Status erase_everything(storage::Store& store) {
  return store
      .write([](storage::Txn& txn) -> Status {
        for (;;) {
          LIMPET_TRY(const auto rows, txn.scan(storage::prefix_range({})));
          if (rows.empty()) return {};
          for (const auto& row : rows) LIMPET_CHECK(txn.erase(row.key));
        }
      })
      .status();
}

}  // namespace

struct ServerApp::State {
  explicit State(ServerParts given)
      : parts(std::move(given)),
        telemetry(parts.log, metrics),
        pool(thread_count(parts.config)),
        service({.store = parts.store,
                 .clock = parts.clock,
                 .ids = parts.ids,
                 .events = telemetry,
                 .authorizer = nullptr,
                 .resume = [this](std::function<void()> work) { resume(std::move(work)); },
                 .stopwatch = stopwatch},
                parts.config.service),
        admin({.metrics = metrics,
               .ready = [this] { return ready(); },
               .info = parts.info,
               .reset = parts.dev ? [this] { return reset(); } : std::function<Status()>{}}) {}

  /// A call goes on after its commit on the pool, so that the store's thread can commit the next.
  void resume(std::function<void()> work) { boost::asio::post(pool.context(), std::move(work)); }

  Status ready() {
    return parts.store.read([](storage::Reader& reader) -> Status {
      LIMPET_CHECK(reader.get("readyz"));
      return {};
    });
  }

  Status reset() {
    LIMPET_CHECK(erase_everything(parts.store));
    LIMPET_CHECK(service.start());
    telemetry.emit(StateReset{});
    return {};
  }

  void handle(http::Request request, http::Responder respond) {
    if (auto answer = admin.answer(request)) return respond(*std::move(answer));
    calls.begin();
    service.handle(to_aws(std::move(request)),
                   [this, respond = std::move(respond)](aws::HttpAnswer answer) {
                     respond(to_http(std::move(answer)));
                     calls.end();
                   });
  }

  http::Answer refuse(int status, const std::string& reason) {
    const std::string request_id = parts.ids.next().to_string();
    telemetry.emit(RequestRefused{.status = status, .reason = reason, .request_id = request_id});
    return refusal_answer(status, reason, request_id);
  }

  std::vector<Sample> http_samples() const {
    if (!server) return {};
    const auto counts = server->counts();
    const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    return {
        {"limpet_http_connections", "Open connections", number(counts.connections_open), false},
        {"limpet_http_connections_accepted_total", "Connections accepted",
         number(counts.connections_accepted), true},
        {"limpet_http_requests_total", "Requests read", number(counts.requests), true},
        {"limpet_http_handler_failures_total", "Requests that our own failure left without answer",
         number(counts.handler_failures), true},
        {"limpet_http_received_bytes_total", "Bytes received", number(counts.bytes_received), true},
        {"limpet_http_sent_bytes_total", "Bytes sent", number(counts.bytes_sent), true},
    };
  }

  Status listen() {
    const Config& config = parts.config;
    http::ServerOptions options{
        .clock = &parts.clock,
        .refuse = [this](int status, const std::string& reason) { return refuse(status, reason); },
        .header_bytes_max = config.header_bytes_max,
        .body_bytes_max = config.body_bytes_max,
        .body_memory_max = config.body_memory_max,
        .connections_max = config.connections_max,
        .header_timeout = config.header_timeout,
        .body_timeout = config.body_timeout,
        .idle_timeout = config.idle_timeout};
    auto listening = http::Server::listen(pool, config.listen, std::move(options),
                                          [this](http::Request request, http::Responder respond) {
                                            handle(std::move(request), std::move(respond));
                                          });
    if (!listening) {
      auto error = std::move(listening).error();
      if (error.code == Code::Unavailable) {
        error.message += "; `ss -ltnp` shows who listens where, --listen chooses another address";
      }
      return error;
    }
    server = *std::move(listening);
    return {};
  }

  ServerParts parts;
  Metrics metrics;
  Telemetry telemetry;
  net::ThreadPool pool;
  glue_api::Service service;
  AdminRoutes admin;
  CallsInFlight calls;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<net::Signals> signals;
};

Result<std::unique_ptr<ServerApp>> ServerApp::start(ServerParts parts) {
  auto state = std::make_unique<State>(std::move(parts));
  const Config& config = state->parts.config;
  LIMPET_CHECK(state->service.start());
  LIMPET_TRY(const auto endpoint, net::resolve(config.listen));
  LIMPET_CHECK(check_exposure({.address = endpoint.address(),
                               .auth = config.service.auth,
                               .has_keys = state->service.has_access_keys(),
                               .insecure = config.insecure}));
  LIMPET_CHECK(state->listen());
  State* raw = state.get();
  state->metrics.add_source([raw] { return raw->http_samples(); });
  if (state->parts.store_samples) state->metrics.add_source(state->parts.store_samples);
  state->telemetry.emit(
      ServerStarted{.address = net::to_string(state->server->endpoint()),
                    .data = config.data,
                    .auth = config.service.auth == glue_api::AuthMode::Off ? "off" : "sigv4",
                    .account = config.service.account,
                    .version = kVersion});
  return std::unique_ptr<ServerApp>(new ServerApp(std::move(state)));
}

ServerApp::ServerApp(std::unique_ptr<State> state) : state_(std::move(state)) {}
ServerApp::~ServerApp() { stop(); }

boost::asio::ip::tcp::endpoint ServerApp::endpoint() const { return state_->server->endpoint(); }
Telemetry& ServerApp::telemetry() { return state_->telemetry; }
bool ServerApp::has_access_keys() const { return state_->service.has_access_keys(); }

void ServerApp::on_signals(std::initializer_list<int> numbers, std::function<void(int)> handler) {
  state_->signals = std::make_unique<net::Signals>(state_->pool, numbers, std::move(handler));
}

bool ServerApp::stop() {
  if (!state_->server) return true;
  state_->signals.reset();
  const bool all_finished = state_->server->stop(state_->parts.config.stop_timeout);
  state_->calls.wait_for_none();  // the store answers each, if only with an error
  state_->pool.stop();
  state_->server.reset();
  state_->telemetry.emit(ServerStopped{.all_finished = all_finished});
  return all_finished;
}

}  // namespace limpet::app
