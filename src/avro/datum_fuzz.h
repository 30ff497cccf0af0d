// What the fuzzer of data and the replay of its corpus run on one input.
#pragma once

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/datum_writer.h"
#include "limpet/avro/exact.h"
#include "limpet/avro/json_datum.h"
#include "limpet/avro/schema.h"
#include "limpet/avro/struct_reader.h"
#include "limpet/avro/struct_writer.h"
#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/value/binding.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace limpet::avro {

struct FuzzedPart {
  std::string_view text;
  std::optional<std::int32_t> number;
};
struct FuzzedRecord {
  std::int64_t number = 0;
  std::string text;
  std::optional<double> real;
  std::vector<FuzzedPart> parts;
  std::map<std::string, std::int64_t> counts;
  std::variant<std::monostate, bool, std::string, std::vector<std::byte>> any;
  std::unique_ptr<FuzzedRecord> next;
};
inline constexpr std::string_view kFuzzedSchema = R"({"type":"record","name":"R","fields":[
  {"name":"number","type":"long"},{"name":"text","type":"string"},
  {"name":"real","type":["null","double"]},
  {"name":"parts","type":{"type":"array","items":{"type":"record","name":"P","fields":[
    {"name":"text","type":"string"},{"name":"number","type":["int","null"]}]}}},
  {"name":"counts","type":{"type":"map","values":"long"}},
  {"name":"any","type":["null","boolean","string","bytes"]},
  {"name":"next","type":["null","R"]}]})";

/// Read in place, where the end is far.
struct FuzzedNullable {
  std::optional<bool> flag;
  std::optional<std::int32_t> small;
  std::optional<std::string_view> view;
  std::optional<std::int64_t> large;
  std::optional<float> real;
  std::optional<std::string> text;
  std::optional<double> precise;
};
inline constexpr std::string_view kFuzzedNullable = R"({"type":"record","name":"N","fields":[
  {"name":"flag","type":["null","boolean"]},{"name":"small","type":["int","null"]},
  {"name":"view","type":["null","string"]},{"name":"large","type":["null","long"]},
  {"name":"real","type":["float","null"]},{"name":"text","type":["string","null"]},
  {"name":"precise","type":["null","double"]}]})";

}  // namespace limpet::avro

namespace limpet::value {
template <>
struct Binding<avro::FuzzedNullable> {
  using N = avro::FuzzedNullable;
  static constexpr auto type =
      record("N", field<"flag">(&N::flag), field<"small">(&N::small), field<"view">(&N::view),
             field<"large">(&N::large), field<"real">(&N::real), field<"text">(&N::text),
             field<"precise">(&N::precise));
};
template <>
struct Binding<avro::FuzzedPart> {
  static constexpr auto type = record("P", field<"text">(&avro::FuzzedPart::text),
                                      field<"number">(&avro::FuzzedPart::number));
};
template <>
struct Binding<avro::FuzzedRecord> {
  using R = avro::FuzzedRecord;
  static constexpr auto type =
      record("R", field<"number">(&R::number), field<"text">(&R::text), field<"real">(&R::real),
             field<"parts">(&R::parts), field<"counts">(&R::counts), field<"any">(&R::any),
             field<"next">(&R::next));
};
}  // namespace limpet::value

