// Authentication through the whole service: every refusal with its text, and what is let in.
#include "testing_service.h"

#include <gtest/gtest.h>

#include <functional>

namespace limpet::glue_api {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kList = "AWSGlue.ListRegistries";

/// A good request, signed at the clock's time; rows spoil it.
aws::HttpRequest good_request(Timestamp now = kTestTime,
                              const aws::SignFor& target = {.region = "us-east-1"}) {
  aws::HttpRequest request = api_request(kList, "{}");
  aws::sign(request, kCallerKey, target, now);
  return request;
}

void edit_authorization(aws::HttpRequest& request, const std::function<void(std::string&)>& edit) {
  ASSERT_TRUE(request.header("Authorization")) << "not signed";
  std::string value(*request.header("Authorization"));
  edit(value);
  request.headers.set("Authorization", value);
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " in " << text;
  text.replace(at, from.size(), to);
}

struct Refusal {
  const char* name;
  std::function<aws::HttpRequest()> request;
  const char* type;
  std::string message;

  friend void PrintTo(const Refusal& row, std::ostream* out) { *out << row.name; }
};

std::vector<Refusal> refusals() {
  const auto spoilt = [](std::string from, std::string to) {
    return [from, to] {
      auto request = good_request();
      edit_authorization(request, [&](std::string& text) { replace(text, from, to); });
      return request;
    };
  };
  const std::string mismatch =
      "The request signature we calculated does not match the signature you provided. Check your "
      "AWS Secret Access Key and signing method. Consult the service documentation for details.";
  return {
      {"Unsigned", [] { return api_request(kList, "{}"); }, "MissingAuthenticationTokenException",
       "Missing Authentication Token"},
      {"UnsignedAndNotJson", [] { return api_request(kList, "{"); },
       "MissingAuthenticationTokenException", "Missing Authentication Token"},
      {"NoParameters",
       [] {
         auto request = good_request();
         request.headers.set("Authorization", "AWS4-HMAC-SHA256");
         return request;
       },
       "IncompleteSignatureException",
       "Authorization header requires 'Credential' parameter. Authorization header requires "
       "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
       "Authorization=AWS4-HMAC-SHA256"},
      {"SigV4a", spoilt("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
       "IncompleteSignatureException",
       "Authorization header requires 'Credential' parameter. Authorization header requires "
       "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
       "Authorization=AWS4-ECDSA-P256-SHA256"},
      {"SignedHeaderAbsent", spoilt("SignedHeaders=", "SignedHeaders=accept;"),
       "IncompleteSignatureException",
       "'accept' is named as a SignedHeader, but it does not exist in the HTTP request."},
      {"HostNotSigned", spoilt("host;", ""), "IncompleteSignatureException",
       "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
      {"FourParts", spoilt("/aws4_request", ""), "IncompleteSignatureException",
       "Credential must have exactly 5 slash-delimited elements, e.g. "
       "keyid/date/region/service/term, got 'AKIAIOSFODNN7EXAMPLE/20211107/us-east-1/glue'"},
      {"BadDate",
       [] {
         auto request = good_request();
         request.headers.set("X-Amz-Date", "yesterday");
         return request;
       },
       "IncompleteSignatureException",
       "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See "
       "http://en.wikipedia.org/wiki/ISO_8601"},
      {"NoRegion", spoilt("/us-east-1/", "/nowhere/"), "InvalidSignatureException",
       "Credential should be scoped to a valid region."},
      {"WrongService",
       [] { return good_request(kTestTime, {.region = "us-east-1", .service = "s3"}); },
       "InvalidSignatureException", "Credential should be scoped to correct service: 'glue'."},
      {"WrongTerminator", spoilt("aws4_request", "aws5_request"), "InvalidSignatureException",
       "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."},
      {"OtherDay", spoilt("/20211107/", "/20211106/"), "InvalidSignatureException",
       "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
       "'20211106' != '20211107', from '20211107T164228Z'."},
      {"Expired", [] { return good_request(kTestTime - 301s); }, "InvalidSignatureException",
       "Signature expired: 20211107T163727Z is now earlier than 20211107T163728Z "
       "(20211107T164228Z - 5 min.)"},
      {"NotYetCurrent", [] { return good_request(kTestTime + 302s); }, "InvalidSignatureException",
       "Signature not yet current: 20211107T164730Z is still later than 20211107T164728Z "
       "(20211107T164228Z + 5 min.)"},
      {"UnknownKey", spoilt("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF"),
       "UnrecognizedClientException", "The security token included in the request is invalid."},
      {"ForgedSignature",
       [] {
         auto request = good_request();
         edit_authorization(
             request, [](std::string& text) { text.back() = text.back() == '0' ? '1' : '0'; });
         return request;
       },
       "InvalidSignatureException", mismatch},
      {"TruncatedSignature",
       [] {
         auto request = good_request();
         edit_authorization(request, [](std::string& text) { text.pop_back(); });
         return request;
       },
       "InvalidSignatureException", mismatch},
      {"WrongSecret",
       [] {
         auto request = api_request(kList, "{}");
         aws::sign(request, {kCallerKey.access_key_id, "other", ""}, {.region = "us-east-1"},
                   kTestTime);
         return request;
       },
       "InvalidSignatureException", mismatch},
      {"OtherRegionThanSigned", spoilt("/us-east-1/", "/us-east-2/"), "InvalidSignatureException",
       mismatch},
      {"OtherBodyThanSigned",
       [] {
         auto request = good_request();
         request.body = R"({"MaxResults":1})";
         return request;
       },
       "InvalidSignatureException", mismatch},
      {"OtherTargetThanSigned",
       [] {
         auto request = good_request();
         request.headers.set("X-Amz-Target", "AWSGlue.ListSchemas");
         return request;
       },
       "InvalidSignatureException", mismatch},
      {"UnsignedPayload",
       [] {
         auto request = api_request(kList, "{}");
         request.headers.add("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
         aws::sign(request, kCallerKey, {.region = "us-east-1"}, kTestTime);
         return request;
       },
       "InvalidSignatureException", mismatch},
  };
}

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, AreAnsweredAndTold) {
  TestService service(signed_settings(kCallerKey));
  const Answer answer = service.send(GetParam().request());
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.type(), GetParam().type);
  EXPECT_EQ(answer.text("message"), GetParam().message);
  EXPECT_EQ(answer.header("x-amzn-ErrorType"), GetParam().type);
  ASSERT_EQ(service.events.refusals.size(), 1U);
  EXPECT_EQ(service.events.refusals[0].reason, GetParam().type);
  ASSERT_EQ(service.events.calls.size(), 1U);
  EXPECT_EQ(service.events.calls[0].code, GetParam().type);
  EXPECT_EQ(service.events.calls[0].principal, "");
}

INSTANTIATE_TEST_SUITE_P(Rows, Refusals, testing::ValuesIn(refusals()),
                         [](const auto& row) { return row.param.name; });

TEST(Authentication, AGoodSignatureIsTheCaller) {
  TestService service(signed_settings(kCallerKey));
  EXPECT_EQ(service.send(good_request()).status, 200);
  ASSERT_EQ(service.events.calls.size(), 1U);
  const RecordedCall& call = service.events.calls[0];
  EXPECT_EQ(call.access_key_id, kCallerKey.access_key_id);
  EXPECT_EQ(call.account, kAccount);
  EXPECT_EQ(call.region, "us-east-1");
  EXPECT_EQ(call.principal, "arn:aws:iam::123456789012:root");
  EXPECT_TRUE(service.events.refusals.empty());
}

TEST(Authentication, ClocksMayDifferByFiveMinutes) {
  TestService service(signed_settings(kCallerKey));
  EXPECT_EQ(service.send(good_request(kTestTime - 299s)).status, 200);
  EXPECT_EQ(service.send(good_request(kTestTime + 299s)).status, 200);
}

TEST(Authentication, TheSkewIsASetting) {
  Settings settings = signed_settings(kCallerKey);
  settings.clock_skew = 30s;
  TestService service(std::move(settings));
  EXPECT_EQ(service.send(good_request(kTestTime - 31s)).type(), "InvalidSignatureException");
  EXPECT_EQ(service.send(good_request(kTestTime - 29s)).status, 200);
}

TEST(Authentication, RegionsMayBeLimited) {
  Settings settings = signed_settings(kCallerKey);
  settings.regions = {"eu-west-1"};
  TestService service(std::move(settings));
  EXPECT_EQ(service.send(good_request()).text("message"),
            "Credential should be scoped to a valid region.");
  EXPECT_EQ(service.send(good_request(kTestTime, {.region = "eu-west-1"})).status, 200);
}

TEST(Authentication, APresignedRequestIsACall) {
  TestService service(signed_settings(kCallerKey));
  aws::PresignedCall call;
  call.method = "POST";
  call.host = "localhost:8484";
  call.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                  {"X-Amz-Target", std::string(kList)}};
  call.body = "{}";
  call.expires = 60s;
  aws::HttpRequest request = api_request(kList, "{}");
  request.target = aws::presign(call, kCallerKey, {.region = "us-east-1"}, kTestTime);
  EXPECT_EQ(service.send(request).status, 200);
  service.clock.advance(61s);
  EXPECT_TRUE(service.send(request).text("message").starts_with("Signature expired: "));
}

TEST(Authentication, OffBelievesWhatTheCredentialSays) {
  TestService service;
  EXPECT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})").text("RegistryArn"),
            "arn:aws:glue:us-east-1:123456789012:registry/r");
  EXPECT_EQ(service.call_in("eu-west-3", "AWSGlue.CreateRegistry", R"({"RegistryName":"r"})")
                .text("RegistryArn"),
            "arn:aws:glue:eu-west-3:123456789012:registry/r");
  EXPECT_EQ(service.call_in("no region", "AWSGlue.CreateRegistry", R"({"RegistryName":"q"})")
                .text("RegistryArn"),
            "arn:aws:glue:us-east-1:123456789012:registry/q");
}

}  // namespace
}  // namespace limpet::glue_api
