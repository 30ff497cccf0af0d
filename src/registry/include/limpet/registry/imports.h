// Import a version from another registry: with its id and its number, so that records which name
// the id stay readable.
//
//   LIMPET_TRY(auto prepared, prepare_import(reader, context, cache, {.schema = ref, .id = id,
//                                            .number = 3, .text = definition}));
//   store.write([=](storage::Txn& txn) -> Status {
//     LIMPET_TRY(auto imported, import_version(txn, context, settings, prepared));
//   });
//
// Nothing is compared: whether the version was compatible is for the registry to have known that it
// comes from. Everything else that holds for versions holds: one id never names two versions,
// numbers only grow (what the other registry deleted leaves a gap), one definition has at most one
// AVAILABLE version. The same import again answers what is there.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/parsed_cache.h"
#include "limpet/registry/refs.h"
#include "limpet/registry/schemas.h"
#include "limpet/registry/settings.h"
#include "limpet/storage/store.h"

#include <cstdint>
#include <string_view>

namespace limpet::registry {

/// The rule of the one finding that explains a version imported as FAILURE.
inline constexpr std::string_view kImportedRule = "IMPORTED_AS_FAILURE";

struct ForeignVersion {
  SchemaRef schema;
  Uuid id{};
  std::int64_t number = 0;
  VersionStatus status = VersionStatus::Available;  ///< or Failure
  std::string_view text{};
};

/// Cheap to copy.
struct PreparedImport {
  SchemaRef schema;
  Uuid incarnation{};
  Uuid id{};
  std::int64_t number = 0;
  VersionStatus status = VersionStatus::Available;
  Candidate definition;
};

/// What needs no lock: the schema exists, the definition is one. Errors: NotFound, InvalidInput
/// (definition, number, status).
Result<PreparedImport> prepare_import(storage::Reader& reader, const Context& context,
                                      ParsedCache& cache, const ForeignVersion& version);

struct ImportedVersion {
  SchemaVersion version;
  bool created = false;  ///< false: it was there, the same
};

/// The first version of a schema becomes its checkpoint. Errors: NotFound, LimitExceeded (quota),
/// AlreadyExists (the id names another version, of any account or region; the number is taken or
/// was; another AVAILABLE version has the definition), Conflict (the schema is another
/// incarnation).
Result<ImportedVersion> import_version(storage::Txn& txn, const Context& context,
                                       const Settings& settings, const PreparedImport& import);

}  // namespace limpet::registry
