// Context: everything a call may know of the world besides its input and the store.
#pragma once

#include "limpet/base/time.h"
#include "limpet/base/uuid.h"

#include <string>

namespace limpet {

/// Whose state a call sees. Two scopes never meet: every key begins with all three parts.
struct Scope {
  std::string partition = "aws";  ///< "aws", "aws-cn", "aws-us-gov", …; follows from the region
  std::string account;            ///< twelve digits
  std::string region;             ///< "us-east-1"

  friend auto operator<=>(const Scope&, const Scope&) = default;
};

/// Who calls, when, for which account and region. `ids` must outlive the call.
struct Context {
  Scope scope;
  Timestamp now{};
  IdSource* ids = nullptr;
  std::string principal;   ///< ARN of the caller
  std::string request_id;  ///< also in the answer and in the log
};

}  // namespace limpet
