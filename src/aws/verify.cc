#include "ascii.h"
#include "canonical.h"
#include "presented.h"

#include "limpet/aws/arn.h"
#include "limpet/aws/sigv4.h"
#include "limpet/base/hex.h"
#include "limpet/crypto/sha256.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace limpet::aws {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxSignedHeaders = 128;
constexpr std::int64_t kMaxExpires = 604'800;  // a week, "X-Amz-Expires", AWS IAM User Guide

struct CredentialScope {
  std::string_view access_key_id, date, region, service, terminator;
};

WireError invalid_signature(std::string message) {
  return {.type = "InvalidSignatureException", .message = std::move(message)};
}

WireError signature_mismatch() {
  return invalid_signature(
      "The request signature we calculated does not match the signature you provided. Check your "
      "AWS Secret Access Key and signing method. Consult the service documentation for details.");
}

std::optional<CredentialScope> split_credential(std::string_view credential) {
  if (std::ranges::count(credential, '/') != 4) return std::nullopt;
  CredentialScope scope;
  scope.access_key_id = take_until(credential, '/');
  scope.date = take_until(credential, '/');
  scope.region = take_until(credential, '/');
  scope.service = take_until(credential, '/');
  scope.terminator = credential;
  return scope;
}

// The canonical lines of the headers that the client says it signed, in its order.
Outcome<std::string> canonical_headers(const HttpRequest& request, std::string_view names) {
  if (static_cast<std::size_t>(std::ranges::count(names, ';')) >= kMaxSignedHeaders) {
    return incomplete_signature("No more than 128 headers can be signed.");
  }
  std::string lines;
  lines.reserve(256);
  bool has_host = false;
  while (!names.empty()) {
    const auto given = take_until(names, ';');
    const std::string name = lower_case(given);
    if (!append_canonical_header(lines, request.headers, name)) {
      return incomplete_signature("'" + echo(given) +
                                  "' is named as a SignedHeader, but it does not exist in the "
                                  "HTTP request.");
    }
    has_host |= name == "host";
  }
  if (!has_host) {
    return incomplete_signature(
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  return lines;
}

std::optional<WireError> check_scope(const VerifySettings& settings, const CredentialScope& scope,
                                     std::string_view iso) {
  const bool region_allowed =
      is_region(scope.region) &&
      (settings.regions.empty() ||
       std::ranges::find(settings.regions, scope.region) != settings.regions.end());
  if (!region_allowed) return invalid_signature("Credential should be scoped to a valid region.");
  if (std::ranges::find(settings.services, scope.service) == settings.services.end()) {
    return invalid_signature("Credential should be scoped to correct service: '" +
                             settings.services.front() + "'.");
  }
  if (scope.terminator != kTerminator) {
    return invalid_signature(
        "Credential should be scoped with a valid terminator: 'aws4_request', not '" +
        echo(scope.terminator) + "'.");
  }
  if (const auto day = iso.substr(0, 8); scope.date != day) {
    return invalid_signature(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
        "HTTP: '" +
        echo(scope.date) + "' != '" + std::string(day) + "', from '" + std::string(iso) + "'.");
  }
  return std::nullopt;
}

std::string in_words(seconds skew) {
  const auto count = skew.count();
  return count % 60 == 0 ? std::to_string(count / 60) + " min." : std::to_string(count) + " sec.";
}

// A presigned request lives as long as it says, a signed one as long as clocks may differ.
std::optional<WireError> check_time(seconds skew, Timestamp time, std::optional<seconds> expires,
                                    Timestamp now) {
  const bool in_time =
      time <= now + skew && (expires ? now <= time + *expires : now <= time + skew);
  if (in_time) return std::nullopt;
  const std::string now_text = to_iso8601_basic(now);
  if (!expires && time < now - skew) {
    return invalid_signature("Signature expired: " + to_iso8601_basic(time) +
                             " is now earlier than " + to_iso8601_basic(now - skew) + " (" +
                             now_text + " - " + in_words(skew) + ")");
  }
  if (time > now + skew) {
    return invalid_signature("Signature not yet current: " + to_iso8601_basic(time) +
                             " is still later than " + to_iso8601_basic(now + skew) + " (" +
                             now_text + " + " + in_words(skew) + ")");
  }
  if (expires && time + *expires < now) {
    return invalid_signature("Signature expired: " + to_iso8601_basic(time + *expires) +
                             " is now earlier than " + now_text);
  }
  return std::nullopt;
}

std::optional<WireError> check_key(const std::optional<KnownKey>& key, std::string_view token,
                                   Timestamp now) {
  const bool known =
      key && (!key->session || crypto::constant_time_equal(key->session->token, token));
  if (!known) {
    return WireError{.type = "UnrecognizedClientException",
                     .message = "The security token included in the request is invalid."};
  }
  if (key->session && key->session->expires <= now) {
    return WireError{.type = "ExpiredTokenException",
                     .message = "The security token included in the request is expired"};
  }
  return std::nullopt;
}

std::optional<seconds> parse_expires(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || value < 1 || value > kMaxExpires) return std::nullopt;
  return seconds(value);
}

// A signed x-amz-content-sha256 must tell the truth about the body.
bool payload_hash_is_true(const HttpRequest& request, std::string_view hash) {
  const auto claimed = request.header("x-amz-content-sha256");
  return !claimed || trim(*claimed) == hash;
}

bool is_access_key_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '_'; });
}

