#include "origin.h"

#include "limpet/net/address.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace limpet::app {

namespace {

/// Names longer than this are none (RFC 1035 2.3.4).
constexpr std::size_t kHostBytesMax = 253;

/// Zones that the public DNS gives to nobody (RFC 6761, RFC 6762 and ICANN's reservation of
/// .internal): what stands in them was named by this machine or its network.
constexpr std::array<std::string_view, 4> kPrivateZones{"localhost", "internal", "local", "test"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_';
}

std::string_view last_label(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// Labels of letters, digits, - and _, none empty.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kHostBytesMax) return false;
  char before = '.';
  for (const char c : text) {
    if (c == '.' ? before == '.' : !is_name_char(c)) return false;
    before = c;
  }
  return before != '.';
}

bool is_v6(std::string_view text) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v6(std::string(text), error);
  static_cast<void>(address);
  return !error;
}

/// The host of "host", "host:port", "[v6]" or "[v6]:port", without brackets and the dot that ends a
/// full name; nullopt when it is nothing of the kind.
struct Host {
  std::string_view name;
  bool v6 = false;
};
std::optional<Host> parse_authority(std::string_view authority) {
  Host host;
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    host = {authority.substr(1, bracket - 1), true};
    port = authority.substr(bracket + 1);
    if (!is_v6(host.name)) return std::nullopt;
  } else {
    const auto colon = authority.find(':');
    host.name = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon);
    if (host.name.ends_with('.')) host.name.remove_suffix(1);
    if (!is_name(host.name)) return std::nullopt;
  }
  if (port.empty()) return host;
  if (port.front() != ':' || port.size() > 6) return std::nullopt;
  if (port.size() > 1 && !all_digits(port.substr(1))) return std::nullopt;
  return host;
}

/// An address, or a name that only this machine or its network can have given. A name whose last
/// label is a number is an address to every browser (WHATWG URL, "ends in a number").
bool is_ours(const Host& host) {
  if (host.v6) return true;
  const auto zone = last_label(host.name);
  if (zone.size() == host.name.size() || all_digits(zone)) return true;
  return std::ranges::any_of(
      kPrivateZones, [&](std::string_view known) { return equal_ignoring_case(zone, known); });
}

bool is_loopback(const Host& host) {
  if (equal_ignoring_case(last_label(host.name), "localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host.name), error);
  return !error && net::is_loopback(address);
}

/// "https://host:8443" → "host:8443"; empty when it is no web origin ("null").
std::string_view authority_of(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return origin.substr(scheme.size());
  }
  return {};
}

std::string shown(std::string_view text) {
  std::string out(text.substr(0, 100));
  for (char& c : out) {
    if (c < ' ' || c > '~' || c == '"') c = '?';
  }
  return out;
}

}  // namespace

OriginRule::OriginRule(OriginSettings settings) : settings_(std::move(settings)) {
  every_host_ = std::erase(settings_.allowed_hosts, "*") > 0;
}

bool OriginRule::is_listed(std::string_view name) const {
  return std::ranges::any_of(settings_.allowed_hosts, [&](std::string_view entry) {
    if (!entry.starts_with("*.")) return equal_ignoring_case(entry, name);
    const auto below = entry.substr(1);  // ".example.com"
    return name.size() > below.size() &&
           equal_ignoring_case(name.substr(name.size() - below.size()), below);
  });
}

bool OriginRule::allows_host(std::string_view authority) const {
  if (every_host_ || !settings_.check_host) return true;
  const auto host = parse_authority(authority);
  return host && (is_ours(*host) || is_listed(host->name));
}

bool OriginRule::allows_origin(std::string_view origin, std::string_view host_header) const {
  const std::string_view authority = authority_of(origin);
  const auto origin_host = parse_authority(authority);
  if (!origin_host) return false;
  if (equal_ignoring_case(authority, host_header) || is_listed(origin_host->name)) {
    return true;
  }
  // Two servers of one machine: a page that a developer serves beside us.
  const auto host = parse_authority(host_header);
  return host && is_loopback(*host) && is_loopback(*origin_host);
}

std::optional<std::string> OriginRule::refusal(const http::Headers& headers) const {
  std::string_view host;
  bool has_origin = false;
  for (const auto& [name, value] : headers) {
    if (equal_ignoring_case(name, "host")) host = value;
    has_origin |= equal_ignoring_case(name, "origin");
  }
  // No browser leaves Host out; HTTP/1.0 and probes may.
  if (!host.empty() && !allows_host(host)) {
    return "The Host header \"" + shown(host) +
           "\" is not a name that this server answers to; if it should be, list it in "
           "--allowed-hosts (LIMPET_ALLOWED_HOSTS).";
  }
  if (!has_origin) return std::nullopt;
  for (const auto& [name, value] : headers) {
    if (!equal_ignoring_case(name, "origin") || allows_origin(value, host)) continue;
    return "A web page of \"" + shown(value) +
           "\" may not call this server; if it should, list its host in --allowed-hosts "
           "(LIMPET_ALLOWED_HOSTS).";
  }
  return std::nullopt;
}

Status check_allowed_host(std::string_view entry) {
  if (entry == "*") return {};
  const std::string_view name = entry.starts_with("*.") ? entry.substr(2) : entry;
  if (is_name(name) || (name == entry && is_v6(name))) return {};
  return Error::invalid_input(
      "must be a list of host names without scheme and port, such as "
      "limpet.example.com,*.example.com, or *");
}

bool is_local_request(const http::Request& request) {
  if (!request.loopback) return false;
  const auto is_loopback_authority = [](std::string_view authority) {
    const auto host = parse_authority(authority);
    return host && is_loopback(*host);
  };
  const auto host = request.headers.find("Host");
  if (!host || !is_loopback_authority(*host)) return false;
  const auto origin = request.headers.find("Origin");
  return !origin || is_loopback_authority(authority_of(*origin));
}

}  // namespace limpet::app
