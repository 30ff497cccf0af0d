#include "limpet/registry/messages.h"

#include <gtest/gtest.h>

namespace limpet::registry {
namespace {

const RegistryName kRegistry = *RegistryName::parse("r1");
const SchemaName kSchema = *SchemaName::parse("s");
const Uuid kId = *Uuid::parse("0f8fad5b-d9cb-469f-a165-70867728950e");
const SchemaRef kByName{.registry = kRegistry, .name = kSchema};
const SchemaRef kByArn{.registry = kRegistry,
                       .name = kSchema,
                       .arn = "arn:aws:glue:us-east-1:123456789012:schema/r1/s"};

struct MessageRow {
  std::string_view name;
  Error error;
  Code code;
  std::string_view text;
};

class MessageTest : public testing::TestWithParam<MessageRow> {};

TEST_P(MessageTest, IsTheServicesOwn) {
  const MessageRow& row = GetParam();
  EXPECT_EQ(row.error.code, row.code);
  EXPECT_EQ(row.error.message, row.text);
}

INSTANTIATE_TEST_SUITE_P(
    Messages, MessageTest,
    testing::Values(
        MessageRow{"Length", wrong_length("registryName"), Code::InvalidInput,
                   "The resource name contains too many or too few characters. Parameter Name: "
                   "registryName"},
        MessageRow{"Characters", wrong_characters("SchemaVersionId"), Code::InvalidInput,
                   "The parameter value contains one or more characters that are not valid. "
                   "Parameter Name: SchemaVersionId"},
        MessageRow{"TagCount", wrong_number_of_tags(), Code::InvalidInput,
                   "New Tags cannot be empty or more than 50"},
        MessageRow{"Tag", wrong_tag(), Code::InvalidInput, "Invalid Tag Parameters"},
        MessageRow{"DataFormat", wrong_data_format(), Code::InvalidInput,
                   "Data format is not valid."},
        MessageRow{"Compatibility", wrong_compatibility(), Code::InvalidInput,
                   "Compatibility is not valid."},
        MessageRow{"DiffType", wrong_diff_type(), Code::InvalidInput,
                   "Schema diff type is not valid."},
        MessageRow{"PageToken", wrong_page_token(), Code::InvalidInput, "NextToken is not valid."},
        MessageRow{"Definition",
                   invalid_definition(compat::Format::Avro,
                                      Error::invalid_input("No name in schema", "/fields/0")),
                   Code::InvalidInput,
                   "Schema definition of AVRO data format is invalid: No name in schema (at "
                   "/fields/0)"},
        MessageRow{"RegistryAddress", registry_address_unclear(), Code::InvalidInput,
                   "One of registryName or registryArn has to be provided, both cannot be "
                   "provided."},
        MessageRow{"SchemaAddressDoubled", schema_address_doubled(), Code::InvalidInput,
                   "One of (registryName and schemaName) or schemaArn has to be provided, both "
                   "cannot be provided."},
        MessageRow{"SchemaAddressMissing", schema_address_missing(), Code::InvalidInput,
                   "At least one of (registryName and schemaName) or schemaArn has to be "
                   "provided."},
        MessageRow{"SelectorDoubled", version_selector_doubled(), Code::InvalidInput,
                   "Only one of VersionNumber or LatestVersion is required."},
        MessageRow{"SelectorMissing", version_selector_missing(), Code::InvalidInput,
                   "One of version number (or) latest version is required."},
        MessageRow{"IdNotAlone", version_id_not_alone(), Code::InvalidInput,
                   "No other input parameters can be specified when fetching by "
                   "SchemaVersionId."}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    NotFound, MessageTest,
    testing::Values(
        MessageRow{"Registry", no_such_registry({.name = kRegistry}), Code::NotFound,
                   "Registry is not found. RegistryName: r1"},
        MessageRow{"RegistryByArn", no_such_registry({.name = kRegistry, .arn = "arn:x"}),
                   Code::NotFound, "Registry is not found. RegistryArn: arn:x"},
        MessageRow{"Schema", no_such_schema(kByName), Code::NotFound,
                   "Schema is not found. RegistryName: r1, SchemaName: s, SchemaArn: null"},
        MessageRow{"SchemaByArn", no_such_schema(kByArn), Code::NotFound,
                   "Schema is not found. RegistryName: r1, SchemaName: s, SchemaArn: "
                   "arn:aws:glue:us-east-1:123456789012:schema/r1/s"},
        MessageRow{"SchemaBare", no_such_schema(), Code::NotFound, "Schema is not found."},
        MessageRow{"VersionById", no_such_version(kId), Code::NotFound,
                   "Schema version is not found. SchemaVersionId: "
                   "0f8fad5b-d9cb-469f-a165-70867728950e"},
        MessageRow{"VersionByNumber", no_such_version(kByName, VersionSelector::at(7)),
                   Code::NotFound,
                   "Schema version is not found. RegistryName: r1, SchemaName: s, SchemaArn: null, "
                   "VersionNumber: 7, isLatestVersion: false"},
        MessageRow{"VersionLatest", no_such_version(kByName, VersionSelector::latest()),
                   Code::NotFound,
                   "Schema version is not found. RegistryName: r1, SchemaName: s, SchemaArn: null, "
                   "VersionNumber: null, isLatestVersion: true"},
        MessageRow{"Definition", no_such_definition(), Code::NotFound,
                   "Schema version is not found."},
        MessageRow{"Metadata", no_such_metadata(kId, "k", "v"), Code::NotFound,
                   "Schema version metadata is not found. SchemaVersionId: "
                   "0f8fad5b-d9cb-469f-a165-70867728950e, metadata key: k, metadata value: v"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Refused, MessageTest,
    testing::Values(
        MessageRow{"RegistryExists", registry_exists(kRegistry), Code::AlreadyExists,
                   "Registry already exists. RegistryName: r1"},
        MessageRow{"SchemaExists", schema_exists(kSchema), Code::AlreadyExists,
                   "Schema already exists. SchemaName: s"},
        MessageRow{"MetadataExists", metadata_exists(kId, "k", "v"), Code::AlreadyExists,
                   "Resource already exist for schema version id: "
                   "0f8fad5b-d9cb-469f-a165-70867728950e, metadata key: k, metadata value: v"},
        MessageRow{"Disabled", versioning_disabled(kByName), Code::InvalidInput,
                   "Compatibility DISABLED does not allow versioning. SchemaId: "
                   "SchemaId(schemaArn=null, schemaName=s, registryName=r1)"},
        MessageRow{"CheckpointState", checkpoint_not_available(), Code::InvalidInput,
                   "Checkpoint version is not available."},
        MessageRow{"CheckpointDelete", checkpoint_not_deletable(3), Code::InvalidInput,
                   "Version 3 is a checkpoint version and cannot be deleted."},
        MessageRow{"FirstDelete", first_version_not_deletable(), Code::InvalidInput,
                   "The first version of the schema cannot be deleted."},
        MessageRow{"PendingDelete", pending_version_not_deletable(), Code::InvalidInput,
                   "The latest version of the schema is pending and cannot be deleted."},
        MessageRow{"ComparedDelete", compared_version_not_deletable(3, compat::Mode::FullAll),
                   Code::InvalidInput,
                   "Version 3 is needed by compatibility FULL_ALL and cannot be deleted."},
        MessageRow{"DeleteRange", too_many_versions_to_delete(), Code::InvalidInput,
                   "The range of versions to delete cannot be more than 25."},
        MessageRow{"Reason", reason_is_read_only(), Code::InvalidInput,
                   "The metadata key limpet.reason is read-only."},
        MessageRow{"Registries", too_many_registries(), Code::LimitExceeded,
                   "More registries cannot be created. The maximum limit has been reached."},
        MessageRow{"Schemas", too_many_schemas(), Code::LimitExceeded,
                   "More schemas cannot be created. The maximum limit has been reached."},
        MessageRow{"Versions", too_many_schema_versions(), Code::LimitExceeded,
                   "More schema versions cannot be created. The maximum limit has been reached."},
        MessageRow{"MetadataLimit", too_much_metadata(), Code::LimitExceeded,
                   "Your resource limits for Schema Version Metadata have been exceeded."},
        MessageRow{"Changed", changed_meanwhile(), Code::Conflict,
                   "Concurrent modification of the resource. Please retry."}),
    [](const auto& row) { return std::string(row.param.name); });

// Serializers look for these sentences inside the message; neither may contain the other.
TEST(Messages, SerializersTellSchemaFromVersion) {
  EXPECT_EQ(no_such_definition().message.find(no_such_schema().message), std::string::npos);
  EXPECT_EQ(no_such_schema().message.find(no_such_definition().message), std::string::npos);
}

}  // namespace
}  // namespace limpet::registry
