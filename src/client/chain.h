// The chain of credentials, over files that have been read already.
#pragma once

#include "profiles.h"

#include "limpet/client/credentials.h"

#include <memory>
#include <optional>

namespace limpet::client {

struct Chain {
  std::shared_ptr<CredentialsProvider> provider;
  std::optional<aws::Credentials> fixed{};  ///< when it is a pair that never changes
};

/// As credentials_chain.
Result<Chain> make_chain(ChainOptions options, const Environment& environment,
                         const Profiles& profiles, const Clock& clock);

}  // namespace limpet::client
