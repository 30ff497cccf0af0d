// Secrets of the server itself, one per purpose: made once, kept in the store, never shown.
//
//   LIMPET_TRY(const std::string key, iam::server_secret(txn, context, "page-tokens"));
//
// Every node that shares the store has the same ones, so what one node sealed another can open.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/storage/store.h"

#include <string>
#include <string_view>

namespace limpet::iam {

/// 32 bytes; made from `context.ids` (unpredictable outside tests) when there are none yet.
/// Requires: `purpose` is one of our own words, [a-z-]+.
Result<std::string> server_secret(storage::Txn& txn, const Context& context,
                                  std::string_view purpose);

}  // namespace limpet::iam
