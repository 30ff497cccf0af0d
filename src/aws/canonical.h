// The canonical request of AWS Signature Version 4: the one spelling of a request that both sides
// hash.
#pragma once

#include "limpet/aws/http.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::aws {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kTerminator = "aws4_request";

/// RFC 3986 percent-encoding with upper-case digits; only A-Z a-z 0-9 - _ . ~ and the characters in
/// `keep` stay.
std::string percent_encode(std::string_view text, std::string_view keep = {});
/// "%41" becomes "A"; a '%' without two hexadecimal digits stays, and so does '+'.
std::string percent_decode(std::string_view text);

/// Names and values of a query, decoded, in order. Empty pieces ("a=1&&b=2") are left out.
using Query = std::vector<std::pair<std::string, std::string>>;
Query parse_query(std::string_view query);
/// The first value of that name, or nullptr.
const std::string* find(const Query& query, std::string_view name);

/// The target's two halves; `query` without its '?'.
struct Target {
  std::string_view path;
  std::string_view query;
};
Target split_target(std::string_view target);

/// Dot segments and empty segments removed, then encoded once more than the client already did.
std::string canonical_path(std::string_view path);
/// Encoded and sorted, X-Amz-Signature left out.
std::string canonical_query(const Query& query);
/// Appends "name:value,value\n" of all headers of that (lower-case) name, blanks collapsed; false
/// when there is none.
bool append_canonical_header(std::string& lines, const Headers& headers, std::string_view name);

struct CanonicalParts {
  std::string_view method;
  std::string_view path;
  const Query& query;
  std::string_view headers;         ///< lines of append_canonical_header()
  std::string_view signed_headers;  ///< "host;x-amz-date"
  std::string_view payload_hash;
};
std::string canonical_request(const CanonicalParts& parts);

/// `scope` is "20150830/us-east-1/service/aws4_request".
std::string string_to_sign(std::string_view time, std::string_view scope,
                           std::string_view canonical_request);

}  // namespace limpet::aws
