#include "record_text.h"

#include "view.h"

#include "limpet/value/json_text.h"
#include "limpet/value/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace limpet::app {
namespace {

using Content = ReadPart::Content;

// SGR sequences.
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kPlace = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kBad = "\x1b[31m";
constexpr std::string_view kName = "\x1b[34m";
constexpr std::string_view kText = "\x1b[32m";
constexpr std::string_view kWord = "\x1b[33m";

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_number(std::int64_t number, std::string& out) {
  std::array<char, 20> digits;  // NOLINT: written by to_chars
  const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), done.ptr);
}

void append_digits(std::int64_t number, int width, std::string& out) {
  std::array<char, 20> digits{};
  for (int at = width; at-- > 0; number /= 10) {
    digits[static_cast<std::size_t>(at)] = static_cast<char>('0' + number % 10);
  }
  out.append(digits.data(), static_cast<std::size_t>(width));
}

void append_raw_hex(kafka::Bytes bytes, std::string& out) {
  for (const std::byte byte : bytes) {
    const auto number = std::to_integer<unsigned>(byte);
    out += kHexDigits[number >> 4U];
    out += kHexDigits[number & 15U];
  }
}

bool is_framed(const ReadPart& part) { return part.frame.kind != serde::Framing::None; }

/// Moves `at` behind a JSON string that begins there.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

/// Appends part of a JSON text; characters that a terminal acts on as \u00XX.
void append_safe(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
    unsigned code = 0;
    if (byte == 0x7F) {
      code = byte;
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
      code = next;
      ++at;
    } else {
      out += text[at];
      continue;
    }
    out += "\\u00";
    out += kHexDigits[code >> 4U];
    out += kHexDigits[code & 15U];
  }
}

std::string short_text(const ReadPart& part) {
  std::string text;
  switch (part.content) {
    case Content::Text:
      return printable(kafka::as_text(part.bytes));
    case Content::Binary:
    case Content::Failed:
      text = "0x";
      append_raw_hex(part.bytes, text);
      return text;
    default:
      append_part(part, false, text);
      return printable(text);
  }
}

}  // namespace

bool is_text(std::string_view text) {
  const auto controls = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  };
  return std::none_of(text.begin(), text.end(), controls) && value::is_utf8(text);
}

void append_quoted(std::string_view text, std::string& out) {
  (void)value::append_json(value::View::string(text), out, {.max_bytes = SIZE_MAX});
}

void append_hex(kafka::Bytes bytes, std::string& out) {
  out += R"({"hex":")";
  append_raw_hex(bytes, out);
  out += "\"}";
}

