#include "running_call.h"

#include "errors.h"

#include "limpet/aws/arn.h"

#include <algorithm>
#include <cctype>

namespace limpet::glue_api {
namespace {

/// How often a call that loses races is tried before the caller is asked to repeat it.
constexpr int kAttemptsMax = 5;
constexpr std::string_view kDefaultRegion = "us-east-1";

/// "AWSGlue" + "CreateSchema" → "glue:CreateSchema"; "Limpet" → "limpet:…".
std::string action_of(const glue_model::Operation& operation) {
  if (operation.service->target_prefix == "AWSGlue") {
    return "glue:" + std::string(operation.name);
  }
  std::string action(operation.service->target_prefix);
  std::transform(action.begin(), action.end(), action.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return action.append(":").append(operation.name);
}

/// What logs and metrics call the operation: AWS's by name, ours with the service before it.
std::string event_name(const glue_model::Operation& operation) {
  if (operation.service->target_prefix == "AWSGlue") return std::string(operation.name);
  return std::string(operation.service->target_prefix) + "." + std::string(operation.name);
}

}  // namespace

RunningCall::RunningCall(Service::Impl& service, aws::HttpRequest request, Done done)
    : service_(service),
      request_(std::move(request)),
      done_(std::move(done)),
      protocol_(aws::aws_json_1_1()),
      begun_(service.now()),
      tokens_(service.tokens.load()) {
  context_.now = service.ports.clock.now();
  context_.ids = &service.ports.ids;
  context_.request_id = service.ports.ids.next().to_string();
  event_.operation = "-";
  event_.request_id = context_.request_id;
  event_.peer = request_.peer;
  event_.bytes_in = request_.body.size();
}

void RunningCall::begin(Service::Impl& service, aws::HttpRequest request, Done done) {
  const std::shared_ptr<RunningCall> call(
      new RunningCall(service, std::move(request), std::move(done)));
  if (auto refused = call->admit()) return call->fail(*std::move(refused));
  call->attempt();
}

std::optional<aws::WireError> RunningCall::admit() {
  if (auto error = route()) return error;
  if (auto error = authenticate()) return error;
  if (!tokens_) return aws::service_unavailable("The service is starting.");
  if (auto error = prepare()) return error;
  return authorize();
}

std::optional<aws::WireError> RunningCall::route() {
  auto name = protocol_.operation(request_);
  if (auto* error = std::get_if<aws::WireError>(&name)) return std::move(*error);
  const auto& [service, operation] = std::get<aws::OperationName>(name);
  const glue_model::Operation* known =
      glue_model::find_operation(std::string(service).append(".").append(operation));
  if (known == nullptr) return aws::unknown_operation(service + "." + operation);
  event_.operation = event_name(*known);
  served_ = find_served(*known);
  if (served_ == nullptr) return not_served(service, operation);
  return std::nullopt;
}

std::optional<aws::WireError> RunningCall::authenticate() {
  const aws::Claim claim = aws::claimed_identity(request_);
  event_.access_key_id = claim.access_key_id;
  event_.region = claim.region;
  if (service_.settings.auth == AuthMode::SigV4) {
    auto verified = service_.verifier.verify(request_, context_.now);
    if (auto* error = std::get_if<aws::WireError>(&verified)) {
      service_.ports.events.emit(AuthenticationFailed{.reason = error->type,
                                                      .message = error->message,
                                                      .access_key_id = claim.access_key_id,
                                                      .peer = request_.peer,
                                                      .request_id = context_.request_id});
      return std::move(*error);
    }
    auto& identity = std::get<aws::Identity>(verified);
    context_.scope.region = std::move(identity.region);
    context_.scope.account = std::move(identity.account);
    context_.principal = std::move(identity.principal);
    context_.scope.partition = aws::partition_of(context_.scope.region);
  } else {
    context_.scope.region = aws::is_region(claim.region) ? claim.region : kDefaultRegion;
    context_.scope.account = service_.settings.account;
    context_.scope.partition = aws::partition_of(context_.scope.region);
    context_.principal = iam::root_principal(context_.scope.partition, context_.scope.account);
  }
  event_.account = context_.scope.account;
  event_.region = context_.scope.region;
  event_.principal = context_.principal;
  return std::nullopt;
}

std::optional<aws::WireError> RunningCall::prepare() {
  auto document = protocol_.input(request_);
  if (auto* error = std::get_if<aws::WireError>(&document)) return std::move(*error);
  auto prepared = served_->prepare(std::get<json::Value>(document));
  if (auto* error = std::get_if<aws::WireError>(&prepared)) return std::move(*error);
  prepared_ = std::get<Prepared>(std::move(prepared));
  request_ = {};  // the decoded input is all that is needed from here on
  return std::nullopt;
}

std::optional<aws::WireError> RunningCall::authorize() {
  const Arns resources = prepared_.resources(context_.scope);
  const std::string action = action_of(*served_->operation);
  const Status allowed = service_.authorizer().authorize(
      {.context = context_, .action = action, .resources = resources});
  if (!allowed) return to_wire(allowed.error());
  return std::nullopt;
}

void RunningCall::attempt() {
  ++attempts_;
  const Environment environment{
      .settings = service_.settings, .cache = service_.cache, .tokens = *tokens_};
  std::optional<ErasedStep> step;
  const Status read = service_.ports.store.read([&](storage::Reader& reader) -> Status {
    Call call{.context = context_, .snapshot = reader, .environment = environment};
    LIMPET_TRY(step, prepared_.run(call));
    return {};
  });
  if (!read) {
    if (read.error().code == Code::Conflict) return repeat_or_give_up();
    return fail(read.error());
  }
  if (const auto* encode = std::get_if<Encode>(&*step)) return succeed(*encode);
  write(std::get<ErasedWrite>(*std::move(step)));
}

void RunningCall::write(ErasedWrite work) {
  const auto encode = std::make_shared<Encode>();
  auto self = shared_from_this();
  service_.ports.store.submit(
      [self, encode, work = std::move(work)](storage::Txn& txn) -> Status {
        self->facts_.clear();  // the store may run the work more than once
        const Environment environment{.settings = self->service_.settings,
                                      .cache = self->service_.cache,
                                      .tokens = *self->tokens_};
        Writing writing{.txn = txn,
                        .context = self->context_,
                        .environment = environment,
                        .facts = self->facts_};
        LIMPET_TRY(*encode, work(writing));
        return {};
      },
      [self, encode](storage::CommitResult result) {
        self->service_.resume(
            [self, encode, result = std::move(result)] { self->committed(result, *encode); });
      });
}

void RunningCall::committed(const storage::CommitResult& result, const Encode& encode) {
  switch (result.outcome) {
    case storage::Outcome::Committed:
      if (const Status told = tell_facts(); !told) return fail(told.error());
      return succeed(encode);
    case storage::Outcome::Conflict:
      return repeat_or_give_up();
    case storage::Outcome::RolledBack: {
      const Error error =
          result.error.value_or(Error::internal("the store refused without a reason"));
      if (error.code == Code::Conflict) return repeat_or_give_up();
      return fail(error);
    }
    case storage::Outcome::Unknown:
      // The keys may have changed; whoever holds one of them must not wait for the next change.
      if (!facts_.empty()) static_cast<void>(service_.load_keys());
      return fail(unknown_outcome());
  }
}

void RunningCall::repeat_or_give_up() {
  if (attempts_ >= kAttemptsMax) return fail(concurrent_modification());
  attempt();
}

Status RunningCall::tell_facts() {
  Status loaded;
  for (const Fact& fact : facts_) {
    std::visit([&](const auto& event) { service_.ports.events.emit(event); }, fact);
    if (std::holds_alternative<AccessKeyChanged>(fact)) loaded = service_.load_keys();
  }
  return loaded;
}

void RunningCall::succeed(const Encode& encode) {
  event_.status = 200;
  finish(protocol_.answer(encode(), context_.request_id));
}

void RunningCall::fail(Error error) { fail(to_wire(std::move(error))); }

void RunningCall::fail(aws::WireError error) {
  aws::HttpAnswer answer = protocol_.error(error, context_.request_id);
  event_.status = error.status;
  event_.code = std::move(error.type);
  event_.message = std::move(error.message);
  finish(std::move(answer));
}

void RunningCall::finish(aws::HttpAnswer answer) {
  event_.bytes_out = answer.body.size();
  event_.duration = service_.now() - begun_;
  service_.ports.events.emit(event_);
  done_(std::move(answer));
}

}  // namespace limpet::glue_api
