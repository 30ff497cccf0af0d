#include "limpet/base/error.h"

#include <array>
#include <utility>

namespace limpet {
namespace {

constexpr std::array<std::string_view, kCodeCount> kNames{
    "InvalidInput", "NotFound",  "AlreadyExists", "Conflict", "LimitExceeded",
    "AccessDenied", "Throttled", "Unavailable",   "Internal"};

Error make(Code code, std::string message, std::string where = {}) {
  return Error{code, std::move(message), std::move(where)};
}

}  // namespace

std::string_view to_string(Code code) { return kNames.at(static_cast<std::size_t>(code)); }

Error Error::invalid_input(std::string message, std::string where) {
  return make(Code::InvalidInput, std::move(message), std::move(where));
}
Error Error::not_found(std::string message) { return make(Code::NotFound, std::move(message)); }
Error Error::already_exists(std::string message) {
  return make(Code::AlreadyExists, std::move(message));
}
Error Error::conflict(std::string message) { return make(Code::Conflict, std::move(message)); }
Error Error::limit_exceeded(std::string message, std::string where) {
  return make(Code::LimitExceeded, std::move(message), std::move(where));
}
Error Error::access_denied(std::string message) {
  return make(Code::AccessDenied, std::move(message));
}
Error Error::unavailable(std::string message) {
  return make(Code::Unavailable, std::move(message));
}
Error Error::internal(std::string message) { return make(Code::Internal, std::move(message)); }

std::string describe(const Error& error) {
  if (error.where.empty()) return error.message;
  return error.message + " (at " + error.where + ")";
}

}  // namespace limpet
