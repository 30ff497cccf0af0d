#include "limpet/aws/msk_iam.h"

#include "canonical.h"

#include "limpet/crypto/base64.h"
#include "limpet/crypto/sha256.h"

#include <gtest/gtest.h>

namespace limpet::aws {
namespace {

const Timestamp kNow = *parse_iso8601_basic("20260101T000000Z");

// Computed by an independent implementation of Signature Version 4.
struct TokenRow {
  const char* name;
  const char* session_token;
  const char* canonical_sha256;
  const char* signature;
  std::size_t length;
};

class MskIamTokens : public testing::TestWithParam<TokenRow> {};

TEST_P(MskIamTokens, IsTheVector) {
  const auto& row = GetParam();
  const Credentials key{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                        row.session_token};
  const auto token = msk_iam_token(key, {.region = "us-east-1", .user_agent = "glue-cpp/1.0"},
                                   kNow + std::chrono::milliseconds(700));
  EXPECT_EQ(token.text.size(), row.length);
  EXPECT_EQ(token.expires, kNow + std::chrono::seconds(900));
  EXPECT_TRUE(token.text.starts_with(
      "aHR0cHM6Ly9rYWZrYS51cy1lYXN0LTEuYW1hem9uYXdzLmNvbS8_QWN0aW9uPWthZmthLWNsdXN0ZXIlM0FDb25uZWN"
      "0Jl"));

  const auto url = crypto::base64url_decode(token.text);
  ASSERT_TRUE(url);
  const std::string session =
      *row.session_token == '\0' ? "" : "X-Amz-Security-Token=SESSION%2FTOKEN%2BEX%3D%3D&";
  EXPECT_EQ(*url,
            "https://kafka.us-east-1.amazonaws.com/?Action=kafka-cluster%3AConnect"
            "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Fus-east-1"
            "%2Fkafka-cluster%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&" +
                session + "X-Amz-SignedHeaders=host&X-Amz-Signature=" + row.signature +
                "&User-Agent=glue-cpp%2F1.0");

  // What a verifier would hash: the query but signature and agent.
  const std::string signed_part = url->substr(0, url->find("&X-Amz-Signature="));
  const Query query = parse_query(signed_part.substr(signed_part.find('?') + 1));
  EXPECT_EQ(crypto::sha256_hex(canonical_request({.method = "GET",
                                                  .path = "/",
                                                  .query = query,
                                                  .headers = "host:kafka.us-east-1.amazonaws.com\n",
                                                  .signed_headers = "host",
                                                  .payload_hash = crypto::sha256_hex("")})),
            row.canonical_sha256);
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, MskIamTokens,
    testing::Values(TokenRow{"Permanent", "",
                             "d39af2d56233d07a17593d70906a5b01f8a64ea18125b353088a6ecf0cc759c4",
                             "0d00d0824363d898b8c5b68c5b122a49965fb7a9c758194315de10accbb1b9a0",
                             484},
                    TokenRow{"Session", "SESSION/TOKEN+EX==",
                             "fec01d467c9bb511725a468424c51ef2fff57ed1dd5fe7c9ab409807f60e511c",
                             "6488ec38a53e66955f2db303a113a46f6da8742dd675eb57d6e8204db667af4b",
                             548}),
    [](const auto& test) { return test.param.name; });

TEST(MskIamHost, IsOfTheRegionsPartition) {
  EXPECT_EQ(msk_iam_host("eu-west-1"), "kafka.eu-west-1.amazonaws.com");
  EXPECT_EQ(msk_iam_host("cn-north-1"), "kafka.cn-north-1.amazonaws.com.cn");
  const auto token = msk_iam_token({"AK", "SK", ""}, {.region = "cn-northwest-1"}, kNow);
  EXPECT_TRUE(crypto::base64url_decode(token.text)
                  ->starts_with("https://kafka.cn-northwest-1.amazonaws.com.cn/?Action="));
}

struct RegionRow {
  const char* name;
  const char* broker;
  const char* region;  // nullptr: none
};

class MskRegion : public testing::TestWithParam<RegionRow> {};

TEST_P(MskRegion, IsReadFromTheBrokersName) {
  const auto region = msk_region(GetParam().broker);
  if (GetParam().region == nullptr) {
    EXPECT_EQ(region, std::nullopt);
  } else {
    EXPECT_EQ(region, GetParam().region);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Names, MskRegion,
    testing::Values(
        RegionRow{"Provisioned", "b-1.demo.x1y2z3.c4.kafka.eu-west-1.amazonaws.com:9098",
                  "eu-west-1"},
        RegionRow{"Public", "b-1-public.demo.x1y2z3.c4.kafka.us-east-2.amazonaws.com:9198",
                  "us-east-2"},
        RegionRow{"Serverless", "boot-ab12.c1.kafka-serverless.us-west-2.amazonaws.com:9098",
                  "us-west-2"},
        RegionRow{"WithoutPort", "b-1.demo.x.c4.kafka.eu-west-1.amazonaws.com", "eu-west-1"},
        RegionRow{"China", "b-1.demo.x.c4.kafka.cn-north-1.amazonaws.com.cn:9098", "cn-north-1"},
        RegionRow{"ChinaWithoutCn", "b-1.demo.x.c4.kafka.eu-west-1.amazonaws.com.cn", nullptr},
        RegionRow{"NoRegion", "b-1.demo.kafka..amazonaws.com:9098", nullptr},
        RegionRow{"NotAmazon", "b-1.kafka.eu-west-1.example.com:9098", nullptr},
        RegionRow{"Lookalike", "b-1.kafka.eu-west-1.amazonaws.com.example.org:9098", nullptr},
        RegionRow{"Local", "127.0.0.1:9092", nullptr}, RegionRow{"Empty", "", nullptr}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace limpet::aws
