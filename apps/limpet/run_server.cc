#include "run_server.h"

#include "banner.h"
#include "retention.h"
#include "server_app.h"
#include "service_manager.h"
#include "system.h"
#include "temporary_folder.h"
#include "tls_settings.h"
#include "write_watch.h"

#include "limpet/net/address.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <future>
#include <iostream>
#include <optional>
#include <sys/resource.h>
#include <utility>

namespace limpet::app {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

int fail(std::string_view command, const Error& error) {
  std::cerr << "limpet " << command << ": " << error.message << std::endl;
  return error.code == Code::InvalidInput ? kWrongUse : kFailed;
}

/// Connections need descriptors; the soft limit is often 1024 where the hard one is far higher.
void raise_descriptor_limit(std::size_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = connections + 256;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::vector<Sample> store_samples(const storage::SqliteStats& stats) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  return {
      {"limpet_store_commits_total", "Commits, each with one sync", number(stats.commits), true},
      {"limpet_store_transactions_total", "Transactions committed", number(stats.works_committed),
       true},
      {"limpet_store_rollbacks_total", "Transactions rolled back", number(stats.works_rolled_back),
       true},
      {"limpet_store_unknown_outcomes_total", "Transactions whose outcome is not known",
       number(stats.works_unknown), true},
      {"limpet_store_failed_commits_total", "Commits that the disk refused",
       number(stats.failed_commits), true},
      {"limpet_store_checkpoints_total", "Checkpoints", number(stats.checkpoints), true},
      {"limpet_store_failed_checkpoints_total", "Checkpoints that are tried again",
       number(stats.failed_checkpoints), true},
      {"limpet_store_reads_total", "Snapshots read", number(stats.reads), true},
      {"limpet_store_queued_transactions", "Transactions that wait", number(stats.queued_works),
       false},
      {"limpet_store_log_bytes", "Size of the write-ahead log", number(stats.log_bytes), false},
  };
}

void add_upkeep_samples(std::vector<Sample>& samples, WriteWatch& watch, std::uint64_t trimmed) {
  samples.push_back({"limpet_store_write_failing",
                     "1 while the machine refuses writes, as /readyz tells",
                     watch.failing() ? 1.0 : 0.0, false});
  samples.push_back({"limpet_change_log_trimmed_entries_total",
                     "Entries of the change log that were older than its retention",
                     static_cast<double>(trimmed), true});
}

RetentionParts retention_parts(storage::Store& store, const Clock& clock,
                               std::chrono::milliseconds keep, Telemetry& telemetry,
                               std::atomic<std::uint64_t>& trimmed) {
  return {
      .store = store,
      .clock = clock,
      .keep = keep,
      .trimmed =
          [&](std::uint64_t entries) {
            trimmed += entries;
            telemetry.emit(ChangeLogTrimmed{.entries = entries});
          },
      .failed =
          [&](const Error& error) { telemetry.emit(RetentionFailed{.message = error.message}); }};
}

/// What `serve` and `dev` do differently.
struct Role {
  std::string_view name;
  bool dev = false;
  std::function<std::string(const ServerApp&)> banner;
};

/// What SIGHUP asks for.
Status reload(ServerApp& app, Log& log, const ConfigSources& sources) {
  LIMPET_CHECK(log.reopen());
  LIMPET_TRY(const auto config, load_config(sources));
  log.set_level(config.log.level);
  return app.reload_tls(config.tls);
}

/// Serves until SIGTERM or SIGINT; answers the program's exit status.
int wait_for_stop(ServerApp& app, Log& log, const ConfigSources& sources) {
  const ServiceManager manager(std::getenv("NOTIFY_SOCKET"));
  std::promise<int> stop;
  bool told = false;  // signals come one at a time
  app.on_signals({SIGTERM, SIGINT, SIGHUP}, [&](int number) {
    if (number == SIGHUP) {
      manager.tell_reloading();
      if (auto status = reload(app, log, sources); status) {
        app.telemetry().emit(LogReopened{});
      } else {
        app.telemetry().emit(ReloadFailed{.message = status.error().message});
      }
      manager.tell(ServiceManager::kReady);
    } else if (!std::exchange(told, true)) {
      stop.set_value(number);
    }
  });
  manager.tell(ServiceManager::kReady);
  const int number = stop.get_future().get();
  manager.tell(ServiceManager::kStopping);
  app.telemetry().emit(ServerStopping{.signal = number == SIGINT ? "SIGINT" : "SIGTERM"});
  return app.stop() ? 0 : kFailed;
}

int run(const Config& config, const ConfigSources& sources, const Role& role) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our log or a client that goes away
  // Asio gives a signal its default effect again once no set holds it. This one holds SIGHUP until
  // the store is closed, so that a reload asked for while the server stops does not end it.
  boost::asio::io_context never_run;
  const boost::asio::signal_set held(never_run, SIGHUP);
  if (!config.core_dumps) forbid_core_dumps();
  raise_descriptor_limit(config.connections_max);
  const SystemClock clock;
  RandomIds ids;
  auto log = Log::open(config.log, clock);
  if (!log) return fail(role.name, log.error());
  // All of them: reads must not wait for a disk that hangs.
  storage::SqliteOptions options;
  options.read_connections_ahead = options.read_connections;
  auto store = storage::SqliteStore::open(config.data, options);
  if (!store) return fail(role.name, store.error());
  WriteWatch watch(**store, [] { return std::chrono::steady_clock::now().time_since_epoch(); });
  std::atomic<std::uint64_t> trimmed = 0;
  auto app = ServerApp::start({.config = config,
                               .store = watch,
                               .clock = clock,
                               .ids = ids,
                               .log = **log,
                               .store_samples =
                                   [&] {
                                     auto samples = store_samples((*store)->stats());
                                     add_upkeep_samples(samples, watch, trimmed);
                                     return samples;
                                   },
                               .writable = [&watch] { return watch.writable(); },
                               .info = "\"store\":\"sqlite\"",
                               .dev = role.dev});
  if (!app) return fail(role.name, app.error());
  std::optional<ChangeLogRetention> retention;  // ends before what it works on
  if (config.change_log_retention) {
    retention.emplace(
        retention_parts(watch, clock, *config.change_log_retention, (*app)->telemetry(), trimmed));
  }
  std::cout << role.banner(**app) << std::flush;
  return wait_for_stop(**app, **log, sources);
}

}  // namespace

