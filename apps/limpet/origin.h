// OriginRule: keeps web pages of other sites away from the server. A browser sends a page's
// requests to any address it can reach, this machine's own included; it names the page's site in
// Origin, and in Host the name by which it found the server.
//
//   const OriginRule rule({.allowed_hosts = {"limpet.example.com"}});
//   if (const auto refusal = rule.refusal(request.headers)) return respond(refuse(403, *refusal));
//
// Programs are not browsers: curl and the AWS SDKs send no Origin and the Host of their endpoint.
#pragma once

#include "limpet/base/result.h"
#include "limpet/http/message.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::app {

struct OriginSettings {
  /// Refuse a Host that an outsider could have pointed here: a name of the public DNS that is not
  /// in `allowed_hosts`. A page of that name would share its origin with us (DNS rebinding).
  bool check_host = true;
  /// Names that this server is reached by, for Host and for Origin: "limpet.example.com",
  /// "*.example.com" (every name below it), or "*" (every Host; says nothing about Origin).
  std::vector<std::string> allowed_hosts{};
};

/// Threads: safe.
class OriginRule {
 public:
  explicit OriginRule(OriginSettings settings);

  /// Why this request must not be served, as a sentence that names the option; nullopt: serve it.
  std::optional<std::string> refusal(const http::Headers& headers) const;

 private:
  bool allows_host(std::string_view authority) const;
  bool allows_origin(std::string_view origin, std::string_view host) const;
  bool is_listed(std::string_view name) const;

  OriginSettings settings_;
  bool every_host_ = false;
};

/// Is this an entry for `allowed_hosts`? Errors: InvalidInput.
Status check_allowed_host(std::string_view entry);

/// Did this request come from this machine, by a name of this machine, and not from a page of some
/// other site?
bool is_local_request(const http::Request& request);

}  // namespace limpet::app
