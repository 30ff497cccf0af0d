#include "translate.h"

#include "limpet/json/writer.h"

namespace limpet::app {

namespace {

std::string_view exception_for(int status) {
  switch (status) {
    case 403:
      return "AccessDeniedException";
    case 408:
      return "RequestTimeoutException";
    case 413:
      return "RequestEntityTooLargeException";
    case 500:
      return "InternalServiceException";
    case 503:
      return "ServiceUnavailableException";
    default:
      return "BadRequestException";
  }
}

}  // namespace

aws::HttpRequest to_aws(http::Request&& request) {
  return {.method = std::move(request.method),
          .target = std::move(request.target),
          .headers = std::move(request.headers),
          .body = std::move(request.body),
          .peer = std::move(request.peer)};
}

http::Answer to_http(aws::HttpAnswer&& answer) {
  return {.status = answer.status,
          .headers = std::move(answer.headers),
          .body = std::move(answer.body),
          .shared_body = std::move(answer.shared_body)};
}

http::Answer refusal_answer(int status, const std::string& reason, const std::string& request_id) {
  const std::string type(exception_for(status));
  json::Writer body;
  body.begin_object().key("__type").value(type).key("message").value(reason).end_object();
  return {.status = status,
          .headers = {{"Content-Type", "application/x-amz-json-1.1"},
                      {"x-amzn-RequestId", request_id},
                      {"x-amzn-ErrorType", type}},
          .body = std::move(body).take()};
}

}  // namespace limpet::app