int run_serve(const ConfigSources& sources) {
  const auto config = load_config(sources);
  if (!config) return fail("serve", config.error());
  return run(*config, sources, {.name = "serve", .dev = false, .banner = [&](const ServerApp& app) {
                                  return serve_banner({.config = *config,
                                                       .address = net::to_string(app.endpoint()),
                                                       .has_keys = app.has_access_keys()});
                                }});
}

int run_dev(ConfigSources sources) {
  auto temporary = TemporaryFolder::make();
  if (!temporary) return fail("dev", temporary.error());
  sources.defaults["data"] = temporary->path().string();
  auto config = load_config(sources);
  if (!config) return fail("dev", config.error());
  if (config->service.access_keys.empty()) {
    RandomIds ids;
    config->service.access_keys.push_back(
        iam::make_access_key(ids, {.account = config->service.account, .description = "limpet dev"},
                             SystemClock().now()));
  }
  const auto& key = config->service.access_keys.front();
  return run(*config, sources, {.name = "dev", .dev = true, .banner = [&](const ServerApp& app) {
                                  return dev_banner({.scheme = scheme_of(*config),
                                                     .address = net::to_string(app.endpoint()),
                                                     .folder = config->data,
                                                     .temporary = config->data == temporary->path(),
                                                     .access_key_id = key.id,
                                                     .secret_access_key = key.secret});
                                }});
}

}  // namespace limpet::app
