// What linking a file will cost, before libprotobuf does it.
#pragma once

#include "limpet/base/result.h"

#include <cstddef>
#include <cstdint>
#include <google/protobuf/descriptor.pb.h>

namespace limpet::protobuf {

namespace pb = ::google::protobuf;

/// Sums over all files of one schema.
struct Measure {
  std::size_t definitions = 0;      ///< messages, fields, enum values, …
  std::size_t full_name_bytes = 0;  ///< of all definitions: each repeats the names around it
  std::uint64_t comparisons = 0;    ///< of ranges and options with each other: quadratic
};

/// Add a file. Requires: read_source() accepted it, so that messages nest at most 31 deep.
/// Errors: InvalidInput when a sum passes its limit; the message names the limit.
Status measure(const pb::FileDescriptorProto& file, Measure& sums);

}  // namespace limpet::protobuf
