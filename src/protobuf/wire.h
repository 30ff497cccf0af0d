// A walk over a serialized message before libprotobuf builds it in memory.
#pragma once

#include "limpet/base/result.h"
#include "limpet/protobuf/transcode.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

struct WireReport {
  std::vector<UnknownField> unknown;
  std::size_t unknown_count = 0;
};

/// That `bytes` are a well-formed message of that type, and that what they unfold to (a field of
/// two bytes may be a message of a thousand fields, or a name of a thousand letters in JSON) stays
/// within the limits. Errors: InvalidInput (`where` = "byte N"), LimitExceeded.
Result<WireReport> walk_wire(const Schema& schema, const Message& message, std::string_view bytes,
                             const TranscodeLimits& limits);

}  // namespace limpet::protobuf
