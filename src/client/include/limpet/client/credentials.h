// Credentials: the key pair that calls are signed with, found as the AWS SDKs find it and renewed
// before it ends.
//
//   auto chain = client::credentials_chain({}, client::process_environment(), files, clock);
//   if (!chain) return std::move(chain).error();            // a profile that cannot work
//   LIMPET_TRY(const auto keys, (*chain)->get());            // looked up now, kept, renewed
//   aws::sign(request, keys.keys, {.region = "eu-west-1"}, clock.now());
//
// Order and names are those of the AWS SDKs and Tools Reference Guide ("Standardized credential
// providers") and of botocore's resolver:
//
//   1 explicit      a key pair, or a role, that the program gives
//   2 environment   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; passed over when
//                   the program names a profile
//   3 web identity  AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME:
//                   sts:AssumeRoleWithWebIdentity
//   4 shared files  the profile (argument, AWS_PROFILE, AWS_DEFAULT_PROFILE, "default"): role_arn
//                   with source_profile or credential_source (sts:AssumeRole), role_arn with
//                   web_identity_token_file, aws_access_key_id, credential_process
//   5 container     AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with
//                   AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN
//   6 instance      metadata service version 2; AWS_EC2_METADATA_DISABLED,
//                   AWS_EC2_METADATA_SERVICE_ENDPOINT, _ENDPOINT_MODE
//
// 5 and 6, which talk to a machine of AWS's, are asked only when `Reach::Machine` says so: when an
// AWS endpoint or an MSK cluster is called. A command on a Limpet server never does. Single
// sign-on (sso_session, sso_start_url) is not read: InvalidInput tells how to export the keys.
//
// No message ever holds a key, a token, or what a process or a server answered.
#pragma once

#include "limpet/aws/sigv4.h"
#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/client/settings.h"
#include "limpet/http/client.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace limpet::client {

/// A key pair, and when it ends.
struct LimitedCredentials {
  aws::Credentials keys;
  std::optional<Timestamp> expires{};  ///< nullopt: never
};

/// Where credentials come from. Threads: safe.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  /// What is in force now; may call a server, within `deadline` of the options it was made with.
  /// Errors: InvalidInput (settings that cannot work), AccessDenied (refused), Unavailable.
  virtual Result<LimitedCredentials> get() = 0;
};

/// Always the same pair.
std::shared_ptr<CredentialsProvider> fixed_credentials(aws::Credentials keys);

/// Fetches credentials once; `nullopt` tells that this source is not set up, so the next one of a
/// chain is asked.
using FetchCredentials = std::function<Result<std::optional<LimitedCredentials>>()>;

struct RefreshPolicy {
  std::chrono::seconds early{300};  ///< renewed so long before they end (botocore: 10 to 15 min)
  std::chrono::seconds retry{30};   ///< after a renewal that failed, while the old ones are good
};

/// Keeps what `fetch` answered and renews it `early` before it ends. One caller fetches, others
/// wait for it, or use what is still good; when renewal fails, what is still good is kept.
/// `clock` must outlive it. Errors: those of `fetch`; InvalidInput when it answered nullopt.
std::shared_ptr<CredentialsProvider> refreshing_credentials(FetchCredentials fetch,
                                                            const Clock& clock,
                                                            RefreshPolicy policy = {});

/// Whom the chain may ask.
enum class Reach : std::uint8_t {
  Files,    ///< program, environment, files; STS where a profile or a variable names a role
  Machine,  ///< also the container's and the instance's endpoint
};

/// A role that the program asks for outright (serde.md: `assumeRoleArn`).
struct AssumedRole {
  std::string arn{};
  std::string session_name{};  ///< default: limpet-<time>
  std::string external_id{};
  std::chrono::seconds duration{3600};
};

struct ChainOptions {
  std::optional<aws::Credentials> explicit_keys{};
  std::optional<AssumedRole> assume{};  ///< with the credentials that the chain finds
  std::string profile{};                ///< as an argument: environment keys are passed over
  std::string region{};                 ///< of STS; default as in load_settings
  Reach reach = Reach::Files;
  RefreshPolicy refresh{};
  /// How requests travel; a test puts its own here. Default: an http::Client.
  std::function<Result<http::Answer>(const http::Url&, const http::Outgoing&)> send{};
  /// Runs credential_process and answers its standard output; a test puts its own here.
  std::function<Result<std::string>(const std::string& command)> run{};
  std::chrono::milliseconds deadline{10'000};  ///< of one renewal
};

/// The chain above. Reads the files now, asks no server. `clock` must outlive it.
/// Errors: InvalidInput (no such profile, half a pair, a loop of source_profile, single sign-on,
/// malformed files).
Result<std::shared_ptr<CredentialsProvider>> credentials_chain(ChainOptions options,
                                                               const Environment& environment,
                                                               const SharedFiles& files,
                                                               const Clock& clock);

}  // namespace limpet::client
