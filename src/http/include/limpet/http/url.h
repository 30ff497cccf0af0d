// Url: where a client connects to.
#pragma once

#include "limpet/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::http {

/// An http or https address. No user name, no fragment.
struct Url {
  bool tls = false;
  std::string host;  ///< without brackets
  std::uint16_t port = 80;
  std::string path = "/";  ///< path and query; never empty

  /// What the Host header says: the port is left out when it is the scheme's own.
  std::string host_header() const;
  friend bool operator==(const Url&, const Url&) = default;
};

/// Read "https://glue.us-east-1.amazonaws.com" or "http://[::1]:8484/". Errors: InvalidInput.
Result<Url> parse_url(std::string_view text);

}  // namespace limpet::http
