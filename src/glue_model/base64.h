// Base64 with padding (RFC 4648 section 4); how blobs travel in JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace limpet::glue_model {

std::string to_base64(std::string_view bytes);

/// Strict: whole groups, padding, no other characters, unused bits zero; nullopt otherwise.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace limpet::glue_model
