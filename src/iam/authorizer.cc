#include "limpet/iam/authorizer.h"

namespace limpet::iam {

Error access_denied(std::string_view principal, std::string_view action,
                    std::string_view resource) {
  std::string text = "User: ";
  text.append(principal).append(" is not authorized to perform: ").append(action);
  if (!resource.empty()) text.append(" on resource: ").append(resource);
  text.append(" because no identity-based policy allows the ").append(action).append(" action");
  return Error::access_denied(std::move(text));
}

Status AllowAuthenticated::authorize(const AccessRequest& request) const {
  if (!request.context.principal.empty()) return {};
  return access_denied("anonymous", request.action,
                       request.resources.empty() ? std::string_view{} : request.resources.front());
}

}  // namespace limpet::iam
