// The difference of two documents as a JSON Patch (RFC 6902).
//
//   const auto patch = json::diff(*json::parse(R"({"a":[1,2]})"),
//   *json::parse(R"({"a":[1,3,2]})")); json::to_text(patch);   //
//   [{"op":"add","path":"/a/1","value":3}]
//
// Threads: safe.
#pragma once

#include "limpet/json/value.h"

#include <cstddef>
#include <cstdint>

namespace limpet::json {

struct DiffLimits {
  std::uint64_t max_steps = 4'000'000;
  std::size_t max_path_bytes = 16UL << 20;
};

/// An array of operations `add`, `remove` and `replace` that turns `first` into `second`; empty
/// when they are equal. The order of members does not count; numbers count by spelling. Members are
/// visited in sorted order, arrays aligned by their longest common subsequence; an array whose
/// alignment would take more steps than are left is replaced whole, and so is the document when the
/// paths of all operations together would be longer than that (many changes below a long name).
/// Cost: the size of both documents plus the limits, in time and memory.
Value diff(const Value& first, const Value& second, const DiffLimits& limits = {});

}  // namespace limpet::json
