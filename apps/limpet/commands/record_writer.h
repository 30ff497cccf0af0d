// RecordWriter: a JSON text to the payload of one record, or everything that is wrong with it.
//
//   const auto writer = RecordWriter(schema, {});
//   codec::ByteBuffer out;
//   if (const auto wrong = writer.append(R"({"name":"John Doe","age":"six"})", out);
//   !wrong.empty())
//     refuse(sentence(wrong.front()));            // /age: expected int, found the string "six"
//
// Avro takes plain JSON or Avro's own JSON encoding (avro/json_datum.h), JSON Schema takes JSON
// that it describes, Protobuf its JSON mapping; its payload begins with the message index of AWS
// Glue. Threads: compatible.
#pragma once

#include "record_filter.h"

#include "limpet/avro/json_datum.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/json/value.h"
#include "limpet/serde/schema.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::app {

/// One thing that is wrong with a record.
struct RecordProblem {
  std::string path;  ///< JSON pointer; "" = the whole record
  std::string reason;

  friend bool operator==(const RecordProblem&, const RecordProblem&) = default;
};
/// "/age: expected int, found the string "six"".
std::string sentence(const RecordProblem& problem);

struct RecordWriterOptions {
  bool avro_json = false;       ///< AVRO: its JSON encoding instead of plain JSON
  bool ignore_unknown = false;  ///< AVRO, plain: members that the schema lacks are left out
  std::string message{};        ///< PROTOBUF: full name; empty: the only one at the top
  const char* message_option = "--message";  ///< that gives it, for what is said about it
};

/// Where a record's key stands in it, and what it is.
struct FoundKey {
  const FieldPath* path = nullptr;    ///< nullptr: nowhere
  bool as_json = false;               ///< any value, as JSON; else only what has a plain text
  std::optional<std::string> text{};  ///< set by append(); nullopt: it is not there
};
/// The field as a JSON pointer: "/lines/0/sku".
std::string pointer_to(const FieldPath& path);

class RecordWriter {
 public:
  /// Throws CommandFailed (2): no such message, options of another format.
  RecordWriter(serde::SchemaPointer schema, RecordWriterOptions options);

  /// Append the payload. Empty: it was appended; else `out` is as it was.
  /// A key that `key` looks for and that is not there is a problem.
  std::vector<RecordProblem> append(std::string_view text, codec::ByteBuffer& out,
                                    FoundKey* key = nullptr) const;
  const serde::Schema& schema() const { return *schema_; }
  /// Full name of the Avro record or Protobuf message; empty when the schema has none.
  const std::string& record_name() const { return record_name_; }

 private:
  std::vector<RecordProblem> append_avro(const json::Value& value, codec::ByteBuffer& out) const;
  std::vector<RecordProblem> append_json(const json::Value& value, codec::ByteBuffer& out) const;
  std::vector<RecordProblem> append_protobuf(std::string_view text, codec::ByteBuffer& out) const;

  serde::SchemaPointer schema_;
  RecordWriterOptions options_;
  const protobuf::Message* message_ = nullptr;
  std::string index_;
  std::string record_name_;
};

}  // namespace limpet::app
