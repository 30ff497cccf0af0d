// URI references as schemas use them (RFC 3986, section 5) and JSON pointers in fragments (RFC
// 6901, section 6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json_schema {

/// `reference` seen from `base`, which may be empty; dot segments removed.
std::string resolve_uri(std::string_view base, std::string_view reference);

struct SplitUri {
  std::string_view document;  ///< all before '#'
  std::string_view fragment;  ///< behind '#'; empty when there is none
};
SplitUri split_fragment(std::string_view uri);

/// "%7E1" → "~1"; nullopt for a broken escape or bytes that are not UTF-8.
std::optional<std::string> percent_decode(std::string_view text);

/// Everything that may not stand in a fragment is escaped: "a b%" → "a%20b%25".
std::string percent_encode_fragment(std::string_view text);
bool is_absolute_uri(std::string_view uri);  ///< it has a scheme

/// "/a~1b/0" → {"a/b", "0"}; nullopt when it is no JSON pointer.
std::optional<std::vector<std::string>> split_pointer(std::string_view pointer);
void append_pointer_token(std::string& pointer, std::string_view token);

/// http://json-schema.org/draft-07/schema# and https://… without '#' are the same dialect.
std::string_view without_empty_fragment(std::string_view uri);

}  // namespace limpet::json_schema
