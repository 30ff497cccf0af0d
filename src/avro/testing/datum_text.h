// Short ways between hex, payloads and JSON, for tests of data.
#pragma once

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/json_datum.h"
#include "limpet/avro/schema.h"
#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/value/fault.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace limpet::avro::testing {

inline Schema schema_of(std::string_view text) {
  auto schema = parse(text);
  LIMPET_ASSERT(schema.has_value());
  return *std::move(schema);
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string from_hex(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return out;
}

inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<std::uint8_t>(c) >> 4U];
    out += kDigits[static_cast<std::uint8_t>(c) & 15U];
  }
  return out;
}

/// The payload as Avro's JSON; "fault: …", "make: …" where it cannot be read.
inline std::string read_text(std::string_view writer, std::string_view payload,
                             ReadOptions options = {}, JsonStyle style = JsonStyle::Avro) {
  const Schema schema = schema_of(writer);
  const auto reader = DatumReader::make(schema, options);
  if (!reader) return "make: " + describe(reader.error());
  value::Arena arena;
  value::View view;
  if (const auto fault = reader->read(bytes_of(payload), arena, view)) {
    return "fault: " + std::string(value::to_string(fault->kind)) + ": " + value::describe(*fault);
  }
  std::string out;
  if (const auto fault = append_json(reader->schema(), view, style, out)) {
    return "json: " + value::describe(*fault);
  }
  return out;
}

/// JSON as payload; every violation as "path: sentence", a line each.
inline std::string written(std::string_view schema, std::string_view json,
                           const WriteJsonOptions& options = {}) {
  const auto value = json::parse(json, {.max_depth = 5'000});
  LIMPET_ASSERT(value.has_value());
  codec::ByteBuffer out;
  const auto violations = write_json(schema_of(schema), *value, options, out);
  if (!violations) return "error: " + describe(violations.error());
  std::string said;
  for (const auto& violation : *violations) {
    said += (said.empty() ? "" : "\n") + violation.path + ": " + describe(violation);
  }
  LIMPET_ASSERT(said.empty() || out.empty());
  return said.empty() ? to_hex(out.text()) : said;
}

}  // namespace limpet::avro::testing
