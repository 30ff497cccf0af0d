// AWS Signature Version 4: sign requests, verify signed requests.
//
//   aws::sign(request, credentials, {.region = "us-east-1", .service = "glue"}, clock.now());
//
//   const aws::Verifier verifier({.clock_skew = 5min}, [&](std::string_view id) { … });
//   auto outcome = verifier.verify(request, clock.now());
//   if (auto* error = std::get_if<aws::WireError>(&outcome)) return protocol.error(*error, id);
//   const auto& caller = std::get<aws::Identity>(outcome);
//
// Source: "AWS Signature Version 4 for API requests", AWS IAM User Guide.
#pragma once

#include "limpet/aws/http.h"
#include "limpet/aws/signing_key.h"
#include "limpet/aws/wire_error.h"
#include "limpet/base/time.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::aws {

/// What a caller signs with.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< empty for a permanent key
};

struct SignFor {
  std::string region;
  std::string service = "glue";
};

/// Sign by headers: sets X-Amz-Date, X-Amz-Security-Token (temporary keys) and Authorization,
/// replacing older ones. Every header present is signed but those that a proxy may change (such as
/// User-Agent). Requires: a Host header. Threads: safe.
void sign(HttpRequest& request, const Credentials& credentials, const SignFor& target,
          Timestamp now);

/// A request that is signed by its query, for presign().
struct PresignedCall {
  std::string method = "GET";
  std::string host;
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> query;  ///< not encoded
  Headers headers;                                         ///< signed besides host
  std::string body;
  std::chrono::seconds expires{900};
};

/// The path and query of a presigned URL: "/?Action=…&X-Amz-Signature=…". Threads: safe.
std::string presign(const PresignedCall& call, const Credentials& credentials,
                    const SignFor& target, Timestamp now);

/// What the server knows of an access key in force. Borrows.
struct KnownKey {
  std::string_view secret;
  std::string_view account;
  std::string_view principal;  ///< ARN
  /// A temporary key has a token that must come with it, and an end.
  struct Session {
    std::string_view token;
    Timestamp expires{};
  };
  std::optional<Session> session{};
  std::shared_ptr<const void> owner{};  ///< keeps the texts alive; empty: they need no keeper
};

/// Finds a key by id; nullopt for an unknown or disabled one. Called from any thread that verifies.
using KeyLookup = std::function<std::optional<KnownKey>(std::string_view access_key_id)>;

/// Who signed.
struct Identity {
  std::string access_key_id;
  std::string account;
  std::string region;
  std::string principal;

  friend bool operator==(const Identity&, const Identity&) = default;
};

struct VerifySettings {
  std::chrono::seconds clock_skew{300};
  std::vector<std::string> services{"glue"};  ///< the first one is named in errors
  std::vector<std::string> regions{};         ///< empty: every syntactically valid region
  std::size_t cached_signing_keys = 1024;
};

/// Checks signatures in header and presigned form. The payload always counts: the hash in the
/// signature must be that of the body, UNSIGNED-PAYLOAD is refused. Threads: safe.
class Verifier {
 public:
  Verifier(VerifySettings settings, KeyLookup lookup);

  /// Errors: MissingAuthenticationTokenException, IncompleteSignatureException,
  /// InvalidSignatureException, UnrecognizedClientException, ExpiredTokenException; all 400.
  Outcome<Identity> verify(const HttpRequest& request, Timestamp now) const;

 private:
  VerifySettings settings_;
  KeyLookup lookup_;
  mutable SigningKeyCache keys_;
};

/// What a request says about its signer, taken on trust: for servers without authentication and for
/// log lines. A part that is missing or malformed is empty.
struct Claim {
  std::string access_key_id;
  std::string region;

  friend bool operator==(const Claim&, const Claim&) = default;
};

Claim claimed_identity(const HttpRequest& request);

}  // namespace limpet::aws
