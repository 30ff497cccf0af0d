#include "limpet/serde/error.h"

namespace limpet::serde {
namespace {

FailureKind kind_of(value::FaultKind kind) {
  switch (kind) {
    case value::FaultKind::Truncated:
      return FailureKind::Truncated;
    case value::FaultKind::Malformed:
      return FailureKind::Malformed;
    case value::FaultKind::OutOfRange:
      return FailureKind::OutOfRange;
    case value::FaultKind::InvalidUtf8:
      return FailureKind::InvalidUtf8;
    case value::FaultKind::TooDeep:
      return FailureKind::TooDeep;
    case value::FaultKind::TooLarge:
      return FailureKind::TooLarge;
    case value::FaultKind::TypeMismatch:
      return FailureKind::TypeMismatch;
    case value::FaultKind::MissingField:
      return FailureKind::MissingField;
    case value::FaultKind::UnknownField:
      return FailureKind::UnknownField;
    case value::FaultKind::Unsupported:
      return FailureKind::Unsupported;
  }
  return FailureKind::Internal;
}

FailureKind kind_of(FrameFault fault) {
  switch (fault) {
    case FrameFault::None:
      break;
    case FrameFault::Empty:
    case FrameFault::NotFramed:
      return FailureKind::NotFramed;
    case FrameFault::TooShort:
    case FrameFault::HeaderTooShort:
      return FailureKind::Truncated;
    case FrameFault::BadCompression:
      return FailureKind::BadCompression;
    case FrameFault::BadHeader:
      return FailureKind::Malformed;
    case FrameFault::UnknownSchema:
      return FailureKind::UnknownSchema;
  }
  return FailureKind::Internal;
}

FailureKind kind_of(codec::InflateFault fault) {
  switch (fault) {
    case codec::InflateFault::NotZlib:
    case codec::InflateFault::PresetDictionary:
    case codec::InflateFault::Corrupt:
    case codec::InflateFault::Checksum:
    case codec::InflateFault::CutOff:
      return FailureKind::Inflate;
    case codec::InflateFault::LimitExceeded:
    case codec::InflateFault::RatioExceeded:
    case codec::InflateFault::NoRoom:
    case codec::InflateFault::InputTooLarge:
      return FailureKind::InflateLimit;
    case codec::InflateFault::None:
      break;
  }
  return FailureKind::Internal;
}

// "at byte 27 of the message, field "User.age"", or a part of it.
std::string place_of(const Failure& failure) {
  std::string out;
  const std::string byte = "byte " + std::to_string(failure.offset);
  switch (failure.place) {
    case Failure::Place::None:
      break;
    case Failure::Place::Message:
      out = byte + " of the message";
      break;
    case Failure::Place::Inflated:
      out = byte + " of the inflated payload";
      break;
    case Failure::Place::Header:
      out = byte + " of the record header";
      break;
    case Failure::Place::Record:
      out = byte + " of the record";
      break;
  }
  if (!failure.path.empty()) {
    if (!out.empty()) out += ", ";
    out += "field \"" + failure.path + "\"";
  }
  return out;
}

}  // namespace

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::NotFramed:
      return "not framed";
    case FailureKind::BadCompression:
      return "bad compression";
    case FailureKind::Inflate:
      return "cannot inflate";
    case FailureKind::InflateLimit:
      return "inflates to too much";
    case FailureKind::Truncated:
      return "truncated";
    case FailureKind::Malformed:
      return "malformed";
    case FailureKind::TypeMismatch:
      return "type mismatch";
    case FailureKind::MissingField:
      return "missing field";
    case FailureKind::UnknownSchema:
      return "unknown schema";
    case FailureKind::SchemaNotAvailable:
      return "schema not available";
    case FailureKind::Incompatible:
      return "incompatible";
    case FailureKind::NotRegistered:
      return "not registered";
    case FailureKind::Throttled:
      return "throttled";
    case FailureKind::AccessDenied:
      return "access denied";
    case FailureKind::Transport:
      return "no answer";
    case FailureKind::Timeout:
      return "timeout";
    case FailureKind::Config:
      return "bad configuration";
    case FailureKind::Unsupported:
      return "unsupported";
    case FailureKind::OutOfRange:
      return "out of range";
    case FailureKind::InvalidUtf8:
      return "invalid UTF-8";
    case FailureKind::TooDeep:
      return "too deep";
    case FailureKind::TooLarge:
      return "too large";
    case FailureKind::UnknownField:
      return "unknown field";
    case FailureKind::BreaksSchema:
      return "breaks its schema";
    case FailureKind::BadSchema:
      return "bad schema";
    case FailureKind::Tombstone:
      return "tombstone";
    case FailureKind::Internal:
      return "internal error";
  }
  return "unknown failure";
}

