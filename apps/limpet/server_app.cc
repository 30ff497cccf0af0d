#include "server_app.h"

#include "admin.h"
#include "exposure.h"
#include "long_calls.h"
#include "origin.h"
#include "tls_settings.h"
#include "translate.h"
#include "version.h"

#include "limpet/glue_api/service.h"
#include "limpet/http/server.h"
#include "limpet/net/signals.h"
#include "limpet/net/thread_pool.h"
#include "limpet/storage/keys.h"

#include <boost/asio/post.hpp>

#include <atomic>
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

/// Threads for long calls: few enough to leave the store's readers to the others.
std::size_t long_thread_count(const Config& config) {
  return std::min<std::size_t>(thread_count(config), 4);
}

std::chrono::nanoseconds stopwatch() { return std::chrono::steady_clock::now().time_since_epoch(); }

/// Counts calls that the service has not answered yet.
class CallsInFlight {
 public:
  /// The call ends when the last copy of this goes, whether it was answered or failed.
  std::shared_ptr<void> begin() {
    {
      const std::lock_guard lock(mutex_);
      ++count_;
    }
    return {nullptr, [this](std::nullptr_t) { end(); }};
  }
  void wait_for_none() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  void end() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }

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
    auto readable = parts.store.read([](storage::Reader& reader) -> Status {
      LIMPET_CHECK(reader.get("readyz"));
      return {};
    });
    if (!readable) return readable;
    return parts.writable ? parts.writable() : Status();
  }

  Status reset() {
    LIMPET_CHECK(erase_everything(parts.store));
    LIMPET_CHECK(service.start());
    telemetry.emit(StateReset{});
    return {};
  }

  void handle(http::Request&& request, const http::Responder& respond) {
    if (const auto reason = origin->refusal(request.headers)) return respond(refuse(403, *reason));
    if (auto answer = admin.answer(request)) return respond(*std::move(answer));
    if (!LongCalls::may_be_long(request)) return run(std::move(request), respond);
    long_calls.run([this, kept = std::make_shared<http::Request>(std::move(request)), respond,
                    call = calls.begin()]() mutable {
      try {
        run(std::move(*kept), respond);
      } catch (const std::exception& exception) {
        respond(refuse(500, std::string("the server failed: ") + exception.what()));
      }
    });
  }

  void run(http::Request&& request, const http::Responder& respond) {
    auto begun = service.begin(to_aws(std::move(request)));
    if (auto* answer = std::get_if<aws::HttpAnswer>(&begun)) {
      return respond(to_http(std::move(*answer)));
    }
    service.finish(std::get<glue_api::Service::PendingCall>(std::move(begun)),
                   [respond, call = calls.begin()](aws::HttpAnswer&& answer) {
                     respond(to_http(std::move(answer)));
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
        {"limpet_tls_handshakes_total", "TLS connections that began", number(counts.handshakes),
         true},
        {"limpet_tls_handshake_failures_total", "TLS handshakes that failed",
         number(counts.handshake_failures), true},
        {"limpet_tls_certificate_expiry_seconds",
         "Unix time at which the certificate expires; 0 without TLS",
         static_cast<double>(certificate_expiry.load()), false},
        {"limpet_http_received_bytes_total", "Bytes received", number(counts.bytes_received), true},
        {"limpet_http_sent_bytes_total", "Bytes sent", number(counts.bytes_sent), true},
    };
  }

  std::vector<Sample> admission_samples() const {
    const auto stats = service.admission_stats();
    const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    return {
        {"limpet_api_calls_in_flight", "API calls that are not answered yet",
         number(stats.in_flight), false},
        {"limpet_api_throttled_total", "API calls refused because their principal made too many",
         number(stats.throttled), true},
        {"limpet_api_overloaded_total", "API calls refused because too many were in flight",
         number(stats.overloaded), true},
    };
  }

  std::vector<Sample> cache_samples() const {
    const auto stats = service.cache_stats();
    const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    return {
        {"limpet_read_cache_hits_total", "Answers taken from the read cache", number(stats.hits),
         true},
        {"limpet_read_cache_misses_total", "Answers looked for in the read cache in vain",
         number(stats.misses), true},
        {"limpet_read_cache_entries", "Answers in the read cache", number(stats.entries), false},
        {"limpet_read_cache_bytes", "Size of the read cache", number(stats.bytes), false},
    };
  }

  Result<std::shared_ptr<const net::TlsContext>> certificate(const net::TlsFiles& files) {
    LIMPET_TRY(auto tls, load_tls(files));
    if (!tls) return tls;
    const bool expired = tls->expires() <= parts.clock.now();
    telemetry.emit(CertificateLoaded{
        .file = files.certificate, .expires = tls->expires(), .expired = expired});
    if (tls->key_exposed()) telemetry.emit(KeyExposed{.file = files.key});
    certificate_expiry =
        std::chrono::floor<std::chrono::seconds>(tls->expires()).time_since_epoch().count();
    return tls;
  }

  Status reload_tls(const net::TlsFiles& files) {
    const bool had = !parts.config.tls.certificate.empty();
    if (had != !files.certificate.empty()) {
      return Error::invalid_input("TLS is turned on and off by a restart, not by a reload");
    }
    LIMPET_TRY(auto tls, certificate(files));
    if (tls) server->use(std::move(tls));
    return {};
  }

  Status listen() {
    const Config& config = parts.config;
    LIMPET_TRY(auto tls, certificate(config.tls));
    http::ServerOptions options{
        .clock = &parts.clock,
        .tls = std::move(tls),
        .refuse = [this](int status, const std::string& reason) { return refuse(status, reason); },
        .header_bytes_max = config.header_bytes_max,
        .body_bytes_max = config.body_bytes_max,
        .body_memory_max = config.body_memory_max,
        .connections_max = config.connections_max,
        .header_timeout = config.header_timeout,
        .body_timeout = config.body_timeout,
        .idle_timeout = config.idle_timeout};
    auto listening =
        http::Server::listen(pool, config.listen, std::move(options),
                             [this](http::Request&& request, const http::Responder& respond) {
                               handle(std::move(request), respond);
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
  LongCalls long_calls{long_thread_count(parts.config)};
  glue_api::Service service;
  AdminRoutes admin;
  CallsInFlight calls;
  std::optional<OriginRule> origin;  ///< set before the server listens
  std::atomic<std::int64_t> certificate_expiry = 0;
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
  // Who must sign needs no protection from what cannot sign; on this machine's own address, and
  // where nobody signs, a page must not get in by a name that it brought itself.
  const bool local = net::is_loopback(endpoint.address());
  state->origin.emplace(
      OriginSettings{.check_host = local || config.service.auth == glue_api::AuthMode::Off ||
                                   !config.allowed_hosts.empty(),
                     .allowed_hosts = config.allowed_hosts});
  LIMPET_CHECK(state->listen());
  State* raw = state.get();
  state->metrics.add_source([raw] { return raw->http_samples(); });
  state->metrics.add_source([raw] { return raw->admission_samples(); });
  state->metrics.add_source([raw] { return raw->cache_samples(); });
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

Status ServerApp::reload_tls(const net::TlsFiles& files) { return state_->reload_tls(files); }

void ServerApp::on_signals(std::initializer_list<int> numbers, std::function<void(int)> handler) {
  state_->signals = std::make_unique<net::Signals>(state_->pool, numbers, std::move(handler));
}

bool ServerApp::stop() {
  if (!state_->server) return true;
  state_->signals.reset();
  const bool all_finished = state_->server->stop(state_->parts.config.stop_timeout);
  state_->calls.wait_for_none();  // the store answers each, if only with an error
  state_->long_calls.stop();
  state_->pool.stop();
  state_->server.reset();
  state_->telemetry.emit(ServerStopped{.all_finished = all_finished});
  return all_finished;
}

}  // namespace limpet::app
