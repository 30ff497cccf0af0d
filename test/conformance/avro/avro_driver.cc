// Answers questions about Avro schemas on standard output, one JSON line for each JSON line on
// standard input, in the form that java/AvroPeer.java answers them too:
//
//   {"op":"parse","schema":TEXT}             → {"ok":true,"identity":…,"canonical":…,"crc64":"…",…}
//   {"op":"read","reader":TEXT,"writer":TEXT} → {"ok":true,"can_read":…,"mismatches":[…]}
//   {"op":"pair","reader":TEXT,"writer":TEXT} →
//   {"ok":true,"found":[["KIND","/location","message"],…]}
//   {"op":"datum","schema":TEXT,"data":TEXT}  → {"ok":true,"valid":…,"violations":[…]}
//   {"op":"diff","first":TEXT,"second":TEXT}  → {"ok":true,"patch":[…]}
//   {"op":"random","schema":TEXT,"seed":N,"count":N} → {"ok":true,"payloads":[HEX,…]}
//   {"op":"payloads","writer":TEXT,"reader":TEXT,"payloads":[HEX,…]} →
//     {"ok":true,"made":…,"read":[HEX or null,…]}: read as the reader's schema, and written as it
//   {"op":"bundle","root":TEXT,"imports":[{"name":NAME,"text":TEXT},…]} → {"ok":true,"text":…}
//
// A text that is no schema gives {"ok":false,"error":…,"where":…}.
#include "../answer_lines.h"
#include "src/avro/testing/random_datum.h"

#include "limpet/avro/bundle.h"
#include "limpet/avro/datum_reader.h"
#include "limpet/avro/datum_writer.h"
#include "limpet/avro/fingerprint.h"
#include "limpet/avro/pair_check.h"
#include "limpet/avro/resolve.h"
#include "limpet/avro/schema.h"
#include "limpet/avro/validate_json.h"
#include "limpet/base/hex.h"
#include "limpet/json/parse.h"
#include "limpet/json/patch.h"
#include "limpet/json/writer.h"

#include <span>
#include <string>
#include <vector>

