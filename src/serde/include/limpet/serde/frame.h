// Frames: which schema a Kafka message was written with, and where its payload begins.
//
//   const serde::Frame frame = serde::inspect(message);
//   if (!frame) return serde::to_error(frame);          // byte 1: expected 00 or 05, found 07
//   if (frame.kind == serde::Framing::Glue) use(frame.version, frame.zlib, frame.body);
//
//   codec::ByteBuffer out;
//   serde::append_glue_header(out, version);            // 03 00 and the sixteen bytes of the id
//   out.append(payload);
//
// What the bytes are (AWS Glue Schema Registry library 1.1.27 and aws-glue-schema-registry 1.1.3;
// Confluent schema-registry's SchemaId; Avro 1.11.4 specification, "Single-object encoding"):
//
//   Glue           03, 00 = as it is or 05 = zlib, schema version id (16)         18 bytes
//   Confluent      00, schema id (4, big-endian); Protobuf: message indexes        5
//   Confluent      01, schema GUID (16); Protobuf: message indexes                17
//   Confluent      the same 5 or 17 (and indexes) in the header `__value_schema_id` or
//                  `__key_schema_id`, the message is all payload                   0
//   Avro           C3 01, CRC-64-AVRO of the schema (8, little-endian)            10
//
// They are looked for in this order: header, 03, 00, 01, C3 01. Nothing tells a message without
// any of them from one that happens to begin like one: an Avro datum may begin with 03 or 00. On a
// topic that has such messages too, accept Framing::None and give `known`, which is asked
// whether the schema exists; without it 03 is always Glue, as it is for AWS's own libraries.
//
// A message without value (a tombstone) is no message of zero bytes; it has nothing to inspect.
// Threads: safe.
#pragma once

#include "limpet/base/error.h"
#include "limpet/base/uuid.h"
#include "limpet/codec/byte_buffer.h"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

namespace limpet::serde {

enum class Framing : std::uint8_t { None, Glue, ConfluentId, ConfluentGuid, AvroSingleObject };
/// "none", "Glue", "Confluent id", "Confluent GUID", "Avro single object".
std::string_view to_string(Framing framing);

/// Bytes before the payload, message indexes not counted.
inline constexpr std::size_t kGlueHeaderBytes = 18;
inline constexpr std::size_t kConfluentIdBytes = 5;
inline constexpr std::size_t kConfluentGuidBytes = 17;
inline constexpr std::size_t kSingleObjectBytes = 10;

/// A set of framings: `Framings{Framing::Glue, Framing::None}`.
class Framings {
 public:
  constexpr Framings(std::initializer_list<Framing> framings) {
    for (const Framing framing : framings) bits_ |= bit(framing);
  }
  constexpr bool has(Framing framing) const { return (bits_ & bit(framing)) != 0; }
  /// These and that one.
  constexpr Framings with(Framing framing) const {
    Framings out = *this;
    out.bits_ |= bit(framing);
    return out;
  }
  friend bool operator==(const Framings&, const Framings&) = default;

 private:
  static constexpr unsigned bit(Framing framing) { return 1U << static_cast<unsigned>(framing); }
  unsigned bits_ = 0;
};
/// Every framing; a message without one is an error.
inline constexpr Framings kAnyFraming{Framing::Glue, Framing::ConfluentId, Framing::ConfluentGuid,
                                      Framing::AvroSingleObject};

enum class FrameFault : std::uint8_t {
  None,
  Empty,           ///< zero bytes
  NotFramed,       ///< begins as no accepted framing does
  TooShort,        ///< ends before its payload begins
  BadCompression,  ///< Glue: the second byte is neither 00 nor 05
  HeaderTooShort,  ///< the header's value ends within the id
  BadHeader,       ///< the header's value begins neither with 00 nor with 01
  UnknownSchema,   ///< InspectOptions::known does not know it
};
std::string_view to_string(FrameFault fault);  ///< "not framed", "too short", …; "none"

/// What a message is. Borrows the message and its headers.
struct Frame {
  Framing kind = Framing::None;
  FrameFault fault = FrameFault::None;
  bool zlib = false;                    ///< Glue: `body` is a zlib stream
  bool in_header = false;               ///< Confluent: the id stood in a header
  std::int32_t id = 0;                  ///< ConfluentId
  Uuid version{};                       ///< Glue: schema version id; ConfluentGuid: the GUID
  std::uint64_t fingerprint = 0;        ///< AvroSingleObject: CRC-64-AVRO
  std::span<const std::byte> body{};    ///< the payload; with a fault, and for None, the message
  std::span<const std::byte> header{};  ///< `in_header`: what is behind the id; fault: the value

