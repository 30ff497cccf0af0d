// What must hold in every committed state, whatever crashed, raced or was repeated.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/storage/check.h"
#include "limpet/storage/record_type.h"
#include "limpet/storage/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::registry {

/// Every record type of this room, for storage::check_records, which checks rows against indexes.
std::vector<storage::RecordKind> record_kinds();

struct AuditReport {
  std::uint64_t registries = 0;
  std::uint64_t schemas = 0;
  std::uint64_t versions = 0;
  std::vector<storage::Problem> problems;  ///< at most storage::kProblemsMax
  bool complete = true;                    ///< false when there were more than are listed
};

/// Reads the whole state of one scope, record by record; memory does not grow with it. At most one
/// AVAILABLE version per (incarnation, identity); numbers unique and below `next`; every id names
/// one definition, whose text is there and has the recorded hashes; no schema, version, metadata,
/// explanation or references without its owner, and none that leads nowhere; `latest` and the usage
/// counts are right. A record that cannot be read is passed over: storage::check_records tells it,
/// as it does what is wrong with an index. Errors: the store's.
Result<AuditReport> audit(storage::Reader& reader, const Scope& scope,
                          const storage::CheckProgress& progress = {});

/// Version ids that exist in two of these scopes: a serialized record carries nothing but the id.
/// Errors: the store's.
Result<std::vector<storage::Problem>> audit_ids(storage::Reader& reader,
                                                const std::vector<Scope>& scopes);

/// audit() as sentences; empty = sound.
Result<std::vector<std::string>> check_invariants(storage::Reader& reader, const Scope& scope);

}  // namespace limpet::registry
