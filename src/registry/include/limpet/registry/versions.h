// Schema versions: register, find, list, delete, compare.
//
// Registration has two phases. The first, on a snapshot, makes the checks that need no lock, parses
// and compares; the second, in the transaction, decides identity, number and compatibility:
//
//   LIMPET_TRY(auto prepared, prepare_registration(reader, context, settings, cache, ref, text));
//   if (prepared.existing) return *prepared.existing;      // it is there: nothing to write
//   store.write([=](storage::Txn& txn) -> Status {
//     LIMPET_TRY(auto registered, register_version(txn, context, settings, cache,
//                                                  prepared.registration));
//   });
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/parsed_cache.h"
#include "limpet/registry/references.h"
#include "limpet/registry/schemas.h"
#include "limpet/registry/settings.h"
#include "limpet/storage/store.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::registry {

struct StoredVerdict;

/// What register_version needs: where to, into which incarnation, the parsed definition, and the
/// verdict of the snapshot, which saves the transaction the work as long as nothing has changed
/// that it rests on (otherwise the transaction looks at what has changed; at everything when there
/// is no verdict). Cheap to copy.
struct Registration {
  SchemaRef schema;
  Uuid incarnation{};
  Candidate definition;
  std::shared_ptr<const StoredVerdict> verdict = {};
};

struct PreparedRegistration {
  Registration registration;
  std::optional<SchemaVersion> existing;  ///< the answer, when the definition is there already
};

/// Checks in the service's order: schema, DISABLED, length, references, validity, quota, identity.
/// With references, the definition is the bundle that they make (references.h).
/// Errors: NotFound, InvalidInput, LimitExceeded.
Result<PreparedRegistration> prepare_registration(storage::Reader& reader, const Context& context,
                                                  const Settings& settings, ParsedCache& cache,
                                                  const SchemaRef& schema, std::string_view text,
                                                  std::span<const WantedReference> references = {});

struct RegisteredVersion {
  SchemaVersion version;
  bool created = false;     ///< false: an identical definition was there
  std::string reason = {};  ///< one sentence that tells why it is a FAILURE; empty otherwise
};

/// An identical definition (AVAILABLE or PENDING) answers the version that exists. Otherwise a new
/// version takes the next number: AVAILABLE if it is compatible, else FAILURE with its explanation
/// kept; the status tells. Errors: as above, and Conflict when the schema is another incarnation,
/// when a version that it references has gone, or, under a *_ALL mode, when the verdict must be
/// reached anew on a snapshot.
Result<RegisteredVersion> register_version(storage::Txn& txn, const Context& context,
                                           const Settings& settings, ParsedCache& cache,
                                           const Registration& registration);

/// Errors: NotFound (unknown id; unknown schema, then unknown version).
Result<SchemaVersion> get_version(storage::Reader& reader, const Context& context,
                                  const VersionRef& version);
/// The same with the text.
Result<DefinedVersion> get_defined_version(storage::Reader& reader, const Context& context,
                                           const VersionRef& version);

/// The version of this definition, an AVAILABLE one if there is one, else the newest. A FAILURE
/// version whose verdict is out of date is not found, so that a producer registers again.
/// Errors: InvalidInput (length first; validity after the schema), NotFound.
Result<SchemaVersion> find_by_definition(storage::Reader& reader, const Context& context,
                                         const Settings& settings, ParsedCache& cache,
                                         const SchemaRef& schema, std::string_view text);

/// Newest first, FAILURE and PENDING included. Errors: NotFound, InvalidInput (a position of
/// another incarnation).
Result<Page<SchemaVersion>> list_versions(storage::Reader& reader, const Context& context,
                                          const SchemaRef& schema, const PageRequest& page);

/// Why one of the named versions was not deleted.
struct VersionError {
  std::int64_t number = 0;
  Error error;
};
/// All versions of the range that exist, or none: a checkpoint, the first version, a pending
/// latest, a version that others reference refuse the whole call. Errors: NotFound (schema),
/// InvalidInput.
Result<std::vector<VersionError>> delete_versions(storage::Txn& txn, const Context& context,
                                                  const Settings& settings, const SchemaRef& schema,
                                                  const VersionRange& range);

/// GetSchemaVersionsDiff: a JSON Patch from `first` to `second`. Errors: NotFound, InvalidInput
/// (too long to answer).
Result<std::string> diff_versions(storage::Reader& reader, const Context& context,
                                  const SchemaRef& schema, const VersionSelector& first,
                                  const VersionSelector& second);
/// The same with what it means to readers (compat::semantic_diff), by the rules that `settings`
/// chooses. Errors: NotFound, InvalidInput (too long to answer), LimitExceeded (too much work).
Result<std::string> compare_versions(storage::Reader& reader, const Context& context,
                                     const Settings& settings, ParsedCache& cache,
                                     const SchemaRef& schema, const VersionSelector& first,
                                     const VersionSelector& second);

}  // namespace limpet::registry
