// Access keys in the store: make, list, revoke, load.
//
//   LIMPET_TRY(auto key, create_access_key(txn, context, "the build server"));
//   key.secret;                                       // the only time that it is shown
//   LIMPET_TRY(auto all, load_access_keys(reader));
//   const KeyRing ring(configured, all);
//
// A revoked key stays, so that its id is never given to somebody else and an operator can see it.
// The change log records that a key was made or revoked, without the secret.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/iam/access_key.h"
#include "limpet/storage/store.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::iam {

/// Active keys that one account may have.
inline constexpr std::size_t kActiveKeysMax = 1000;

/// A new key of the caller's account. Errors: LimitExceeded.
Result<AccessKey> create_access_key(storage::Txn& txn, const Context& context,
                                    std::string_view description);

struct AccessKeyPage {
  std::vector<AccessKey> keys;
  std::string next;  ///< the position to go on from; empty when there is no more
};

/// Keys of the caller's account by id, revoked ones included, from behind `after` on.
Result<AccessKeyPage> list_access_keys(storage::Reader& reader, const Context& context,
                                       std::string_view after, std::size_t limit);

/// Revokes a key of the caller's account; revoking it again changes nothing. Errors: NotFound.
Result<AccessKey> revoke_access_key(storage::Txn& txn, const Context& context, std::string_view id);

/// Every stored key of every account.
Result<std::vector<AccessKey>> load_access_keys(storage::Reader& reader);

}  // namespace limpet::iam
