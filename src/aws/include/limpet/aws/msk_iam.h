// The tokens by which clients log in to Amazon MSK (SASL/OAUTHBEARER) with an AWS access key.
//
//   const auto token = aws::msk_iam_token(credentials, {.region = "eu-west-1"}, clock.now());
//   use(token.text, token.expires);
//
// A token is a presigned URL of kafka-cluster:Connect in base64url without padding; making one
// needs no call. Source: "aws-msk-iam-sasl-signer", the libraries that AWS publishes for it, and
// "AWS Signature Version 4 for API requests", AWS IAM User Guide.
#pragma once

#include "limpet/aws/sigv4.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::aws {

struct MskIamCall {
  std::string region;
  std::string user_agent = "limpet/1.0";  ///< told to the broker, not signed
  std::chrono::seconds expires{900};      ///< 900 is the most that brokers take
};

struct MskIamToken {
  std::string text;   ///< a secret until it expires
  Timestamp expires;  ///< the second in which `now` was, plus the call's
};

/// Threads: safe.
MskIamToken msk_iam_token(const Credentials& credentials, const MskIamCall& call, Timestamp now);

/// "kafka.eu-west-1.amazonaws.com"; regions of China end in ".com.cn".
std::string msk_iam_host(std::string_view region);

/// The region in a broker's name, "b-1.demo.x1y2.c3.kafka.eu-west-1.amazonaws.com" (also
/// kafka-serverless), with or without a port; nullopt for other names.
std::optional<std::string> msk_region(std::string_view broker);

}  // namespace limpet::aws
