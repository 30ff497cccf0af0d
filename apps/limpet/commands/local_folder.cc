#include "local_folder.h"

#include "system.h"
#include "translate.h"

#include "limpet/glue_api/service.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <future>
#include <memory>
#include <utility>

namespace limpet::app {
namespace {

// Nothing watches: the command itself shows what came of the call.
class NoEvents final : public glue_api::Events {
 public:
  void emit(const glue_api::CallFinished&) override {}
  void emit(const glue_api::AuthenticationFailed&) override {}
  void emit(const glue_api::VersionRejected&) override {}
  void emit(const glue_api::AccessKeyChanged&) override {}
};

glue_api::Settings settings_for(std::string account) {
  glue_api::Settings settings;
  settings.auth = glue_api::AuthMode::Off;
  settings.account = std::move(account);
  return settings;
}

struct LocalService {
  LocalService(std::unique_ptr<storage::SqliteStore> opened, std::string account)
      : store(std::move(opened)),
        service({.store = *store,
                 .clock = clock,
                 .ids = ids,
                 .events = events,
                 .authorizer = nullptr,
                 .resume = {},
                 .stopwatch = {}},
                settings_for(std::move(account))) {}
  ~LocalService() { store->stop(); }  // before the service goes: no call is left in it then

  SystemClock clock;
  RandomIds ids;
  NoEvents events;
  std::unique_ptr<storage::SqliteStore> store;
  glue_api::Service service;
};

}  // namespace

Result<client::Send> send_to_folder(const std::string& folder, const std::string& account) {
  LIMPET_TRY(auto store, storage::SqliteStore::open(folder, {}));
  const auto local = std::make_shared<LocalService>(std::move(store), account);
  LIMPET_CHECK(local->service.start());
  return client::Send([local](const http::Url&,
                              const http::Outgoing& outgoing) -> Result<http::Answer> {
    aws::HttpRequest request{.method = outgoing.method,
                             .target = "/",
                             .headers = outgoing.headers,
                             .body = outgoing.body,
                             .peer = {}};
    std::promise<aws::HttpAnswer> answered;
    local->service.handle(std::move(request),
                          [&](aws::HttpAnswer answer) { answered.set_value(std::move(answer)); });
    return to_http(answered.get_future().get());
  });
}

}  // namespace limpet::app
