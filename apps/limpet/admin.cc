#include "admin.h"

#include "origin.h"
#include "version.h"

namespace limpet::app {

namespace {

http::Answer text_answer(int status, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = std::move(text) + "\n"};
}

}  // namespace

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
