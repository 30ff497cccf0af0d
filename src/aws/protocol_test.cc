#include "limpet/aws/protocol.h"

#include <gtest/gtest.h>

namespace limpet::aws {
namespace {

HttpRequest post(std::string body) {
  return {.method = "POST",
          .target = "/",
          .headers = {{"x-amz-target", "AWSGlue.CreateSchema"},
                      {"content-type", "application/x-amz-json-1.1"}},
          .body = std::move(body),
          .peer = ""};
}

template <class T>
std::string failure(const Outcome<T>& outcome) {
  const auto* error = std::get_if<WireError>(&outcome);
  return error == nullptr ? "" : std::to_string(error->status) + " " + error->type;
}

TEST(AwsJson11, NamesTheOperation) {
  const auto& protocol = aws_json_1_1();
  const OperationName expected{"AWSGlue", "CreateSchema"};
  EXPECT_EQ(std::get<OperationName>(protocol.operation(post("{}"))), expected);
  HttpRequest request = post("{}");
  request.target = "/?";
  EXPECT_EQ(std::get<OperationName>(protocol.operation(request)), expected);
  request.target = "/?X-Amz-Date=20150830T123600Z";
  EXPECT_EQ(std::get<OperationName>(protocol.operation(request)), expected);
}

TEST(AwsJson11, RefusesOtherRoutesAndTargets) {
  const auto& protocol = aws_json_1_1();
  for (const auto* target : {"/x", "//", "", "*", "http://localhost/"}) {
    HttpRequest request = post("{}");
    request.target = target;
    EXPECT_EQ(failure(protocol.operation(request)), "404 UnknownOperationException") << target;
  }
  HttpRequest get = post("{}");
  get.method = "GET";
  EXPECT_EQ(failure(protocol.operation(get)), "404 UnknownOperationException");
  for (const auto* name : {"", "AWSGlue", ".CreateSchema", "AWSGlue.", "AWSGlue.Create Schema",
                           "AWSGlue.<script>", "AWSGlue.\xff"}) {
    HttpRequest request = post("{}");
    request.headers.set("x-amz-target", name);
    EXPECT_EQ(failure(protocol.operation(request)), "400 UnknownOperationException") << name;
  }
  HttpRequest none = post("{}");
  none.headers.clear();
  EXPECT_EQ(failure(protocol.operation(none)), "400 UnknownOperationException");
}

TEST(AwsJson11, SplitsTheTargetAtItsLastDot) {
  const OperationName expected{"com.example.Limpet", "Explain"};
  EXPECT_EQ(std::get<OperationName>(parse_target("com.example.Limpet.Explain")), expected);
  EXPECT_EQ(failure(parse_target(std::string(300, 'a') + ".B")), "400 UnknownOperationException");
}

TEST(AwsJson11, AcceptsItsContentTypes) {
  const auto& protocol = aws_json_1_1();
  for (const auto* type :
       {"application/x-amz-json-1.1", "application/x-amz-json-1.0", "application/json",
        "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"}) {
    HttpRequest request = post("{}");
    request.headers.set("content-type", type);
    EXPECT_EQ(failure(protocol.input(request)), "") << type;
  }
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/"}) {
    HttpRequest request = post("{}");
    request.headers.set("content-type", type);
    EXPECT_EQ(failure(protocol.input(request)), "400 SerializationException") << type;
  }
}

TEST(AwsJson11, ReadsAnObject) {
  const auto& protocol = aws_json_1_1();
  const auto input = protocol.input(post(R"( {"SchemaName": "s", "SchemaName": "t"} )"));
  EXPECT_EQ(std::get<json::Value>(input).find("SchemaName")->text(), "t");
  for (const auto* body : {"", " ", "[]", "null", "\"x\"", "{", "{}{}", "{\"a\":}",
                           "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(failure(protocol.input(post(body))), "400 SerializationException") << body;
  }
  EXPECT_EQ(failure(protocol.input(post(std::string(10'000, '[')))), "400 SerializationException");
}

std::string header(const HttpAnswer& answer, std::string_view name) {
  return std::string(answer.headers.find(name).value_or("(none)"));
}

TEST(AwsJson11, WritesAnswers) {
  const auto answer = aws_json_1_1().answer(std::make_shared<std::string>("{}"), "id");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content(), "{}");
  EXPECT_EQ(header(answer, "Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(header(answer, "x-amzn-RequestId"), "id");
  EXPECT_EQ(header(answer, "x-amzn-ErrorType"), "(none)");
}

TEST(AwsJson11, WritesErrors) {
  const auto& protocol = aws_json_1_1();
  const auto modeled =
      protocol.error(operation_error("EntityNotFoundException", "No \"r\"."), "id");
  EXPECT_EQ(modeled.status, 400);
  EXPECT_EQ(modeled.body, R"({"__type":"EntityNotFoundException","Message":"No \"r\"."})");
  EXPECT_EQ(header(modeled, "x-amzn-ErrorType"), "EntityNotFoundException");
  EXPECT_EQ(header(modeled, "x-amzn-RequestId"), "id");
  EXPECT_EQ(protocol.error(throttled(), "id").body,
            R"({"__type":"ThrottlingException","message":"Rate exceeded"})");
  EXPECT_EQ(protocol.error(serialization_error(""), "id").body,
            R"({"__type":"SerializationException"})");
  EXPECT_EQ(protocol.error(internal_failure("x"), "id").status, 500);
  EXPECT_EQ(protocol.error(service_unavailable("x"), "id").status, 503);
  EXPECT_EQ(protocol.error(request_too_large(), "id").status, 413);
}

TEST(ValidationError, CountsAndJoins) {
  const std::vector<std::string> one{must_not_be_null("registryName")};
  EXPECT_EQ(validation_error(one).message,
            "1 validation error detected: Value null at 'registryName' failed to satisfy "
            "constraint: Member must not be null");
  const std::vector<std::string> two{must_be_at_most("maxResults", "101", 100),
                                     must_be_at_least("maxResults", "0", 1)};
  EXPECT_EQ(validation_error(two).message,
            "2 validation errors detected: Value '101' at 'maxResults' failed to satisfy "
            "constraint: Member must have value less than or equal to 100; Value '0' at "
            "'maxResults' failed to satisfy constraint: Member must have value greater than or "
            "equal to 1");
}

TEST(Echo, IsBoundedAndPrintable) {
  EXPECT_EQ(echo("a\n\x7f\xc3\xa9z"), "a????z");
  EXPECT_EQ(echo(std::string(1000, 'a')).size(), 256U);
}

}  // namespace
}  // namespace limpet::aws
