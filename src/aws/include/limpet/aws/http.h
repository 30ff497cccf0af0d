// An HTTP request and answer as plain values, so that everything behind the socket is pure.
#pragma once

#include "limpet/base/header.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::aws {

using limpet::Header;

struct HttpRequest {
  std::string method;  ///< "POST"
  std::string target;  ///< path and query as received: "/", "/?X-Amz-Algorithm=…"
  std::vector<Header> headers;
  std::string body;  ///< raw bytes
  std::string peer;  ///< "127.0.0.1:52044"; for logs only

  /// The first header of that name (any case), or nullptr.
  const std::string* header(std::string_view name) const;
};

struct HttpAnswer {
  int status = 200;
  std::vector<Header> headers{};  ///< Content-Type and others; not Content-Length, Date, Connection
  std::string body{};             ///< sent unless `shared_body` is set
  std::shared_ptr<const std::string> shared_body{};  ///< a body that many answers use

  std::string_view content() const { return shared_body ? *shared_body : body; }
};

}  // namespace limpet::aws
