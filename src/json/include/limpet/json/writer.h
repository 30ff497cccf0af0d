// Write compact JSON text.
//
//   json::Writer out;
//   out.begin_object().key("Valid").value(false).key("Error").value(reason).end_object();
//   send(std::move(out).take());
#pragma once

#include "limpet/json/value.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::json {

/// Append `text` as a JSON string with quotes. Escapes `"`, `\` and control characters; everything
/// else stays as UTF-8.
void append_string(std::string& out, std::string_view text);

/// Builds one document; commas are placed for the caller. Threads: confined.
class Writer {
 public:
  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(const std::string& text) { return value(std::string_view(text)); }
  Writer& value(bool value);
  Writer& value(std::int64_t number);
  Writer& value(int number) { return value(static_cast<std::int64_t>(number)); }
  /// The shortest text that reads back the same; NaN and infinities become null.
  Writer& value(double number);
  Writer& value(const Value& document);
  Writer& null();
  /// `text` as it is. Requires: it is one JSON value.
  Writer& raw(std::string_view text);

  const std::string& text() const { return out_; }
  std::string take() && { return std::move(out_); }

 private:
  void separate();
  std::string out_;
  bool comma_ = false;
};

/// The document without white space; members in their order, numbers as they were written.
std::string to_text(const Value& value);

/// For people: two spaces per level.
std::string to_pretty_text(const Value& value);

}  // namespace limpet::json
