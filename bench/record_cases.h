// What bench_records measures: operations on records, by name.
//
//   for (const RecordCase& each : record_cases(folder)) time_operation(each.run, plan);
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace limpet::bench {

struct RecordCase {
  std::string name;           ///< "user decode"
  std::function<void()> run;  ///< one operation
  double units = 1;           ///< what an operation does so many times: its time is divided by it
  std::size_t bytes = 0;      ///< of one record's payload
};

/// `user` is the tutorial's record (three fields, 20 bytes), `wide` has 50 nullable fields, `order`
/// is a Protobuf message and a JSON document of the same content.
///
///   user frame      what the first bytes say
///   user floor      the payload by hand, bounds checked, to views
///   user decode     frame, warm lookup, plan: to a struct with views
///   user made       the same by the straight-line code of `limpet codegen`
///   user owned      to a struct with strings of its own
///   user resolve    through another reader's schema: reordered, promoted, a default
///   user view       to a view of any record
///   user json       to JSON text
///   user columns    to Arrow columns, a row
///   user encode     a struct to a framed message
///   user inflate    user decode of a zlib message; raw inflate: zlib alone on the same bytes
///   wide …          likewise
///   order protobuf  decode (struct), view, library (libprotobuf's generated class)
///   order json      view, validated, struct
///
/// Throws std::runtime_error when a document is not what it should be.
std::vector<RecordCase> record_cases(const std::filesystem::path& folder);

}  // namespace limpet::bench
