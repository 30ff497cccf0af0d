// Every refusal of a signature, in its order, with its exact text.
#include "ascii.h"

#include "limpet/aws/sigv4.h"

#include <gtest/gtest.h>

#include <functional>

namespace limpet::aws {
namespace {

using std::chrono::seconds;

const Timestamp kNow = *parse_iso8601_basic("20260102T030405Z");
const Credentials kKey{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const Credentials kTemporary{"ASIAEXAMPLE", "temporary secret", "SESSION/TOKEN+EX=="};
const Credentials kExpired{"ASIAEXPIRED", "temporary secret", "OLD"};
constexpr const char* kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";
constexpr const char* kUnknownToken = "The security token included in the request is invalid.";

std::optional<KnownKey> look_up(std::string_view id) {
  KnownKey key{.secret = kKey.secret_access_key,
               .account = "123456789012",
               .principal = "arn:aws:iam::123456789012:root",
               .session = std::nullopt};
  if (id == kKey.access_key_id) return key;
  if (id == kTemporary.access_key_id) {
    key.secret = kTemporary.secret_access_key;
    key.session = {kTemporary.session_token, kNow + seconds(1)};
    return key;
  }
  if (id == kExpired.access_key_id) {
    key.secret = kExpired.secret_access_key;
    key.session = {kExpired.session_token, kNow};
    return key;
  }
  return std::nullopt;
}

HttpRequest unsigned_request() {
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:8484"},
                      {"Content-Type", "application/x-amz-json-1.1"},
                      {"X-Amz-Target", "AWSGlue.ListRegistries"}},
          .body = "{}",
          .peer = ""};
}

HttpRequest signed_request(Timestamp at = kNow, const Credentials& key = kKey,
                           const SignFor& target = {.region = "us-east-1", .service = "glue"}) {
  HttpRequest request = unsigned_request();
  sign(request, key, target, at);
  return request;
}

std::string header(const HttpRequest& request, std::string_view name) {
  return std::string(request.header(name).value_or(""));
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

void edit_header(HttpRequest& request, std::string_view name,
                 const std::function<void(std::string&)>& edit) {
  std::string value = header(request, name);
  edit(value);
  request.headers.set(name, value);
}

HttpRequest with_authorization(std::string_view from, std::string_view to) {
  HttpRequest request = signed_request();
  edit_header(request, "authorization", [&](std::string& text) { replace(text, from, to); });
  return request;
}

HttpRequest presigned_request(Timestamp at = kNow, const Credentials& key = kKey) {
  HttpRequest request = unsigned_request();
  PresignedCall call;
  call.method = "POST";
  call.host = "localhost:8484";
  call.headers = {request.headers[1], request.headers[2]};
  call.body = request.body;
  request.target = presign(call, key, {.region = "us-east-1", .service = "glue"}, at);
  return request;
}

HttpRequest with_target(std::string_view from, std::string_view to) {
  HttpRequest request = presigned_request();
  replace(request.target, from, to);
  return request;
}

struct Row {
  const char* name;
  std::function<HttpRequest()> request;
  const char* type;
  std::string message;
};

class Refusal : public testing::TestWithParam<Row> {};

TEST_P(Refusal, HasItsTypeAndText) {
  const Verifier verifier({}, look_up);
  const auto outcome = verifier.verify(GetParam().request(), kNow);
  const auto* error = std::get_if<WireError>(&outcome);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->type, GetParam().type);
  EXPECT_EQ(error->message, GetParam().message);
  EXPECT_EQ(error->status, 400);
  EXPECT_EQ(error->origin, Origin::Framework);
}

constexpr const char* kMissing = "MissingAuthenticationTokenException";
constexpr const char* kIncomplete = "IncompleteSignatureException";
constexpr const char* kInvalid = "InvalidSignatureException";

// The order of the rows is the order of the checks: each row would also fail those below it, or
// is followed by a test that says so.
INSTANTIATE_TEST_SUITE_P(
    Header, Refusal,
    testing::Values(
        Row{"NoAuthorization", unsigned_request, kMissing, "Missing Authentication Token"},
        Row{"NoSignature", [] { return with_authorization("Signature=", "Sig="); }, kIncomplete,
            "Authorization header requires 'Signature' parameter. "
            "Authorization=AWS4-HMAC-SHA256"},
        Row{"TruncatedAfterTheAlgorithm",
            [] {
              HttpRequest request = signed_request();
              request.headers.erase("x-amz-date");
              request.headers.set("authorization", "AWS4-HMAC-SHA256");
              return request;
            },
            kIncomplete,
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            "Authorization=AWS4-HMAC-SHA256"},
        Row{"SigV4a",
            [] { return with_authorization("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"); },
            kIncomplete,
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
            "Authorization=AWS4-ECDSA-P256-SHA256"},
        Row{"BearerTokenIsNotRepeated",
            [] {
              HttpRequest request = signed_request();
              request.headers.set("authorization", "Bearer very.secret.token");
              return request;
            },
            kIncomplete,
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
            "Authorization=Bearer"},
        Row{"NoEqualSign",
            [] {
              HttpRequest request = signed_request();
              request.headers.set(
                  "authorization",
                  "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b, foo");
              return request;
            },
            kIncomplete,
            "'foo' not a valid key=value pair (missing equal-sign) in Authorization header: "
            "'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b, foo'."},
        Row{"SignedHeaderAbsent", [] { return with_authorization("content-type", "accept"); },
            kIncomplete,
            "'accept' is named as a SignedHeader, but it does not exist in the HTTP request."},
        Row{"HostNotSigned", [] { return with_authorization("host;", ""); }, kIncomplete,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
        Row{"NoSignedHeader",
            [] {
              HttpRequest request = signed_request();
              request.headers.set("authorization",
                                  "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=, Signature=");
              return request;
            },
            kIncomplete,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
        Row{"CredentialOfFourParts", [] { return with_authorization("/aws4_request", ""); },
            kIncomplete,
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            "keyid/date/region/service/term, got 'AKIDEXAMPLE/20260102/us-east-1/glue'"},
        Row{"EchoIsPrintable",
            [] { return with_authorization("/aws4_request", "\x01\xff\xc3\xa9"); }, kIncomplete,
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            "keyid/date/region/service/term, got 'AKIDEXAMPLE/20260102/us-east-1/glue???"
            "?'"},
        Row{"BadDate",
            [] {
              HttpRequest request = signed_request();
              request.headers.set("x-amz-date", "2026-01-02T03:04:05Z");
              return request;
            },
            kIncomplete,
            "Date must be in ISO-8601 'basic format'. Got '2026-01-02T03:04:05Z'. See "
            "http://en.wikipedia.org/wiki/ISO_8601"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Scope, Refusal,
    testing::Values(
        Row{"Region", [] { return with_authorization("us-east-1", "nowhere"); }, kInvalid,
            "Credential should be scoped to a valid region."},
        Row{"Service", [] { return with_authorization("glue", "s3"); }, kInvalid,
            "Credential should be scoped to correct service: 'glue'."},
        Row{"Terminator", [] { return with_authorization("aws4_request", "aws5_request"); },
            kInvalid,
            "Credential should be scoped with a valid terminator: 'aws4_request', not "
            "'aws5_request'."},
        Row{"Date", [] { return with_authorization("20260102", "20260101"); }, kInvalid,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: '20260101' != '20260102', from '20260102T030405Z'."},
        Row{"RegionBeforeService", [] { return with_authorization("us-east-1/glue", "x/y"); },
            kInvalid, "Credential should be scoped to a valid region."},
        Row{"ServiceBeforeTerminator", [] { return with_authorization("glue/aws4", "y/z"); },
            kInvalid, "Credential should be scoped to correct service: 'glue'."}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Time, Refusal,
    testing::Values(
        Row{"Expired", [] { return signed_request(kNow - seconds(301)); }, kInvalid,
            "Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z "
            "(20260102T030405Z - 5 min.)"},
        Row{"NotYetCurrent", [] { return signed_request(kNow + seconds(301)); }, kInvalid,
            "Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z "
            "(20260102T030405Z + 5 min.)"},
        Row{"TimeBeforeKey",
            [] { return signed_request(kNow - seconds(301), {"AKIDUNKNOWN", "secret", ""}); },
            kInvalid,
            "Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z "
            "(20260102T030405Z - 5 min.)"},
        Row{"PresignedExpired", [] { return presigned_request(kNow - seconds(901)); }, kInvalid,
            "Signature expired: 20260102T030404Z is now earlier than 20260102T030405Z"},
        Row{"PresignedNotYetCurrent", [] { return presigned_request(kNow + seconds(301)); },
            kInvalid,
            "Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z "
            "(20260102T030405Z + 5 min.)"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Key, Refusal,
    testing::Values(
        Row{"Unknown", [] { return signed_request(kNow, {"AKIDUNKNOWN", "secret", ""}); },
            "UnrecognizedClientException", kUnknownToken},
        Row{"TokenAbsent",
            [] { return signed_request(kNow, {kTemporary.access_key_id, "temporary secret", ""}); },
            "UnrecognizedClientException", kUnknownToken},
        Row{"TokenGarbled",
            [] {
              return signed_request(kNow, {kTemporary.access_key_id, "temporary secret", "x"});
            },
            "UnrecognizedClientException", kUnknownToken},
        Row{"TokenExpired", [] { return signed_request(kNow, kExpired); }, "ExpiredTokenException",
            "The security token included in the request is expired"}),
    [](const auto& test) { return test.param.name; });

HttpRequest with_content_hash(std::string_view hash) {
  HttpRequest request = unsigned_request();
  request.headers.add("X-Amz-Content-SHA256", hash);
  sign(request, kKey, {.region = "us-east-1", .service = "glue"}, kNow);
  return request;
}

INSTANTIATE_TEST_SUITE_P(
    Signature, Refusal,
    testing::Values(Row{"OtherSecret",
                        [] { return signed_request(kNow, {"AKIDEXAMPLE", "another secret", ""}); },
                        kInvalid, kMismatch},
                    Row{"BodyChanged",
                        [] {
                          HttpRequest request = signed_request();
                          request.body = "{ }";
                          return request;
                        },
                        kInvalid, kMismatch},
                    Row{"HeaderAddedTwice",
                        [] {
                          HttpRequest request = signed_request();
                          request.headers.add("x-amz-target", "AWSGlue.DeleteRegistry");
                          return request;
                        },
                        kInvalid, kMismatch},
                    Row{"Truncated",
                        [] {
                          HttpRequest request = signed_request();
                          edit_header(request, "authorization",
                                      [](std::string& text) { text.pop_back(); });
                          return request;
                        },
                        kInvalid, kMismatch},
                    Row{"Empty",
                        [] {
                          HttpRequest request = signed_request();
                          edit_header(request, "authorization",
                                      [](std::string& text) { text.resize(text.size() - 64); });
                          return request;
                        },
                        kInvalid, kMismatch},
                    Row{"UpperCase",
                        [] {
                          HttpRequest request = signed_request();
                          edit_header(request, "authorization", [](std::string& text) {
                            for (auto at = text.size() - 64; at < text.size(); ++at) {
                              if (is_lower(text[at])) text[at] = static_cast<char>(text[at] - 32);
                            }
                          });
                          return request;
                        },
                        kInvalid, kMismatch},
                    Row{"UnsignedPayload", [] { return with_content_hash("UNSIGNED-PAYLOAD"); },
                        kInvalid, kMismatch},
                    Row{"StreamingPayload",
                        [] { return with_content_hash("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"); },
                        kInvalid, kMismatch},
                    Row{"HashOfAnotherBody",
                        [] {
                          return with_content_hash(
                              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
                        },
                        kInvalid, kMismatch}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Presigned, Refusal,
    testing::Values(
        Row{"NoCredential", [] { return with_target("X-Amz-Credential", "X-Amz-C"); }, kIncomplete,
            "AWS query-string parameters must include 'X-Amz-Credential'. Re-examine the "
            "query-string parameters."},
        Row{"OtherAlgorithm",
            [] { return with_target("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"); }, kIncomplete,
            "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'."},
        Row{"ExpiresAfterMoreThanAWeek",
            [] { return with_target("X-Amz-Expires=900", "X-Amz-Expires=604801"); }, kIncomplete,
            "X-Amz-Expires must be a number of seconds from 1 to 604800."},
        Row{"ExpiresNever",
            [] { return with_target("X-Amz-Expires=900", "X-Amz-Expires=99999999999999999999"); },
            kIncomplete, "X-Amz-Expires must be a number of seconds from 1 to 604800."},
        Row{"ExpiresAtOnce", [] { return with_target("X-Amz-Expires=900", "X-Amz-Expires=-1"); },
            kIncomplete, "X-Amz-Expires must be a number of seconds from 1 to 604800."},
        Row{"ExpiresChanged", [] { return with_target("X-Amz-Expires=900", "X-Amz-Expires=901"); },
            kInvalid, kMismatch},
        Row{"WithoutSignature", [] { return with_target("X-Amz-Signature", "X-Amz-Sig"); },
            kMissing, "Missing Authentication Token"}),
    [](const auto& test) { return test.param.name; });

TEST(Verify, TellsWhoSigned) {
  const Verifier verifier({}, look_up);
  const Identity expected{.access_key_id = "AKIDEXAMPLE",
                          .account = "123456789012",
                          .region = "us-east-1",
                          .principal = "arn:aws:iam::123456789012:root"};
  EXPECT_EQ(std::get<Identity>(verifier.verify(signed_request(), kNow)), expected);
  EXPECT_EQ(std::get<Identity>(verifier.verify(presigned_request(), kNow)), expected);
}

TEST(Verify, AcceptsWhatIsJustInTime) {
  const Verifier verifier({}, look_up);
  for (const auto& request :
       {signed_request(kNow - seconds(300)), signed_request(kNow + seconds(300)),
        presigned_request(kNow - seconds(900)), signed_request(kNow, kTemporary),
        presigned_request(kNow, kTemporary)}) {
    EXPECT_TRUE(std::holds_alternative<Identity>(verifier.verify(request, kNow)));
  }
}

TEST(Verify, AcceptsEveryOrderAndSpacingOfParameters) {
  HttpRequest request = signed_request();
  const std::string given = header(request, "authorization");
  std::string_view rest = given;
  take_until(rest, ' ');
  const std::string credential(trim(take_until(rest, ',')));
  const std::string headers(trim(take_until(rest, ',')));
  const std::string signature(trim(rest));
  request.headers.set("authorization",
                      "AWS4-HMAC-SHA256 " + signature + "," + headers + " ,  " + credential);
  const Verifier verifier({}, look_up);
  EXPECT_TRUE(std::holds_alternative<Identity>(verifier.verify(request, kNow)));
}

// RFC 9110's form of the Date header; the string to sign holds it in ISO form.
TEST(Verify, AcceptsTheDateHeader) {
  HttpRequest request = signed_request();
  request.headers.erase("x-amz-date");
  request.headers.set("date", "Fri, 02 Jan 2026 03:04:05 GMT");
  edit_header(request, "authorization", [](std::string& text) {
    replace(text, ";x-amz-date", "");
    // Computed with botocore's SigV4Auth primitives over the canonical request without a date.
    text.replace(text.find("Signature=") + 10, 64,
                 "2aed2006a695209718937288bb83eb22a52a617a53c7320e8c0c06081360996f");
  });
  const Verifier verifier({}, look_up);
  const auto outcome = verifier.verify(request, kNow);
  const auto* error = std::get_if<WireError>(&outcome);
  EXPECT_EQ(error, nullptr) << error->message;
}

TEST(Verify, ChecksTheRegionAgainstTheAllowList) {
  const Verifier verifier({.regions = {"eu-west-1"}}, look_up);
  const auto outcome = verifier.verify(signed_request(), kNow);
  EXPECT_EQ(std::get<WireError>(outcome).message, "Credential should be scoped to a valid region.");
  EXPECT_TRUE(std::holds_alternative<Identity>(verifier.verify(
      signed_request(kNow, kKey, {.region = "eu-west-1", .service = "glue"}), kNow)));
}

TEST(Verify, ForgetsASigningKeyWhenTheSecretChanges) {
  std::string secret = kKey.secret_access_key;
  const Verifier verifier({}, [&](std::string_view) {
    return KnownKey{.secret = secret, .account = "1", .principal = "p", .session = std::nullopt};
  });
  EXPECT_TRUE(std::holds_alternative<Identity>(verifier.verify(signed_request(), kNow)));
  secret = "rotated";
  EXPECT_EQ(std::get<WireError>(verifier.verify(signed_request(), kNow)).message, kMismatch);
}

TEST(Verify, BoundsTheSignedHeaders) {
  HttpRequest request = signed_request();
  std::string names = "host";
  for (int i = 0; i < 128; ++i) names += ";host";
  request.headers.set("authorization",
                      "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=" + names + ", Signature=b");
  const Verifier verifier({}, look_up);
  EXPECT_EQ(std::get<WireError>(verifier.verify(request, kNow)).message,
            "No more than 128 headers can be signed.");
}

TEST(ClaimedIdentity, TakesTheScopeOnTrust) {
  EXPECT_EQ(claimed_identity(signed_request()), (Claim{"AKIDEXAMPLE", "us-east-1"}));
  EXPECT_EQ(claimed_identity(presigned_request()), (Claim{"AKIDEXAMPLE", "us-east-1"}));
  EXPECT_EQ(claimed_identity(unsigned_request()), Claim{});
  EXPECT_EQ(claimed_identity(with_authorization("us-east-1", "../..")), (Claim{"AKIDEXAMPLE", ""}));
  EXPECT_EQ(claimed_identity(with_authorization("AKIDEXAMPLE", "a b")), (Claim{"", "us-east-1"}));
}

}  // namespace
}  // namespace limpet::aws
