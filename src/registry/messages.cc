#include "limpet/registry/messages.h"

#include "limpet/compat/definition.h"

#include <string>

namespace limpet::registry {
namespace {

std::string text_or_null(const std::optional<std::string>& text) { return text.value_or("null"); }

std::string names_of(const SchemaRef& schema) {
  return "RegistryName: " + schema.registry.str() + ", SchemaName: " + schema.name.str() +
         ", SchemaArn: " + text_or_null(schema.arn);
}

std::string names_of(const Uuid& id, std::string_view key, std::string_view value) {
  return id.to_string() + ", metadata key: " + std::string(key) +
         ", metadata value: " + std::string(value);
}

/// "version 3 of orders/user", of a version or of a reference to one.
template <class Version>
std::string version_text(const Version& version) {
  return "version " + std::to_string(version.number) + " of " + version.registry.str() + "/" +
         version.schema.str();
}

Error too_many(std::string_view what) {
  return Error::limit_exceeded("More " + std::string(what) +
                               " cannot be created. The maximum limit has been reached.");
}

}  // namespace

Error wrong_length(std::string_view parameter) {
  return Error::invalid_input(
      "The resource name contains too many or too few characters. Parameter Name: " +
      std::string(parameter));
}

Error wrong_characters(std::string_view parameter) {
  return Error::invalid_input(
      "The parameter value contains one or more characters that are not valid. Parameter Name: " +
      std::string(parameter));
}

Error wrong_number_of_tags() {
  return Error::invalid_input("New Tags cannot be empty or more than 50");
}

Error wrong_tag() { return Error::invalid_input("Invalid Tag Parameters"); }

Error wrong_data_format() { return Error::invalid_input("Data format is not valid."); }

Error wrong_compatibility() { return Error::invalid_input("Compatibility is not valid."); }

Error wrong_diff_type() { return Error::invalid_input("Schema diff type is not valid."); }

Error wrong_page_token() { return Error::invalid_input("NextToken is not valid."); }

Error invalid_definition(compat::Format format, const Error& parse_error) {
  return Error::invalid_input("Schema definition of " + std::string(to_string(format)) +
                              " data format is invalid: " + compat::reason_invalid(parse_error));
}

Error registry_address_unclear() {
  return Error::invalid_input(
      "One of registryName or registryArn has to be provided, both cannot be provided.");
}

Error schema_address_doubled() {
  return Error::invalid_input(
      "One of (registryName and schemaName) or schemaArn has to be provided, both cannot be "
      "provided.");
}

Error schema_address_missing() {
  return Error::invalid_input(
      "At least one of (registryName and schemaName) or schemaArn has to be provided.");
}

Error version_selector_doubled() {
  return Error::invalid_input("Only one of VersionNumber or LatestVersion is required.");
}

Error version_selector_missing() {
  return Error::invalid_input("One of version number (or) latest version is required.");
}

Error version_id_not_alone() {
  return Error::invalid_input(
      "No other input parameters can be specified when fetching by SchemaVersionId.");
}

Error no_such_registry(const RegistryRef& registry) {
  return Error::not_found(registry.arn
                              ? "Registry is not found. RegistryArn: " + *registry.arn
                              : "Registry is not found. RegistryName: " + registry.name.str());
}

Error no_such_schema(const SchemaRef& schema) {
  return Error::not_found("Schema is not found. " + names_of(schema));
}

Error no_such_schema() { return Error::not_found("Schema is not found."); }

Error no_such_version(const Uuid& id) {
  return Error::not_found("Schema version is not found. SchemaVersionId: " + id.to_string());
}

Error no_such_version(const SchemaRef& schema, const VersionSelector& version) {
  return Error::not_found("Schema version is not found. " + names_of(schema) + ", VersionNumber: " +
                          (version.number ? std::to_string(*version.number) : "null") +
                          ", isLatestVersion: " + (version.number ? "false" : "true"));
}

Error no_such_definition() { return Error::not_found("Schema version is not found."); }

Error no_such_metadata(const Uuid& id, std::string_view key, std::string_view value) {
  return Error::not_found("Schema version metadata is not found. SchemaVersionId: " +
                          names_of(id, key, value));
}

Error registry_exists(const RegistryName& name) {
  return Error::already_exists("Registry already exists. RegistryName: " + name.str());
}

Error schema_exists(const SchemaName& name) {
  return Error::already_exists("Schema already exists. SchemaName: " + name.str());
}

Error metadata_exists(const Uuid& id, std::string_view key, std::string_view value) {
  return Error::already_exists("Resource already exist for schema version id: " +
                               names_of(id, key, value));
}

Error versioning_disabled(const SchemaRef& schema) {
  return Error::invalid_input(
      "Compatibility DISABLED does not allow versioning. SchemaId: SchemaId(schemaArn=" +
      text_or_null(schema.arn) + ", schemaName=" + schema.name.str() +
      ", registryName=" + schema.registry.str() + ")");
}

Error checkpoint_not_available() {
  return Error::invalid_input("Checkpoint version is not available.");
}

Error checkpoint_not_deletable(std::int64_t number) {
  return Error::invalid_input("Version " + std::to_string(number) +
                              " is a checkpoint version and cannot be deleted.");
}

Error first_version_not_deletable() {
  return Error::invalid_input("The first version of the schema cannot be deleted.");
}

Error pending_version_not_deletable() {
  return Error::invalid_input("The latest version of the schema is pending and cannot be deleted.");
}

Error compared_version_not_deletable(std::int64_t number, compat::Mode mode) {
  return Error::invalid_input("Version " + std::to_string(number) + " is needed by compatibility " +
                              std::string(to_string(mode)) + " and cannot be deleted.");
}

Error referenced_version_not_deletable(std::int64_t number, const SchemaVersion& by) {
  return Error::invalid_input("Version " + std::to_string(number) + " is referenced by " +
                              version_text(by) + " and cannot be deleted.");
}

Error referenced_schema_not_deletable(const Reference& reference, const SchemaVersion& by) {
  return Error::invalid_input("Version " + std::to_string(reference.number) +
                              " of the schema is referenced by " + version_text(by) +
                              "; the schema cannot be deleted.");
}

Error referenced_registry_not_deletable(const Reference& reference, const SchemaVersion& by) {
  return Error::invalid_input("Version " + std::to_string(reference.number) + " of schema " +
                              reference.schema.str() + " is referenced by " + version_text(by) +
                              "; the registry cannot be deleted.");
}

Error too_many_versions_to_delete() {
  return Error::invalid_input("The range of versions to delete cannot be more than 25.");
}

Error reason_is_read_only() {
  return Error::invalid_input("The metadata key limpet.reason is read-only.");
}

Error imported_status_wrong() {
  return Error::invalid_input("Status of an imported version is AVAILABLE or FAILURE.");
}

Error imported_number_wrong() {
  return Error::invalid_input("VersionNumber of an imported version is from 1 to 100000.");
}

Error imported_id_taken(const Uuid& id) {
  return Error::already_exists("Schema version " + id.to_string() +
                               " already exists, and it is another one than the imported.");
}

Error imported_number_taken(std::int64_t number, std::int64_t next) {
  return Error::already_exists("Version number " + std::to_string(number) +
                               " is in use or was; the next one that can be imported is " +
                               std::to_string(next) + ".");
}

Error imported_definition_taken(const SchemaVersion& by) {
  return Error::already_exists("The definition is " + version_text(by) + " already, with the id " +
                               by.id.to_string() + ".");
}

Error too_many_registries() { return too_many("registries"); }
Error too_many_schemas() { return too_many("schemas"); }
Error too_many_schema_versions() { return too_many("schema versions"); }

Error too_much_metadata() {
  return Error::limit_exceeded(
      "Your resource limits for Schema Version Metadata have been exceeded.");
}

Error reference_doubled(const ReferenceName& name) {
  return Error::invalid_input("Reference " + name.str() + " is given twice.");
}

Error reference_of_other_format(const ReferenceName& name, const SchemaVersion& version,
                                compat::Format wanted) {
  return Error::invalid_input("Reference " + name.str() + " is " + version_text(version) +
                              ", whose data format is " + std::string(to_string(version.format)) +
                              " and not " + std::string(to_string(wanted)) + ".");
}

Error reference_not_available(const ReferenceName& name, const SchemaVersion& version) {
  return Error::invalid_input("Reference " + name.str() + " is " + version_text(version) +
                              ", which is " + std::string(to_string(version.status)) +
                              " and not AVAILABLE.");
}

Error reference_ambiguous(const Reference& first, const Reference& second) {
  return Error::invalid_input(
      "Reference " + first.name + " means two schema versions: " + version_text(first) + " and " +
      version_text(second) + ". Register what names the one with the other, or rename one.");
}

Error reference_renamed(const Reference& first, const Reference& second) {
  const std::string version = version_text(first);
  return Error::invalid_input("The references reach " + version + " as " + first.name + " and as " +
                              second.name + ". Use one name for it everywhere.");
}

Error too_many_references(std::size_t most) {
  return Error::invalid_input("A schema version can reach at most " + std::to_string(most) +
                              " others through references.");
}

Error references_too_long(std::size_t most_bytes) {
  return Error::invalid_input(
      "The definitions that a schema version reaches through references "
      "can have at most " +
      std::to_string(most_bytes) + " bytes together.");
}

Error changed_meanwhile() {
  return Error::conflict("Concurrent modification of the resource. Please retry.");
}

}  // namespace limpet::registry
