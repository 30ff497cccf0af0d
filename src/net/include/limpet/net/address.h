// Addresses to listen on: "HOST:PORT" as an operator writes it.
#pragma once

#include "limpet/base/result.h"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::net {

struct HostPort {
  std::string host;  ///< without brackets: "127.0.0.1", "::1", "localhost"
  std::uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// Read "127.0.0.1:8484", "[::1]:8484" or "localhost:0". Errors: InvalidInput.
Result<HostPort> parse_host_port(std::string_view text);

/// Turn a host into one local endpoint; a name is looked up. Errors: InvalidInput (no such host).
Result<boost::asio::ip::tcp::endpoint> resolve(const HostPort& address);

/// "127.0.0.1:8484", "[::1]:8484".
std::string to_string(const boost::asio::ip::tcp::endpoint& endpoint);

/// 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104.
bool is_loopback(const boost::asio::ip::address& address);

}  // namespace limpet::net
