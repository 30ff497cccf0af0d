#include "limpet/aws/sigv4.h"
#include "limpet/crypto/base64.h"

#include <gtest/gtest.h>

namespace limpet::aws {
namespace {

using std::chrono::seconds;

const Timestamp kNow = *parse_iso8601_basic("20260101T000000Z");

// The token of Amazon MSK's IAM authentication is a presigned URL of a GET without body. Signatures
// and lengths were computed by an independent implementation of Signature Version 4.
struct MskRow {
  const char* session_token;
  const char* signature;
  std::size_t token_length;
};

class MskToken : public testing::TestWithParam<MskRow> {};

TEST_P(MskToken, IsPresigned) {
  const auto& row = GetParam();
  const Credentials key{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                        row.session_token};
  PresignedCall call;
  call.host = "kafka.us-east-1.amazonaws.com";
  call.query = {{"Action", "kafka-cluster:Connect"}};
  const std::string target = presign(call, key, {"us-east-1", "kafka-cluster"}, kNow);
  const std::string url = "https://" + call.host + target + "&User-Agent=glue-cpp%2F1.0";

  EXPECT_TRUE(
      target.starts_with("/?Action=kafka-cluster%3AConnect&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                         "&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Fus-east-1%2F"
                         "kafka-cluster%2Faws4_request&X-Amz-Date=20260101T000000Z"
                         "&X-Amz-Expires=900&X-Amz-S"));
  EXPECT_TRUE(
      target.ends_with("&X-Amz-SignedHeaders=host&X-Amz-Signature=" + std::string(row.signature)));
  const std::string token = crypto::base64url_encode(url);
  EXPECT_EQ(token.size(), row.token_length);
  EXPECT_TRUE(
      token.starts_with("aHR0cHM6Ly9rYWZrYS51cy1lYXN0LTEuYW1hem9uYXdzLmNvbS8_QWN0aW9uPWth"));
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, MskToken,
    testing::Values(
        MskRow{"", "0d00d0824363d898b8c5b68c5b122a49965fb7a9c758194315de10accbb1b9a0", 484},
        MskRow{"SESSION/TOKEN+EX==",
               "6488ec38a53e66955f2db303a113a46f6da8742dd675eb57d6e8204db667af4b", 548}),
    [](const auto& test) { return test.index == 0 ? "Permanent" : "Session"; });

TEST(Sign, ReplacesAnOlderSignature) {
  HttpRequest request{.method = "POST",
                      .target = "/",
                      .headers = {{"Host", "localhost:8484"}, {"Content-Type", "text/plain"}},
                      .body = "{}",
                      .peer = ""};
  const Credentials key{"AKIDEXAMPLE", "secret", "token"};
  sign(request, key, {.region = "us-east-1", .service = "glue"}, kNow - seconds(5));
  HttpRequest again = request;
  sign(again, key, {.region = "us-east-1", .service = "glue"}, kNow);
  sign(request, key, {.region = "us-east-1", .service = "glue"}, kNow);
  EXPECT_EQ(request.headers.size(), 5U);
  EXPECT_EQ(*request.header("AUTHORIZATION"), *again.header("authorization"));
  EXPECT_EQ(*request.header("x-amz-date"), "20260101T000000Z");
}

}  // namespace
}  // namespace limpet::aws
