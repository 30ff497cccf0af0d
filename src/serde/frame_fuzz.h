// What the fuzzer and the replay of its corpus run on one input.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/protobuf/schema.h"
#include "limpet/serde/frame.h"
#include "limpet/serde/payload.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace limpet::serde {

inline void check_frame(const Frame& frame, std::span<const std::byte> message,
                        std::span<const std::byte> header, const InspectOptions& options) {
  LIMPET_ASSERT(frame.body.data() >= message.data() &&
                frame.body.data() + frame.body.size() == message.data() + message.size());
  if (!frame) {
    const Error error = to_error(frame);
    LIMPET_ASSERT(error.code == Code::InvalidInput || error.code == Code::NotFound);
    LIMPET_ASSERT(!error.message.empty() && !error.where.empty());
    return;
  }
  LIMPET_ASSERT(options.accept.has(frame.kind) || frame.in_header);
  LIMPET_ASSERT(frame.body.size() + prefix_bytes(frame) == message.size());
  // Its header, written again, is the bytes that were read.
  codec::ByteBuffer again;
  switch (frame.kind) {
    case Framing::None:
      break;
    case Framing::Glue:
      append_glue_header(again, frame.version, frame.zlib ? Compression::Zlib : Compression::None);
      break;
    case Framing::ConfluentId:
      append_confluent_id(again, frame.id);
      break;
    case Framing::ConfluentGuid:
      append_confluent_guid(again, frame.version);
      break;
    case Framing::AvroSingleObject:
      append_single_object_marker(again, frame.fingerprint);
      break;
  }
  const auto from = frame.in_header ? header : message;
  LIMPET_ASSERT(from.size() >= again.size() &&
                std::ranges::equal(again.bytes(), from.first(again.size())));
}

/// A byte of options, a byte that says how long the header is, the header, the message: no crash;
/// frames hold what the bytes hold; inflating takes memory within its limits.
inline void fuzz_frame(std::span<const std::byte> input) {
  static const auto kSchema = protobuf::parse(
      "syntax = \"proto3\"; message Z { string n = 1; } message B { message C {} message A { "
      "message D {} } map<string, string> tags = 1; }");
  LIMPET_ASSERT(kSchema.has_value());
  if (input.size() < 2) return;
  const auto flags = std::to_integer<unsigned>(input[0]);
  const std::size_t header_size =
      std::min<std::size_t>(std::to_integer<unsigned>(input[1]), input.size() - 2);
  const auto header = input.subspan(2, header_size);
  const auto message = input.subspan(2 + header_size);
  const RecordHeader record_header{kValueSchemaIdHeader, header};
  const std::span<const RecordHeader> headers(&record_header, (flags & 1U) != 0 ? 1U : 0U);
  auto known = [](const Frame& frame) { return frame.version.bytes()[15] % 2 == 0; };

  InspectOptions options;
  if ((flags & 2U) != 0)
    options.accept = {Framing::None, Framing::Glue, Framing::ConfluentId, Framing::ConfluentGuid,
                      Framing::AvroSingleObject};
  if ((flags & 4U) != 0) options.accept = {Framing::Glue};
  if ((flags & 8U) != 0) options.known = known;
  const Frame frame = inspect(message, headers, options);
  check_frame(frame, message, header, options);
  // What is made for the usual case answers as the whole does.
  const Frame whole = detail::inspect_any(message, headers, options);
  LIMPET_ASSERT(frame.kind == whole.kind && frame.fault == whole.fault &&
                frame.zlib == whole.zlib && frame.version == whole.version &&
                frame.body.data() == whole.body.data());
  if (!frame) return;

  static codec::Inflater inflater;
  constexpr codec::InflateLimits kLimits{.max_bytes = 200'000, .max_ratio = 100};
  value::Arena arena;
  const auto payload = open_payload(frame, inflater, arena, kLimits);
  LIMPET_ASSERT(payload.consumed <= frame.body.size());
  // A first guess of four times the input, then doubled up to the limit.
  LIMPET_ASSERT(arena.used() <= 3 * kLimits.max_bytes);
  if (!payload) {
    LIMPET_ASSERT(to_error(frame, payload, kLimits).code != Code::Internal);
    return;
  }
  const auto by_rank = glue_message(*kSchema, payload.bytes);
  const auto by_path = confluent_message(*kSchema, frame);
  LIMPET_ASSERT(!by_rank || by_rank->bytes.size() < payload.bytes.size());
  LIMPET_ASSERT(!by_path || by_path->bytes.size() <= frame.body.size());
}

}  // namespace limpet::serde