  explicit operator bool() const { return fault == FrameFault::None; }
};

/// Bytes of the message before the body of a frame of this kind.
std::size_t prefix_bytes(const Frame& frame);

/// A header of a Kafka record. Borrows. No value and an empty one are the same here.
struct RecordHeader {
  std::string_view name;  ///< case counts
  std::span<const std::byte> value;
};
inline constexpr std::string_view kKeySchemaIdHeader = "__key_schema_id";
inline constexpr std::string_view kValueSchemaIdHeader = "__value_schema_id";

enum class MessagePart : bool { Value, Key };
/// Which of several headers of that name counts.
enum class HeaderChoice : bool {
  Last,   ///< Confluent's Java, .NET and Go clients
  First,  ///< its Python client
};

/// Borrows a callable bool(const Frame&), which must not throw.
class SchemaCheck {
 public:
  constexpr SchemaCheck() = default;
  template <class Known>
    requires(!std::same_as<std::remove_cvref_t<Known>, SchemaCheck> &&
             std::is_invocable_r_v<bool, Known&, const Frame&>)
  SchemaCheck(Known& known)  // NOLINT: implicit; an lvalue, as it is borrowed
      : context_(const_cast<void*>(static_cast<const void*>(std::addressof(known)))),  // NOLINT
        ask_([](void* context, const Frame& frame) -> bool {
          return (*static_cast<Known*>(context))(frame);
        }) {}

  explicit operator bool() const { return ask_ != nullptr; }
  bool operator()(const Frame& frame) const { return ask_(context_, frame); }

 private:
  void* context_ = nullptr;
  bool (*ask_)(void*, const Frame&) = nullptr;
};

struct InspectOptions {
  /// With Framing::None a message that begins as no other framing does is given back whole.
  Framings accept = kAnyFraming;
  MessagePart part = MessagePart::Value;
  HeaderChoice choice = HeaderChoice::Last;
  /// Asked whether the schema that a message names exists. When it does not, the message is taken
  /// as unframed if that is accepted, which goes for cut off and odd Glue headers too; else the
  /// fault is UnknownSchema.
  SchemaCheck known{};
};

/// Look at a message. No allocation. Faults, in the order of their checks:
///   header  HeaderTooShort, BadHeader
///   03      TooShort, then BadCompression, whatever else is accepted (but see `known`)
///   00, 01, C3 01   TooShort; unframed if that is accepted
///   else    Empty, NotFramed; unframed if that is accepted
/// and UnknownSchema last.
Frame inspect(std::span<const std::byte> message, std::span<const RecordHeader> headers = {},
              const InspectOptions& options = {}) noexcept;

/// What was expected and what was found. Requires: a fault. InvalidInput; NotFound for
/// UnknownSchema; `where` is "byte N" of the message, or the header's name.
Error to_error(const Frame& frame, MessagePart part = MessagePart::Value);

/// Glue's second byte.
enum class Compression : std::uint8_t { None = 0x00, Zlib = 0x05 };

/// The 18 bytes before a Glue payload.
std::array<std::byte, kGlueHeaderBytes> glue_header(const Uuid& version,
                                                    Compression compression = Compression::None);
void append_glue_header(codec::ByteBuffer& out, const Uuid& version,
                        Compression compression = Compression::None);

/// Before the payload, or as the value of the header; Protobuf's indexes go behind it.
void append_confluent_id(codec::ByteBuffer& out, std::int32_t id);
void append_confluent_guid(codec::ByteBuffer& out, const Uuid& guid);

/// `fingerprint`: avro::Fingerprints::crc64.
void append_single_object_marker(codec::ByteBuffer& out, std::uint64_t fingerprint);

// What reads a topic calls inspect() for every message, and most are Glue's.

namespace detail {

inline Uuid load_uuid(const std::byte* bytes) {
  std::array<std::uint8_t, 16> id;  // NOLINT: filled in the next line
  std::memcpy(id.data(), bytes, id.size());
  return Uuid(id);
}

Frame inspect_any(std::span<const std::byte> message, std::span<const RecordHeader> headers,
                  const InspectOptions& options) noexcept;

}  // namespace detail

inline Frame inspect(std::span<const std::byte> message, std::span<const RecordHeader> headers,
                     const InspectOptions& options) noexcept {
  if (message.size() >= kGlueHeaderBytes && message[0] == std::byte{0x03} && headers.empty() &&
      (message[1] == std::byte{0x00} || message[1] == std::byte{0x05}) && !options.known &&
      options.accept.has(Framing::Glue)) [[likely]] {
    return {.kind = Framing::Glue,
            .zlib = message[1] == std::byte{0x05},
            .version = detail::load_uuid(message.data() + 2),
            .body = message.subspan(kGlueHeaderBytes)};
  }
  return detail::inspect_any(message, headers, options);
}

}  // namespace limpet::serde
