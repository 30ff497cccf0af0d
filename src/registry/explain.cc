#include "limpet/registry/explain.h"

#include "lookup.h"
#include "stored.h"
#include "verdict.h"

#include <utility>

namespace limpet::registry {

Result<Explanation> explain_version(storage::Reader& reader, const Context& context,
                                    const Settings& settings, const VersionRef& version) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(SchemaVersion found, require_version(records, version));
  Explanation explanation{.version = std::move(found)};
  if (explanation.version.status != VersionStatus::Failure) return explanation;
  LIMPET_TRY(auto stored, records.get<StoredVerdict>(version_key(explanation.version.id)));
  if (!stored) {
    return Error::internal("the verdict of schema version " + explanation.version.id.to_string() +
                           " is missing");
  }
  LIMPET_TRY(const Schema schema, require_schema(records, {.registry = explanation.version.registry,
                                                           .name = explanation.version.schema}));
  explanation.out_of_date = out_of_date(stored->judged, schema, settings);
  explanation.judged = std::move(stored->judged);
  explanation.baselines = std::move(stored->baselines);
  explanation.baseline_count = stored->baseline_count;
  explanation.verdict = std::move(stored->verdict);
  return explanation;
}

}  // namespace limpet::registry
