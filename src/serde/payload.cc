#include "limpet/serde/payload.h"

#include "limpet/codec/varint.h"

#include <string>
#include <string_view>
#include <utility>

namespace limpet::serde {
namespace {

using Bytes = std::span<const std::byte>;

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()),
          bytes.size()};  // NOLINT: bytes as characters
}

// Where a message index is, in the words of an error.
Error at_place(Error error, std::string place) {
  error.where = std::move(place);
  return error;
}

}  // namespace

codec::Inflated open_payload(const Frame& frame, codec::Inflater& inflater, value::Arena& arena,
                             const codec::InflateLimits& limits) {
  if (!frame.zlib) return {.bytes = frame.body, .consumed = frame.body.size()};
  return inflater.inflate_growing(
      frame.body,
      [&arena](std::span<std::byte> filled, std::size_t capacity) -> std::span<std::byte> {
        auto* room = static_cast<std::byte*>(arena.allocate(capacity, 1));
        if (room == nullptr) return {};
        if (!filled.empty()) std::memcpy(room, filled.data(), filled.size());
        return {room, capacity};
      },
      limits);
}

Error to_error(const Frame& frame, const codec::Inflated& payload,
               const codec::InflateLimits& limits) {
  return codec::to_error(payload, limits, prefix_bytes(frame));
}

Result<ProtobufRecord> glue_message(const protobuf::Schema& schema, Bytes payload) {
  std::uint32_t index = 0;
  std::size_t size = 1;
  if (!payload.empty() && std::to_integer<unsigned>(payload[0]) < 0x80) [[likely]] {
    index = std::to_integer<std::uint32_t>(payload[0]);
  } else {
    auto read = protobuf::decode_glue_index(as_text(payload));
    if (!read) return at_place(std::move(read).error(), "byte 0");
    index = read->index;
    size = read->size;
  }
  const auto* message = protobuf::message_at(schema, index);
  if (message == nullptr) {
    return Error::invalid_input("expected the index of one of " +
                                    std::to_string(schema.messages().size()) + " messages, found " +
                                    std::to_string(index),
                                "byte 0");
  }
  return ProtobufRecord{message, payload.subspan(size)};
}

Result<ProtobufRecord> confluent_message(const protobuf::Schema& schema, const Frame& frame) {
  const Bytes bytes = frame.in_header ? frame.header : frame.body;
  const auto place = [&frame] {
    return frame.in_header ? "the header" : "byte " + std::to_string(prefix_bytes(frame));
  };
  const protobuf::Message* message = nullptr;
  std::size_t size = 1;
  if (!bytes.empty() && bytes[0] == std::byte{0}) [[likely]] {
    message = protobuf::message_at(schema, std::span<const std::uint32_t>());
  } else {
    auto read = protobuf::decode_message_path(as_text(bytes));
    if (!read) return at_place(std::move(read).error(), place());
    size = read->size;
    message = protobuf::message_at(schema, read->path);
  }
  if (message == nullptr) {
    return Error::invalid_input("the schema has no message at the position that is given", place());
  }
  return ProtobufRecord{message, frame.in_header ? frame.body : bytes.subspan(size)};
}

void append_glue_index(codec::ByteBuffer& out, std::uint32_t index) {
  out.end_at(codec::write_varint32(out.room(codec::kVarint32Bytes), index));
}

void append_message_path(codec::ByteBuffer& out, std::span<const std::uint32_t> path) {
  out.append(protobuf::encode_message_path(path));
}

}  // namespace limpet::serde
