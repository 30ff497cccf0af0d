// A message as people give it on a command line: hexadecimal or base64.
//
//   message_from_hex("0x03 00 b7:b4")    // four bytes
//   message_from_base64("AwC3tA==")
//
// Pure. Threads: safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace limpet::app {

/// Digits in either case, with or without 0x or \x in front; blanks, tabs and colons between them
/// are left out. nullopt: anything else, or half a byte.
std::optional<std::string> message_from_hex(std::string_view text);

/// RFC 4648's base64 with its padding, or base64url with or without it. nullopt: neither.
std::optional<std::string> message_from_base64(std::string_view text);

}  // namespace limpet::app
