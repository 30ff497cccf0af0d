// UTF-8 text: validity and length in code points (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace limpet {

/// No overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// Code points of valid UTF-8. Requires: is_valid_utf8(text).
std::size_t code_points(std::string_view text);

/// Decodes the code point that starts at `at` and moves `at` behind it; nullopt if malformed.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);

/// At most `bytes` bytes of `text`, cut between code points.
std::string_view truncate_utf8(std::string_view text, std::size_t bytes);

}  // namespace limpet
