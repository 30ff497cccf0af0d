#include "call_record.h"

#include "errors.h"

#include "limpet/aws/arn.h"

#include <utility>

namespace limpet::glue_api {
namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";

}  // namespace

CallRecord::CallRecord(Service::Impl& service, aws::HttpRequest& request)
    : service_(service),
      begun_(service.now()),
      peer_(std::move(request.peer)),
      bytes_in_(request.body.size()) {
  context.now = service.ports.clock.now();
  context.ids = &service.ports.ids;
  context.request_id = service.ports.ids.next().to_string();
}

std::optional<aws::WireError> CallRecord::enter() {
  ticket_ = service_.admission.enter();
  if (ticket_) return std::nullopt;
  return aws::service_unavailable("Too many calls at once. Please retry.");
}

std::optional<aws::WireError> CallRecord::identify(const aws::HttpRequest& request) {
  if (identified_) return std::nullopt;
  if (service_.settings.auth == AuthMode::SigV4) {
    auto verified = service_.verifier.verify(request, context.now);
    if (auto* error = std::get_if<aws::WireError>(&verified)) {
      aws::Claim claim = aws::claimed_identity(request);
      access_key_id_ = std::move(claim.access_key_id);
      region_ = std::move(claim.region);
      service_.ports.events.emit(AuthenticationFailed{.reason = error->type,
                                                      .message = error->message,
                                                      .access_key_id = access_key_id_,
                                                      .peer = peer_,
                                                      .request_id = context.request_id});
      return std::move(*error);
    }
    auto& identity = std::get<aws::Identity>(verified);
    access_key_id_ = std::move(identity.access_key_id);
    context.scope.region = std::move(identity.region);
    context.scope.account = std::move(identity.account);
    context.scope.partition = aws::partition_of(context.scope.region);
    context.principal = std::move(identity.principal);
  } else {
    aws::Claim claim = aws::claimed_identity(request);
    access_key_id_ = std::move(claim.access_key_id);
    context.scope.region = claim.region.empty() ? kDefaultRegion : std::move(claim.region);
    context.scope.account = service_.settings.account;
    context.scope.partition = aws::partition_of(context.scope.region);
    context.principal = iam::root_principal(context.scope.partition, context.scope.account);
  }
  identified_ = true;
  // Every key of an account is its root principal; who signs is told apart by the key.
  const std::string& caller =
      service_.settings.auth == AuthMode::SigV4 ? access_key_id_ : context.principal;
  if (!service_.admission.take(caller, begun_)) return aws::throttled();
  return std::nullopt;
}

std::optional<aws::WireError> CallRecord::authorize(std::string_view action,
                                                    const Arns& resources) const {
  const Status allowed = service_.authorizer().authorize(
      {.context = context, .action = action, .resources = resources});
  if (!allowed) return to_wire(allowed.error());
  return std::nullopt;
}

aws::HttpAnswer CallRecord::succeed(std::shared_ptr<const std::string> body) {
  tell(200, {}, {}, body->size());
  return aws::aws_json_1_1().answer(std::move(body), context.request_id);
}

aws::HttpAnswer CallRecord::fail(const aws::WireError& error) {
  aws::HttpAnswer answer = aws::aws_json_1_1().error(error, context.request_id);
  tell(error.status, error.type, error.message, answer.content().size());
  return answer;
}

void CallRecord::tell(int status, std::string_view code, std::string_view message,
                      std::size_t bytes_out) {
  service_.ports.events.emit(
      CallFinished{.operation = operation,
                   .status = status,
                   .code = code,
                   .message = message,
                   .principal = context.principal,
                   .access_key_id = access_key_id_,
                   .account = context.scope.account,
                   .region = identified_ ? context.scope.region : std::string_view(region_),
                   .request_id = context.request_id,
                   .peer = peer_,
                   .bytes_in = bytes_in_,
                   .bytes_out = bytes_out,
                   .duration = service_.now() - begun_,
                   .wrote = wrote});
  ticket_ = {};  // the record may outlive the service, its place among the calls must not
}

}  // namespace limpet::glue_api
