// LineWriter: a line of `limpet produce` to the key and the value of one record, or everything that
// is wrong with it.
//
//   const LineWriter lines(values, nullptr, {.key_separator = "\t", .null_marker = "NULL"});
//   LineRecord record;
//   if (const auto wrong = lines.write("ada\t{\"age\":6}", record); !wrong.empty())
//     refuse(sentence(wrong.front()));
//
// Where a key comes from: the value's field `key_field`, or what stands before `key_separator`.
// With a writer of keys it is JSON that the key's schema describes, else a text. Key and value that
// are exactly `null_marker` are null; a record without value is a tombstone. Names and meanings as
// kafka-console-producer's key.separator and null.marker.
// Threads: compatible.
#pragma once

#include "record_filter.h"
#include "record_writer.h"

#include "limpet/codec/byte_buffer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::app {

struct LineOptions {
  std::optional<FieldPath> key_field{};
  std::string key_separator{};  ///< the first one in a line counts; empty: none
  std::optional<std::string> null_marker{};
};

/// Payloads, without frames.
struct LineRecord {
  bool has_key = false;
  bool has_value = false;  ///< false: a tombstone
  codec::ByteBuffer key{};
  codec::ByteBuffer value{};
};

class LineWriter {
 public:
  /// Borrows the writers. `keys` nullptr: keys are texts. Requires: not both `key_field` and
  /// `key_separator`.
  LineWriter(const RecordWriter& values, const RecordWriter* keys, LineOptions options);

  /// Empty: `record` is what the line says. Problems of a key say so.
  std::vector<RecordProblem> write(std::string_view line, LineRecord& record) const;

  /// A line to pass over: nothing but blanks and tabs, unless they are the separator or the marker.
  bool is_blank(std::string_view line) const;

 private:
  bool is_null(std::string_view text) const { return text == options_.null_marker; }
  void write_key(std::string_view text, const std::string& path, LineRecord& record,
                 std::vector<RecordProblem>& problems) const;

  const RecordWriter& values_;
  const RecordWriter* keys_;
  LineOptions options_;
};

}  // namespace limpet::app
