#include "presented.h"

#include "ascii.h"

#include <array>

namespace limpet::aws {
namespace {

struct Parameters {
  std::optional<std::string_view> credential, signed_headers, signature;
  std::optional<std::string_view> without_equal_sign;  // the first such part
};

Parameters split_parameters(std::string_view rest) {
  Parameters out;
  while (!rest.empty()) {
    const auto part = trim(take_until(rest, ','));
    if (part.empty()) continue;
    if (part.find('=') == std::string_view::npos) {
      if (!out.without_equal_sign) out.without_equal_sign = part;
      continue;
    }
    std::string_view value = part;
    const auto name = take_until(value, '=');
    auto* slot = name == "Credential"      ? &out.credential
                 : name == "SignedHeaders" ? &out.signed_headers
                 : name == "Signature"     ? &out.signature
                                           : nullptr;
    if (slot != nullptr && !*slot) *slot = value;
  }
  return out;
}

std::optional<std::string_view> date_of(const HttpRequest& request) {
  const auto date = request.header("X-Amz-Date");
  return date ? date : request.header("date");
}

void add_sentence(std::string& text, bool wanted, std::string_view sentence) {
  if (!wanted) return;
  if (!text.empty()) text.push_back(' ');
  text.append(sentence);
}

Outcome<Presented> read_header(const HttpRequest& request, std::string_view authorization) {
  std::string_view rest = trim(authorization);
  const auto scheme = take_until(rest, ' ');
  // Of another scheme (a bearer token, SigV2, SigV4a) nothing is understood, nor repeated.
  const Parameters given = scheme == kAlgorithm ? split_parameters(rest) : Parameters{};
  const auto date = date_of(request);
  std::string missing;
  add_sentence(missing, !given.credential, "Authorization header requires 'Credential' parameter.");
  add_sentence(missing, !given.signature, "Authorization header requires 'Signature' parameter.");
  add_sentence(missing, !given.signed_headers,
               "Authorization header requires 'SignedHeaders' parameter.");
  add_sentence(missing, !date,
               "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
               "header.");
  if (!missing.empty()) {
    // No scheme has so long a name: it is a token that came without one.
    constexpr std::size_t kSchemeMax = 24;
    return incomplete_signature(
        missing + " Authorization=" + (scheme.size() <= kSchemeMax ? echo(scheme) : "…"));
  }
  if (given.without_equal_sign) {
    return incomplete_signature("'" + echo(*given.without_equal_sign) +
                                "' not a valid key=value pair (missing equal-sign) in "
                                "Authorization header: '" +
                                echo(authorization, 1024) + "'.");
  }
  const auto token = request.header("X-Amz-Security-Token");
  return Presented{.credential = *given.credential,
                   .signed_headers = *given.signed_headers,
                   .signature = *given.signature,
                   .date = trim(*date),
                   .session_token = token ? trim(*token) : std::string_view(),
                   .expires = std::nullopt};
}

Outcome<Presented> read_query(const Query& query) {
  std::string missing;
  for (const std::string_view name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-SignedHeaders",
                                      "X-Amz-Date", "X-Amz-Expires"}) {
    add_sentence(missing, find(query, name) == nullptr,
                 "AWS query-string parameters must include '" + std::string(name) + "'.");
  }
  if (!missing.empty()) {
    return incomplete_signature(missing + " Re-examine the query-string parameters.");
  }
  if (const auto& algorithm = *find(query, "X-Amz-Algorithm"); algorithm != kAlgorithm) {
    return incomplete_signature("Unsupported AWS 'algorithm': '" + echo(algorithm) + "'.");
  }
  const auto* token = find(query, "X-Amz-Security-Token");
  return Presented{.credential = *find(query, "X-Amz-Credential"),
                   .signed_headers = *find(query, "X-Amz-SignedHeaders"),
                   .signature = *find(query, "X-Amz-Signature"),
                   .date = *find(query, "X-Amz-Date"),
                   .session_token = token != nullptr ? std::string_view(*token) : "",
                   .expires = *find(query, "X-Amz-Expires")};
}

}  // namespace

WireError incomplete_signature(std::string message) {
  return {.type = "IncompleteSignatureException", .message = std::move(message)};
}

Outcome<Presented> read_presented(const HttpRequest& request, const Query& query) {
  if (const auto authorization = request.header("Authorization")) {
    return read_header(request, *authorization);
  }
  if (find(query, "X-Amz-Signature") != nullptr) return read_query(query);
  return WireError{.type = "MissingAuthenticationTokenException",
                   .message = "Missing Authentication Token"};
}

std::optional<std::string_view> find_credential(const HttpRequest& request, const Query& query) {
  if (const auto authorization = request.header("Authorization")) {
    std::string_view rest = trim(*authorization);
    take_until(rest, ' ');
    return split_parameters(rest).credential;
  }
  const auto* credential = find(query, "X-Amz-Credential");
  return credential != nullptr ? std::optional<std::string_view>(*credential) : std::nullopt;
}

std::optional<Timestamp> parse_date(std::string_view text) {
  const auto time = parse_iso8601_basic(text);
  return time ? time : parse_http_date(text);
}

}  // namespace limpet::aws
