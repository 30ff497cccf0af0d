#include "registering.h"

#include "members.h"

namespace limpet::glue_api {
namespace {

/// A new version failed: tell why.
Status tell_rejection(Writing& writing, const registry::RegisteredVersion& rejected) {
  const registry::SchemaVersion& version = rejected.version;
  LIMPET_TRY(const auto schema,
             registry::get_schema(writing.txn, writing.context,
                                  {.registry = version.registry, .name = version.schema}));
  writing.facts.push_back(VersionRejected{.schema_arn = arn_of(writing.context.scope, version),
                                          .schema_version_id = version.id.to_string(),
                                          .version_number = version.number,
                                          .compatibility = std::string(to_string(schema.mode)),
                                          .reason = rejected.reason,
                                          .principal = writing.context.principal,
                                          .request_id = writing.context.request_id});
  return {};
}

}  // namespace

Result<registry::RegisteredVersion> write_version(Writing& writing,
                                                  const registry::Registration& registration) {
  LIMPET_TRY(auto made,
             registry::register_version(writing.txn, writing.context, writing.settings().registry,
                                        writing.environment.cache, registration));
  if (made.created && made.version.status == registry::VersionStatus::Failure) {
    LIMPET_CHECK(tell_rejection(writing, made));
  }
  return made;
}

}  // namespace limpet::glue_api
