// CreateRegistry, GetRegistry, UpdateRegistry, DeleteRegistry, ListRegistries.
#include "addressing.h"
#include "members.h"
#include "paging.h"
#include "served.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/registry/registries.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

Result<Step<CreateRegistryResponse>> create_registry(Call&, const CreateRegistryInput& input) {
  LIMPET_TRY(auto name, registry::RegistryName::parse(*input.registry_name));
  LIMPET_TRY(auto description, optional_description(input.description));
  LIMPET_TRY(auto tags, parse_tags(input.tags));
  registry::NewRegistry request{
      .name = std::move(name), .description = std::move(description), .tags = std::move(tags)};
  return [request,
          description = input.description](Writing& writing) -> Result<CreateRegistryResponse> {
    LIMPET_TRY(const auto made, registry::create_registry(writing.txn, writing.context,
                                                          writing.settings().registry, request));
    return CreateRegistryResponse{.registry_arn = arn_of(writing.context.scope, made),
                                  .registry_name = made.name.str(),
                                  .description = description,
                                  .tags = echoed_tags(made.tags)};
  };
}

Result<Step<GetRegistryResponse>> get_registry(Call& call, const GetRegistryInput& input) {
  LIMPET_TRY(const auto address, registry_address(call, input.registry_id));
  LIMPET_TRY(const auto found, registry::get_registry(call.snapshot, call.context, address));
  return GetRegistryResponse{.registry_name = found.name.str(),
                             .registry_arn = arn_of(call.context.scope, found),
                             .description = unless_empty(found.description),
                             .status = std::string(to_string(found.status)),
                             .created_time = to_iso8601(found.created),
                             .updated_time = to_iso8601(found.updated)};
}

Result<Step<UpdateRegistryResponse>> update_registry(Call& call, const UpdateRegistryInput& input) {
  LIMPET_TRY(auto address, registry_address(call, input.registry_id));
  LIMPET_TRY(auto description, registry::Description::parse(*input.description));
  return [address, description](Writing& writing) -> Result<UpdateRegistryResponse> {
    LIMPET_TRY(const auto changed,
               registry::update_registry(writing.txn, writing.context, address, description));
    return UpdateRegistryResponse{.registry_name = changed.name.str(),
                                  .registry_arn = arn_of(writing.context.scope, changed)};
  };
}

Result<Step<DeleteRegistryResponse>> delete_registry(Call& call, const DeleteRegistryInput& input) {
  LIMPET_TRY(auto address, registry_address(call, input.registry_id));
  return [address](Writing& writing) -> Result<DeleteRegistryResponse> {
    LIMPET_TRY(const auto deleted,
               registry::delete_registry(writing.txn, writing.context, address));
    return DeleteRegistryResponse{.registry_name = deleted.name.str(),
                                  .registry_arn = arn_of(writing.context.scope, deleted),
                                  .status = std::string(to_string(deleted.status))};
  };
}

Result<Step<ListRegistriesResponse>> list_registries(Call& call, const ListRegistriesInput& input) {
  const Paging paging(call, {.operation = "ListRegistries", .scope = call.context.scope});
  LIMPET_TRY(const auto request, paging.request(input));
  LIMPET_TRY(const auto page, registry::list_registries(call.snapshot, call.context, request));
  ListRegistriesResponse response{.registries = std::vector<RegistryListItem>(),
                                  .next_token = paging.next_token(page.next)};
  for (const auto& found : page.items) {
    response.registries->push_back({.registry_name = found.name.str(),
                                    .registry_arn = arn_of(call.context.scope, found),
                                    .description = unless_empty(found.description),
                                    .status = std::string(to_string(found.status)),
                                    .created_time = to_iso8601(found.created),
                                    .updated_time = to_iso8601(found.updated)});
  }
  return response;
}

}  // namespace

std::vector<Served> registry_operations() {
  return {serve<op::CreateRegistry>(create_registry, new_registry),
          serve<op::GetRegistry>(get_registry, named_registry, Keep::Yes),
          serve<op::UpdateRegistry>(update_registry, named_registry),
          serve<op::DeleteRegistry>(delete_registry, named_registry),
          serve<op::ListRegistries>(list_registries, any_registry, Keep::Yes)};
}

}  // namespace limpet::glue_api