void append_time(std::int64_t timestamp_ms, std::string& out) {
  // Years 0000 to 9999; no clock says anything else, but a producer may.
  constexpr std::int64_t kFirst = -62'167'219'200'000;
  constexpr std::int64_t kLast = 253'402'300'799'999;
  if (timestamp_ms < kFirst || timestamp_ms > kLast) {
    append_number(timestamp_ms, out);
    out += "ms";
    return;
  }
  const std::chrono::sys_time<std::chrono::milliseconds> time{
      std::chrono::milliseconds(timestamp_ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto of_day = (time - day).count();
  append_digits(static_cast<int>(date.year()), 4, out);
  out += '-';
  append_digits(static_cast<unsigned>(date.month()), 2, out);
  out += '-';
  append_digits(static_cast<unsigned>(date.day()), 2, out);
  out += 'T';
  append_digits(of_day / 3'600'000, 2, out);
  out += ':';
  append_digits(of_day / 60'000 % 60, 2, out);
  out += ':';
  append_digits(of_day / 1'000 % 60, 2, out);
  out += '.';
  append_digits(of_day % 1'000, 3, out);
  out += 'Z';
}

void append_part(const ReadPart& part, bool pretty, std::string& out) {
  switch (part.content) {
    case Content::Null:
      out += "null";
      return;
    case Content::Decoded:
    case Content::Json:
      if (value::append_json(part.view, out, {.pretty = pretty, .max_bytes = 256UL << 20})) {
        append_hex(part.bytes, out);  // too deep or too long to be text
      }
      return;
    case Content::Text:
      append_quoted(kafka::as_text(part.bytes), out);
      return;
    case Content::Binary:
    case Content::Failed:
      append_hex(part.bytes, out);
      return;
  }
}

void append_failure(const serde::Failure& failure, std::string& out) {
  out += R"({"kind":)";
  append_quoted(serde::to_string(failure.kind), out);
  out += R"(,"message":)";
  append_quoted(failure.message, out);
  if (failure.place != serde::Failure::Place::None) {
    out += R"(,"offset":)";
    append_number(static_cast<std::int64_t>(failure.offset), out);
    if (failure.place == serde::Failure::Place::Inflated) out += R"(,"offsetIn":"inflated")";
    if (failure.place == serde::Failure::Place::Header) out += R"(,"offsetIn":"header")";
  }
  if (!failure.path.empty()) {
    out += R"(,"path":)";
    append_quoted(failure.path, out);
  }
  out += '}';
}

void append_schema_facts(const ReadPart& part, std::string& out) {
  const serde::Frame& frame = part.frame;
  out += '{';
  if (part.schema != nullptr) {
    const serde::Schema& schema = *part.schema;
    out += R"("id":")" + schema.id().to_string() + '"';
    if (!schema.name().empty()) {
      out += R"(,"name":)";
      append_quoted(schema.name(), out);
    }
    if (schema.version_number()) {
      out += R"(,"version":)";
      append_number(static_cast<std::int64_t>(*schema.version_number()), out);
    }
    out += R"(,"format":")";
    out += to_string(schema.format());
    out += "\",";
  } else if (frame.kind == serde::Framing::Glue || frame.kind == serde::Framing::ConfluentGuid) {
    out += R"("id":")" + frame.version.to_string() + "\",";
  } else if (frame.kind == serde::Framing::ConfluentId) {
    out += R"("confluentId":)";
    append_number(frame.id, out);
    out += ',';
  }
  out += R"("framing":)";
  append_quoted(serde::to_string(frame.kind), out);
  if (frame.kind == serde::Framing::Glue) {
    out += frame.zlib ? R"(,"compression":"zlib")" : R"(,"compression":"none")";
  }
  out += '}';
}

void append_for_terminal(std::string_view json, bool colours, std::string& out) {
  if (!colours) return append_safe(json, out);
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      const std::size_t end = end_of_string(json, at);
      const bool is_name = end < json.size() && json[end] == ':';
      out += is_name ? kName : kText;
      append_safe(json.substr(at, end - at), out);
      out += kPlain;
      at = end;
    } else if (c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) {
      const std::size_t end = std::min(json.find_first_of(",]}\n ", at), json.size());
      out += kWord;
      append_safe(json.substr(at, end - at), out);
      out += kPlain;
      at = end;
    } else {
      out += c;
      ++at;
    }
  }
}

void RecordPrinter::append(const ShownRecord& record, std::string& out) {
  switch (options_.form) {
    case RecordForm::Json:
      return append_json_line(record, out);
    case RecordForm::Pretty:
      return append_pretty(record, out);
    case RecordForm::Value:
      append_part(*record.value, false, out);
      out += '\n';
      return;
  }
}

void RecordPrinter::append_schema(const ReadPart& part, std::string& out) {
  const serde::Frame& frame = part.frame;
  if (part.schema == nullptr) return append_schema_facts(part, out);
  if (part.schema != schema_ || part.schema->id() != id_ || frame.kind != framing_ ||
      frame.zlib != zlib_) {
    schema_ = part.schema;
    id_ = part.schema->id();
    framing_ = frame.kind;
    zlib_ = frame.zlib;
    schema_text_.clear();
    append_schema_facts(part, schema_text_);
  }
  out += schema_text_;
}

