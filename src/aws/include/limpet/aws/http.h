// An HTTP request and answer as plain values, so that everything behind the socket is pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::aws {

struct Header {
  std::string name;  ///< as received; compare without case
  std::string value;
};

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
  std::vector<Header> headers;  ///< Content-Type and others; not Content-Length, Date, Connection
  std::string body;
};

}  // namespace limpet::aws
