// Page tokens: where the next page of a list starts, in a form that only this service can make.
//
//   const PageTokens tokens(server_key);
//   const PageQuery query{.operation = "ListSchemas", .scope = scope, .filter = "registry r1"};
//   auto token = tokens.issue(query, "r1!orders");
//   auto position = tokens.read(query, token);            // "r1!orders"
//
// A token is base64url of HMAC-SHA-256 and position. The HMAC covers the operation, the caller's
// scope, the filter and the position, so a token changed by a bit, made by another server or sent
// with another question is refused. It holds a place, not a page number: rows that come or go
// between two pages neither repeat nor hide others. Threads: safe.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/crypto/hmac.h"

#include <string>
#include <string_view>

namespace limpet::glue_api {

/// What a token is bound to. Page size is not part of it: a caller may change it on the way.
struct PageQuery {
  std::string_view operation;
  const Scope& scope;
  std::string filter = {};
};

class PageTokens {
 public:
  explicit PageTokens(std::string_view server_key);

  std::string issue(const PageQuery& query, std::string_view position) const;

  /// The position. Errors: InvalidInput "NextToken is not valid." for anything but a token that
  /// this service issued for the same question.
  Result<std::string> read(const PageQuery& query, std::string_view token) const;

 private:
  std::string sign(const PageQuery& query, std::string_view position) const;
  crypto::HmacSha256 mac_;
};

}  // namespace limpet::glue_api
