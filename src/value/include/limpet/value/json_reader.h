// JSON text to views, at the speed of records.
//
//   value::Arena arena;
//   value::View order;
//   if (auto fault = value::read_json(payload, arena, order)) return value::to_error(*fault);
//   order.find("id")->as_long();
//
//   object   Map with String keys in the order of the text; of equal names the last value counts
//            and stands where the first stood (as Jackson, orjson and json::parse() have it)
//   array    Array
//   number   Long or UnsignedLong where it is an integer without point and exponent that fits;
//            Double where that says the same number; otherwise Number, its text
//   string   String: points into the text, or into the arena where it has escapes
//
// What is taken is what json::parse() takes: RFC 8259, strict. No byte order mark, no invalid UTF-8
// (unless the policy says so), no lone surrogates, nothing behind the value. Threads: safe.
#pragma once

#include "limpet/value/arena.h"
#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace limpet::value {

struct JsonReadOptions {
  std::size_t max_bytes = 64UL << 20;
  std::size_t max_depth = 512;  ///< arrays and objects within each other
  Utf8Policy utf8 = Utf8Policy::Validate;
};

/// Read one whole document. The arena gives at most 64 bytes for each byte of text; beyond it
/// nothing is allocated. Faults: Malformed (no JSON), Truncated, InvalidUtf8, TooDeep, TooLarge;
/// `offset` is the byte that was not expected.
std::optional<Fault> read_json(std::string_view text, Arena& arena, View& out,
                               const JsonReadOptions& options = {});

}  // namespace limpet::value
