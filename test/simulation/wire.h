// Wire: a Request as the HTTP request that an SDK would send, and the answer to it read back.
#pragma once

#include "calls.h"

#include "limpet/aws/http.h"

#include <string>
#include <string_view>

namespace limpet::simulation {

/// Schemas of a simulation are in the registry that is made on demand.
inline constexpr std::string_view kSchemasIn = "default-registry";

aws::HttpRequest to_http(const Request& request);

/// What an answer says about a call.
struct Answer {
  enum class Means : std::uint8_t {
    Told,     ///< `response` is how it ended
    Refused,  ///< it did not take place, and may be tried again
    Unknown,  ///< the server does not know whether it took place
    Wrong,    ///< no server may answer this
  };
  Means means = Means::Wrong;
  Response response = {};
  std::string text = {};  ///< the status and the body, for histories
};

Answer read_answer(const Request& request, const aws::HttpAnswer& answer);

}  // namespace limpet::simulation
