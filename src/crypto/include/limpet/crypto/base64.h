// Base64 and base64url (RFC 4648 4 and 5).
//
//   crypto::base64_encode("fo");        // "Zm8="
//   crypto::base64url_encode("fo");     // "Zm8": our base64url carries no padding
//   crypto::base64_decode("Zm9=");      // nullopt: the spare bits are not zero
//
// Decoding is strict: no white space, no foreign alphabet, padding exactly as the encoder writes
// it, spare bits zero; so one byte string has one spelling. Threads: safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace limpet::crypto {

/// Standard alphabet, padded with '='.
std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

/// URL-safe alphabet, no padding.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace limpet::crypto
