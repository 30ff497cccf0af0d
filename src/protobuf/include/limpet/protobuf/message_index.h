// Message indexes: which message of a schema a serialized value is.
//
//   const auto index = protobuf::glue_index(schema, "shop.Order");       // 3
//   std::string payload = protobuf::encode_glue_index(*index) + message_bytes;
//   …
//   auto head = protobuf::decode_glue_index(payload);                    // index, bytes read
//   const protobuf::Message* message = protobuf::message_at(schema, head->index);
//
// AWS Glue's serializers write one number, the rank among all messages of the file; Confluent's
// write the path of positions down to the message. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/protobuf/schema.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

/// Rank of the message among all messages of the file (map entries included, imports not) by full
/// name in byte order; nullopt: no such message.
std::optional<std::uint32_t> glue_index(const Schema& schema, std::string_view full_name);
/// The message of that rank, or nullptr.
const Message* message_at(const Schema& schema, std::uint32_t index);

/// Unsigned LEB128.
std::string encode_glue_index(std::uint32_t index);

struct GlueIndex {
  std::uint32_t index = 0;
  std::size_t size = 0;  ///< bytes that it took
};
/// Longer spellings of a number are taken. Errors: InvalidInput (cut off, above 32 bits).
Result<GlueIndex> decode_glue_index(std::string_view bytes);

/// Positions from the top of the file down to the message.
std::vector<std::uint32_t> message_path(const Message& message);
/// The message at that path, or nullptr. An empty path is the first message.
const Message* message_at(const Schema& schema, std::span<const std::uint32_t> path);

/// Zig-zag LEB128: the length, then the positions; [0] is the single byte 00.
std::string encode_message_path(std::span<const std::uint32_t> path);

struct MessagePath {
  std::vector<std::uint32_t> path;  ///< [0] for the short form
  std::size_t size = 0;             ///< bytes that it took
};
/// Limits: as deep as messages nest. Errors: InvalidInput (cut off, negative, too long).
Result<MessagePath> decode_message_path(std::string_view bytes);

}  // namespace limpet::protobuf
