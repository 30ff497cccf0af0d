// Between the messages of the HTTP server and those of the pure rooms; strings are moved.
#pragma once

#include "limpet/aws/http.h"
#include "limpet/http/message.h"

#include <string>

namespace limpet::app {

aws::HttpRequest to_aws(http::Request&& request);
http::Answer to_http(aws::HttpAnswer&& answer);

/// What a client of AWS reads when HTTP itself refuses its request.
http::Answer refusal_answer(int status, const std::string& reason, const std::string& request_id);

}  // namespace limpet::app
