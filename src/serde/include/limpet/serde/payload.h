// Payloads: what is behind a frame, inflated, and which Protobuf message it is.
//
//   const serde::Frame frame = serde::inspect(message);
//   const auto payload = serde::open_payload(frame, inflater, arena);
//   if (!payload) return serde::to_error(frame, payload);
//   auto record = serde::glue_message(schema, payload.bytes);     // Protobuf
//   if (!record) return std::move(record).error();
//   read(*record->message, record->bytes);
//
// Threads: as their arguments.
#pragma once

#include "limpet/base/result.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/codec/zlib.h"
#include "limpet/protobuf/message_index.h"
#include "limpet/protobuf/model.h"
#include "limpet/protobuf/schema.h"
#include "limpet/serde/frame.h"
#include "limpet/value/arena.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace limpet::serde {

/// The frame's body, inflated when it has to be: `bytes` are part of the message, or in the arena;
/// `consumed` counts bytes of the body. Memory of the arena: at most 16 x the body or 4 x the
/// output, whichever is more, within three times what `limits` allow. Requires: a frame without
/// fault.
codec::Inflated open_payload(const Frame& frame, codec::Inflater& inflater, value::Arena& arena,
                             const codec::InflateLimits& limits = {});

/// Requires: a fault. As codec::to_error; `where` is "byte N" of the message.
Error to_error(const Frame& frame, const codec::Inflated& payload,
               const codec::InflateLimits& limits = {});

/// A Protobuf message and what it was written as. `message` lives in the schema.
struct ProtobufRecord {
  const protobuf::Message* message = nullptr;
  std::span<const std::byte> bytes{};
};

/// Of a Glue payload, inflated: the index among all messages of the schema, then the message.
/// Errors: InvalidInput (the index is cut off or above 32 bits: `where` = "byte N" of the payload;
/// the schema has no such message).
Result<ProtobufRecord> glue_message(const protobuf::Schema& schema,
                                    std::span<const std::byte> payload);

/// Of a Confluent frame: the positions down to the message, before it or in the header, then the
/// message. Errors: likewise; `where` = "byte N" of the message, or "the header".
Result<ProtobufRecord> confluent_message(const protobuf::Schema& schema, const Frame& frame);

/// Unsigned LEB128; see protobuf::glue_index().
void append_glue_index(codec::ByteBuffer& out, std::uint32_t index);
/// See protobuf::message_path().
void append_message_path(codec::ByteBuffer& out, std::span<const std::uint32_t> path);

}  // namespace limpet::serde
