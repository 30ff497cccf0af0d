// What the readers of the formats are told by a Deserializer's options; what they share.
#pragma once

#include "limpet/avro/datum_reader.h"
#include "limpet/json_schema/validate.h"
#include "limpet/protobuf/message_reader.h"
#include "limpet/serde/deserializer.h"
#include "limpet/value/json_reader.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace limpet::serde::detail {

/// Borrows `options.reader`.
avro::ReadOptions avro_options(const DeserializerOptions& options);
protobuf::MessageReaderOptions protobuf_options(const DeserializerOptions& options);
value::JsonReadOptions json_options(const DeserializerOptions& options);

/// Confluent's clients write a root of type bytes as it is.
bool is_bare_bytes(const Schema& schema, Framing framing);

/// Whether a JSON record is what its schema describes.
std::optional<Failure> check_json(const json_schema::Plan& plan, const value::View& record);

/// A version that a target cannot be read from: the schemas do not resolve, or a member cannot hold
/// what the schema has.
Failure refused(const Error& error);

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: as characters
}

}  // namespace limpet::serde::detail
