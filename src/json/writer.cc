#include "limpet/json/writer.h"

#include "plain_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace limpet::json {
namespace {

// Depth is bounded by whoever made the value (ParseLimits, kSchemaDepth).
void append(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      out += "null";
      return;
    case Kind::Bool:
      out += value.as_bool() ? "true" : "false";
      return;
    case Kind::Number:
      out += value.text();
      return;
    case Kind::String:
      append_string(out, value.text());
      return;
    case Kind::Array: {
      char separator = '[';
      for (const auto& item : value.items()) {
        out.push_back(std::exchange(separator, ','));
        append(out, item);
      }
      out += separator == '[' ? "[]" : "]";
      return;
    }
    case Kind::Object: {
      char separator = '{';
      for (const auto& member : value.members()) {
        out.push_back(std::exchange(separator, ','));
        append_string(out, member.name);
        out.push_back(':');
        append(out, member.value);
      }
      out += separator == '{' ? "{}" : "}";
      return;
    }
  }
}

void append_pretty(std::string& out, const Value& value, std::size_t indent) {
  const std::string line = "\n" + std::string(indent + 2, ' ');
  if (value.is_array() && !value.items().empty()) {
    char separator = '[';
    for (const auto& item : value.items()) {
      out.push_back(std::exchange(separator, ','));
      out += line;
      append_pretty(out, item, indent + 2);
    }
    out += "\n" + std::string(indent, ' ') + "]";
  } else if (value.is_object() && !value.members().empty()) {
    char separator = '{';
    for (const auto& member : value.members()) {
      out.push_back(std::exchange(separator, ','));
      out += line;
      append_string(out, member.name);
      out += ": ";
      append_pretty(out, member.value, indent + 2);
    }
    out += "\n" + std::string(indent, ' ') + "}";
  } else {
    append(out, value);
  }
}

constexpr std::ptrdiff_t kEscapedBytesMax = 6;  // \u001f
constexpr std::ptrdiff_t kBlockBytes = 512;

char* write_escaped(unsigned char c, char* to) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  *to++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *to++ = static_cast<char>(c);
      return to;
    case '\n':
      *to++ = 'n';
      return to;
    case '\r':
      *to++ = 'r';
      return to;
    case '\t':
      *to++ = 't';
      return to;
    case '\b':
      *to++ = 'b';
      return to;
    case '\f':
      *to++ = 'f';
      return to;
    default:
      for (const char digit : {'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]}) *to++ = digit;
      return to;
  }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  std::uint64_t seen = 0;
  const char* const plain = skip_plain(at, end, seen);
  out.push_back('"');
  out.append(at, plain);
  at = plain;
  // Text that is full of quotes, a schema for instance, is written block by block into room that is
  // enough for the worst.
  char room[kBlockBytes * kEscapedBytesMax];  // NOLINT: not to be filled with zeros
  while (at != end) {
    const char* const block_end = at + std::min<std::ptrdiff_t>(end - at, kBlockBytes);
    char* to = room;
    while (at != block_end) {
      to = copy_few(at, block_end, to);
      if (at != block_end) to = write_escaped(static_cast<unsigned char>(*at++), to);
    }
    out.append(room, to);
  }
  out.push_back('"');
}

void Writer::separate() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

Writer& Writer::begin_object() {
  separate();
  out_.push_back('{');
  comma_ = false;
  return *this;
}

Writer& Writer::end_object() {
  out_.push_back('}');
  comma_ = true;
  return *this;
}

Writer& Writer::begin_array() {
  separate();
  out_.push_back('[');
  comma_ = false;
  return *this;
}

Writer& Writer::end_array() {
  out_.push_back(']');
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_string(out_, name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

Writer& Writer::value(std::string_view text) {
  separate();
  append_string(out_, text);
  return *this;
}

Writer& Writer::value(bool value) { return raw(value ? "true" : "false"); }
Writer& Writer::value(std::int64_t number) { return raw(std::to_string(number)); }
Writer& Writer::null() { return raw("null"); }

Writer& Writer::value(double number) {
  if (!std::isfinite(number)) return null();
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return raw(std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data())));
}

Writer& Writer::value(const Value& document) {
  separate();
  append(out_, document);
  return *this;
}

Writer& Writer::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

std::string to_text(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string to_pretty_text(const Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out;
}

}  // namespace limpet::json
