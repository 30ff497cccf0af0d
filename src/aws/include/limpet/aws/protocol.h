// Protocol: how a request names its operation and carries its input, and how answers and errors are
// written. The operations themselves do not know which protocol they are called through.
//
//   const aws::Protocol& protocol = aws::aws_json_1_1();
//   auto operation = protocol.operation(request);            // {"AWSGlue", "CreateSchema"}
//   auto input = protocol.input(request);                    // a JSON object
//   return protocol.answer(std::make_shared<std::string>("{}"), request_id);
//
// Threads: safe.
#pragma once

#include "limpet/aws/http.h"
#include "limpet/aws/wire_error.h"
#include "limpet/json/value.h"

#include <memory>
#include <string>
#include <string_view>

namespace limpet::aws {

struct OperationName {
  std::string service;    ///< "AWSGlue"
  std::string operation;  ///< "CreateSchema"

  friend bool operator==(const OperationName&, const OperationName&) = default;
};

class Protocol {
 public:
  virtual ~Protocol() = default;

  /// The operation that the request names; whether it exists is for the caller to find out.
  /// Errors: UnknownOperationException (404 for a wrong path or method, else 400).
  virtual Outcome<OperationName> operation(const HttpRequest& request) const = 0;

  /// The input document, an object. Errors: SerializationException.
  virtual Outcome<json::Value> input(const HttpRequest& request) const = 0;

  /// Success: `body` is the encoded output.
  virtual HttpAnswer answer(std::shared_ptr<const std::string> body,
                            std::string_view request_id) const = 0;

  virtual HttpAnswer error(const WireError& error, std::string_view request_id) const = 0;
};

/// AWS JSON 1.1: `POST /`, `X-Amz-Target: Service.Operation`, one JSON object each way. Accepts the
/// content types application/x-amz-json-1.1, application/x-amz-json-1.0 and application/json, with
/// or without parameters.
const Protocol& aws_json_1_1();

/// Splits "AWSGlue.CreateSchema" at its last dot. Errors: UnknownOperationException when a part is
/// empty or holds anything but letters, digits, `_` and (service only) dots.
Outcome<OperationName> parse_target(std::string_view target);

}  // namespace limpet::aws
