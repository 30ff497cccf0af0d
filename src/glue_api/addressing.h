// Addressing: which registry, schema or version a request means, by the rules of AWS Glue: by name
// or by ARN but not by both, by number or as the latest but not as both. Empty text counts as
// absent.
#pragma once

#include "step.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/registry/refs.h"

#include <optional>
#include <string>

namespace limpet::glue_api {

using RegistryIdBox = glue_model::Box<glue_model::RegistryId>;
using SchemaIdBox = glue_model::Box<glue_model::SchemaId>;
using VersionNumberBox = glue_model::Box<glue_model::SchemaVersionNumber>;
using Text = std::optional<std::string>;

/// Neither name nor ARN, or no RegistryId at all.
bool names_no_registry(const RegistryIdBox& id);

/// Errors: InvalidInput (none or both given; length, characters), NotFound (an ARN of another
/// account or region: whatever is there, this caller cannot see it).
Result<registry::RegistryRef> registry_address(const Call& call, const RegistryIdBox& id);

/// Errors: InvalidInput (doubled or missing; length, characters), NotFound (as above).
Result<registry::SchemaRef> schema_address(const Call& call, const SchemaIdBox& id);

/// A SchemaVersionNumber. Errors: InvalidInput (neither number nor latest, or both).
Result<registry::VersionSelector> version_selector(const VersionNumberBox& number);

/// The three members by which GetSchemaVersion and the metadata operations find a version.
/// Errors, in this order: InvalidInput (the combination; length, characters), NotFound (schema,
/// only looked for when the selector is wrong), InvalidInput (the selector).
Result<registry::VersionRef> version_address(Call& call, const Text& version_id,
                                             const SchemaIdBox& schema,
                                             const VersionNumberBox& number);

template <class Input>
Result<registry::VersionRef> version_address(Call& call, const Input& input) {
  return version_address(call, input.schema_version_id, input.schema_id,
                         input.schema_version_number);
}

/// The registry or schema that a ResourceArn names. Errors: InvalidInput, NotFound (as above).
Result<registry::ResourceRef> resource_address(const Call& call, const Text& arn);

}  // namespace limpet::glue_api
