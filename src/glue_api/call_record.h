// CallRecord: what is known of a call from its first moment to its last: who calls what, since
// when. It makes the answer and tells Events.
#pragma once

#include "service_impl.h"

#include "limpet/aws/protocol.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::glue_api {

/// Threads: confined.
class CallRecord {
 public:
  /// Takes `peer` out of the request. Requires: the service outlives it.
  CallRecord(Service::Impl& service, aws::HttpRequest& request);

  /// May the call begin, or are there too many? Errors: ServiceUnavailable.
  std::optional<aws::WireError> enter();
  /// Finds out who calls; the context's scope and principal are known afterwards. Errors: those of
  /// the signature, when signatures are asked for; Throttling. Does nothing when it has succeeded
  /// before.
  std::optional<aws::WireError> identify(const aws::HttpRequest& request);
  std::optional<aws::WireError> authorize(std::string_view action, const Arns& resources) const;

  /// The answer to hand over, after Events heard of it. Call one of them, once.
  aws::HttpAnswer succeed(std::shared_ptr<const std::string> body);
  aws::HttpAnswer fail(const aws::WireError& error);

  Context context;
  std::string_view operation = "-";  ///< outlives the service: a name of the model or of `Served`
  bool wrote = false;                ///< a transaction was committed, or may have been

 private:
  void tell(int status, std::string_view code, std::string_view message, std::size_t bytes_out);

  Service::Impl& service_;
  Admission::Ticket ticket_;
  std::chrono::nanoseconds begun_;
  std::string peer_;
  std::string access_key_id_;  // as claimed
  std::string region_;         // as claimed, until the scope is known
  std::size_t bytes_in_;
  bool identified_ = false;
};

}  // namespace limpet::glue_api