bool signs_header(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    if (equal_ignoring_case(take_until(names, ';'), name)) return true;
  }
  return false;
}

}  // namespace

Verifier::Verifier(VerifySettings settings, KeyLookup lookup)
    : settings_(std::move(settings)),
      lookup_(std::move(lookup)),
      keys_(settings_.cached_signing_keys) {}

Outcome<Identity> Verifier::verify(const HttpRequest& request, Timestamp now) const {
  const auto [path, query_text] = split_target(request.target);
  const Query query = parse_query(query_text);
  auto read = read_presented(request, query);
  if (auto* error = std::get_if<WireError>(&read)) return std::move(*error);
  const auto& presented = std::get<Presented>(read);

  auto headers = canonical_headers(request, presented.signed_headers);
  if (auto* error = std::get_if<WireError>(&headers)) return std::move(*error);

  const auto scope = split_credential(presented.credential);
  if (!scope) {
    return incomplete_signature(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got '" +
        echo(presented.credential) + "'");
  }
  const auto time = parse_date(presented.date);
  if (!time) {
    return incomplete_signature("Date must be in ISO-8601 'basic format'. Got '" +
                                echo(presented.date) +
                                "'. See http://en.wikipedia.org/wiki/ISO_8601");
  }
  std::optional<seconds> expires;
  if (presented.expires) {
    expires = parse_expires(*presented.expires);
    if (!expires) {
      return incomplete_signature("X-Amz-Expires must be a number of seconds from 1 to 604800.");
    }
  }
  // A date that is as long as the basic format was read as that.
  constexpr std::size_t kBasicFormat = 16;
  const bool basic = presented.date.size() == kBasicFormat;
  const std::string formatted = basic ? std::string() : to_iso8601_basic(*time);
  const std::string_view iso = basic ? presented.date : formatted;
  if (auto error = check_scope(settings_, *scope, iso)) return *std::move(error);
  if (auto error = check_time(settings_.clock_skew, *time, expires, now)) return *std::move(error);

  const auto key = lookup_(scope->access_key_id);
  if (auto error = check_key(key, presented.session_token, now)) return *std::move(error);

  const std::string payload_hash = crypto::sha256_hex(request.body);
  if (signs_header(presented.signed_headers, "x-amz-content-sha256") &&
      !payload_hash_is_true(request, payload_hash)) {
    return signature_mismatch();
  }
  const std::string canonical = canonical_request({.method = request.method,
                                                   .path = path,
                                                   .query = query,
                                                   .headers = std::get<std::string>(headers),
                                                   .signed_headers = presented.signed_headers,
                                                   .payload_hash = payload_hash});
  const std::string_view scope_text = presented.credential.substr(scope->access_key_id.size() + 1);
  const SigningScope signing_scope{scope->date, scope->region, scope->service};
  auto cached = keys_.find(scope->access_key_id, key->secret, signing_scope);
  const auto signing_key = cached ? *cached : derive_signing_key(key->secret, signing_scope);
  const std::string expected = to_hex(signing_key(string_to_sign(iso, scope_text, canonical)));
  if (!crypto::constant_time_equal(expected, presented.signature)) return signature_mismatch();
  if (!cached) keys_.put(scope->access_key_id, key->secret, signing_scope, signing_key);

  return Identity{.access_key_id = std::string(scope->access_key_id),
                  .account = std::string(key->account),
                  .region = std::string(scope->region),
                  .principal = std::string(key->principal)};
}

Claim claimed_identity(const HttpRequest& request) {
  Claim claim;
  const Query query = parse_query(split_target(request.target).query);
  const auto credential = find_credential(request, query);
  if (!credential) return claim;
  std::string_view rest = *credential;
  const auto id = take_until(rest, '/');
  take_until(rest, '/');
  const auto region = take_until(rest, '/');
  if (is_access_key_id(id)) claim.access_key_id = id;
  if (is_region(region)) claim.region = region;
  return claim;
}

}  // namespace limpet::aws
