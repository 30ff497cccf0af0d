// AdminRoutes: what the server answers besides the API: /healthz, /readyz, /metrics, /info, and in
// `limpet dev` POST /_limpet/reset.
#pragma once

#include "metrics.h"

#include "limpet/base/result.h"
#include "limpet/http/message.h"

#include <functional>
#include <optional>
#include <string>

namespace limpet::app {

struct AdminPorts {
  const Metrics& metrics;
  /// Can the server do its work right now? Errors: what is wrong.
  std::function<Status()> ready;
  /// Further members of /info, as JSON text without the braces; may be empty.
  std::string info{};
  /// Forgets all state; empty outside `limpet dev`.
  std::function<Status()> reset{};
};

/// Threads: safe.
class AdminRoutes {
 public:
  explicit AdminRoutes(AdminPorts ports) : ports_(std::move(ports)) {}

  /// nullopt: not one of ours, the API answers.
  std::optional<http::Answer> answer(const http::Request& request) const;

 private:
  http::Answer ready() const;
  http::Answer info() const;
  http::Answer reset(const http::Request& request) const;

  AdminPorts ports_;
};

}  // namespace limpet::app
