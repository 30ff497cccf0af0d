#include "translate.h"

#include "limpet/json/writer.h"

namespace limpet::app {

namespace {

template <class To, class From>
std::vector<To> move_headers(std::vector<From> headers) {
  std::vector<To> out;
  out.reserve(headers.size());
  for (auto& header : headers) out.push_back({std::move(header.name), std::move(header.value)});
  return out;
}

std::string_view exception_for(int status) {
  switch (status) {
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

aws::HttpRequest to_aws(http::Request request) {
  return {.method = std::move(request.method),
          .target = std::move(request.target),
          .headers = move_headers<aws::Header>(std::move(request.headers)),
          .body = std::move(request.body),
          .peer = std::move(request.peer)};
}

http::Answer to_http(aws::HttpAnswer answer) {
  return {.status = answer.status,
          .headers = move_headers<http::Header>(std::move(answer.headers)),
          .body = std::move(answer.body)};
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
