// CreateSchema, GetSchema, UpdateSchema, DeleteSchema, ListSchemas.
#include "addressing.h"
#include "members.h"
#include "paging.h"
#include "served.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/registry/messages.h"
#include "limpet/registry/schemas.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

CreateSchemaResponse created(const Scope& scope, const registry::CreatedSchema& made,
                             const std::optional<std::string>& description) {
  const registry::Schema& schema = made.schema;
  CreateSchemaResponse response{.registry_name = schema.registry.str(),
                                .registry_arn = aws::registry_arn(scope, schema.registry.str()),
                                .schema_name = schema.name.str(),
                                .schema_arn = arn_of(scope, schema),
                                .description = description,
                                .data_format = std::string(to_string(schema.format)),
                                .compatibility = std::string(to_string(schema.mode)),
                                .schema_checkpoint = schema.checkpoint,
                                .latest_schema_version = schema.latest,
                                .next_schema_version = schema.next,
                                .schema_status = std::string(to_string(schema.status)),
                                .tags = echoed_tags(schema.tags)};
  if (made.version) {
    response.schema_version_id = made.version->id.to_string();
    response.schema_version_status = std::string(to_string(made.version->status));
  }
  return response;
}

Result<Step<CreateSchemaResponse>> create_schema(Call& call, const CreateSchemaInput& input) {
  LIMPET_TRY(auto registry, names_no_registry(input.registry_id)
                                ? Result<registry::RegistryRef>(
                                      registry::RegistryRef{.name = registry::default_registry()})
                                : registry_address(call, input.registry_id));
  LIMPET_CHECK(registry::check_registry_for_schema(call.snapshot, call.context, registry));
  LIMPET_TRY(auto name, registry::SchemaName::parse(*input.schema_name));
  const auto format = compat::parse_format(*input.data_format);
  if (!format) return registry::wrong_data_format();
  LIMPET_TRY(const auto mode, registry::choose_mode(call.settings().registry, input.compatibility));
  LIMPET_TRY(auto description, optional_description(input.description));
  LIMPET_TRY(auto tags, parse_tags(input.tags));
  registry::NewSchema request{.registry = std::move(registry),
                              .name = std::move(name),
                              .format = *format,
                              .mode = mode,
                              .description = std::move(description),
                              .tags = std::move(tags)};
  if (input.schema_definition) {
    LIMPET_TRY(request.definition, registry::parse_candidate(call.environment.cache, *format,
                                                             *input.schema_definition));
  }
  return [request, text = input.description](Writing& writing) -> Result<CreateSchemaResponse> {
    LIMPET_TRY(const auto made, registry::create_schema(writing.txn, writing.context,
                                                        writing.settings().registry, request));
    return created(writing.context.scope, made, text);
  };
}

Result<Step<GetSchemaResponse>> get_schema(Call& call, const GetSchemaInput& input) {
  LIMPET_TRY(const auto address, schema_address(call, input.schema_id));
  LIMPET_TRY(const auto schema, registry::get_schema(call.snapshot, call.context, address));
  const Scope& scope = call.context.scope;
  return GetSchemaResponse{.registry_name = schema.registry.str(),
                           .registry_arn = aws::registry_arn(scope, schema.registry.str()),
                           .schema_name = schema.name.str(),
                           .schema_arn = arn_of(scope, schema),
                           .description = unless_empty(schema.description),
                           .data_format = std::string(to_string(schema.format)),
                           .compatibility = std::string(to_string(schema.mode)),
                           .schema_checkpoint = schema.checkpoint,
                           .latest_schema_version = schema.latest,
                           .next_schema_version = schema.next,
                           .schema_status = std::string(to_string(schema.status)),
                           .created_time = to_iso8601(schema.created),
                           .updated_time = to_iso8601(schema.updated)};
}

/// The order: which schema, is the checkpoint given where it must be, mode, description; whether
/// schema and version exist is seen in the transaction.
Result<Step<UpdateSchemaResponse>> update_schema(Call& call, const UpdateSchemaInput& input) {
  LIMPET_TRY(auto address, schema_address(call, input.schema_id));
  registry::SchemaChange change{.schema = std::move(address)};
  if (input.schema_version_number) {
    LIMPET_TRY(change.checkpoint, version_selector(input.schema_version_number));
  }
  LIMPET_CHECK(registry::check_change(call.settings().registry, change));
  if (input.compatibility) {
    change.mode = compat::parse_mode(*input.compatibility);
    if (!change.mode) return registry::wrong_compatibility();
  }
  LIMPET_TRY(change.description, optional_description(input.description));
  return [change](Writing& writing) -> Result<UpdateSchemaResponse> {
    LIMPET_TRY(const auto schema, registry::update_schema(writing.txn, writing.context,
                                                          writing.settings().registry, change));
    return UpdateSchemaResponse{.schema_arn = arn_of(writing.context.scope, schema),
                                .schema_name = schema.name.str(),
                                .registry_name = schema.registry.str()};
  };
}

Result<Step<DeleteSchemaResponse>> delete_schema(Call& call, const DeleteSchemaInput& input) {
  LIMPET_TRY(auto address, schema_address(call, input.schema_id));
  return [address](Writing& writing) -> Result<DeleteSchemaResponse> {
    LIMPET_TRY(const auto schema, registry::delete_schema(writing.txn, writing.context, address));
    return DeleteSchemaResponse{.schema_arn = arn_of(writing.context.scope, schema),
                                .schema_name = schema.name.str(),
                                .status = std::string(to_string(schema.status))};
  };
}

Result<Step<ListSchemasResponse>> list_schemas(Call& call, const ListSchemasInput& input) {
  std::optional<registry::RegistryRef> registry;
  if (!names_no_registry(input.registry_id)) {
    LIMPET_TRY(registry, registry_address(call, input.registry_id));
  }
  const Scope& scope = call.context.scope;
  const Paging paging(
      call,
      {.operation = "ListSchemas", .scope = scope, .filter = registry ? registry->name.str() : ""});
  LIMPET_TRY(const auto request, paging.request(input));
  LIMPET_TRY(const auto page,
             registry::list_schemas(call.snapshot, call.context, registry, request));
  ListSchemasResponse response{.schemas = std::vector<SchemaListItem>(),
                               .next_token = paging.next_token(page.next)};
  for (const auto& schema : page.items) {
    response.schemas->push_back({.registry_name = schema.registry.str(),
                                 .schema_name = schema.name.str(),
                                 .schema_arn = arn_of(scope, schema),
                                 .description = unless_empty(schema.description),
                                 .schema_status = std::string(to_string(schema.status)),
                                 .created_time = to_iso8601(schema.created),
                                 .updated_time = to_iso8601(schema.updated)});
  }
  return response;
}

}  // namespace

std::vector<Served> schema_operations() {
  return {serve<op::CreateSchema>(create_schema, new_schema),
          serve<op::GetSchema>(get_schema, named_schema, Keep::Yes),
          serve<op::UpdateSchema>(update_schema, named_schema),
          serve<op::DeleteSchema>(delete_schema, named_schema),
          serve<op::ListSchemas>(list_schemas, named_or_any_registry, Keep::Yes)};
}

}  // namespace limpet::glue_api
