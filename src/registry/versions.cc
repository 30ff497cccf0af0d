#include "limpet/registry/versions.h"

#include "lookup.h"
#include "pages.h"
#include "stored.h"
#include "verdict.h"

#include "limpet/compat/diff.h"
#include "limpet/compat/semantic_diff.h"
#include "limpet/registry/messages.h"

#include <utility>

namespace limpet::registry {
namespace {

Result<std::optional<SchemaVersion>> newest_of_identity(storage::RecordReader& records,
                                                        const Schema& schema,
                                                        const std::string& identity) {
  LIMPET_TRY(auto page, records.scan_index<SchemaVersion>(
                            kByIdentity, {.under = {schema.incarnation.to_string(), identity},
                                          .limit = 1,
                                          .order = storage::Order::Descending}));
  if (page.records.empty()) return std::optional<SchemaVersion>();
  return std::optional(std::move(page.records.front()));
}

/// Two versions of one schema with their texts.
struct TwoVersions {
  Format format;
  DefinedVersion first;
  DefinedVersion second;
};
Result<TwoVersions> two_versions(storage::RecordReader& records, const SchemaRef& schema,
                                 const VersionSelector& first, const VersionSelector& second) {
  LIMPET_TRY(const Schema found, require_schema(records, schema));
  LIMPET_TRY(SchemaVersion from, require_version(records, found, schema, first));
  LIMPET_TRY(SchemaVersion to, require_version(records, found, schema, second));
  LIMPET_TRY(std::string from_text, text_of_version(records, from));
  LIMPET_TRY(std::string to_text, text_of_version(records, to));
  return TwoVersions{.format = found.format,
                     .first = {.version = std::move(from), .definition = std::move(from_text)},
                     .second = {.version = std::move(to), .definition = std::move(to_text)}};
}

/// What is stored was parsed before.
Result<DefinitionPtr> parse_stored(ParsedCache& cache, const DefinedVersion& version) {
  auto parsed = cache.parse(version.version.format, version.definition);
  if (!parsed) {
    return Error::internal("the stored text of schema version " + version.version.id.to_string() +
                           " cannot be parsed: " + describe(parsed.error()));
  }
  return parsed;
}

}  // namespace

Result<SchemaVersion> get_version(storage::Reader& reader, const Context& context,
                                  const VersionRef& version) {
  storage::RecordReader records(reader, context.scope);
  return require_version(records, version);
}

Result<DefinedVersion> get_defined_version(storage::Reader& reader, const Context& context,
                                           const VersionRef& version) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(SchemaVersion found, require_version(records, version));
  LIMPET_TRY(std::string text, text_of_version(records, found));
  return DefinedVersion{.version = std::move(found), .definition = std::move(text)};
}

Result<SchemaVersion> find_by_definition(storage::Reader& reader, const Context& context,
                                         const Settings& settings, ParsedCache& cache,
                                         const SchemaRef& schema, std::string_view text) {
  LIMPET_CHECK(check_definition_length(text));
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(const auto found, find_schema(records, schema));
  if (!found) return no_such_schema();
  LIMPET_TRY(const Candidate candidate, parse_candidate(cache, found->format, text));
  const std::string& identity = candidate.definition->identity;
  LIMPET_TRY(auto live, find_live(records, *found, identity));
  if (live) return *std::move(live);
  LIMPET_TRY(auto newest, newest_of_identity(records, *found, identity));
  if (!newest) return no_such_definition();
  if (newest->status == VersionStatus::Failure) {
    LIMPET_TRY(const auto verdict, records.get<StoredVerdict>(version_key(newest->id)));
    if (!verdict || out_of_date(verdict->judged, *found, settings)) return no_such_definition();
  }
  return *std::move(newest);
}

Result<Page<SchemaVersion>> list_versions(storage::Reader& reader, const Context& context,
                                          const SchemaRef& schema, const PageRequest& page) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(const Schema found, require_schema(records, schema));
  const storage::Key under(found.incarnation.to_string());
  if (!is_under(page.after, under)) return wrong_page_token();
  return page_of(
      records.scan_index<SchemaVersion>(kByNumber, {.under = under,
                                                    .after = page.after.value_or(""),
                                                    .limit = page.limit,
                                                    .order = storage::Order::Descending}));
}

Result<std::string> diff_versions(storage::Reader& reader, const Context& context,
                                  const SchemaRef& schema, const VersionSelector& first,
                                  const VersionSelector& second) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(const TwoVersions two, two_versions(records, schema, first, second));
  return compat::syntax_diff(two.format, two.first.definition, two.second.definition);
}

Result<std::string> compare_versions(storage::Reader& reader, const Context& context,
                                     const Settings& settings, ParsedCache& cache,
                                     const SchemaRef& schema, const VersionSelector& first,
                                     const VersionSelector& second) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(const TwoVersions two, two_versions(records, schema, first, second));
  LIMPET_TRY(const auto from, parse_stored(cache, two.first));
  LIMPET_TRY(const auto to, parse_stored(cache, two.second));
  return compat::semantic_diff({.version = two.first.version.number, .definition = from->parsed},
                               to->parsed, settings.check);
}

}  // namespace limpet::registry
