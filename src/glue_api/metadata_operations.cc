// PutSchemaVersionMetadata, QuerySchemaVersionMetadata, RemoveSchemaVersionMetadata.
#include "addressing.h"
#include "members.h"
#include "paging.h"
#include "served.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/registry/messages.h"
#include "limpet/registry/metadata.h"
#include "limpet/registry/versions.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

/// Key before value; a member that is not there is one of length zero.
Result<registry::MetadataPair> metadata_pair(const Box<MetadataKeyValuePair>& pair) {
  LIMPET_TRY(auto key, registry::MetadataKey::parse(pair->metadata_key.value_or("")));
  LIMPET_TRY(auto value, registry::MetadataValue::parse(pair->metadata_value.value_or("")));
  return registry::MetadataPair{.key = std::move(key), .value = std::move(value)};
}

/// Put and Remove repeat how the version was addressed, and nothing else about it.
template <class Output>
Output echo(const registry::VersionRef& address, const registry::MetadataPair& pair) {
  Output output{.metadata_key = pair.key.str(), .metadata_value = pair.value.str()};
  if (const Uuid* id = std::get_if<Uuid>(&address)) {
    output.schema_version_id = id->to_string();
    output.latest_version = false;
    output.version_number = 0;
    return output;
  }
  const auto& numbered = std::get<registry::NumberedVersion>(address);
  if (numbered.schema.arn) {
    output.schema_arn = numbered.schema.arn;
  } else {
    output.schema_name = numbered.schema.name.str();
    output.registry_name = numbered.schema.registry.str();
  }
  output.latest_version = !numbered.version.number.has_value();
  output.version_number = numbered.version.number;
  return output;
}

Result<Step<PutSchemaVersionMetadataResponse>> put_schema_version_metadata(
    Call& call, const PutSchemaVersionMetadataInput& input) {
  LIMPET_TRY(auto pair, metadata_pair(input.metadata_key_value));
  LIMPET_TRY(auto address, version_address(call, input));
  return [pair, address](Writing& writing) -> Result<PutSchemaVersionMetadataResponse> {
    LIMPET_CHECK(registry::put_metadata(writing.txn, writing.context, writing.settings().registry,
                                        address, pair));
    return echo<PutSchemaVersionMetadataResponse>(address, pair);
  };
}

Result<Step<RemoveSchemaVersionMetadataResponse>> remove_schema_version_metadata(
    Call& call, const RemoveSchemaVersionMetadataInput& input) {
  LIMPET_TRY(auto pair, metadata_pair(input.metadata_key_value));
  LIMPET_TRY(auto address, version_address(call, input));
  return [pair, address](Writing& writing) -> Result<RemoveSchemaVersionMetadataResponse> {
    LIMPET_CHECK(registry::remove_metadata(writing.txn, writing.context, address, pair));
    return echo<RemoveSchemaVersionMetadataResponse>(address, pair);
  };
}

/// Alternatives that one query may have; more than a version has pairs makes no sense.
constexpr std::size_t kFiltersMax = 100;

Result<std::vector<registry::MetadataFilter>> metadata_filters(
    const std::optional<std::vector<MetadataKeyValuePair>>& list) {
  std::vector<registry::MetadataFilter> filters;
  if (!list) return filters;
  if (list->size() > kFiltersMax) return registry::wrong_length("metadataList");
  for (const auto& pair : *list) filters.push_back({pair.metadata_key, pair.metadata_value});
  return filters;
}

/// What a page token is bound to: the version itself, however it was addressed, and the filters.
std::string query_filter(const registry::SchemaVersion& version,
                         const std::vector<registry::MetadataFilter>& filters) {
  json::Writer out;
  out.begin_array().value(version.id.to_string());
  for (const auto& filter : filters) {
    out.begin_array();
    for (const auto& text : {filter.key, filter.value}) {
      if (text) {
        out.value(*text);
      } else {
        out.null();
      }
    }
    out.end_array();
  }
  out.end_array();
  return std::move(out).take();
}

/// The first value of a key that a page holds is its primary one, the others follow in their order.
void add_pair(std::map<std::string, MetadataInfo>& map, const registry::Metadata& pair) {
  const auto [place, fresh] = map.try_emplace(pair.key);
  MetadataInfo& info = place->second;
  if (fresh) {
    info.metadata_value = pair.value;
    info.created_time = to_iso8601(pair.created);
    return;
  }
  if (!info.other_metadata_value_list) info.other_metadata_value_list.emplace();
  info.other_metadata_value_list->push_back(
      {.metadata_value = pair.value, .created_time = to_iso8601(pair.created)});
}

Result<Step<QuerySchemaVersionMetadataResponse>> query_schema_version_metadata(
    Call& call, const QuerySchemaVersionMetadataInput& input) {
  LIMPET_TRY(const auto address, version_address(call, input));
  LIMPET_TRY(const auto filters, metadata_filters(input.metadata_list));
  LIMPET_TRY(const auto version, registry::get_version(call.snapshot, call.context, address));
  const Paging paging(call, {.operation = "QuerySchemaVersionMetadata",
                             .scope = call.context.scope,
                             .filter = query_filter(version, filters)});
  LIMPET_TRY(const auto request, paging.request(input));
  LIMPET_TRY(const auto found,
             registry::query_metadata(call.snapshot, call.context, call.settings().registry,
                                      version.id, filters, request));
  QuerySchemaVersionMetadataResponse response{
      .metadata_info_map = std::map<std::string, MetadataInfo>(),
      .schema_version_id = version.id.to_string(),
      .next_token = paging.next_token(found.page.next)};
  for (const auto& pair : found.page.items) add_pair(*response.metadata_info_map, pair);
  return response;
}

}  // namespace

std::vector<Served> metadata_operations() {
  return {serve<op::PutSchemaVersionMetadata>(put_schema_version_metadata, named_version),
          serve<op::QuerySchemaVersionMetadata>(query_schema_version_metadata, named_version),
          serve<op::RemoveSchemaVersionMetadata>(remove_schema_version_metadata, named_version)};
}

}  // namespace limpet::glue_api
