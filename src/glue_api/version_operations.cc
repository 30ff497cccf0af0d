// RegisterSchemaVersion, GetSchemaVersion, GetSchemaByDefinition, ListSchemaVersions,
// DeleteSchemaVersions, GetSchemaVersionsDiff, CheckSchemaVersionValidity.
#include "addressing.h"
#include "errors.h"
#include "members.h"
#include "paging.h"
#include "registering.h"
#include "served.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/registry/messages.h"
#include "limpet/registry/versions.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

/// A SchemaDiffType of our own, beside AWS's SYNTAX_DIFF: compat/semantic_diff.h.
constexpr std::string_view kSemanticDiff = "SEMANTIC_DIFF";

RegisterSchemaVersionResponse registered(const registry::SchemaVersion& version) {
  return {.schema_version_id = version.id.to_string(),
          .version_number = version.number,
          .status = std::string(to_string(version.status))};
}

/// The two operations that serializers branch on say "Schema is not found." and nothing else.
Result<registry::SchemaRef> tersely_addressed(const Call& call, const SchemaIdBox& id) {
  auto address = schema_address(call, id);
  if (!address && address.error().code == Code::NotFound) return registry::no_such_schema();
  return address;
}

Result<Step<RegisterSchemaVersionResponse>> register_schema_version(
    Call& call, const RegisterSchemaVersionInput& input) {
  LIMPET_TRY(const auto address, tersely_addressed(call, input.schema_id));
  LIMPET_TRY(auto prepared, registry::prepare_registration(
                                call.snapshot, call.context, call.settings().registry,
                                call.environment.cache, address, *input.schema_definition));
  if (prepared.existing) return registered(*prepared.existing);
  return [registration = std::move(prepared.registration)](
             Writing& writing) -> Result<RegisterSchemaVersionResponse> {
    LIMPET_TRY(const auto made, write_version(writing, registration));
    return registered(made.version);
  };
}

Result<Step<GetSchemaVersionResponse>> get_schema_version(Call& call,
                                                          const GetSchemaVersionInput& input) {
  LIMPET_TRY(const auto address, version_address(call, input));
  LIMPET_TRY(auto found, registry::get_defined_version(call.snapshot, call.context, address));
  const registry::SchemaVersion& version = found.version;
  return GetSchemaVersionResponse{.schema_version_id = version.id.to_string(),
                                  .schema_definition = std::move(found.definition),
                                  .data_format = std::string(to_string(version.format)),
                                  .schema_arn = arn_of(call.context.scope, version),
                                  .version_number = version.number,
                                  .status = std::string(to_string(version.status)),
                                  .created_time = to_iso8601(version.created)};
}

Result<Step<GetSchemaByDefinitionResponse>> get_schema_by_definition(
    Call& call, const GetSchemaByDefinitionInput& input) {
  LIMPET_CHECK(registry::check_definition_length(*input.schema_definition));
  LIMPET_TRY(const auto address, tersely_addressed(call, input.schema_id));
  LIMPET_TRY(const auto version, registry::find_by_definition(
                                     call.snapshot, call.context, call.settings().registry,
                                     call.environment.cache, address, *input.schema_definition));
  return GetSchemaByDefinitionResponse{.schema_version_id = version.id.to_string(),
                                       .schema_arn = arn_of(call.context.scope, version),
                                       .data_format = std::string(to_string(version.format)),
                                       .status = std::string(to_string(version.status)),
                                       .created_time = to_iso8601(version.created)};
}