std::string describe(const Failure& failure) {
  std::string out(to_string(failure.kind));
  if (const std::string place = place_of(failure); !place.empty()) out += " at " + place;
  if (!failure.message.empty()) out += ": " + failure.message;
  return out;
}

Error to_error(const Failure& failure) {
  const Code code = [&failure] {
    switch (failure.kind) {
      case FailureKind::UnknownSchema:
      case FailureKind::NotRegistered:
        return Code::NotFound;
      case FailureKind::InflateLimit:
      case FailureKind::TooDeep:
      case FailureKind::TooLarge:
        return Code::LimitExceeded;
      case FailureKind::Throttled:
        return Code::Throttled;
      case FailureKind::AccessDenied:
        return Code::AccessDenied;
      case FailureKind::Transport:
      case FailureKind::Timeout:
        return Code::Unavailable;
      case FailureKind::Internal:
        return Code::Internal;
      default:
        return Code::InvalidInput;
    }
  }();
  return {code, failure.message, place_of(failure)};
}

Failure to_failure(const value::Fault& fault, Failure::Place place, std::uint64_t begins_at) {
  return {.kind = kind_of(fault.kind),
          .message = fault.message,
          .place = place,
          .offset = place == Failure::Place::None ? 0 : begins_at + fault.offset,
          .path = fault.path};
}

Failure to_failure(const Frame& frame, MessagePart part) {
  const bool header =
      frame.fault == FrameFault::HeaderTooShort || frame.fault == FrameFault::BadHeader;
  // What could not be read: the byte that is odd, or the one that is not there.
  std::uint64_t offset = 0;
  switch (frame.fault) {
    case FrameFault::TooShort:
      offset = frame.body.size();
      break;
    case FrameFault::HeaderTooShort:
      offset = frame.header.size();
      break;
    case FrameFault::BadCompression:
      offset = 1;
      break;
    default:
      break;
  }
  return {.kind = kind_of(frame.fault),
          .message = to_error(frame, part).message,
          .place = header ? Failure::Place::Header : Failure::Place::Message,
          .offset = offset};
}

Failure to_failure(const Frame& frame, const codec::Inflated& inflated,
                   const codec::InflateLimits& limits) {
  return {.kind = kind_of(inflated.fault),
          .message = codec::to_error(inflated, limits).message,
          .place = Failure::Place::Message,
          .offset = prefix_bytes(frame) + inflated.consumed};
}

Failure to_failure(const Error& error, FailureKind invalid, FailureKind missing) {
  Failure out{.message = error.message, .path = error.where};
  switch (error.code) {
    case Code::InvalidInput:
      out.kind = invalid;
      break;
    case Code::NotFound:
      out.kind = missing;
      break;
    case Code::LimitExceeded:
      out.kind = FailureKind::TooLarge;
      break;
    case Code::AccessDenied:
      out.kind = FailureKind::AccessDenied;
      break;
    case Code::Throttled:
      out.kind = FailureKind::Throttled;
      out.retryable = true;
      break;
    case Code::Conflict:
    case Code::Unavailable:
      out.kind = FailureKind::Transport;
      out.retryable = true;
      break;
    case Code::AlreadyExists:
    case Code::Internal:
      out.kind = FailureKind::Internal;
      break;
  }
  return out;
}

}  // namespace limpet::serde
