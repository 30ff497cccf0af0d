// Records as text: what `limpet consume` and `limpet decode` print.
//
//   RecordPrinter printer({.form = RecordForm::Json});
//   std::string out;
//   printer.append({.topic = "orders", .offset = 12, .key = key, .value = value}, out);
//
// json, one line each; members that do not apply are left out, and readers must expect new ones:
//   topic, partition, offset, timestamp   where it stood; the time as 2026-01-31T08:00:00.000Z
//   key        a text; null; {"hex":"00ff"} when it is no text; the decoded value when it is framed
//   keySchema  of a framed key, as schema
//   headers    [{"name":"source","value":"till"}], in order; values like keys
//   schema     {"id","name","version","format","framing","compression"} of a framed value
//   value      the value; null = a tombstone; without a frame: JSON, else a text, else
//   {"hex":"00ff"} error      {"kind","message","offset","path"}; the value is then {"hex":…}, all
//   bytes there are
//
// Nothing in a record can move the cursor or change colours of a terminal: pretty escapes control
// characters. Pure. Threads: confined.
#pragma once

#include "limpet/base/uuid.h"
#include "limpet/kafka/message.h"
#include "limpet/serde/error.h"
#include "limpet/serde/frame.h"
#include "limpet/serde/schema.h"
#include "limpet/value/view.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::app {

/// A key or a value, read as far as it could be. Borrows the message, the arena and the reader.
struct ReadPart {
  enum class Content : std::uint8_t {
    Null,     ///< there is none
    Decoded,  ///< `view`, by `schema`
    Json,     ///< no frame: `view` is the JSON that it is
    Text,     ///< no frame: UTF-8
    Binary,   ///< no frame, no text
    Failed,   ///< `failure`
  };
  Content content = Content::Null;
  value::View view{};
  kafka::Bytes bytes{};  ///< as they came
  serde::Frame frame{};
  const serde::Schema* schema = nullptr;  ///< also of a Failed one, when it got so far
  std::string_view message{};             ///< Protobuf: full name of the message
  std::optional<serde::Failure> failure{};

  /// As a new one.
  void clear() {
    content = Content::Null;
    view = {};
    bytes = {};
    frame = {};
    schema = nullptr;
    message = {};
    failure.reset();
  }
};

struct ShownRecord {
  std::string_view topic{};
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = -1;  ///< -1: none
  const ReadPart* key = nullptr;
  const ReadPart* value = nullptr;
  const kafka::Headers* headers = nullptr;  ///< nullptr: not asked for
};

enum class RecordForm : std::uint8_t { Pretty, Json, Value };

struct PrintOptions {
  RecordForm form = RecordForm::Pretty;
  bool colours = false;  ///< of Pretty
};

/// append_time() of times that are near each other: the text of the last second is kept.
class TimePrinter {
 public:
  void append(std::int64_t timestamp_ms, std::string& out);

 private:
  std::int64_t second_ = INT64_MIN;  // whose text it is
  std::string text_;
};

class RecordPrinter {
 public:
  explicit RecordPrinter(const PrintOptions& options) : options_(options) {}

  void append(const ShownRecord& record, std::string& out);

 private:
  void append_json_line(const ShownRecord& record, std::string& out);
  void append_json_headers(const kafka::Headers& headers, std::string& out);
  void append_pretty(const ShownRecord& record, std::string& out);
  void append_pretty_headers(const kafka::Headers& headers, std::string& out);
  void append_pretty_value(const ReadPart& part, std::string& out);
  /// Topic and partition.
  const std::string& place_text(const ShownRecord& record);
  /// What is known of a value's schema and frame.
  const std::string& schema_text(const ReadPart& part);
  void in(std::string_view colour, std::string& out) const {
    if (options_.colours) out += colour;
  }

  PrintOptions options_;
  TimePrinter time_;
  // Texts of the last record's kind: most topics have few schemas and partitions, in runs.
  struct Place {
    std::string topic;
    std::int32_t partition = -1;
    std::string text;
  } place_;
  struct SchemaText {
    const serde::Schema* schema = nullptr;
    Uuid id{};  // another schema may come to stand where one was
    serde::Framing framing = serde::Framing::None;
    bool zlib = false;
    std::string message;
    std::string text;
  } schema_;
  std::string room_;
};

/// `"…"` with what JSON needs; broken UTF-8 as U+FFFD.
void append_quoted(std::string_view text, std::string& out);
/// `{"hex":"00ff"}`.
void append_hex(kafka::Bytes bytes, std::string& out);
/// The part's value as one JSON value; of a Failed one its bytes.
void append_part(const ReadPart& part, bool pretty, std::string& out);
/// `{"kind":…,"message":…,"offset":…,"path":…}`.
void append_failure(const serde::Failure& failure, std::string& out);
/// {"id":…,"name":…,"version":…,"format":…,"framing":…,"compression":…}: what is known.
void append_schema_facts(const ReadPart& part, std::string& out);
/// Colours for JSON text, and control characters escaped.
void append_for_terminal(std::string_view json, bool colours, std::string& out);
/// "2026-01-31T08:00:00.000Z".
void append_time(std::int64_t timestamp_ms, std::string& out);
/// UTF-8 without control characters, but for tabs and ends of lines: eight bytes of a number are
/// often UTF-8 too.
bool is_text(std::string_view text);

}  // namespace limpet::app
