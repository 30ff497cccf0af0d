// Settings: where to call, as whom. Read as the AWS tools read them: arguments, environment, the
// shared files ~/.aws/config and ~/.aws/credentials.
//
//   auto settings = client::load_settings({.profile = "staging"}, client::process_environment());
//
// Endpoint: argument, AWS_ENDPOINT_URL_GLUE, AWS_ENDPOINT_URL, the profile's endpoint_url, and then
// a Limpet on this machine: a tool of ours never talks to AWS by accident. "aws" stands for
// https://glue.REGION.amazonaws.com.
// Certificate authorities of https: argument, AWS_CA_BUNDLE, the profile's ca_bundle, the system's.
// Region: argument, AWS_REGION, AWS_DEFAULT_REGION, the profile, us-east-1.
// Credentials: the profile when one is named as an argument, else AWS_ACCESS_KEY_ID with
// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else the profile (AWS_PROFILE, "default").
#pragma once

#include "limpet/aws/sigv4.h"
#include "limpet/base/result.h"
#include "limpet/base/time.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::client {

inline constexpr std::string_view kLocalEndpoint = "http://127.0.0.1:8484";

class CredentialsProvider;

/// The value of an environment variable; nullopt when unset.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// The machine's wall clock, for programs that have no clock of their own.
const Clock& machine_clock();

/// Is it a host of AWS's (amazonaws.com, amazonaws.com.cn, api.aws)?
bool is_aws_endpoint(std::string_view endpoint);

/// What the caller says outright; empty means: look elsewhere.
struct Arguments {
  std::string endpoint{};
  std::string region{};
  std::string profile{};
  std::string ca_file{};
  bool sign = true;  ///< false: send no signature (a server that runs with `--auth off`)
};

/// Contents of the shared files; empty when there are none.
struct SharedFiles {
  std::string config{};
  std::string credentials{};
};

struct Settings {
  std::string endpoint;
  std::string region;
  std::optional<aws::Credentials> credentials;  ///< nullopt: do not sign
  std::string ca_file{};                        ///< PEM; empty: the authorities of the system
  /// Where credentials come from when they change: wins over `credentials`. See credentials.h.
  std::shared_ptr<CredentialsProvider> provider{};
};

/// Errors: InvalidInput (a named profile that does not exist, half a key pair, a kind of
/// credentials that we do not read, no credentials at all, malformed files).
Result<Settings> resolve_settings(const Arguments& arguments, const Environment& environment,
                                  const SharedFiles& files);

/// The same, with the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name, or those in
/// ~/.aws. Limits: 1 MiB a file.
Result<Settings> load_settings(const Arguments& arguments, const Environment& environment);

}  // namespace limpet::client
