#include "run_server.h"

#include "banner.h"
#include "server_app.h"
#include "system.h"
#include "temporary_folder.h"

#include "limpet/net/address.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <csignal>
#include <future>
#include <iostream>
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

/// What `serve` and `dev` do differently.
struct Role {
  std::string_view name;
  bool dev = false;
  std::function<std::string(const ServerApp&)> banner;
};

/// What SIGHUP asks for.
Status reload(Log& log, const ConfigSources& sources) {
  LIMPET_CHECK(log.reopen());
  LIMPET_TRY(const auto config, load_config(sources));
  log.set_level(config.log.level);
  return {};
}

/// Serves until SIGTERM or SIGINT; answers the program's exit status.
int wait_for_stop(ServerApp& app, Log& log, const ConfigSources& sources) {
  std::promise<int> stop;
  bool told = false;  // signals come one at a time
  app.on_signals({SIGTERM, SIGINT, SIGHUP}, [&](int number) {
    if (number == SIGHUP) {
      if (auto status = reload(log, sources); status) {
        app.telemetry().emit(LogReopened{});
      } else {
        app.telemetry().emit(ReloadFailed{.message = status.error().message});
      }
    } else if (!std::exchange(told, true)) {
      stop.set_value(number);
    }
  });
  const int number = stop.get_future().get();
  app.telemetry().emit(ServerStopping{.signal = number == SIGINT ? "SIGINT" : "SIGTERM"});
  return app.stop() ? 0 : kFailed;
}

int run(const Config& config, const ConfigSources& sources, const Role& role) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our log or a client that goes away
  raise_descriptor_limit(config.connections_max);
  const SystemClock clock;
  RandomIds ids;
  auto log = Log::open(config.log, clock);
  if (!log) return fail(role.name, log.error());
  auto store = storage::SqliteStore::open(config.data, {});
  if (!store) return fail(role.name, store.error());
  auto app = ServerApp::start({.config = config,
                               .store = **store,
                               .clock = clock,
                               .ids = ids,
                               .log = **log,
                               .store_samples = [&] { return store_samples((*store)->stats()); },
                               .info = "\"store\":\"sqlite\"",
                               .dev = role.dev});
  if (!app) return fail(role.name, app.error());
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
                                  return dev_banner({.address = net::to_string(app.endpoint()),
                                                     .folder = config->data,
                                                     .temporary = config->data == temporary->path(),
                                                     .access_key_id = key.id,
                                                     .secret_access_key = key.secret});
                                }});
}

}  // namespace limpet::app
