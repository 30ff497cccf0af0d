// What a definition with references is made of, from registration to deletion.
#pragma once

#include "stored.h"

#include "limpet/registry/references.h"
#include "limpet/registry/schemas.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::registry {

/// The text as it was submitted, and what it references.
struct Composition {
  std::string text;
  std::vector<Reference> references;
};

/// Follow the references and make one definition of them, ready to be judged. Errors: NotFound,
/// InvalidInput (a name for two versions, two names for one; of another format, not AVAILABLE; too
/// many, too long; "Schema definition of … is invalid: …").
Result<Candidate> compose(storage::RecordReader& records, ParsedCache& cache, Format format,
                          std::string_view text, std::span<const WantedReference> wanted);

/// Conflict when a version that `composition` references has gone since.
Status check_references_stand(storage::RecordReader& records, const Composition& composition);

/// Keep what `version` was composed of. Only an AVAILABLE version holds what it references.
Status keep_composition(storage::Records& records, const SchemaVersion& version,
                        const Composition& composition);
/// Forget it, if there is any.
Status erase_composition(storage::Records& records, const Uuid& version);

/// Which versions are about to go: of a registry, of a schema in it, one number in that.
struct Doomed {
  const RegistryName& registry;
  const SchemaName* schema = nullptr;
  std::optional<VersionRange> numbers = {};
};
/// A version outside of `doomed` that references one inside. The reference names the latter.
struct Holder {
  SchemaVersion version;
  Reference reference;
};
Result<std::optional<Holder>> find_holder(storage::RecordReader& records, const Doomed& doomed);

}  // namespace limpet::registry
