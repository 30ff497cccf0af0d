// WireError: a failure as a client of the API sees it, and the failures that belong to the
// framework rather than to an operation.
//
//   return aws::serialization_error("Start of structure or map found where not expected.");
//
// Texts follow what the AWS JSON front end answers; where AWS sends none, ours says what is wrong.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace limpet::aws {

/// Who declares an error: it decides how the member with the text is spelled.
enum class Origin : std::uint8_t {
  Framework,  ///< authentication, routing, deserialisation: `message`
  Operation,  ///< an exception of the API model: `Message`
};

struct WireError {
  int status = 400;
  std::string type;     ///< "EntityNotFoundException"
  std::string message;  ///< valid UTF-8; left out of the answer when empty
  Origin origin = Origin::Framework;

  friend bool operator==(const WireError&, const WireError&) = default;
};

/// A value, or what to answer instead.
template <class T>
using Outcome = std::variant<T, WireError>;

/// An exception that the operation's model declares; 400 unless told otherwise.
WireError operation_error(std::string_view type, std::string message, int status = 400);

/// `target` as the client sent it; empty when it sent none.
WireError unknown_operation(std::string_view target);
/// Another path or method than `POST /`: 404.
WireError no_such_route();
WireError serialization_error(std::string message);
/// "N validation errors detected: …; …". Requires: at least one violation.
WireError validation_error(std::span<const std::string> violations);
/// Denied by a policy; `message` is the sentence that names user, action and resource.
WireError access_denied(std::string message);
WireError throttled();
WireError internal_failure(std::string message);
WireError service_unavailable(std::string message);
/// A body above the server's bound: 413.
WireError request_too_large();

/// One violation each, for validation_error. `path` is camelCase: "registryName", "tags.key".
std::string must_not_be_null(std::string_view path);
std::string must_be_at_most(std::string_view path, std::string_view value, std::int64_t maximum);
std::string must_be_at_least(std::string_view path, std::string_view value, std::int64_t minimum);

/// `text` safe to echo: at most `bytes` bytes, everything but printable ASCII replaced by '?'.
std::string echo(std::string_view text, std::size_t bytes = 256);

}  // namespace limpet::aws