namespace {

using limpet::Error;
using limpet::Result;
namespace avro = limpet::avro;
namespace json = limpet::json;

constexpr json::ParseLimits kLimits{
    .max_bytes = 16UL << 20, .max_depth = 2'000, .max_nodes = 2'000'000};

Result<std::string> text_of(const json::Value& request, std::string_view name) {
  const auto* value = request.find(name);
  if (value == nullptr || !value->is_string()) {
    return Error::invalid_input("no text \"" + std::string(name) + "\" in the request");
  }
  return value->text();
}

Result<std::string> parse(const json::Value& request) {
  LIMPET_TRY(const auto text, text_of(request, "schema"));
  LIMPET_TRY(const auto schema, avro::parse(text));
  const auto prints = avro::fingerprints(schema);
  json::Writer out;
  out.begin_object().key("ok").value(true).key("identity").value(avro::identity_form(schema));
  out.key("canonical").value(avro::canonical_form(schema));
  out.key("crc64").value(std::to_string(static_cast<std::int64_t>(prints.crc64)));
  out.key("md5").value(limpet::to_hex(prints.md5));
  out.key("sha256").value(limpet::to_hex(prints.sha256)).end_object();
  return std::move(out).take();
}

Result<std::string> read(const json::Value& request) {
  LIMPET_TRY(const auto reader_text, text_of(request, "reader"));
  LIMPET_TRY(const auto writer_text, text_of(request, "writer"));
  LIMPET_TRY(const auto reader, avro::parse(reader_text));
  LIMPET_TRY(const auto writer, avro::parse(writer_text));
  LIMPET_TRY(const auto mismatches, avro::resolve({.reader = reader, .writer = writer}));
  LIMPET_TRY(const auto lenient,
             avro::resolve(
                 {.reader = reader, .writer = writer, .options = {.enum_symbols_strict = false}}));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("can_read").value(mismatches.empty());
  out.key("can_read_lenient").value(lenient.empty());
  out.key("mismatches").begin_array();
  for (const auto& mismatch : mismatches) {
    out.begin_object().key("kind").value(avro::to_string(mismatch.kind));
    out.key("path").value(mismatch.path).key("message").value(avro::describe(mismatch));
    out.end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

Result<std::string> pair(const json::Value& request) {
  LIMPET_TRY(const auto reader_text, text_of(request, "reader"));
  LIMPET_TRY(const auto writer_text, text_of(request, "writer"));
  LIMPET_TRY(const auto reader, avro::parse(reader_text));
  LIMPET_TRY(const auto writer, avro::parse(writer_text));
  LIMPET_TRY(
      const auto found,
      avro::check_pair({.reader = reader, .writer = writer, .max_incompatibilities = 100'000}));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("found").begin_array();
  for (const auto& one : found) {
    out.begin_array().value(avro::to_string(one.kind)).value(one.location).value(one.message);
    out.end_array();
  }
  return std::move(out.end_array().end_object()).take();
}

Result<std::string> datum(const json::Value& request) {
  LIMPET_TRY(const auto schema_text, text_of(request, "schema"));
  LIMPET_TRY(const auto data_text, text_of(request, "data"));
  LIMPET_TRY(const auto schema, avro::parse(schema_text));
  LIMPET_TRY(const auto data, json::parse(data_text, kLimits));
  LIMPET_TRY(const auto violations, avro::validate_json(schema, data));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("valid").value(violations.empty());
  out.key("violations").begin_array();
  for (const auto& violation : violations) {
    out.value(violation.path + ": " + avro::describe(violation));
  }
  return std::move(out.end_array().end_object()).take();
}

Result<std::string> diff(const json::Value& request) {
  LIMPET_TRY(const auto first_text, text_of(request, "first"));
  LIMPET_TRY(const auto second_text, text_of(request, "second"));
  LIMPET_TRY(const auto first, json::parse(first_text, kLimits));
  LIMPET_TRY(const auto second, json::parse(second_text, kLimits));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("patch").value(json::diff(first, second));
  return std::move(out.end_object()).take();
}

std::string from_hex(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return out;
}

Result<std::string> random_payloads(const json::Value& request) {
  LIMPET_TRY(const auto text, text_of(request, "schema"));
  LIMPET_TRY(const auto schema, avro::parse(text));
  avro::testing::RandomDatum random(
      static_cast<std::uint64_t>(request.find("seed")->as_int64().value_or(0)));
  json::Writer out;
  out.begin_object().key("ok").value(true).key("payloads").begin_array();
  for (auto left = request.find("count")->as_int64().value_or(0); left > 0; --left) {
    const auto payload = random.of(schema.root());
    if (random.ended()) out.value(limpet::to_hex(payload));
  }
  return std::move(out.end_array().end_object()).take();
}

Result<std::string> payloads(const json::Value& request) {
  LIMPET_TRY(const auto writer_text, text_of(request, "writer"));
  LIMPET_TRY(const auto reader_text, text_of(request, "reader"));
  LIMPET_TRY(const auto writer, avro::parse(writer_text));
  LIMPET_TRY(const auto reader, avro::parse(reader_text));
  const auto& payloads = request.find("payloads")->items();
  json::Writer out;
  out.begin_object().key("ok").value(true);
  const auto data = avro::DatumReader::make(
      writer, {.reader = &reader,
               .utf8 = limpet::value::Utf8Policy::Trust,  // as Java, where nobody looks
               .trailing = avro::Trailing::Error,
               .max_depth = 500});
  out.key("made").value(data.has_value());
  if (!data) out.key("why").value(limpet::describe(data.error()));
  const auto again =
      avro::DatumWriter::make(reader, {.utf8 = limpet::value::Utf8Policy::Trust, .max_depth = 500});
  limpet::value::Arena arena;
  out.key("read").begin_array();
  std::string why;
  for (const auto& payload : payloads) {
    arena.reset();
    limpet::value::View view;
    limpet::codec::ByteBuffer written;
    const auto bytes = from_hex(payload.text());
    if (!data) {
      out.null();
    } else if (const auto fault = data->read(std::as_bytes(std::span(bytes)), arena, view)) {
      why = limpet::value::describe(*fault);
      out.null();
    } else if (const auto unwritten = again->write(view, written)) {
      why = "written again: " + limpet::value::describe(*unwritten);
      out.value(why);
    } else {
      out.value(limpet::to_hex(written.text()));
    }
  }
  out.end_array();
  if (!why.empty()) out.key("why").value(why);
  return std::move(out.end_object()).take();
}

Result<std::string> bundle(const json::Value& request) {
  LIMPET_TRY(const auto root, text_of(request, "root"));
  std::vector<limpet::NamedText> imports;
  for (const auto& import : request.find("imports")->items()) {
    imports.push_back({import.find("name")->text(), import.find("text")->text()});
  }
  LIMPET_TRY(const auto whole, avro::bundle(root, imports));
  json::Writer out;
  return std::move(out.begin_object().key("ok").value(true).key("text").value(whole).end_object())
      .take();
}

Result<std::string> answer(const std::string& line) {
  LIMPET_TRY(const auto request, json::parse(line, kLimits));
  LIMPET_TRY(const auto op, text_of(request, "op"));
  if (op == "parse") return parse(request);
  if (op == "read") return read(request);
  if (op == "pair") return pair(request);
  if (op == "datum") return datum(request);
  if (op == "diff") return diff(request);
  if (op == "bundle") return bundle(request);
  if (op == "random") return random_payloads(request);
  if (op == "payloads") return payloads(request);
  return Error::invalid_input("unknown op " + op);
}

}  // namespace

int main() { return limpet::answer_lines(answer); }
