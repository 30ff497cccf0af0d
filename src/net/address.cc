#include "limpet/net/address.h"

#include "limpet/net/task.h"

#include <boost/asio/io_context.hpp>

#include <charconv>

namespace limpet::net {

namespace {

Error bad_address(std::string_view text, std::string_view why) {
  return Error::invalid_input("\"" + std::string(text) +
                              "\" is not an address HOST:PORT: " + std::string(why));
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text) {
  if (text.size() > 300) return bad_address(text.substr(0, 40), "it is too long");
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text, "the port is missing");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad_address(text, "an IPv6 address stands in brackets, as in [::1]:8484");
  }
  if (host.empty()) {
    return bad_address(text, "the host is missing (0.0.0.0 means every IPv4 address)");
  }
  HostPort out{.host = std::string(host)};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (port.empty() || error != std::errc{} || end != port.data() + port.size()) {
    return bad_address(text, "the port must be a number from 0 to 65535");
  }
  return out;
}

Result<asio::ip::tcp::endpoint> resolve(const HostPort& address) {
  boost::system::error_code error;
  const auto literal = asio::ip::make_address(address.host, error);
  if (!error) return asio::ip::tcp::endpoint(literal, address.port);
  asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  const auto found = resolver.resolve(address.host, std::to_string(address.port),
                                      asio::ip::tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Error::invalid_input("no address is known for the host \"" + address.host + "\"");
  }
  // A name such as localhost often has both kinds; clients try IPv4 for it in any case.
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint();
  }
  return found.begin()->endpoint();
}

std::string to_string(const asio::ip::tcp::endpoint& endpoint) {
  const auto host = endpoint.address().to_string();
  const auto port = ":" + std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]" + port : host + port;
}

bool is_loopback(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

}  // namespace limpet::net
