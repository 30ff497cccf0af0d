// Failure: why a message could not be read or written: what kind, where, in which words.
//
//   if (auto failure = deserializer.read(context, message, arena, user)) {
//     if (failure->retryable) return later();
//     log(serde::describe(*failure));
//     // malformed at byte 27 of the message, field "User.age": expected an int …
//   }
//
// As with value::Fault, success is nullopt: words are made only when something is wrong.
// Threads: safe.
#pragma once

#include "limpet/base/error.h"
#include "limpet/codec/zlib.h"
#include "limpet/serde/frame.h"
#include "limpet/value/fault.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::serde {

/// The numbers are part of the C interface: none is changed or used again. 19 is kept for rules of
/// data contracts.
enum class FailureKind : std::int32_t {
  NotFramed = 1,            ///< no frame that is accepted; no bytes at all
  BadCompression = 2,       ///< Glue's second byte is neither 00 nor 05
  Inflate = 3,              ///< not a whole zlib stream
  InflateLimit = 4,         ///< it inflates to more than the limits allow
  Truncated = 5,            ///< the bytes end within a frame or a value
  Malformed = 6,            ///< bytes that no writer makes
  TypeMismatch = 7,         ///< the value is of another type than the schema has there
  MissingField = 8,         ///< a field without a value and without a default
  UnknownSchema = 9,        ///< the registry does not know the schema of the message
  SchemaNotAvailable = 10,  ///< it does, and its version is PENDING, FAILURE or DELETING
  Incompatible = 11,   ///< the reader's schema cannot read the writer's; the registry refused it
  NotRegistered = 12,  ///< the definition has no version, and nobody may make one
  Throttled = 13,      ///< by the registry
  AccessDenied = 14,   ///< by the registry
  Transport = 15,      ///< no answer of the registry, or not one of its kind
  Timeout = 16,        ///< no answer within the deadline
  Config = 17,         ///< options that contradict each other or the record
  Unsupported = 18,    ///< known, and not done by this version
  OutOfRange = 20,     ///< a number that its type, or the member that takes it, cannot hold
  InvalidUtf8 = 21,    ///< text that is not UTF-8
  TooDeep = 22,        ///< values within each other beyond the limit
  TooLarge = 23,       ///< more bytes, items or memory than the limit allows
  UnknownField = 24,   ///< a member that the schema does not have
  BreaksSchema = 25,   ///< JSON that its JSON Schema does not describe
  BadSchema = 26,      ///< the registry's definition is none of its format
  Tombstone = 27,      ///< a message without value, read into what cannot be without one
  Internal = 28,       ///< our fault
};
/// "not framed", "bad compression", …
std::string_view to_string(FailureKind kind);

struct Failure {
  /// What `offset` counts.
  enum class Place : std::uint8_t {
    None,
    Message,   ///< bytes of the whole message, its frame included
    Inflated,  ///< bytes of the payload, after it was inflated
    Header,    ///< bytes of the value of the header that holds the frame
    Record,    ///< bytes of the JSON text that was to be written
  };

  FailureKind kind = FailureKind::Internal;
  std::string message{};  ///< what was expected and what was found, without full stop
  Place place = Place::None;
  std::uint64_t offset = 0;
  std::string path{};  ///< "User.address.lines[3]", or a JSON pointer; empty = the whole record
  std::vector<std::string> also{};  ///< JSON: what else is wrong, "/age: expected int, found …"
  /// The same call may succeed when it is repeated: the registry was busy or away.
  bool retryable = false;

  friend bool operator==(const Failure&, const Failure&) = default;
};

/// `malformed at byte 27 of the message, field "User.age": expected …`; one line.
std::string describe(const Failure& failure);

/// For who speaks of Error: `where` is describe()'s middle part.
Error to_error(const Failure& failure);

/// A fault in a payload that begins at byte `begins_at` of what `place` says. Writing: None.
Failure to_failure(const value::Fault& fault, Failure::Place place, std::uint64_t begins_at = 0);
/// Requires: a fault.
Failure to_failure(const Frame& frame, MessagePart part = MessagePart::Value);
/// Requires: a fault.
Failure to_failure(const Frame& frame, const codec::Inflated& inflated,
                   const codec::InflateLimits& limits);
/// `invalid` and `missing`: what InvalidInput and NotFound mean to who asked.
Failure to_failure(const Error& error, FailureKind invalid, FailureKind missing);

/// A value or a Failure.
template <class T>
class [[nodiscard]] Answer {
 public:
  Answer(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT
  Answer(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT

  explicit operator bool() const { return state_.index() == 0; }
  /// Requires: a value.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  /// Requires: a failure.
  const Failure& failure() const& { return std::get<1>(state_); }
  Failure&& failure() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Failure> state_;
};

}  // namespace limpet::serde
