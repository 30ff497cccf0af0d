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

// Years 0000 to 9999; no clock says anything else, but a producer may.
constexpr std::int64_t kFirstTime = -62'167'219'200'000;
constexpr std::int64_t kLastTime = 253'402'300'799'999;

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

/// Where a C1 control of JSON text begins, at or behind `from`: U+0080 to U+009F.
std::size_t find_c1(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('\xC2', from); at < text.size(); at = text.find('\xC2', at + 1)) {
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
    if (next >= 0x80 && next < 0xA0) return at;
  }
  return text.size();
}

std::size_t find_del(std::string_view text, std::size_t from) {
  return std::min(text.find('\x7F', from), text.size());
}

/// Where the first character is that a terminal may act on, of what JSON text can hold.
std::size_t first_unsafe(std::string_view text) {
  return std::min(find_del(text, 0), find_c1(text, 0));
}

/// Appends part of a JSON text; characters that a terminal acts on as \u00XX.
void append_safe(std::string_view text, std::string& out) {
  std::size_t del = find_del(text, 0);  // each is looked for again only once it is passed
  std::size_t c1 = find_c1(text, 0);
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(del, c1);
    out += text.substr(at, end - at);
    if (end == text.size()) return;
    const auto code = static_cast<unsigned char>(del < c1 ? text[del] : text[c1 + 1]);
    out += "\\u00";
    out += kHexDigits[code >> 4U];
    out += kHexDigits[code & 15U];
    if (del < c1) {
      at = del + 1;
      del = find_del(text, at);
    } else {
      at = c1 + 2;
      c1 = find_c1(text, at);
    }
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
  if (timestamp_ms < kFirstTime || timestamp_ms > kLastTime) {
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

void TimePrinter::append(std::int64_t timestamp_ms, std::string& out) {
  if (timestamp_ms < kFirstTime || timestamp_ms > kLastTime) return append_time(timestamp_ms, out);
  const auto fraction = ((timestamp_ms % 1'000) + 1'000) % 1'000;
  const std::int64_t second = timestamp_ms - fraction;
  if (second != second_) {
    second_ = second;
    text_.clear();
    append_time(second, text_);
  }
  const std::size_t size = text_.size();  // … .000Z
  text_[size - 4] = static_cast<char>('0' + fraction / 100);
  text_[size - 3] = static_cast<char>('0' + fraction / 10 % 10);
  text_[size - 2] = static_cast<char>('0' + fraction % 10);
  out += text_;
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

const std::string& RecordPrinter::place_text(const ShownRecord& record) {
  Place& kept = place_;
  if (record.partition == kept.partition && record.topic == kept.topic) return kept.text;
  kept.topic = record.topic;
  kept.partition = record.partition;
  std::string& text = kept.text;
  text.clear();
  if (options_.form == RecordForm::Json) {
    text += R"({"topic":)";
    append_quoted(record.topic, text);
    text += R"(,"partition":)";
    append_number(record.partition, text);
    text += R"(,"offset":)";
  } else {
    in(kPlace, text);
    text += printable(record.topic) + '[';
    append_number(record.partition, text);
    text += "] ";
  }
  return text;
}

const std::string& RecordPrinter::schema_text(const ReadPart& part) {
  SchemaText& kept = schema_;
  const serde::Frame& frame = part.frame;
  const Uuid id = part.schema == nullptr ? Uuid() : part.schema->id();
  if (part.schema != nullptr && part.schema == kept.schema && id == kept.id &&
      frame.kind == kept.framing && frame.zlib == kept.zlib && part.message == kept.message) {
    return kept.text;
  }
  kept.schema = part.schema;
  kept.id = id;
  kept.framing = frame.kind;
  kept.zlib = frame.zlib;
  kept.message = part.message;
  std::string& text = kept.text;
  text.clear();
  if (options_.form == RecordForm::Json) {
    append_schema_facts(part, text);
    return text;
  }
  if (part.schema != nullptr) {
    const serde::Schema& schema = *part.schema;
    text += "  " + (schema.name().empty() ? "schema" : printable(schema.name()));
    if (schema.version_number()) text += " v" + std::to_string(*schema.version_number());
    text += ' ';
    text += to_string(schema.format());
    if (!part.message.empty()) text += " " + printable(part.message);
  }
  if (is_framed(part)) {
    text += "  ";
    text += serde::to_string(frame.kind);
    if (frame.zlib) text += " zlib";
  }
  return text;
}

void RecordPrinter::append_json_headers(const kafka::Headers& headers, std::string& out) {
  out += R"(,"headers":[)";
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const kafka::Header header = headers[i];
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

void RecordPrinter::append_json_line(const ShownRecord& record, std::string& out) {
  out += place_text(record);
  append_number(record.offset, out);
  if (record.timestamp_ms >= 0) {
    out += R"(,"timestamp":")";
    time_.append(record.timestamp_ms, out);
    out += '"';
  }
  out += R"(,"key":)";
  append_part(*record.key, false, out);
  if (is_framed(*record.key)) {
    out += R"(,"keySchema":)";
    append_schema_facts(*record.key, out);
  }
  if (record.headers != nullptr && !record.headers->empty()) {
    append_json_headers(*record.headers, out);
  }
  if (is_framed(*record.value)) {
    out += R"(,"schema":)";
    out += schema_text(*record.value);
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

void RecordPrinter::append_pretty_headers(const kafka::Headers& headers, std::string& out) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const kafka::Header header = headers[i];
    in(kDim, out);
    out += "header " + printable(header.name);
    in(kPlain, out);
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

void RecordPrinter::append_pretty_value(const ReadPart& part, std::string& out) {
  switch (part.content) {
    case Content::Null:
      in(kDim, out);
      out += "null";
      in(kPlain, out);
      return;
    case Content::Failed:
    case Content::Binary:
      out += "0x";
      append_raw_hex(part.bytes, out);
      return;
    case Content::Text:
      out += printable(kafka::as_text(part.bytes));
      return;
    case Content::Decoded:
    case Content::Json:
      break;
  }
  // Most values are good as they are.
  const std::size_t begin = out.size();
  append_part(part, true, out);
  const auto made = std::string_view(out).substr(begin);
  if (!options_.colours && first_unsafe(made) == made.size()) return;
  room_ = made;
  out.resize(begin);
  append_for_terminal(room_, options_.colours, out);
}

void RecordPrinter::append_pretty(const ShownRecord& record, std::string& out) {
  const ReadPart& value = *record.value;
  out += place_text(record);
  append_number(record.offset, out);
  in(kPlain, out);
  in(kDim, out);
  if (record.timestamp_ms >= 0) {
    out += "  ";
    time_.append(record.timestamp_ms, out);
  }
  out += schema_text(value);
  if (!is_framed(value) && value.content != Content::Null && value.content != Content::Failed) {
    out += "  no frame";
  }
  in(kPlain, out);
  out += '\n';
  if (record.key->content != Content::Null) {
    in(kDim, out);
    out += "key ";
    in(kPlain, out);
    out += short_text(*record.key) + '\n';
  }
  if (record.headers != nullptr) append_pretty_headers(*record.headers, out);
  for (const ReadPart* part : {record.key, record.value}) {
    if (!part->failure) continue;
    in(kBad, out);
    out += part == record.value ? "error: " : "error in the key: ";
    out += printable(serde::describe(*part->failure));
    in(kPlain, out);
    out += '\n';
  }
  append_pretty_value(value, out);
  out += '\n';
}

}  // namespace limpet::app
