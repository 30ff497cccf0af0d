#include "limpet/aws/protocol.h"

#include "ascii.h"
#include "canonical.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <array>

namespace limpet::aws {
namespace {

constexpr std::string_view kContentType = "application/x-amz-json-1.1";
constexpr std::array<std::string_view, 3> kAccepted{kContentType, "application/x-amz-json-1.0",
                                                    "application/json"};

bool accepts(std::string_view content_type) {
  const auto media_type = trim(take_until(content_type, ';'));
  return std::ranges::any_of(
      kAccepted, [&](auto accepted) { return equal_ignoring_case(media_type, accepted); });
}

HttpAnswer answer_with(int status, std::string_view request_id) {
  HttpAnswer answer;
  answer.status = status;
  answer.headers.reserve(3, 128);
  answer.headers.add("Content-Type", kContentType);
  answer.headers.add("x-amzn-RequestId", request_id);
  return answer;
}

class AwsJson11 final : public Protocol {
 public:
  Outcome<OperationName> operation(const HttpRequest& request) const override {
    if (request.method != "POST" || split_target(request.target).path != "/") {
      return no_such_route();
    }
    const auto target = request.header("x-amz-target");
    return parse_target(target ? trim(*target) : std::string_view());
  }

  Outcome<json::Value> input(const HttpRequest& request) const override {
    const auto content_type = request.header("content-type");
    if (!content_type || !accepts(*content_type)) {
      return serialization_error("The content type must be application/x-amz-json-1.1.");
    }
    if (trim(request.body).empty()) {
      return serialization_error("The request body is empty; a JSON object is expected.");
    }
    auto document = json::parse(request.body);
    if (!document) return serialization_error(describe(document.error()));
    if (!document->is_object()) {
      return serialization_error("The request body must be a JSON object, not " +
                                 std::string(json::to_string(document->kind())) + ".");
    }
    return *std::move(document);
  }

  HttpAnswer answer(std::shared_ptr<const std::string> body,
                    std::string_view request_id) const override {
    HttpAnswer answer = answer_with(200, request_id);
    answer.shared_body = std::move(body);
    return answer;
  }

  HttpAnswer error(const WireError& error, std::string_view request_id) const override {
    json::Writer out;
    out.begin_object().key("__type").value(error.type);
    if (!error.message.empty()) {
      out.key(error.origin == Origin::Operation ? "Message" : "message").value(error.message);
    }
    out.end_object();
    HttpAnswer answer = answer_with(error.status, request_id);
    answer.body = std::move(out).take();
    answer.headers.add("x-amzn-ErrorType", error.type);
    return answer;
  }
};

}  // namespace

const Protocol& aws_json_1_1() {
  static const AwsJson11 protocol;
  return protocol;
}

Outcome<OperationName> parse_target(std::string_view target) {
  const auto dot = target.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == target.size() ||
      target.size() > 256) {
    return unknown_operation(target);
  }
  const auto is_word = [](char c) { return is_alnum(c) || c == '_' || c == '.'; };
  if (!std::ranges::all_of(target, is_word)) return unknown_operation(target);
  return OperationName{.service = std::string(target.substr(0, dot)),
                       .operation = std::string(target.substr(dot + 1))};
}

}  // namespace limpet::aws
