// Paging: a list operation's MaxResults and NextToken, and the token of the page behind.
//
//   const Paging paging(call, {.operation = "ListSchemas", .scope = call.context.scope, …});
//   LIMPET_TRY(const auto request, paging.request(input));
//   … .next_token = paging.next_token(page.next)
#pragma once

#include "pagination.h"
#include "step.h"

#include "limpet/registry/entities.h"

#include <optional>
#include <string>

namespace limpet::glue_api {

inline constexpr std::size_t kDefaultPage = 25;

class Paging {
 public:
  /// Requires: what `query` refers to outlives the Paging.
  Paging(const Call& call, PageQuery query)
      : tokens_(call.environment.tokens), query_(std::move(query)) {}

  /// Errors: InvalidInput (the token). An empty token is the first page.
  template <class Input>
  Result<registry::PageRequest> request(const Input& input) const {
    registry::PageRequest request{
        .after = {}, .limit = static_cast<std::size_t>(input.max_results.value_or(kDefaultPage))};
    if (input.next_token && !input.next_token->empty()) {
      LIMPET_TRY(request.after, tokens_.read(query_, *input.next_token));
    }
    return request;
  }

  /// nullopt on the last page.
  std::optional<std::string> next_token(const std::optional<std::string>& position) const {
    if (!position) return std::nullopt;
    return tokens_.issue(query_, *position);
  }

 private:
  const PageTokens& tokens_;
  PageQuery query_;
};

}  // namespace limpet::glue_api