void RecordPrinter::append_json_line(const ShownRecord& record, std::string& out) {
  out += R"({"topic":)";
  append_quoted(record.topic, out);
  out += R"(,"partition":)";
  append_number(record.partition, out);
  out += R"(,"offset":)";
  append_number(record.offset, out);
  if (record.timestamp_ms >= 0) {
    out += R"(,"timestamp":")";
    append_time(record.timestamp_ms, out);
    out += '"';
  }
  out += R"(,"key":)";
  append_part(*record.key, false, out);
  if (is_framed(*record.key)) {
    out += R"(,"keySchema":)";
    append_schema_facts(*record.key, out);
  }
  if (record.headers != nullptr && !record.headers->empty()) {
    out += R"(,"headers":[)";
    for (std::size_t i = 0; i < record.headers->size(); ++i) {
      const kafka::Header header = (*record.headers)[i];
      out += i == 0 ? R"({"name":)" : R"(,{"name":)";
      append_quoted(header.name, out);
      out += R"(,"value":)";
      if (!header.value) {
        out += "null";
      } else if (is_text(kafka::as_text(*header.value))) {
        append_quoted(kafka::as_text(*header.value), out);
      } else {
        append_hex(*header.value, out);
      }
      out += '}';
    }
    out += ']';
  }
  if (is_framed(*record.value)) {
    out += R"(,"schema":)";
    append_schema(*record.value, out);
  }
  out += R"(,"value":)";
  append_part(*record.value, false, out);
  for (const ReadPart* part : {record.value, record.key}) {
    if (!part->failure) continue;
    out += part == record.value ? R"(,"error":)" : R"(,"keyError":)";
    append_failure(*part->failure, out);
  }
  out += "}\n";
}

void RecordPrinter::append_pretty(const ShownRecord& record, std::string& out) {
  const auto in = [&](std::string_view colour) {
    if (options_.colours) out += colour;
  };
  in(kPlace);
  out += printable(record.topic);
  out += '[';
  append_number(record.partition, out);
  out += "] ";
  append_number(record.offset, out);
  in(kPlain);
  in(kDim);
  if (record.timestamp_ms >= 0) {
    out += "  ";
    append_time(record.timestamp_ms, out);
  }
  const ReadPart& value = *record.value;
  if (value.schema != nullptr) {
    out += "  " + (value.schema->name().empty() ? "schema" : printable(value.schema->name()));
    if (value.schema->version_number()) {
      out += " v" + std::to_string(*value.schema->version_number());
    }
    out += ' ';
    out += to_string(value.schema->format());
    if (!value.message.empty()) out += " " + printable(value.message);
  }
  if (is_framed(value)) {
    out += "  ";
    out += serde::to_string(value.frame.kind);
    if (value.frame.zlib) out += " zlib";
  } else if (value.content != Content::Null && value.content != Content::Failed) {
    out += "  no frame";
  }
  in(kPlain);
  out += '\n';
  if (record.key->content != Content::Null) {
    in(kDim);
    out += "key ";
    in(kPlain);
    out += short_text(*record.key) + '\n';
  }
  if (record.headers != nullptr) {
    for (std::size_t i = 0; i < record.headers->size(); ++i) {
      const kafka::Header header = (*record.headers)[i];
      in(kDim);
      out += "header " + printable(header.name);
      in(kPlain);
      out += " = ";
      if (!header.value) {
        out += "null";
      } else if (is_text(kafka::as_text(*header.value))) {
        out += printable(kafka::as_text(*header.value));
      } else {
        out += "0x";
        append_raw_hex(*header.value, out);
      }
      out += '\n';
    }
  }
  for (const ReadPart* part : {record.key, record.value}) {
    if (!part->failure) continue;
    in(kBad);
    out += part == record.value ? "error: " : "error in the key: ";
    out += printable(serde::describe(*part->failure));
    in(kPlain);
    out += '\n';
  }
  if (value.content == Content::Null) {
    in(kDim);
    out += "null";
    in(kPlain);
  } else if (value.content == Content::Failed || value.content == Content::Binary) {
    out += "0x";
    append_raw_hex(value.bytes, out);
  } else if (value.content == Content::Text) {
    out += printable(kafka::as_text(value.bytes));
  } else {
    room_.clear();
    append_part(value, true, room_);
    append_for_terminal(room_, options_.colours, out);
  }
  out += '\n';
}

}  // namespace limpet::app
