// References: a definition may name types of other schema versions of its format.
//
//   std::vector<WantedReference> wanted{{*ReferenceName::parse("orders.Address"),
//   address_version}}; LIMPET_TRY(auto prepared, prepare_registration(reader, context, settings,
//   cache, schema, text,
//                                                  wanted));
//
// They are followed when a version is registered, transitively, and made into one self-contained
// definition, the bundle. The bundle is the version's definition: it is judged, hashed and answered
// to clients that know nothing of references. The submitted text and its references are kept beside
// it (get_submitted_definition). A version that an AVAILABLE version references cannot be deleted.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/name.h"
#include "limpet/base/result.h"
#include "limpet/base/uuid.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/refs.h"
#include "limpet/storage/store.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::registry {

/// 1..1024 bytes of UTF-8 without control characters.
struct ReferenceNameRules {
  static Status check(std::string_view text);
};
/// What a definition calls another one: an Avro type's full name, the URI of a JSON Schema `$ref`,
/// the path of a Protobuf `import`.
using ReferenceName = Name<ReferenceNameRules>;

/// Versions that one version may reach through references, direct and transitive.
inline constexpr std::size_t kReferencesMax = 100;
/// Bytes of all the texts that are read for that.
inline constexpr std::size_t kReferencedBytesMax = 4UL << 20;

/// A reference that a caller asks for.
struct WantedReference {
  ReferenceName name;
  VersionRef version;
};

/// A reference that is kept.
struct Reference {
  std::string name;
  Uuid version{};
  RegistryName registry;
  SchemaName schema;
  std::int64_t number = 0;

  friend bool operator==(const Reference&, const Reference&) = default;
};

/// A version with the text that was submitted. Without references that is the version's definition.
struct SubmittedDefinition {
  SchemaVersion version;
  std::string definition;
  std::vector<Reference> references;  ///< in the order given
};
/// Errors: NotFound.
Result<SubmittedDefinition> get_submitted_definition(storage::Reader& reader,
                                                     const Context& context,
                                                     const VersionRef& version);

/// An AVAILABLE version that references another one, and what it calls it.
struct Referrer {
  std::string name;
  SchemaVersion version;
};
/// Who keeps `version` from being deleted. Errors: NotFound, InvalidInput (a position of another
/// list).
Result<Page<Referrer>> list_referrers(storage::Reader& reader, const Context& context,
                                      const VersionRef& version, const PageRequest& page);

}  // namespace limpet::registry
