// Errors of the domain as exceptions of the AWS Glue API.
#pragma once

#include "limpet/aws/wire_error.h"
#include "limpet/base/error.h"

namespace limpet::glue_api {

/// One exception per Code; the message goes as it is.
aws::WireError to_wire(Error error);

/// An operation that the API model has and this version does not serve.
aws::WireError not_served(std::string_view service, std::string_view operation);

/// The call lost every race it was repeated for.
Error concurrent_modification();

/// The machine failed while the change was being made durable.
Error unknown_outcome();

}  // namespace limpet::glue_api
