// JSON text of any value, for people and for programs that read lines.
//
//   std::string line;
//   if (auto fault = value::append_json(record, line)) …          // {"name":"John Doe","age":42}
//
// Plain style: a union's value stands without the name of its branch, a record's fields in the
// order of its schema. Numbers are the shortest text that reads back the same (a Double always has
// a point or an exponent), decimals are numbers, NaN and the infinities are strings "NaN",
// "Infinity", "-Infinity". Dates and times are ISO 8601 strings: "2024-02-29",
// "12:00:00.000", "2024-02-29T12:00:00.000Z" (without Z where the zone is not told),
// "P1M2DT0.500S". Bytes are base64, UUIDs their 36 characters. Keys of a map that are no strings
// are written as strings; a key that repeats is written each time. Protobuf's Timestamp, Duration
// and wrapper types are written as their JSON mapping has it. Text is raw UTF-8; what is no UTF-8
// becomes U+FFFD. Threads: safe.
#pragma once

#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::value {

struct JsonTextOptions {
  enum class Bytes : std::uint8_t {
    Base64,
    Latin1,  ///< each byte is the code point of its number, as in Avro's JSON encoding
  };

  bool pretty = false;  ///< two spaces per level instead of one line
  Bytes bytes = Bytes::Base64;
  bool logical = true;                 ///< false: dates, times and decimals as they are stored
  std::size_t max_bytes = 64UL << 20;  ///< of one value's text
};

/// Append the text of `view`; there is no line feed at its end. `out` is as it was when something
/// is wrong. Limits: values nested 1,000 deep. Faults: TooLarge, TooDeep.
std::optional<Fault> append_json(const View& view, std::string& out,
                                 const JsonTextOptions& options = {});

}  // namespace limpet::value
