// Guard: what every Store does around foreign functions. For authors of stores.
#pragma once

#include "limpet/storage/store.h"

namespace limpet::storage {

/// Run `work`; an exception becomes an Internal error.
Status guarded(const ReadWork& work, Reader& reader);
Status guarded(const WriteWork& work, Txn& txn);

/// Call `done`; an exception ends there.
void finish(const Done& done, CommitResult result);

/// What a store that is stopping answers.
Error stopping_error();

}  // namespace limpet::storage
