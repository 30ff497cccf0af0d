// Limpet.RegisterSchemaVersion, Limpet.GetSchemaVersionReferences,
// Limpet.ListReferencingSchemaVersions: schema versions that name others.
#include "addressing.h"
#include "members.h"
#include "paging.h"
#include "registering.h"
#include "served.h"

#include "limpet/glue_model/limpet.h"
#include "limpet/registry/explain.h"
#include "limpet/registry/references.h"
#include "limpet/registry/versions.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

/// A schema without a version number means its latest version.
Result<registry::VersionRef> referenced_version(Call& call, const SchemaVersionReference& input) {
  const bool latest = !is_given(input.schema_version_id) && !input.schema_version_number;
  if (!latest) return version_address(call, input);
  LIMPET_TRY(auto schema, schema_address(call, input.schema_id));
  return registry::VersionRef(registry::NumberedVersion{
      .schema = std::move(schema), .version = registry::VersionSelector::latest()});
}

Result<std::vector<registry::WantedReference>> wanted_references(
    Call& call, const RegisterSchemaVersionWithReferencesInput& input) {
  std::vector<registry::WantedReference> wanted;
  if (!input.references) return wanted;
  for (const SchemaVersionReference& reference : *input.references) {
    LIMPET_TRY(auto name, registry::ReferenceName::parse(*reference.name));
    LIMPET_TRY(auto version, referenced_version(call, reference));
    wanted.push_back({.name = std::move(name), .version = std::move(version)});
  }
  return wanted;
}

/// The schema that gets a version, and those that it references.
Arns registered_and_referenced(const Scope& scope,
                               const RegisterSchemaVersionWithReferencesInput& input) {
  Arns arns = named_schema(scope, input);
  if (!input.references) return arns;
  for (const SchemaVersionReference& reference : *input.references) {
    Arns more = named_version(scope, reference);
    // An id may be any schema's; beside other resources it must not ask for nothing.
    if (more.empty()) more = {aws::schema_arn(scope, "*", "*")};
    arns.insert(arns.end(), more.begin(), more.end());
  }
  return arns;
}

RegisterSchemaVersionWithReferencesResponse registered(const registry::SchemaVersion& version,
                                                       const std::string& reason) {
  return {.schema_version_id = version.id.to_string(),
          .version_number = version.number,
          .status = std::string(to_string(version.status)),
          .reason = unless_empty(reason)};
}

Result<Step<RegisterSchemaVersionWithReferencesResponse>> register_with_references(
    Call& call, const RegisterSchemaVersionWithReferencesInput& input) {
  LIMPET_TRY(const auto address, schema_address(call, input.schema_id));
  LIMPET_TRY(const auto wanted, wanted_references(call, input));
  LIMPET_TRY(auto prepared, registry::prepare_registration(
                                call.snapshot, call.context, call.settings().registry,
                                call.environment.cache, address, *input.schema_definition, wanted));
  if (prepared.existing) return registered(*prepared.existing, {});
  return [registration = std::move(prepared.registration)](
             Writing& writing) -> Result<RegisterSchemaVersionWithReferencesResponse> {
    LIMPET_TRY(const auto made, write_version(writing, registration));
    return registered(made.version, made.reason);
  };
}

Result<Step<GetSchemaVersionReferencesResponse>> get_references(
    Call& call, const GetSchemaVersionReferencesInput& input) {
  LIMPET_TRY(const auto address, version_address(call, input));
  LIMPET_TRY(auto found, registry::get_submitted_definition(call.snapshot, call.context, address));
  const Scope& scope = call.context.scope;
  const registry::SchemaVersion& version = found.version;
  GetSchemaVersionReferencesResponse response{.schema_version_id = version.id.to_string(),
                                              .schema_arn = arn_of(scope, version),
                                              .version_number = version.number,
                                              .data_format = std::string(to_string(version.format)),
                                              .status = std::string(to_string(version.status)),
                                              .schema_definition = std::move(found.definition),
                                              .references = std::vector<ReferencedSchemaVersion>()};
  for (const registry::Reference& reference : found.references) {
    response.references->push_back(
        {.name = reference.name,
         .schema_version_id = reference.version.to_string(),
         .schema_arn = aws::schema_arn(scope, reference.registry.str(), reference.schema.str()),
         .version_number = reference.number});
  }
  return response;
}

Result<Step<ListReferencingSchemaVersionsResponse>> list_referencing(
    Call& call, const ListReferencingSchemaVersionsInput& input) {
  LIMPET_TRY(const auto address, version_address(call, input));
  LIMPET_TRY(const auto version, registry::get_version(call.snapshot, call.context, address));
  const Scope& scope = call.context.scope;
  const std::string id = version.id.to_string();
  const Paging paging(call,
                      {.operation = "ListReferencingSchemaVersions", .scope = scope, .filter = id});
  LIMPET_TRY(const auto request, paging.request(input));
  LIMPET_TRY(const auto page,
             registry::list_referrers(call.snapshot, call.context, version.id, request));
  ListReferencingSchemaVersionsResponse response{
      .schema_versions = std::vector<ReferencedSchemaVersion>(),
      .next_token = paging.next_token(page.next)};
  for (const registry::Referrer& referrer : page.items) {
    response.schema_versions->push_back({.name = referrer.name,
                                         .schema_version_id = referrer.version.id.to_string(),
                                         .schema_arn = arn_of(scope, referrer.version),
                                         .version_number = referrer.version.number});
  }
  return response;
}

}  // namespace

std::vector<Served> reference_operations() {
  return {
      serve<op::LimpetRegisterSchemaVersion>(register_with_references, registered_and_referenced),
      serve<op::GetSchemaVersionReferences>(get_references, named_version),
      serve<op::ListReferencingSchemaVersions>(list_referencing, named_version)};
}

}  // namespace limpet::glue_api
