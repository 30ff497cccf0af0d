// Syntax diff of two definitions as a JSON Patch (RFC 6902).
//
//   compat::syntax_diff(Format::Avro, R"({"type":"int"})", R"({"type":"long"})");
//   // [{"op":"replace","path":"/type","value":"long"}]
#pragma once

#include "limpet/base/result.h"
#include "limpet/compat/format.h"

#include <string>
#include <string_view>

namespace limpet::compat {

/// The patch that makes `second` out of `first`, as compact JSON; "[]" when they are equal. Object
/// members are visited in sorted order, arrays compared by longest common subsequence. A patch of
/// more than limits::kDiffCharacters becomes one replacement of the whole document. Protobuf, which
/// is not JSON, always has such a replacement, by the text itself.
/// Errors: InvalidInput (not a JSON text where it must be one; the replacement is too
/// long as well).
Result<std::string> syntax_diff(Format format, std::string_view first, std::string_view second);

}  // namespace limpet::compat
