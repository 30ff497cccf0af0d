// Every sentence that the Schema Registry's operations answer, one function each. The texts are
// those of the AWS service where they are known; clients compare some of them literally.
#pragma once

#include "limpet/base/error.h"
#include "limpet/base/uuid.h"
#include "limpet/compat/format.h"
#include "limpet/registry/references.h"
#include "limpet/registry/refs.h"

#include <cstdint>
#include <string_view>

namespace limpet::registry {

// Values and enumerations. `parameter` is spelled as the service does: registryName, schemaName,
// registryArn, schemaArn, resourceArn, description, SchemaDefinition, SchemaVersionId, key, value,
// versions.
Error wrong_length(std::string_view parameter);
Error wrong_characters(std::string_view parameter);
Error wrong_number_of_tags();
Error wrong_tag();
Error wrong_data_format();
Error wrong_compatibility();
Error wrong_diff_type();
Error wrong_page_token();
/// "Schema definition of AVRO data format is invalid: …"
Error invalid_definition(compat::Format format, const Error& parse_error);

// Addressing.
Error registry_address_unclear();  ///< neither or both of registryName and registryArn
Error schema_address_doubled();    ///< names and ARN
Error schema_address_missing();    ///< neither names nor ARN
Error version_selector_doubled();  ///< VersionNumber and LatestVersion
Error version_selector_missing();  ///< neither
Error version_id_not_alone();      ///< SchemaVersionId with anything else

// What does not exist.
Error no_such_registry(const RegistryRef& registry);
Error no_such_schema(const SchemaRef& schema);
/// RegisterSchemaVersion and GetSchemaByDefinition: serializers compare this text.
Error no_such_schema();
Error no_such_version(const Uuid& id);
Error no_such_version(const SchemaRef& schema, const VersionSelector& version);
/// GetSchemaByDefinition: serializers compare this text.
Error no_such_definition();
Error no_such_metadata(const Uuid& id, std::string_view key, std::string_view value);

// What exists already.
Error registry_exists(const RegistryName& name);
Error schema_exists(const SchemaName& name);
Error metadata_exists(const Uuid& id, std::string_view key, std::string_view value);

// What may not be done.
Error versioning_disabled(const SchemaRef& schema);
Error checkpoint_not_available();
Error checkpoint_not_deletable(std::int64_t number);
Error first_version_not_deletable();
Error pending_version_not_deletable();
Error compared_version_not_deletable(std::int64_t number, compat::Mode mode);
Error referenced_version_not_deletable(std::int64_t number, const SchemaVersion& by);
Error referenced_schema_not_deletable(const Reference& reference, const SchemaVersion& by);
Error referenced_registry_not_deletable(const Reference& reference, const SchemaVersion& by);
Error too_many_versions_to_delete();
Error reason_is_read_only();  ///< the metadata key limpet.reason

// References.
Error reference_doubled(const ReferenceName& name);
Error reference_of_other_format(const ReferenceName& name, const SchemaVersion& version,
                                compat::Format wanted);
Error reference_not_available(const ReferenceName& name, const SchemaVersion& version);
/// One name means two versions.
Error reference_ambiguous(const Reference& first, const Reference& second);
/// Two names mean one version.
Error reference_renamed(const Reference& first, const Reference& second);
Error too_many_references(std::size_t most);
Error references_too_long(std::size_t most_bytes);

// Imports.
Error imported_status_wrong();
Error imported_number_wrong();
Error imported_id_taken(const Uuid& id);
Error imported_number_taken(std::int64_t number, std::int64_t next);
Error imported_definition_taken(const SchemaVersion& by);

// Quotas.
Error too_many_registries();
Error too_many_schemas();
Error too_many_schema_versions();
Error too_much_metadata();

/// A schema was deleted or replaced between two phases of a call; the call is to be repeated.
Error changed_meanwhile();

}  // namespace limpet::registry
