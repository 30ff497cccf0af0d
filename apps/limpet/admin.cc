#include "admin.h"

#include "version.h"

#include "limpet/http/url.h"
#include "limpet/net/address.h"

namespace limpet::app {

namespace {

http::Answer text_answer(int status, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = std::move(text) + "\n"};
}

/// "localhost", 127.0.0.0/8 and ::1, with any port.
bool is_loopback_authority(const std::string& authority) {
  const auto url = http::parse_url("http://" + authority);
  if (!url) return false;
  if (http::equals_ignoring_case(url->host, "localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(url->host, error);
  return !error && net::is_loopback(address);
}

}  // namespace

bool is_local_request(const http::Request& request) {
  if (!request.loopback) return false;
  const auto* host = http::find_header(request.headers, "Host");
  if (!host || !is_loopback_authority(*host)) return false;
  const auto* origin = http::find_header(request.headers, "Origin");
  if (!origin) return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin->starts_with(scheme)) return is_loopback_authority(origin->substr(scheme.size()));
  }
  return false;
}

std::optional<http::Answer> AdminRoutes::answer(const http::Request& request) const {
  const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (path == "/_limpet/reset" && ports_.reset) {
    return request.method == "POST" ? reset(request) : text_answer(405, "use POST");
  }
  if (path != "/healthz" && path != "/readyz" && path != "/metrics" && path != "/info") {
    return std::nullopt;
  }
  if (!reads) return text_answer(405, "use GET");
  if (path == "/healthz") return text_answer(200, "ok");
  if (path == "/readyz") return ready();
  if (path == "/info") return info();
  return http::Answer{.status = 200,
                      .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                      .body = ports_.metrics.text()};
}

http::Answer AdminRoutes::ready() const {
  const auto status = ports_.ready();
  return status ? text_answer(200, "ready") : text_answer(503, status.error().message);
}

http::Answer AdminRoutes::info() const {
  std::string body = std::string("{\"name\":\"limpet\",\"version\":\"") + kVersion + "\"";
  if (!ports_.info.empty()) body += "," + ports_.info;
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body + "}"};
}

http::Answer AdminRoutes::reset(const http::Request& request) const {
  if (!is_local_request(request)) {
    return text_answer(403, "only a program on this machine may reset the state");
  }
  const auto status = ports_.reset();
  return status ? text_answer(200, "the state is empty") : text_answer(500, status.error().message);
}

}  // namespace limpet::app