namespace limpet::avro {

inline constexpr std::size_t kFuzzedArena = 16UL << 20;

/// Bytes as data of kFuzzedSchema, by struct and by views: the same verdict and the same value.
inline void fuzz_struct(std::span<const std::byte> payload) {
  static const Schema schema = *parse(kFuzzedSchema);
  static const auto reader = TypedReader<FuzzedRecord>::make(schema);
  static const auto views = DatumReader::make(schema);
  static const auto writer = TypedWriter<FuzzedRecord>::make(schema);
  static const auto view_writer = DatumWriter::make(schema);
  LIMPET_ASSERT(reader && views && writer && view_writer);
  value::Arena arena(kFuzzedArena);
  FuzzedRecord record;
  value::View view;
  std::size_t struct_bytes = 0;
  std::size_t view_bytes = 0;
  const auto fault = reader->read(payload, arena, record, &struct_bytes);
  const auto view_fault = views->read(payload, arena, view, &view_bytes);
  // A struct counts its levels more kindly.
  if (view_fault && view_fault->kind == value::FaultKind::TooDeep) return;
  LIMPET_ASSERT(fault.has_value() == view_fault.has_value());
  if (fault) {
    LIMPET_ASSERT(fault->kind == view_fault->kind && fault->offset == view_fault->offset);
    LIMPET_ASSERT(fault->path == view_fault->path && fault->message == view_fault->message);
    return;
  }
  LIMPET_ASSERT(struct_bytes == view_bytes);
  codec::ByteBuffer written;
  LIMPET_ASSERT(!writer->write(record, written));
  FuzzedRecord again;
  LIMPET_ASSERT(!reader->read(written.bytes(), arena, again));
  codec::ByteBuffer twice;
  LIMPET_ASSERT(!writer->write(again, twice));
  LIMPET_ASSERT(written.text() == twice.text());
}

/// The same for values that are read in place, also by what made headers are made of.
inline void fuzz_nullable(std::span<const std::byte> payload) {
  static const Schema schema = *parse(kFuzzedNullable);
  static const auto reader = TypedReader<FuzzedNullable>::make(schema);
  static const auto views = DatumReader::make(schema);
  static const auto writer = TypedWriter<FuzzedNullable>::make(schema);
  static const auto view_writer = DatumWriter::make(schema);
  LIMPET_ASSERT(reader && views && writer && view_writer);
  value::Arena arena(kFuzzedArena);
  FuzzedNullable record;
  value::View view;
  std::size_t bytes = 0;
  const auto fault = reader->read(payload, arena, record, &bytes);
  const auto view_fault = views->read(payload, arena, view);
  FuzzedNullable made;
  ExactReader in(payload);
  const bool exact = in.nullable<0>(made.flag) && in.nullable<1>(made.small) &&
                     in.nullable<0>(made.view) && in.nullable<0>(made.large) &&
                     in.nullable<1>(made.real) && in.nullable<1>(made.text) &&
                     in.nullable<0>(made.precise);
  LIMPET_ASSERT(fault.has_value() == view_fault.has_value() && exact == !fault);
  if (fault) {
    LIMPET_ASSERT(fault->kind == view_fault->kind && fault->offset == view_fault->offset);
    LIMPET_ASSERT(fault->path == view_fault->path && fault->message == view_fault->message);
    return;
  }
  LIMPET_ASSERT(in.left() == payload.size() - bytes);
  codec::ByteBuffer written;
  codec::ByteBuffer of_view;
  codec::ByteBuffer of_made;
  LIMPET_ASSERT(!writer->write(record, written) && !writer->write(made, of_made));
  LIMPET_ASSERT(!view_writer->write(view, of_view));
  LIMPET_ASSERT(written.text() == of_view.text() && written.text() == of_made.text());
}

/// A writer's schema, a line feed, a reader's schema (or nothing), a line feed, a payload.
inline void fuzz_datum(std::string_view input) {
  fuzz_struct(std::as_bytes(std::span(input)));
  fuzz_nullable(std::as_bytes(std::span(input)));
  const auto first = input.find('\n');
  if (first == std::string_view::npos) return;
  const auto second = input.find('\n', first + 1);
  if (second == std::string_view::npos) return;
  const auto writer_schema = parse(input.substr(0, first));
  if (!writer_schema) return;
  const auto reader_text = input.substr(first + 1, second - first - 1);
  const auto reader_schema = parse(reader_text);
  if (!reader_text.empty() && !reader_schema) return;
  const auto payload = std::as_bytes(std::span(input.substr(second + 1)));
  const auto reader =
      DatumReader::make(*writer_schema, {.reader = reader_schema ? &*reader_schema : nullptr});
  if (!reader) {
    LIMPET_ASSERT(!reader.error().message.empty());
    return;
  }
  value::Arena arena(kFuzzedArena);
  value::View view;
  std::size_t consumed = 0;
  if (const auto fault = reader->read(payload, arena, view, &consumed)) {
    LIMPET_ASSERT(!fault->message.empty());
    return;
  }
  LIMPET_ASSERT(consumed <= payload.size());
  // What was read is written, and read again the same: by the reader's schema, without resolution.
  const Schema& schema = reader->schema();
  const auto writer = DatumWriter::make(schema, {.max_depth = kReadDepthMax});
  codec::ByteBuffer written;
  if (const auto fault = writer->write(view, written)) {
    LIMPET_ASSERT(fault->kind == value::FaultKind::OutOfRange);  // more digits than the precision
    return;
  }
  const auto plain = DatumReader::make(
      schema,
      {.trailing = Trailing::Error, .max_depth = kReadDepthMax, .max_empty_values = 0xFFFFFFFF});
  LIMPET_ASSERT(plain.has_value());
  value::Arena more(4 * kFuzzedArena);
  value::View again;
  if (const auto fault = plain->read(written.bytes(), more, again)) {
    LIMPET_ASSERT(fault->kind == value::FaultKind::TooLarge);
    return;
  }
  codec::ByteBuffer twice;
  LIMPET_ASSERT(!writer->write(again, twice));
  LIMPET_ASSERT(written.text() == twice.text());
  std::string json;
  LIMPET_ASSERT(!append_json(schema, again, JsonStyle::Avro, json));
  const auto document = json::parse(json, {.max_depth = 2'500});
  if (!document) return;  // more values than a request may have
  codec::ByteBuffer third;
  const auto violations = write_json(
      schema, *document, {.style = JsonStyle::Avro, .limits = {.max_depth = 2'500}}, third);
  LIMPET_ASSERT(violations.has_value());
}

}  // namespace limpet::avro
