// JSON to Avro binary data and views to JSON.
//
//   codec::ByteBuffer out;
//   auto wrong = avro::write_json(schema, *json::parse(R"({"age":"six"})"), {}, out);
//   if (!wrong) return std::move(wrong).error();
//   for (const auto& violation : *wrong) say(violation.path, avro::describe(violation));
//   // /age: expected int, found the string "six"
//
// Two styles. Avro: the JSON encoding of the Avro 1.11.4 specification, by the rules of
// validate_json.h. Plain: what people write and other programs print,
//
//   union        the value alone; the first branch of exactly its kind, else the first that can
//                take it (a string is a text or symbol before it is a time, a decimal or bytes, an
//                integer an int or long before a decimal or double; of records the one with most of
//                the members); {"branch": value} is understood where nothing else fits
//   decimal      a number or a string of one, 12.50; no digit may be lost
//   date, times  ISO 8601: "2020-01-31", "12:30:00.5", "2020-01-31T12:30:00Z" (or +01:00; local
//                timestamps without zone); fractions no finer than the type; or the integer
//   bytes, fixed characters U+0000 to U+00FF, in both styles
//
// Pure. Threads: safe.
#pragma once

#include "limpet/avro/datum_writer.h"
#include "limpet/avro/schema.h"
#include "limpet/avro/validate_json.h"
#include "limpet/base/result.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/json/value.h"
#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace limpet::avro {

enum class JsonStyle : std::uint8_t { Avro, Plain };

struct WriteJsonOptions {
  JsonStyle style = JsonStyle::Plain;
  MissingFields missing = MissingFields::Refuse;
  UnknownFields unknown = UnknownFields::Refuse;
  ValidateJsonLimits limits = {};
};

/// Append the datum that `value` is. Everything that is wrong, fields in the order of the schema;
/// `out` is then as it was. Empty: it was written. Cost: the size of the value; a union looks once
/// at each of its branches. Errors: LimitExceeded (too deep).
Result<std::vector<Violation>> write_json(const Schema& schema, const json::Value& value,
                                          const WriteJsonOptions& options, codec::ByteBuffer& out);

/// Append a view as JSON text in one line. In the Avro style a union's value stands in an object
/// named after its branch, View::branch() of `schema`; bytes that are no UTF-8 become characters
/// U+0000 to U+00FF in both. Plain prints decimals as numbers, dates and times in ISO 8601 (and
/// what is out of their range as integers). Numbers that JSON lacks are "NaN", "Infinity",
/// "-Infinity" in both. Of a map with repeated keys all are printed.
///
/// Requires for JsonStyle::Avro: `view` was read as `schema`, so that its branches are the
/// schema's; a branch that is none is a TypeMismatch. Faults besides: TooDeep (1,000 levels). `out`
/// is then as it was.
std::optional<value::Fault> append_json(const Schema& schema, const value::View& view,
                                        JsonStyle style, std::string& out);

}  // namespace limpet::avro
