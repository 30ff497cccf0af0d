#include "errors.h"

#include <array>

namespace limpet::glue_api {
namespace {

struct AwsError {
  Code code;
  std::string_view type;
  int status;
  aws::Origin origin;
};

constexpr std::array kAwsErrors{
    AwsError{Code::InvalidInput, "InvalidInputException", 400, aws::Origin::Operation},
    AwsError{Code::NotFound, "EntityNotFoundException", 400, aws::Origin::Operation},
    AwsError{Code::AlreadyExists, "AlreadyExistsException", 400, aws::Origin::Operation},
    AwsError{Code::Conflict, "ConcurrentModificationException", 400, aws::Origin::Operation},
    AwsError{Code::LimitExceeded, "ResourceNumberLimitExceededException", 400,
             aws::Origin::Operation},
    AwsError{Code::AccessDenied, "AccessDeniedException", 400, aws::Origin::Framework},
    AwsError{Code::Throttled, "ThrottlingException", 400, aws::Origin::Framework},
    AwsError{Code::Unavailable, "ServiceUnavailableException", 503, aws::Origin::Framework},
    AwsError{Code::Internal, "InternalServiceException", 500, aws::Origin::Operation},
};
static_assert(kAwsErrors.size() == kCodeCount);

constexpr bool rows_stand_at_their_code() {
  for (std::size_t i = 0; i < kAwsErrors.size(); ++i) {
    if (static_cast<std::size_t>(kAwsErrors[i].code) != i) return false;
  }
  return true;
}
static_assert(rows_stand_at_their_code());

}  // namespace

aws::WireError to_wire(Error error) {
  const AwsError& row = kAwsErrors[static_cast<std::size_t>(error.code)];
  return {.status = row.status,
          .type = std::string(row.type),
          .message = std::move(error.message),
          .origin = row.origin};
}

aws::WireError not_served(std::string_view service, std::string_view operation) {
  std::string message(service);
  message.append(".").append(operation);
  message +=
      " is an AWS Glue operation that this version of Limpet does not serve. "
      "See 'limpet operations'.";
  return {.status = 400, .type = "UnknownOperationException", .message = std::move(message)};
}

Error concurrent_modification() {
  return Error::conflict("Concurrent modification of the resource. Please retry.");
}

Error unknown_outcome() {
  return Error::internal(
      "The outcome of this call is unknown: the store failed while the change was being made "
      "durable. It is safe to repeat the call: if the change was kept, the repeated call finds it. "
      "Only CreateAccessKey would make another key; revoke the one that you do not need.");
}

}  // namespace limpet::glue_api
