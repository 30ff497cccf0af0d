// Errors: what went wrong, for whom, and where.
//
//   return Error::invalid_input("name is empty", "/name");
//
// A code exists when a caller can react to it differently; everything else is in the message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet {

enum class Code : std::uint8_t {
  InvalidInput,   ///< the caller's fault; the same call will fail again
  NotFound,       ///< the thing named does not exist
  AlreadyExists,  ///< the thing to be made exists
  Conflict,       ///< lost a race; the same call may succeed when repeated
  LimitExceeded,  ///< a quota or a bound on work was reached
  AccessDenied,   ///< known caller, not allowed
  Throttled,      ///< too many calls
  Unavailable,    ///< the machine's fault (disk full, stopping); try again later
  Internal,       ///< our fault
};
inline constexpr std::size_t kCodeCount = 9;

std::string_view to_string(Code code);

/// A failure. `message` is a plain sentence for people, `where` the place (a JSON pointer, a byte
/// offset, a file), empty when there is none.
struct Error {
  Code code = Code::Internal;
  std::string message;
  std::string where;

  static Error invalid_input(std::string message, std::string where = {});
  static Error not_found(std::string message);
  static Error already_exists(std::string message);
  static Error conflict(std::string message);
  static Error limit_exceeded(std::string message, std::string where = {});
  static Error access_denied(std::string message);
  static Error unavailable(std::string message);
  static Error internal(std::string message);

  friend bool operator==(const Error&, const Error&) = default;
};

/// "message (at where)"; for logs and tests.
std::string describe(const Error& error);

}  // namespace limpet
