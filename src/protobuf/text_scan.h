// A look at a .proto text before libprotobuf's recursive parser gets it.
#pragma once

#include "limpet/base/result.h"

#include <string_view>

namespace limpet::protobuf {

/// How deep brackets of one kind may stand within each other.
inline constexpr int kBracketDepth = 64;
/// Bytes of one name, dots included.
inline constexpr std::size_t kNameBytes = 4096;

/// That the text is UTF-8, that its brackets do not nest so deeply that reading it could exhaust
/// the stack, that no name is absurdly long, and that it is not written in an edition. Errors:
/// InvalidInput, `where` = "line L, column C".
Status scan_text(std::string_view text);

/// "line L, column C", both from 1.
std::string place(std::size_t line, std::size_t column);

}  // namespace limpet::protobuf
