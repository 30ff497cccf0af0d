// What must hold in every committed state, whatever crashed, raced or was repeated.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/storage/record_type.h"
#include "limpet/storage/store.h"

#include <string>
#include <vector>

namespace limpet::registry {

/// Every record type of this room, for storage::check_records, which checks rows against indexes.
std::vector<storage::RecordKind> record_kinds();

/// Reads the whole state of one scope and answers a sentence per violation; empty = sound.
/// At most one AVAILABLE version per (incarnation, identity); numbers unique and below `next`;
/// every id names one definition, whose text is there and has the recorded hashes; no version,
/// metadata, text or explanation without its owner; `latest` and the usage counts are right.
Result<std::vector<std::string>> check_invariants(storage::Reader& reader, const Scope& scope);

}  // namespace limpet::registry
