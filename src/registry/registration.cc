#include "registration.h"

#include "composition.h"
#include "lookup.h"
#include "verdict.h"

#include "limpet/registry/messages.h"
#include "limpet/registry/versions.h"
#include "limpet/storage/content.h"

#include <memory>
#include <utility>

namespace limpet::registry {
namespace {

/// An id that names nothing yet.
Result<Uuid> fresh_id(storage::Records& records) {
  constexpr int kTries = 8;
  for (int tries = 0; tries < kTries; ++tries) {
    const Uuid id = records.context().ids->next();
    LIMPET_TRY(const auto taken, records.get<SchemaVersion>(version_key(id)));
    if (!taken) return id;
  }
  return Error::internal("the id source repeats itself");
}

/// DISABLED refuses every version but the first ever.
Status check_versioning(const Schema& schema, const SchemaRef& ref) {
  if (schema.mode == Mode::Disabled && schema.next > 1) return versioning_disabled(ref);
  return {};
}

Status check_version_quota(storage::RecordReader& records, const Settings& settings,
                           const Schema& schema) {
  if (schema.next > kVersionNumberMax) return too_many_schema_versions();
  if (!settings.quotas.schema_versions) return {};
  LIMPET_TRY(const Usage usage, load_usage(records));
  if (reached(settings.quotas.schema_versions, usage.schema_versions)) {
    return too_many_schema_versions();
  }
  return {};
}

/// The verdict of the first phase, brought up to now. What that takes must not grow with the
/// history: nobody else can write meanwhile. Errors: Conflict when only a look at all versions
/// would tell.
Result<StoredVerdict> judge_again(storage::RecordReader& records, const Settings& settings,
                                  ParsedCache& cache, const Schema& schema,
                                  const Registration& registration) {
  const auto& verdict = registration.verdict;
  const Definition& candidate = *registration.definition.definition;
  if (verdict && still_holds(verdict->judged, schema, settings)) return *verdict;
  if (verdict && compat::checks_many(schema.mode)) {
    LIMPET_TRY(auto newer, judge_newer(records, settings, cache, schema, candidate, *verdict));
    if (!newer) return changed_meanwhile();
    return *std::move(newer);
  }
  return judge(records, settings, cache, schema, candidate);
}

}  // namespace

Result<SchemaVersion> append_version(storage::Records& records, Schema& schema,
                                     const Candidate& candidate, VersionStatus status, Usage& usage,
                                     std::optional<Uuid> id) {
  if (!id) {
    LIMPET_TRY(id, fresh_id(records));
  }
  SchemaVersion version{.id = *id,
                        .registry = schema.registry,
                        .schema = schema.name,
                        .incarnation = schema.incarnation,
                        .number = schema.next,
                        .status = status,
                        .format = schema.format,
                        .identity = candidate.definition->identity,
                        .content = candidate.definition->content,
                        .created = records.context().now};
  LIMPET_CHECK(
      storage::hold_text(records, version.content, *candidate.text, storage::text_user(version)));
  LIMPET_CHECK(records.put(version));
  if (candidate.composition) {
    LIMPET_CHECK(keep_composition(records, version, *candidate.composition));
  }
  ++schema.next;
  ++usage.schema_versions;
  if (status == VersionStatus::Available) {
    schema.latest = version.number;
    ++schema.generation;
  }
  return version;
}

Result<PreparedRegistration> prepare_registration(storage::Reader& reader, const Context& context,
                                                  const Settings& settings, ParsedCache& cache,
                                                  const SchemaRef& schema, std::string_view text,
                                                  std::span<const WantedReference> references) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(const auto found, find_schema(records, schema));
  if (!found) return no_such_schema();
  LIMPET_CHECK(check_versioning(*found, schema));
  LIMPET_TRY(Candidate candidate, references.empty()
                                      ? parse_candidate(cache, found->format, text)
                                      : compose(records, cache, found->format, text, references));
  LIMPET_CHECK(check_version_quota(records, settings, *found));
  LIMPET_TRY(auto existing, find_live(records, *found, candidate.definition->identity));
  PreparedRegistration prepared{.registration = {.schema = schema,
                                                 .incarnation = found->incarnation,
                                                 .definition = std::move(candidate)},
                                .existing = std::move(existing)};
  if (prepared.existing) return prepared;
  LIMPET_TRY(StoredVerdict verdict,
             judge(records, settings, cache, *found, *prepared.registration.definition.definition));
  prepared.registration.verdict = std::make_shared<const StoredVerdict>(std::move(verdict));
  return prepared;
}

Result<RegisteredVersion> register_version(storage::Txn& txn, const Context& context,
                                           const Settings& settings, ParsedCache& cache,
                                           const Registration& registration) {
  storage::Records records(txn, context, "RegisterSchemaVersion");
  LIMPET_TRY(auto found, find_schema(records, registration.schema));
  if (!found) return no_such_schema();
  Schema& schema = *found;
  if (schema.incarnation != registration.incarnation) return changed_meanwhile();
  LIMPET_CHECK(check_versioning(schema, registration.schema));
  LIMPET_CHECK(check_version_quota(records, settings, schema));
  const Candidate& candidate = registration.definition;
  LIMPET_TRY(auto existing, find_live(records, schema, candidate.definition->identity));
  if (existing) return RegisteredVersion{.version = *std::move(existing)};

  if (candidate.composition) {
    LIMPET_CHECK(check_references_stand(records, *candidate.composition));
  }
  LIMPET_TRY(StoredVerdict verdict, judge_again(records, settings, cache, schema, registration));
  LIMPET_TRY(Usage usage, load_usage(records));
  const bool compatible = verdict.verdict.compatible();
  LIMPET_TRY(SchemaVersion version,
             append_version(records, schema, candidate,
                            compatible ? VersionStatus::Available : VersionStatus::Failure, usage));
  if (!compatible) {
    verdict.version = version.id;
    LIMPET_CHECK(records.put(verdict));
  }
  LIMPET_CHECK(records.put(schema));
  LIMPET_CHECK(records.put(usage));
  LIMPET_CHECK(records.finish());
  return RegisteredVersion{
      .version = std::move(version), .created = true, .reason = compat::summary(verdict.verdict)};
}

}  // namespace limpet::registry
