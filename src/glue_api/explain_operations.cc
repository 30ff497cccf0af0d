// Limpet.ExplainSchemaVersion: why a version failed.
#include "addressing.h"
#include "members.h"
#include "served.h"

#include "limpet/glue_model/limpet.h"
#include "limpet/registry/explain.h"

namespace limpet::glue_api {
namespace {

using namespace glue_model;  // the API's structs

Finding finding(const compat::Finding& found) {
  return {.rule = found.rule,
          .path = found.path,
          .field = unless_empty(found.field),
          .reader_type = found.reader_type,
          .writer_type = found.writer_type,
          .direction = std::string(to_string(found.direction)),
          .against_version_number = found.version,
          .message = found.message,
          .fix = unless_empty(found.fix)};
}

Result<Step<ExplainSchemaVersionResponse>> explain_schema_version(
    Call& call, const ExplainSchemaVersionInput& input) {
  LIMPET_TRY(const auto address, version_address(call, input));
  LIMPET_TRY(const auto explanation, registry::explain_version(call.snapshot, call.context,
                                                               call.settings().registry, address));
  const registry::SchemaVersion& version = explanation.version;
  ExplainSchemaVersionResponse response{.schema_version_id = version.id.to_string(),
                                        .schema_arn = arn_of(call.context.scope, version),
                                        .version_number = version.number,
                                        .status = std::string(to_string(version.status)),
                                        .reason = unless_empty(explanation.summary()),
                                        .findings = std::vector<Finding>()};
  if (version.status == registry::VersionStatus::Failure) {
    response.compatibility = std::string(to_string(explanation.judged.mode));
  }
  for (const auto& found : explanation.verdict.findings) {
    response.findings->push_back(finding(found));
  }
  return response;
}

}  // namespace

std::vector<Served> explain_operations() {
  return {serve<op::ExplainSchemaVersion>(explain_schema_version, named_version)};
}

}  // namespace limpet::glue_api
