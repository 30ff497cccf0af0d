// Answers questions about Protobuf schemas on standard output, one JSON line for each JSON line on
// standard input (bytes are hexadecimal):
//
//   {"op":"parse","schema":TEXT}      → {"ok":true,"canonical":…,"identity":…,"messages":[…]}
//   {"op":"bundle","schema":TEXT,"imports":[{"name":…,"text":…},…]}  → {"ok":true,"bundle":…}
//   {"op":"compare","reader":TEXT,"writer":TEXT}       → {"ok":true,"differences":[…]}
//   {"op":"decode","schema":TEXT,"message":NAME,"bytes":HEX}  → {"ok":true,"json":…}
//   {"op":"encode","schema":TEXT,"message":NAME,"json":TEXT}  → {"ok":true,"bytes":…}
//   {"op":"rewrite","schema":TEXT,"message":NAME,"bytes":HEX}  → {"ok":true,"bytes":…}
//                        read into a view and written from it, as the serializers do
//
// What cannot be answered gives {"ok":false,"error":…,"where":…}.
#include "../answer_lines.h"

#include "limpet/base/hex.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/protobuf/bundle.h"
#include "limpet/protobuf/compare.h"
#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/message_writer.h"
#include "limpet/protobuf/schema.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/value/arena.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using limpet::Error;
using limpet::Result;
namespace json = limpet::json;
namespace protobuf = limpet::protobuf;

constexpr json::ParseLimits kLimits{.max_bytes = 64UL << 20};

Result<std::string> text_of(const json::Value& request, std::string_view name) {
  const auto* value = request.find(name);
  if (value == nullptr || !value->is_string()) {
    return Error::invalid_input("no text \"" + std::string(name) + "\" in the request");
  }
  return value->text();
}

Result<protobuf::Schema> schema_of(const json::Value& request, std::string_view name) {
  LIMPET_TRY(const auto text, text_of(request, name));
  return protobuf::parse(text, {.extensions = protobuf::Extensions::Accept});
}

Result<const protobuf::Message*> message_of(const json::Value& request,
                                            const protobuf::Schema& schema) {
  LIMPET_TRY(const auto name, text_of(request, "message"));
  const auto* message = schema.find_message(name);
  if (message == nullptr) return Error::not_found("no message " + name);
  return message;
}

Result<std::string> bytes_of(const std::string& hex) {
  std::string out;
  if (hex.size() % 2 != 0) return Error::invalid_input("odd number of digits");
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto high = limpet::lower_hex_digit(hex[i]);
    const auto low = limpet::lower_hex_digit(hex[i + 1]);
    if (!high || !low) return Error::invalid_input("not hexadecimal");
    out.push_back(static_cast<char>(*high * 16 + *low));
  }
  return out;
}

Result<std::string> parse(const json::Value& request) {
  LIMPET_TRY(const auto schema, schema_of(request, "schema"));
  json::Writer out;
  out.begin_object().key("ok").value(true);
  out.key("canonical").value(protobuf::canonical_text(schema));
  out.key("identity").value(limpet::to_hex(protobuf::identity_form(schema)));
  out.key("messages").begin_array();
  for (const auto* message : schema.messages()) out.value(message->full_name);
  return std::move(out.end_array().end_object()).take();
}

Result<std::string> bundle(const json::Value& request) {
  LIMPET_TRY(const auto root, text_of(request, "schema"));
  const auto* imports = request.find("imports");
  if (imports == nullptr || !imports->is_array()) {
    return Error::invalid_input("no list \"imports\" in the request");
  }
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& import : imports->items()) {
    LIMPET_TRY(auto name, text_of(import, "name"));
    LIMPET_TRY(auto text, text_of(import, "text"));
    texts.emplace_back(std::move(name), std::move(text));
  }
  std::vector<limpet::NamedText> named;
  for (const auto& [name, text] : texts) named.push_back({name, text});
  LIMPET_TRY(const auto whole, protobuf::bundle(root, named));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("bundle").value(whole);
  return std::move(out.end_object()).take();
}

Result<std::string> compare(const json::Value& request) {
  LIMPET_TRY(const auto reader, schema_of(request, "reader"));
  LIMPET_TRY(const auto writer, schema_of(request, "writer"));
  LIMPET_TRY(const auto differences, protobuf::compare({.reader = reader, .writer = writer}));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("differences").begin_array();
  for (const auto& difference : differences) out.value(protobuf::describe(difference));
  return std::move(out.end_array().end_object()).take();
}

Result<std::string> decode(const json::Value& request) {
  LIMPET_TRY(const auto schema, schema_of(request, "schema"));
  LIMPET_TRY(const auto* message, message_of(request, schema));
  LIMPET_TRY(const auto hex, text_of(request, "bytes"));
  LIMPET_TRY(const auto bytes, bytes_of(hex));
  LIMPET_TRY(const auto decoded, protobuf::decode(schema, *message, bytes));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("json").value(decoded.json);
  out.key("unknown").value(static_cast<std::int64_t>(decoded.unknown_count));
  return std::move(out.end_object()).take();
}

Result<std::string> encode(const json::Value& request) {
  LIMPET_TRY(const auto schema, schema_of(request, "schema"));
  LIMPET_TRY(const auto* message, message_of(request, schema));
  LIMPET_TRY(const auto text, text_of(request, "json"));
  LIMPET_TRY(const auto bytes, protobuf::encode(schema, *message, text));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("bytes").value(limpet::to_hex(bytes));
  return std::move(out.end_object()).take();
}

Result<std::string> rewrite(const json::Value& request) {
  LIMPET_TRY(const auto schema, schema_of(request, "schema"));
  LIMPET_TRY(const auto* message, message_of(request, schema));
  LIMPET_TRY(const auto hex, text_of(request, "bytes"));
  LIMPET_TRY(const auto bytes, bytes_of(hex));
  LIMPET_TRY(const auto reader, protobuf::MessageReader::make(schema, *message));
  LIMPET_TRY(const auto writer, protobuf::MessageWriter::make(schema, *message));
  limpet::value::Arena arena;
  limpet::value::View view;
  if (const auto fault = reader.read(std::as_bytes(std::span(bytes)), arena, view)) {
    return limpet::value::to_error(*fault);
  }
  std::string written;
  if (const auto fault = writer.append(view, written)) return limpet::value::to_error(*fault);
  json::Writer out;
  out.begin_object().key("ok").value(true);
  out.key("bytes").value(limpet::to_hex(written));
  return std::move(out.end_object()).take();
}

Result<std::string> answer(const std::string& line) {
  LIMPET_TRY(const auto request, json::parse(line, kLimits));
  LIMPET_TRY(const auto op, text_of(request, "op"));
  if (op == "parse") return parse(request);
  if (op == "bundle") return bundle(request);
  if (op == "compare") return compare(request);
  if (op == "decode") return decode(request);
  if (op == "encode") return encode(request);
  if (op == "rewrite") return rewrite(request);
  return Error::invalid_input("unknown op " + op);
}

}  // namespace

int main() { return limpet::answer_lines(answer); }
