// AWS JSON 1.1: structs from and to JSON documents, both ways (server and client).
//
//   RegisterSchemaVersionInput input;
//   if (auto fault = decode(*body, input)) return answer(*fault);   // SerializationException
//   ...
//   send(encode(RegisterSchemaVersionResponse{.schema_version_id = id}));
//
// Reading: null means absent, unknown members are ignored, a wrong JSON type is refused; nothing is
// converted or cut. Writing: absent members are left out, members stand in the model's order.
// Timestamps are seconds since 1970 as a number; blobs are base64. Threads: safe.
#pragma once

#include "limpet/glue_model/fault.h"
#include "limpet/glue_model/shape.h"
#include "limpet/json/value.h"
#include "limpet/json/writer.h"

#include <optional>
#include <string>

namespace limpet::glue_model {

enum class Redact : bool { No, Yes };

/// Fill the object that `shape` describes. Limits: depth kRequestDepth, 64 MiB of decoded values.
std::optional<Fault> decode_object(const json::Value& document, const Shape& shape, void* object);
void encode_object(const Shape& shape, const void* object, json::Writer& out, Redact redact);

/// Read a request or an answer. `out` must be empty; after a fault it is half filled: drop it.
template <class T>
std::optional<Fault> decode(const json::Value& document, T& out) {
  return decode_object(document, T::kShape, &out);
}

template <class T>
void encode(const T& value, json::Writer& out) {
  encode_object(T::kShape, &value, out, Redact::No);
}

template <class T>
std::string encode(const T& value) {
  json::Writer out;
  encode(value, out);
  return std::move(out).take();
}

/// For logs: sensitive members appear as "***".
template <class T>
std::string encode_redacted(const T& value) {
  json::Writer out;
  encode_object(T::kShape, &value, out, Redact::Yes);
  return std::move(out).take();
}

}  // namespace limpet::glue_model
