// Limpet.ImportSchemaVersion: a version of another registry, with its id and number.
#include "addressing.h"
#include "members.h"
#include "served.h"

#include "limpet/glue_model/limpet.h"
#include "limpet/registry/imports.h"
#include "limpet/registry/messages.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

ImportSchemaVersionResponse imported(const Scope& scope, const registry::ImportedVersion& made) {
  const registry::SchemaVersion& version = made.version;
  return {.schema_version_id = version.id.to_string(),
          .schema_arn = arn_of(scope, version),
          .version_number = version.number,
          .status = std::string(to_string(version.status)),
          .imported = made.created};
}

Result<Step<ImportSchemaVersionResponse>> import_schema_version(
    Call& call, const ImportSchemaVersionInput& input) {
  LIMPET_TRY(auto address, schema_address(call, input.schema_id));
  const auto id = Uuid::parse(*input.schema_version_id);
  if (!id) return registry::wrong_characters("SchemaVersionId");
  auto status = std::optional(registry::VersionStatus::Available);
  if (input.status) status = registry::parse_version_status(*input.status);
  if (!status) return registry::imported_status_wrong();
  LIMPET_TRY(auto prepared,
             registry::prepare_import(call.snapshot, call.context, call.environment.cache,
                                      {.schema = std::move(address),
                                       .id = *id,
                                       .number = *input.version_number,
                                       .status = *status,
                                       .text = *input.schema_definition}));
  return [prepared = std::move(prepared)](Writing& writing) -> Result<ImportSchemaVersionResponse> {
    LIMPET_TRY(const auto made, registry::import_version(writing.txn, writing.context,
                                                         writing.settings().registry, prepared));
    return imported(writing.context.scope, made);
  };
}

}  // namespace

std::vector<Served> import_operations() {
  return {serve<op::ImportSchemaVersion>(import_schema_version, named_schema)};
}

}  // namespace limpet::glue_api
