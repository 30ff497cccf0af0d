// What a request presents as its proof of origin, read from the Authorization header or from the
// query, before anything of it is believed.
#pragma once

#include "canonical.h"

#include "limpet/aws/http.h"
#include "limpet/aws/wire_error.h"
#include "limpet/base/time.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::aws {

/// Borrows from the request or the query.
struct Presented {
  std::string_view credential;      ///< "AKIDEXAMPLE/20150830/us-east-1/glue/aws4_request"
  std::string_view signed_headers;  ///< "host;x-amz-date"
  std::string_view signature;       ///< hexadecimal
  std::string_view date;            ///< as sent
  std::string_view session_token;   ///< empty when none came
  /// The text of X-Amz-Expires; nullopt for the header form.
  std::optional<std::string_view> expires;
};

/// Errors: MissingAuthenticationTokenException, IncompleteSignatureException.
Outcome<Presented> read_presented(const HttpRequest& request, const Query& query);

/// "Credential=…" of an Authorization header of any scheme, or X-Amz-Credential of the query.
std::optional<std::string_view> find_credential(const HttpRequest& request, const Query& query);

/// The time of X-Amz-Date or Date: ISO 8601 basic or the form of RFC 9110.
std::optional<Timestamp> parse_date(std::string_view text);

WireError incomplete_signature(std::string message);

}  // namespace limpet::aws
