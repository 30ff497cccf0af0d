#include "limpet/aws/wire_error.h"

#include "limpet/base/assert.h"

namespace limpet::aws {
namespace {

WireError framework(int status, std::string_view type, std::string message) {
  return {.status = status, .type = std::string(type), .message = std::move(message)};
}

std::string violation(std::string_view path, std::string_view value, std::string_view constraint) {
  std::string out("Value ");
  out.append(value).append(" at '").append(path).append("' failed to satisfy constraint: ");
  return out.append(constraint);
}

}  // namespace

WireError operation_error(std::string_view type, std::string message, int status) {
  return {.status = status,
          .type = std::string(type),
          .message = std::move(message),
          .origin = Origin::Operation};
}

WireError unknown_operation(std::string_view target) {
  return framework(400, "UnknownOperationException",
                   target.empty() ? "The request names no operation: X-Amz-Target is missing."
                                  : "Unknown operation " + echo(target));
}

WireError no_such_route() {
  return framework(404, "UnknownOperationException", "Operations are called by POST /.");
}

WireError serialization_error(std::string message) {
  return framework(400, "SerializationException", std::move(message));
}

WireError validation_error(std::span<const std::string> violations) {
  LIMPET_ASSERT(!violations.empty());
  std::string message = std::to_string(violations.size()) + " validation error" +
                        (violations.size() == 1 ? "" : "s") + " detected: ";
  for (std::size_t i = 0; i < violations.size(); ++i) {
    message.append(i == 0 ? "" : "; ").append(violations[i]);
  }
  return framework(400, "ValidationException", std::move(message));
}

WireError access_denied(std::string message) {
  return framework(400, "AccessDeniedException", std::move(message));
}

WireError throttled() { return framework(400, "ThrottlingException", "Rate exceeded"); }

WireError internal_failure(std::string message) {
  return operation_error("InternalServiceException", std::move(message), 500);
}

WireError service_unavailable(std::string message) {
  return framework(503, "ServiceUnavailableException", std::move(message));
}

WireError request_too_large() {
  return framework(413, "RequestEntityTooLargeException", "The request body is too large.");
}

std::string must_not_be_null(std::string_view path) {
  return violation(path, "null", "Member must not be null");
}

std::string must_be_at_most(std::string_view path, std::string_view value, std::int64_t maximum) {
  return violation(path, "'" + echo(value) + "'",
                   "Member must have value less than or equal to " + std::to_string(maximum));
}

std::string must_be_at_least(std::string_view path, std::string_view value, std::int64_t minimum) {
  return violation(path, "'" + echo(value) + "'",
                   "Member must have value greater than or equal to " + std::to_string(minimum));
}

std::string echo(std::string_view text, std::size_t bytes) {
  std::string out(text.substr(0, bytes));
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

}  // namespace limpet::aws
