#include "pagination.h"

#include "limpet/crypto/base64.h"

namespace limpet::glue_api {
namespace {

constexpr std::string_view kPurpose = "limpet page token 1";
constexpr std::size_t kMacBytes = 32;
/// Longer than any token we issue: positions are keys of at most a few names.
constexpr std::size_t kTokenBytesMax = 8192;

/// Length first, so that no two lists of parts have the same bytes.
void append_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

Error invalid_token() { return Error::invalid_input("NextToken is not valid."); }

}  // namespace

PageTokens::PageTokens(std::string_view server_key) : mac_(server_key) {}

std::string PageTokens::sign(const PageQuery& query, std::string_view position) const {
  std::string message;
  for (const std::string_view part :
       {kPurpose, query.operation, std::string_view(query.scope.partition),
        std::string_view(query.scope.account), std::string_view(query.scope.region),
        std::string_view(query.filter), position}) {
    append_part(message, part);
  }
  const auto digest = mac_(message);
  return std::string(digest.begin(), digest.end());
}

std::string PageTokens::issue(const PageQuery& query, std::string_view position) const {
  std::string bytes = sign(query, position);
  bytes += position;
  return crypto::base64url_encode(bytes);
}

Result<std::string> PageTokens::read(const PageQuery& query, std::string_view token) const {
  if (token.size() > kTokenBytesMax) return invalid_token();
  const auto bytes = crypto::base64url_decode(token);
  if (!bytes || bytes->size() < kMacBytes) return invalid_token();
  const std::string_view mac = std::string_view(*bytes).substr(0, kMacBytes);
  const std::string_view position = std::string_view(*bytes).substr(kMacBytes);
  if (!crypto::constant_time_equal(mac, sign(query, position))) return invalid_token();
  return std::string(position);
}

}  // namespace limpet::glue_api
