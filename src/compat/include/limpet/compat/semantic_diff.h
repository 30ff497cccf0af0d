// Semantic diff of two definitions: what changed of what means something, and who can still read
// whose data.
//
//   auto diff = compat::semantic_diff({.version = 1, .definition = first}, second, {});
//   // {"Changes":[{"op":"add","path":"/fields/1","value":{"name":"age","type":"int"}}],
//   //
//   "Backward":{"Compatible":false,"Findings":[{"Rule":"READER_FIELD_MISSING_DEFAULT_VALUE",…}]},
//   //  "Forward":{"Compatible":true,"Findings":[]}}
#pragma once

#include "limpet/base/result.h"
#include "limpet/compat/check.h"

#include <string>

namespace limpet::compat {

/// Compact JSON. `Changes` is a JSON Patch (RFC 6902) between the texts by which the registry tells
/// definitions apart: white space, order of attributes and spelling do not show; for Protobuf it is
/// one between the lines of the canonical texts. `Backward` tells whether `second` reads data of
/// `first`, `Forward` the reverse, by the rules that registration goes by.
/// Requires: the formats are equal. Errors: LimitExceeded (too much to compare), InvalidInput (more
/// than limits::kDiffCharacters to answer).
Result<std::string> semantic_diff(const Baseline& first, const ParsedDefinition& second,
                                  const CheckOptions& options);

}  // namespace limpet::compat
