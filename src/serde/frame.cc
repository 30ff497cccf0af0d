#include "limpet/serde/frame.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

namespace limpet::serde {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::byte kGlue{0x03};
constexpr std::byte kConfluentId{0x00};
constexpr std::byte kConfluentGuid{0x01};
constexpr std::byte kSingleObject[] = {std::byte{0xC3}, std::byte{0x01}};

std::int32_t load_big32(Bytes bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8U | std::to_integer<std::uint32_t>(bytes[i]);
  return static_cast<std::int32_t>(value);
}

std::uint64_t load_little64(Bytes bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8U | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

std::optional<Bytes> find_header(std::span<const RecordHeader> headers,
                                 const InspectOptions& options) {
  const std::string_view name =
      options.part == MessagePart::Key ? kKeySchemaIdHeader : kValueSchemaIdHeader;
  std::optional<Bytes> found;
  for (const RecordHeader& header : headers) {
    if (header.name != name) continue;
    found = header.value;
    if (options.choice == HeaderChoice::First) break;
  }
  return found;
}

// A frame is written in its place and once, member by member: a copy of it would wait for them.

void fail(Framing kind, FrameFault fault, Bytes message, Frame& frame) {
  frame.kind = kind;
  frame.fault = fault;
  frame.body = message;
}

// A Confluent id or GUID at the start of `bytes`.
void read_confluent(Bytes bytes, Frame& frame) {
  const bool id = bytes[0] == kConfluentId;
  frame.kind = id ? Framing::ConfluentId : Framing::ConfluentGuid;
  const std::size_t size = id ? kConfluentIdBytes : kConfluentGuidBytes;
  if (bytes.size() < size) return fail(frame.kind, FrameFault::TooShort, bytes, frame);
  if (id) {
    frame.id = load_big32(bytes.subspan(1));
  } else {
    frame.version = detail::load_uuid(bytes.data() + 1);
  }
  frame.body = bytes.subspan(size);
}

void read_header(Bytes value, Bytes message, Frame& frame) {
  if (value.empty()) {
    frame.fault = FrameFault::HeaderTooShort;
  } else if (value[0] != kConfluentId && value[0] != kConfluentGuid) {
    frame.fault = FrameFault::BadHeader;
  } else {
    read_confluent(value, frame);
    if (!frame) frame.fault = FrameFault::HeaderTooShort;
  }
  frame.in_header = true;
  frame.header = frame ? frame.body : value;
  frame.body = message;
}

void read_glue(Bytes message, Frame& frame) {
  if (message.size() < kGlueHeaderBytes) {
    return fail(Framing::Glue, FrameFault::TooShort, message, frame);
  }
  const auto compression = static_cast<Compression>(message[1]);
  if (compression != Compression::None && compression != Compression::Zlib) {
    return fail(Framing::Glue, FrameFault::BadCompression, message, frame);
  }
  frame.kind = Framing::Glue;
  frame.zlib = compression == Compression::Zlib;
  frame.version = detail::load_uuid(message.data() + 2);
  frame.body = message.subspan(kGlueHeaderBytes);
}

void read_single_object(Bytes message, Frame& frame) {
  if (message.size() < kSingleObjectBytes) {
    return fail(Framing::AvroSingleObject, FrameFault::TooShort, message, frame);
  }
  frame.kind = Framing::AvroSingleObject;
  frame.fingerprint = load_little64(message.subspan(2));
  frame.body = message.subspan(kSingleObjectBytes);
}

// By the first bytes alone.
void read_prefix(Bytes message, Framings accept, Frame& frame) {
  if (message.empty()) return fail(Framing::None, FrameFault::Empty, message, frame);
  const std::byte first = message[0];
  if (first == kGlue && accept.has(Framing::Glue)) return read_glue(message, frame);
  if ((first == kConfluentId && accept.has(Framing::ConfluentId)) ||
      (first == kConfluentGuid && accept.has(Framing::ConfluentGuid))) {
    return read_confluent(message, frame);
  }
  if (message.size() >= 2 && std::ranges::equal(message.first(2), kSingleObject) &&
      accept.has(Framing::AvroSingleObject)) {
    return read_single_object(message, frame);
  }
  fail(Framing::None, FrameFault::NotFramed, message, frame);
}

bool accepts_headers(Framings accept) {
  return accept.has(Framing::ConfluentId) || accept.has(Framing::ConfluentGuid);
}

std::string hex(std::byte byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto value = std::to_integer<unsigned>(byte);
  return {kDigits[value >> 4U], kDigits[value & 15U]};
}

std::string count_bytes(std::size_t count) {
  return count == 1 ? "1 byte" : std::to_string(count) + " bytes";
}

std::string schema_of(const Frame& frame) {
  switch (frame.kind) {
    case Framing::None:
      break;
    case Framing::Glue:
      return "schema version " + frame.version.to_string();
    case Framing::ConfluentId:
      return "schema id " + std::to_string(frame.id);
    case Framing::ConfluentGuid:
      return "schema GUID " + frame.version.to_string();
    case Framing::AvroSingleObject: {
      std::string text = "schema fingerprint ";
      for (unsigned shift = 64; shift > 0; shift -= 8) {
        text += hex(static_cast<std::byte>(frame.fingerprint >> (shift - 8)));
      }
      return text;
    }
  }
  return "schema";
}

}  // namespace

namespace detail {

Frame inspect_any(Bytes message, std::span<const RecordHeader> headers,
                  const InspectOptions& options) noexcept {
  Frame frame;
  if (!headers.empty() && accepts_headers(options.accept)) {
    if (const auto value = find_header(headers, options)) {
      // The header names the schema, so that the message is not guessed at.
      read_header(*value, message, frame);
      if (frame && options.known && !options.known(frame)) frame.fault = FrameFault::UnknownSchema;
      return frame;
    }
  }
  read_prefix(message, options.accept, frame);
  if (frame && options.known && !options.known(frame)) {
    frame.fault = FrameFault::UnknownSchema;
    frame.body = message;
  }
  const bool certain = frame.kind == Framing::Glue && !options.known;
  if (!frame && !certain && options.accept.has(Framing::None)) {
    frame = Frame{.body = message};
  }
  return frame;
}

}  // namespace detail

std::size_t prefix_bytes(const Frame& frame) {
  if (frame.in_header) return 0;
  switch (frame.kind) {
    case Framing::None:
      break;
    case Framing::Glue:
      return kGlueHeaderBytes;
    case Framing::ConfluentId:
      return kConfluentIdBytes;
    case Framing::ConfluentGuid:
      return kConfluentGuidBytes;
    case Framing::AvroSingleObject:
      return kSingleObjectBytes;
  }
  return 0;
}

Error to_error(const Frame& frame, MessagePart part) {
  const std::string header(part == MessagePart::Key ? kKeySchemaIdHeader : kValueSchemaIdHeader);
  const Bytes body = frame.body;
  switch (frame.fault) {
    case FrameFault::None:
      break;
    case FrameFault::Empty:
      return Error::invalid_input("expected a framed message, found one of zero bytes", "byte 0");
    case FrameFault::NotFramed:
      return Error::invalid_input(
          "expected a framed message, found one that begins with " + hex(body[0]), "byte 0");
    case FrameFault::TooShort: {
      const std::string_view article = frame.kind == Framing::AvroSingleObject ? "an " : "a ";
      return Error::invalid_input("expected " + std::string(article) +
                                      std::string(to_string(frame.kind)) + " frame of at least " +
                                      count_bytes(prefix_bytes(frame)) + ", found " +
                                      count_bytes(body.size()),
                                  "byte " + std::to_string(body.size()));
    }
    case FrameFault::BadCompression:
      return Error::invalid_input(
          "expected 00 (not compressed) or 05 (zlib), found " + hex(body[1]), "byte 1");
    case FrameFault::HeaderTooShort: {
      const bool guid = frame.kind == Framing::ConfluentGuid;
      return Error::invalid_input("expected a value of at least " +
                                      count_bytes(guid ? kConfluentGuidBytes : kConfluentIdBytes) +
                                      ", found " + count_bytes(frame.header.size()),
                                  "header " + header);
    }
    case FrameFault::BadHeader:
      return Error::invalid_input(
          "expected a value that begins with 00 or 01, found " + hex(frame.header[0]),
          "header " + header);
    case FrameFault::UnknownSchema: {
      Error error = Error::not_found(schema_of(frame) + " is not known");
      error.where = frame.in_header ? "header " + header : "byte 0";
      return error;
    }
  }
  return Error::internal("the frame has no fault");
}

std::array<std::byte, kGlueHeaderBytes> glue_header(const Uuid& version, Compression compression) {
  std::array<std::byte, kGlueHeaderBytes> out{kGlue, static_cast<std::byte>(compression)};
  std::memcpy(out.data() + 2, version.bytes().data(), version.bytes().size());
  return out;
}

void append_glue_header(codec::ByteBuffer& out, const Uuid& version, Compression compression) {
  out.append(glue_header(version, compression));
}

void append_confluent_id(codec::ByteBuffer& out, std::int32_t id) {
  std::byte* to = out.room(kConfluentIdBytes);
  *to++ = kConfluentId;
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    *to++ = static_cast<std::byte>(static_cast<std::uint32_t>(id) >> (shift - 8));
  }
  out.end_at(to);
}

