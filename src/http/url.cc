#include "limpet/http/url.h"

#include "limpet/http/message.h"

#include <charconv>

namespace limpet::http {

namespace {

/// Without a user name and password, which would otherwise end up in a log.
Error bad_url(std::string_view text, std::string_view why) {
  const auto at = text.rfind('@');
  const std::string shown = at == std::string_view::npos ? std::string(text.substr(0, 200))
                                                         : "…" + std::string(text.substr(at, 200));
  return Error::invalid_input("\"" + shown + "\" is not an http or https URL: " + std::string(why));
}

/// What may stand in a host name or address, and later in a Host header.
bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == ':';
}

}  // namespace

std::string Url::host_header() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > 2000) return bad_url(text, "it is too long");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad_url(text, "it begins with no scheme");
  Url url;
  const auto scheme = text.substr(0, scheme_end);
  if (equal_ignoring_case(scheme, "https")) {
    url.tls = true;
    url.port = 443;
  } else if (!equal_ignoring_case(scheme, "http")) {
    return bad_url(text, "its scheme is neither http nor https");
  }
  const auto rest = text.substr(scheme_end + 3);
  const auto path = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, path);
  if (path != std::string_view::npos) {
    url.path = rest.substr(path);
    if (url.path.front() != '/') url.path.insert(0, "/");
    for (const char c : url.path) {
      if (c <= ' ' || c == '#' || c == 127) return bad_url(text, "its path has a bad character");
    }
  }
  if (authority.find('@') != std::string_view::npos) {
    return bad_url(text, "a user name or password does not belong there");
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos) return bad_url(text, "a bracket is not closed");
    url.host = authority.substr(1, bracket - 1);
    port = authority.substr(bracket + 1);
    if (!port.empty() && port.front() != ':') return bad_url(text, "its port is malformed");
  } else {
    const auto colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  if (url.host.empty()) return bad_url(text, "the host is missing");
  for (const char c : url.host) {
    if (!is_host_char(c)) return bad_url(text, "its host has a bad character");
  }
  if (!port.empty()) {
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) {
      return bad_url(text, "its port is malformed");
    }
  }
  return url;
}

}  // namespace limpet::http
