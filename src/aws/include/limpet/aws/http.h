// An HTTP request and answer as plain values, so that everything behind the socket is pure.
#pragma once

#include "limpet/base/headers.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::aws {

using limpet::Header;
using limpet::Headers;

struct HttpRequest {
  std::string method;  ///< "POST"
  std::string target;  ///< path and query as received: "/", "/?X-Amz-Algorithm=…"
  Headers headers;
  std::string body;  ///< raw bytes
  std::string peer;  ///< "127.0.0.1:52044"; for logs only

  /// The value of the first header of that name (any case).
  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
};

struct HttpAnswer {
  int status = 200;
  Headers headers{};   ///< Content-Type and others; not Content-Length, Date, Connection
  std::string body{};  ///< sent unless `shared_body` is set
  std::shared_ptr<const std::string> shared_body{};  ///< a body that many answers use

  std::string_view content() const { return shared_body ? *shared_body : body; }
};

}  // namespace limpet::aws