void append_confluent_guid(codec::ByteBuffer& out, const Uuid& guid) {
  out.append(kConfluentGuid);
  out.append(std::as_bytes(std::span(guid.bytes())));
}

void append_single_object_marker(codec::ByteBuffer& out, std::uint64_t fingerprint) {
  out.append(kSingleObject);
  std::byte* to = out.room(sizeof fingerprint);
  for (unsigned shift = 0; shift < 64; shift += 8)
    *to++ = static_cast<std::byte>(fingerprint >> shift);
  out.end_at(to);
}

std::string_view to_string(Framing framing) {
  switch (framing) {
    case Framing::None:
      return "none";
    case Framing::Glue:
      return "Glue";
    case Framing::ConfluentId:
      return "Confluent id";
    case Framing::ConfluentGuid:
      return "Confluent GUID";
    case Framing::AvroSingleObject:
      return "Avro single object";
  }
  return "unknown";
}

std::string_view to_string(FrameFault fault) {
  switch (fault) {
    case FrameFault::None:
      return "none";
    case FrameFault::Empty:
      return "empty";
    case FrameFault::NotFramed:
      return "not framed";
    case FrameFault::TooShort:
      return "too short";
    case FrameFault::BadCompression:
      return "bad compression";
    case FrameFault::HeaderTooShort:
      return "header too short";
    case FrameFault::BadHeader:
      return "bad header";
    case FrameFault::UnknownSchema:
      return "unknown schema";
  }
  return "unknown";
}

}  // namespace limpet::serde
