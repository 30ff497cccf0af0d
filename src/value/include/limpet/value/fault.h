// Fault: why a record could not be read or written, and where.
//
//   if (auto fault = reader.read(payload, arena, record)) log(value::describe(*fault));
//   // byte 9, field "User.age": expected an int (at most 5 bytes), found a longer number
//
// Reading millions of records must not build sentences for the good ones: functions on that path
// return std::optional<Fault>, nullopt for success, and make the words only when something is
// wrong.
#pragma once

#include "limpet/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::value {

enum class FaultKind : std::uint8_t {
  Truncated,     ///< the bytes end within a value
  Malformed,     ///< bytes that no writer makes: overlong numbers, negative lengths, no such branch
  OutOfRange,    ///< a number that its type, or the member that takes it, cannot hold
  InvalidUtf8,   ///< text that is not UTF-8
  TooDeep,       ///< values within each other beyond the limit
  TooLarge,      ///< more bytes, items or memory than the limit allows
  TypeMismatch,  ///< the value is of another type than the schema has there
  MissingField,  ///< a field without a value and without a default
  UnknownField,  ///< a member that the schema does not have
  Unsupported,   ///< known, and not done by this version
};
std::string_view to_string(FaultKind kind);  ///< "truncated", "malformed", …

struct Fault {
  FaultKind kind = FaultKind::Malformed;
  std::uint64_t offset = 0;  ///< byte of the input that was being looked at; 0 when writing
  std::string path;          ///< "User.address.lines[3]"; empty = the whole record
  std::string message;       ///< what was expected and what was found, without full stop

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// `byte 9, field "User.age": expected …`; one line.
std::string describe(const Fault& fault);

/// As an Error: TooDeep and TooLarge are LimitExceeded, everything else is InvalidInput; `where` is
/// "byte N" or, when writing, the path.
Error to_error(const Fault& fault);

/// What becomes of text that is not UTF-8.
enum class Utf8Policy : std::uint8_t {
  Validate,  ///< it is refused (InvalidUtf8)
  Replace,   ///< each broken part becomes U+FFFD, as Java does
  Trust,     ///< nobody looks; only for data whose writer is known
};

}  // namespace limpet::value
