#include "limpet/glue_api/service.h"

#include "running_call.h"
#include "service_impl.h"

#include "limpet/iam/access_keys.h"
#include "limpet/iam/server_secret.h"

namespace limpet::glue_api {
namespace {

aws::VerifySettings verify_settings(const Settings& settings) {
  return {.clock_skew = settings.clock_skew, .services = {"glue"}, .regions = settings.regions};
}

aws::KeyLookup lookup(const Snapshot<iam::KeyRing>& keys) {
  return [&keys](std::string_view id) -> std::optional<aws::KnownKey> {
    auto ring = keys.load();
    const iam::AccessKey* key = ring ? ring->find(id) : nullptr;
    if (key == nullptr) return std::nullopt;
    return aws::KnownKey{.secret = key->secret,
                         .account = key->account,
                         .principal = key->principal,
                         .owner = std::move(ring)};
  };
}

}  // namespace

Service::Impl::Impl(Ports given_ports, Settings given_settings)
    : ports(std::move(given_ports)),
      settings(std::move(given_settings)),
      admission(settings.admission),
      verifier(verify_settings(settings), lookup(keys)),
      answers(changes, settings.answer_cache_bytes) {}

Status Service::Impl::load_keys() {
  const std::lock_guard lock(load_mutex_);
  std::vector<iam::AccessKey> stored;
  LIMPET_CHECK(ports.store.read([&](storage::Reader& reader) -> Status {
    LIMPET_TRY(stored, iam::load_access_keys(reader));
    return {};
  }));
  keys.store(std::make_shared<const iam::KeyRing>(settings.access_keys, stored));
  return {};
}

const iam::Authorizer& Service::Impl::authorizer() const {
  return ports.authorizer != nullptr ? *ports.authorizer : allow_authenticated;
}

std::chrono::nanoseconds Service::Impl::now() const {
  return ports.stopwatch ? ports.stopwatch() : std::chrono::nanoseconds(0);
}

void Service::Impl::resume(std::function<void()> work) const {
  if (ports.resume) {
    ports.resume(std::move(work));
  } else {
    work();
  }
}

Service::Service(Ports ports, Settings settings)
    : impl_(std::make_unique<Impl>(std::move(ports), std::move(settings))) {}

Service::~Service() = default;

Status Service::start() {
  Context context;
  context.now = impl_->ports.clock.now();
  context.ids = &impl_->ports.ids;
  std::string secret;
  LIMPET_CHECK(impl_->ports.store
                   .write([&](storage::Txn& txn) -> Status {
                     LIMPET_TRY(secret, iam::server_secret(txn, context, "page-tokens"));
                     return {};
                   })
                   .status());
  impl_->changes.everything_changed();
  impl_->answers.clear();
  LIMPET_CHECK(impl_->load_keys());
  impl_->tokens.store(std::make_shared<const PageTokens>(secret));
  return {};
}

std::variant<aws::HttpAnswer, Service::PendingCall> Service::begin(aws::HttpRequest&& request) {
  return RunningCall::begin(*impl_, std::move(request));
}

void Service::finish(PendingCall call, std::function<void(aws::HttpAnswer&&)> done) {
  RunningCall::finish(std::move(call), std::move(done));
}

void Service::handle(aws::HttpRequest&& request, std::function<void(aws::HttpAnswer&&)> done) {
  auto begun = begin(std::move(request));
  if (auto* answer = std::get_if<aws::HttpAnswer>(&begun)) return done(std::move(*answer));
  finish(std::get<PendingCall>(std::move(begun)), std::move(done));
}

Service::AdmissionStats Service::admission_stats() const { return impl_->admission.stats(); }

bool Service::has_access_keys() const {
  const auto ring = impl_->keys.load();
  return ring ? !ring->empty() : !impl_->settings.access_keys.empty();
}

Service::CacheStats Service::cache_stats() const { return impl_->answers.stats(); }

}  // namespace limpet::glue_api
