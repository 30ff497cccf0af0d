// HTTP messages as plain values.
#pragma once

#include "limpet/base/headers.h"

#include <memory>
#include <string>
#include <string_view>

namespace limpet::http {

using limpet::equal_ignoring_case;
using limpet::Header;
using limpet::Headers;

struct Request {
  std::string method;     ///< "POST"
  std::string target;     ///< path and query as received
  Headers headers;        ///< in the order received, repeated ones apart
  std::string body;       ///< raw bytes, no transfer coding
  std::string peer;       ///< "127.0.0.1:52044"; for logs only
  bool loopback = false;  ///< the peer is on this machine
};

struct Answer {
  int status = 200;
  Headers headers{};  ///< Date, Content-Length and Connection are the server's business
  /// More header lines, each with its CRLF, that many answers share; sent as they are, after
  /// `headers`.
  std::shared_ptr<const std::string> shared_headers{};
  std::string body{};                                ///< sent unless `shared_body` is set
  std::shared_ptr<const std::string> shared_body{};  ///< a body that many answers use
  bool close = false;                                ///< end the connection after this answer

  std::string_view content() const { return shared_body ? *shared_body : body; }
};

/// "Not Found"; empty for a number that has no name.
std::string_view reason_phrase(int status);

}  // namespace limpet::http
