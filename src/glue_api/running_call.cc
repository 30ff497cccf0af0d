#include "running_call.h"

#include "errors.h"

#include <algorithm>

namespace limpet::glue_api {
namespace {

/// How often a call that loses races is tried before the caller is asked to repeat it.
constexpr int kAttemptsMax = 5;

/// The operation, when the request names it in the words that clients use: `POST /`, AWS JSON 1.1.
/// nullptr for any other way of saying it, and for what is not served.
const Served* named_plainly(const aws::HttpRequest& request) {
  if (request.method != "POST" || request.target != "/") return nullptr;
  const auto type = request.header("Content-Type");
  if (!type || *type != "application/x-amz-json-1.1") return nullptr;
  const auto target = request.header("X-Amz-Target");
  return target ? find_served(*target) : nullptr;
}

}  // namespace

RunningCall::RunningCall(Service::Impl& service, aws::HttpRequest request, CallRecord record)
    : service_(service),
      request_(std::move(request)),
      record_(std::move(record)),
      protocol_(aws::aws_json_1_1()),
      tokens_(service.tokens.load()) {}

std::variant<aws::HttpAnswer, Service::PendingCall> RunningCall::begin(Service::Impl& service,
                                                                       aws::HttpRequest&& request) {
  CallRecord record(service, request);
  if (const auto refused = record.enter()) return record.fail(*refused);
  if (auto answer = answer_again(service, request, record)) return *std::move(answer);
  return Service::PendingCall(new RunningCall(service, std::move(request), std::move(record)));
}

void RunningCall::finish(Service::PendingCall call, Done&& done) {
  call->done_ = std::move(done);
  if (const auto refused = call->admit()) return call->fail(*refused);
  call->attempt();
}

std::optional<aws::HttpAnswer> RunningCall::answer_again(Service::Impl& service,
                                                         const aws::HttpRequest& request,
                                                         CallRecord& record) {
  if (!service.answers.enabled()) return std::nullopt;
  const Served* served = named_plainly(request);
  if (served == nullptr || served->keep == Keep::No) return std::nullopt;
  record.operation = served->name;
  if (const auto refused = record.identify(request)) return record.fail(*refused);
  auto kept = service.answers.find(
      {.scope = record.context.scope, .operation = served, .body = request.body});
  if (!kept) return std::nullopt;
  if (const auto refused = record.authorize(served->action, kept->resources)) {
    return record.fail(*refused);
  }
  return record.succeed(std::move(kept->body));
}

std::optional<aws::WireError> RunningCall::admit() {
  if (auto error = route()) return error;
  if (auto error = record_.identify(request_)) return error;
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
  served_ = find_served(*known);
  if (served_ == nullptr) {
    if (service == "AWSGlue") record_.operation = known->name;
    return not_served(service, operation);
  }
  record_.operation = served_->name;
  return std::nullopt;
}

std::optional<aws::WireError> RunningCall::prepare() {
  auto document = protocol_.input(request_);
  if (auto* error = std::get_if<aws::WireError>(&document)) return std::move(*error);
  auto prepared = served_->prepare(std::get<json::Value>(document));
  if (auto* error = std::get_if<aws::WireError>(&prepared)) return std::move(*error);
  prepared_ = std::get<Prepared>(std::move(prepared));
  request_.headers = {};
  // From here on the decoded input is all that is needed, but to keep the answer.
  if (served_->keep == Keep::No || !service_.answers.enabled()) request_.body = {};
  return std::nullopt;
}

std::optional<aws::WireError> RunningCall::authorize() {
  resources_ = prepared_.resources(record_.context.scope);
  return record_.authorize(served_->action, resources_);
}

void RunningCall::attempt() {
  ++attempts_;
  const Environment environment{
      .settings = service_.settings, .cache = service_.cache, .tokens = *tokens_};
  const bool keep = served_->keep == Keep::Yes && service_.answers.enabled();
  ReadRows rows(service_.changes);  // before the snapshot is taken
  std::optional<ErasedStep> step;
  const Status read = service_.ports.store.read([&](storage::Reader& reader) -> Status {
    rows.attach(reader);
    Call call{.context = record_.context,
              .snapshot = keep ? static_cast<storage::Reader&>(rows) : reader,
              .environment = environment};
    LIMPET_TRY(step, prepared_.run(call));
    return {};
  });
  if (!read) {
    if (read.error().code == Code::Conflict) return repeat_or_give_up();
    return fail(read.error());
  }
  if (const auto* encode = std::get_if<Encode>(&*step)) {
    std::string body = (*encode)();
    if (keep) body.shrink_to_fit();  // it may stay for long
    auto answer = std::make_shared<const std::string>(std::move(body));
    if (keep) {
      service_.answers.put(
          {.scope = record_.context.scope, .operation = served_, .body = request_.body}, rows,
          {.resources = std::move(resources_), .body = answer});
    }
    return done_(record_.succeed(std::move(answer)));
  }
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
        WatchedTxn watched(self->service_.changes, txn, self->changing_);
        Writing writing{.txn = watched,
                        .context = self->record_.context,
                        .environment = environment,
                        .facts = self->facts_};
        LIMPET_TRY(*encode, work(writing));
        return {};
      },
      [self, encode](storage::CommitResult result) {
        // Between the commit and the first answer that rests on it.
        for (const auto slot : self->changing_) self->service_.changes.end(slot);
        self->changing_.clear();
        self->service_.resume(
            [self, encode, result = std::move(result)] { self->answer_write(result, *encode); });
      });
}

/// Nothing may escape to the thread that calls back: out of memory, a call is answered all the
/// same.
void RunningCall::answer_write(const storage::CommitResult& result, const Encode& encode) {
  try {
    committed(result, encode);
  } catch (const std::exception&) {
    fail(unknown_outcome());
  }
}

void RunningCall::committed(const storage::CommitResult& result, const Encode& encode) {
  switch (result.outcome) {
    case storage::Outcome::Committed:
      record_.wrote = true;
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
      record_.wrote = true;
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
  done_(record_.succeed(std::make_shared<const std::string>(encode())));
}

void RunningCall::fail(Error error) { fail(to_wire(std::move(error))); }

void RunningCall::fail(const aws::WireError& error) { done_(record_.fail(error)); }

}  // namespace limpet::glue_api
