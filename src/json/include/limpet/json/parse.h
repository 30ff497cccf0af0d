// Parse JSON text within limits.
//
//   auto document = json::parse(body, {.max_bytes = 4 << 20, .max_depth = 128});
//   if (!document) return document.error();   // `where` = "byte 17"
#pragma once

#include "limpet/base/limits.h"
#include "limpet/base/result.h"
#include "limpet/json/value.h"

#include <cstddef>
#include <string_view>

namespace limpet::json {

struct ParseLimits {
  std::size_t max_bytes = limits::kRequestBodyBytes;
  std::size_t max_depth = limits::kRequestDepth;  ///< arrays and objects within each other
  std::size_t max_nodes = limits::kRequestNodes;  ///< values, containers included
  bool distinct_names = false;                    ///< refuse an object that gives one name twice
};

/// One whole document (RFC 8259, strict: no comments, no trailing commas, nothing behind it).
/// A byte order mark, invalid UTF-8 and lone surrogates are refused. Duplicate names: last wins,
/// unless `distinct_names`. Errors: InvalidInput (not JSON, too deep, a name twice: `where` is
/// where it stands again), LimitExceeded (too many bytes or values).
Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

}  // namespace limpet::json