Result<Step<ListSchemaVersionsResponse>> list_schema_versions(
    Call& call, const ListSchemaVersionsInput& input) {
  LIMPET_TRY(const auto address, schema_address(call, input.schema_id));
  const Scope& scope = call.context.scope;
  const std::string arn = aws::schema_arn(scope, address.registry.str(), address.name.str());
  const Paging paging(call, {.operation = "ListSchemaVersions", .scope = scope, .filter = arn});
  LIMPET_TRY(const auto request, paging.request(input));
  LIMPET_TRY(const auto page,
             registry::list_versions(call.snapshot, call.context, address, request));
  ListSchemaVersionsResponse response{.schemas = std::vector<SchemaVersionListItem>(),
                                      .next_token = paging.next_token(page.next)};
  for (const auto& version : page.items) {
    response.schemas->push_back({.schema_arn = arn,
                                 .schema_version_id = version.id.to_string(),
                                 .version_number = version.number,
                                 .status = std::string(to_string(version.status)),
                                 .created_time = to_iso8601(version.created)});
  }
  return response;
}

Result<Step<DeleteSchemaVersionsResponse>> delete_schema_versions(
    Call& call, const DeleteSchemaVersionsInput& input) {
  LIMPET_TRY(auto address, schema_address(call, input.schema_id));
  LIMPET_TRY(const auto range, registry::parse_version_range(*input.versions));
  return [address, range](Writing& writing) -> Result<DeleteSchemaVersionsResponse> {
    LIMPET_TRY(auto kept, registry::delete_versions(writing.txn, writing.context,
                                                    writing.settings().registry, address, range));
    DeleteSchemaVersionsResponse response{.schema_version_errors =
                                              std::vector<SchemaVersionErrorItem>()};
    for (auto& failed : kept) {
      aws::WireError error = to_wire(std::move(failed.error));
      response.schema_version_errors->push_back(
          {.version_number = failed.number,
           .error_details = ErrorDetails{.error_code = std::move(error.type),
                                         .error_message = std::move(error.message)}});
    }
    return response;
  };
}

Result<Step<GetSchemaVersionsDiffResponse>> get_schema_versions_diff(
    Call& call, const GetSchemaVersionsDiffInput& input) {
  LIMPET_TRY(const auto address, schema_address(call, input.schema_id));
  const bool semantic = *input.schema_diff_type == kSemanticDiff;
  if (!semantic && !is_enum_value(shapes::kSchemaDiffType, *input.schema_diff_type)) {
    return registry::wrong_diff_type();
  }
  LIMPET_TRY(const auto first, version_selector(input.first_schema_version_number));
  LIMPET_TRY(const auto second, version_selector(input.second_schema_version_number));
  LIMPET_TRY(auto diff,
             semantic
                 ? registry::compare_versions(call.snapshot, call.context, call.settings().registry,
                                              call.environment.cache, address, first, second)
                 : registry::diff_versions(call.snapshot, call.context, address, first, second));
  return GetSchemaVersionsDiffResponse{.diff = std::move(diff)};
}

Result<Step<CheckSchemaVersionValidityResponse>> check_schema_version_validity(
    Call& call, const CheckSchemaVersionValidityInput& input) {
  const auto format = compat::parse_format(*input.data_format);
  if (!format) return registry::wrong_data_format();
  LIMPET_TRY(auto validity,
             registry::check_validity(call.environment.cache, *format, *input.schema_definition));
  CheckSchemaVersionValidityResponse response{.valid = validity.valid};
  if (!validity.valid) response.error = std::move(validity.error);
  return response;
}

}  // namespace

std::vector<Served> version_operations() {
  return {serve<op::RegisterSchemaVersion>(register_schema_version, named_schema, Keep::Yes),
          serve<op::GetSchemaVersion>(get_schema_version, named_version, Keep::Yes),
          serve<op::GetSchemaByDefinition>(get_schema_by_definition, named_schema, Keep::Yes),
          serve<op::ListSchemaVersions>(list_schema_versions, named_schema, Keep::Yes),
          serve<op::DeleteSchemaVersions>(delete_schema_versions, named_schema),
          serve<op::GetSchemaVersionsDiff>(get_schema_versions_diff, named_schema),
          serve<op::CheckSchemaVersionValidity>(check_schema_version_validity, no_resource)};
}

}  // namespace limpet::glue_api
