// The sources of credentials, one function each. What comes over the wire or from a process is
// bounded, and never shows in a message.
#pragma once

#include "limpet/client/credentials.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::client {

using Fetched = Result<std::optional<LimitedCredentials>>;
using CredentialsSend =
    std::function<Result<http::Answer>(const http::Url&, const http::Outgoing&)>;

/// What a source needs of the world.
struct World {
  Environment environment;
  CredentialsSend send;
  std::function<Result<std::string>(const std::string& command)> run;
  const Clock* clock = nullptr;
  std::chrono::milliseconds deadline{10'000};
};

/// A role of sts:AssumeRole or sts:AssumeRoleWithWebIdentity (AWS STS API reference, 2011-06-15).
struct RoleRequest {
  std::string arn{};
  std::string session{};      ///< empty: limpet-<seconds since 1970>
  std::string external_id{};  ///< not with a web identity
  std::string mfa_serial{};   ///< refused: there is nobody to ask for the code
  std::chrono::seconds duration{3600};
};
struct Sts {
  std::string endpoint{};  ///< "https://sts.eu-west-1.amazonaws.com"
  std::string region{};
};
/// The regional endpoint, unless AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL name one.
Sts sts_of(const Environment& environment, const std::string& region,
           const std::string& profile_endpoint);

Fetched assume_role(const World& world, const Sts& sts, const RoleRequest& role,
                    const aws::Credentials& keys);
/// The token is read from `token_file` each time: it is renewed there.
Fetched assume_role_with_web_identity(const World& world, const Sts& sts, const RoleRequest& role,
                                      const std::string& token_file);

/// `credential_process`: JSON of Version 1 on standard output.
Fetched from_process(const World& world, const std::string& command);
/// Splits as the tools do: blanks, quotes and backslashes of a shell, and nothing else of one.
/// Errors: InvalidInput (an open quote, nothing).
Result<std::vector<std::string>> split_command(std::string_view command);
/// Runs it without a shell; standard output up to 64 KiB. Errors: InvalidInput, Unavailable.
Result<std::string> run_process(const std::string& command, std::chrono::milliseconds deadline);

/// Container endpoint; nullopt when no variable names one.
Fetched from_container(const World& world);
/// May a token be sent there? https anywhere; http to loopback and to the addresses that ECS and
/// EKS use.
bool is_container_host(const http::Url& url);

/// Instance metadata, version 2; nullopt when it is switched off, or nothing answers.
Fetched from_instance(const World& world);

/// "2026-01-02T03:04:05Z", fractions and an offset allowed.
std::optional<Timestamp> parse_expiration(std::string_view text);
/// {"AccessKeyId", "SecretAccessKey", "Token" or "SessionToken", "Expiration"}.
Fetched parse_credentials_json(std::string_view text, std::string_view token_name,
                               const std::string& source);

}  // namespace limpet::client
