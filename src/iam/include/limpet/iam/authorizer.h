// Authorizer: may this caller do this to these resources?
//
//   LIMPET_CHECK(authorizer.authorize({.context = context, .action = "glue:GetSchema",
//                                      .resources = arns}));
//
// The service asks before every operation, with the resources that the Service Authorization
// Reference names for the action. Policies arrive as another implementation of this interface.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace limpet::iam {

struct AccessRequest {
  const Context& context;
  std::string_view action;  ///< "glue:CreateRegistry"
  /// ARNs, the registry before the schema; empty for an action without resource.
  std::span<const std::string> resources;
};

/// Threads: safe.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  /// Errors: AccessDenied.
  virtual Status authorize(const AccessRequest& request) const = 0;
};

/// Every caller that has a principal may do everything in its own account.
class AllowAuthenticated final : public Authorizer {
 public:
  Status authorize(const AccessRequest& request) const override;
};

/// The sentence of AWS for an implicit denial; `resource` is empty for an action without one.
Error access_denied(std::string_view principal, std::string_view action, std::string_view resource);

}  // namespace limpet::iam
