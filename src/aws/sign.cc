#include "ascii.h"
#include "canonical.h"

#include "limpet/aws/sigv4.h"
#include "limpet/base/assert.h"
#include "limpet/base/hex.h"
#include "limpet/crypto/sha256.h"

#include <algorithm>
#include <array>

namespace limpet::aws {
namespace {

// What proxies and HTTP libraries add, change or drop on the way.
constexpr std::array<std::string_view, 8> kNeverSigned{
    "accept-encoding", "authorization",     "connection", "content-length",
    "expect",          "transfer-encoding", "user-agent", "x-amzn-trace-id"};

struct Signable {
  std::string lines;  // canonical headers
  std::string names;  // "content-type;host"
};

Signable signable(const Headers& headers) {
  std::vector<std::string> names;
  for (const auto& header : headers) names.push_back(lower_case(header.name));
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  Signable out;
  for (const auto& name : names) {
    if (std::ranges::find(kNeverSigned, name) != kNeverSigned.end()) continue;
    append_canonical_header(out.lines, headers, name);
    out.names.append(out.names.empty() ? "" : ";").append(name);
  }
  return out;
}

std::string scope_text(std::string_view date, const SignFor& target) {
  std::string out(date);
  out.append("/").append(target.region).append("/").append(target.service).append("/");
  return out.append(kTerminator);
}

std::string signature(const Credentials& credentials, const SignFor& target, std::string_view time,
                      std::string_view canonical) {
  const auto date = time.substr(0, 8);
  const auto key =
      derive_signing_key(credentials.secret_access_key, {date, target.region, target.service});
  return to_hex(key(string_to_sign(time, scope_text(date, target), canonical)));
}

}  // namespace

void sign(HttpRequest& request, const Credentials& credentials, const SignFor& target,
          Timestamp now) {
  LIMPET_ASSERT(request.header("host").has_value());
  const std::string time = to_iso8601_basic(now);
  request.headers.set("X-Amz-Date", time);
  if (!credentials.session_token.empty()) {
    request.headers.set("X-Amz-Security-Token", credentials.session_token);
  }
  const auto headers = signable(request.headers);
  const auto [path, query] = split_target(request.target);
  const Query parameters = parse_query(query);
  const std::string canonical =
      canonical_request({.method = request.method,
                         .path = path,
                         .query = parameters,
                         .headers = headers.lines,
                         .signed_headers = headers.names,
                         .payload_hash = crypto::sha256_hex(request.body)});
  std::string authorization(kAlgorithm);
  authorization.append(" Credential=").append(credentials.access_key_id).append("/");
  authorization.append(scope_text(time.substr(0, 8), target));
  authorization.append(", SignedHeaders=").append(headers.names);
  authorization.append(", Signature=").append(signature(credentials, target, time, canonical));
  request.headers.set("Authorization", authorization);
}

std::string presign(const PresignedCall& call, const Credentials& credentials,
                    const SignFor& target, Timestamp now) {
  const std::string time = to_iso8601_basic(now);
  Headers headers = call.headers;
  headers.set("Host", call.host);
  const auto signed_headers = signable(headers);

  Query query = call.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential",
                     credentials.access_key_id + "/" + scope_text(time.substr(0, 8), target));
  query.emplace_back("X-Amz-Date", time);
  query.emplace_back("X-Amz-Expires", std::to_string(call.expires.count()));
  if (!credentials.session_token.empty()) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  query.emplace_back("X-Amz-SignedHeaders", signed_headers.names);

  const std::string canonical = canonical_request({.method = call.method,
                                                   .path = call.path,
                                                   .query = query,
                                                   .headers = signed_headers.lines,
                                                   .signed_headers = signed_headers.names,
                                                   .payload_hash = crypto::sha256_hex(call.body)});
  std::string out = call.path + "?" + canonical_query(query);
  return out.append("&X-Amz-Signature=").append(signature(credentials, target, time, canonical));
}

}  // namespace limpet::aws
