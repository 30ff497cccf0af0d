#include "limpet/registry/schemas.h"

#include "composition.h"
#include "deletion.h"
#include "lookup.h"
#include "pages.h"
#include "registration.h"
#include "stored.h"

#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"
#include "limpet/registry/messages.h"

#include <utility>

namespace limpet::registry {

Status check_definition_length(std::string_view text) {
  constexpr std::size_t kMostBytesPerCharacter = 4;
  const bool fits = text.size() <= limits::kDefinitionCharacters ||
                    (text.size() <= limits::kDefinitionCharacters * kMostBytesPerCharacter &&
                     is_valid_utf8(text) && code_points(text) <= limits::kDefinitionCharacters);
  if (text.empty() || !fits) return wrong_length("SchemaDefinition");
  return {};
}

Result<Candidate> parse_candidate(ParsedCache& cache, Format format, std::string_view text) {
  LIMPET_CHECK(check_definition_length(text));
  auto definition = cache.parse(format, text);
  if (!definition) return invalid_definition(format, definition.error());
  return Candidate{.format = format,
                   .definition = *std::move(definition),
                   .text = std::make_shared<const std::string>(text)};
}

Result<Validity> check_validity(ParsedCache& cache, Format format, std::string_view text) {
  LIMPET_CHECK(check_definition_length(text));
  const auto definition = cache.parse(format, text);
  if (!definition) {
    return Validity{.valid = false, .error = compat::reason_invalid(definition.error())};
  }
  return Validity{.valid = true, .error = {}};
}

Result<Mode> choose_mode(const Settings& settings, std::optional<std::string_view> compatibility) {
  const auto mode =
      compatibility ? compat::parse_mode(*compatibility) : settings.default_compatibility;
  if (!mode) return wrong_compatibility();
  return *mode;
}

Status check_registry_for_schema(storage::Reader& reader, const Context& context,
                                 const RegistryRef& registry) {
  if (registry.name == default_registry()) return {};
  storage::RecordReader records(reader, context.scope);
  LIMPET_CHECK(require_registry(records, registry));
  return {};
}

Result<CreatedSchema> create_schema(storage::Txn& txn, const Context& context,
                                    const Settings& settings, NewSchema request) {
  storage::Records records(txn, context, "CreateSchema");
  LIMPET_TRY(Usage usage, load_usage(records));
  LIMPET_TRY(const auto registry, records.get<Registry>({request.registry.name}));
  if (!registry) {
    if (request.registry.name != default_registry()) return no_such_registry(request.registry);
    LIMPET_CHECK(records.put(
        Registry{.name = default_registry(), .created = context.now, .updated = context.now}));
    ++usage.registries;
  }
  if (reached(settings.quotas.schemas, usage.schemas)) return too_many_schemas();
  if (request.definition && reached(settings.quotas.schema_versions, usage.schema_versions)) {
    return too_many_schema_versions();
  }
  LIMPET_TRY(const auto earlier, records.get<Schema>({request.registry.name, request.name}));
  if (earlier) return schema_exists(request.name);

  CreatedSchema made{
      .schema = {.registry = std::move(request.registry.name),
                 .name = std::move(request.name),
                 .incarnation = context.ids->next(),
                 .format = request.format,
                 .mode = request.mode,
                 .description = request.description ? request.description->str() : "",
                 .created = context.now,
                 .updated = context.now,
                 .tags = std::move(request.tags)},
      .version = {},
  };
  ++usage.schemas;
  if (request.definition) {
    LIMPET_TRY(made.version, append_version(records, made.schema, *request.definition,
                                            VersionStatus::Available, usage));
  }
  LIMPET_CHECK(records.put(made.schema));
  LIMPET_CHECK(records.put(usage));
  LIMPET_CHECK(records.finish());
  return made;
}

Result<Schema> get_schema(storage::Reader& reader, const Context& context,
                          const SchemaRef& schema) {
  storage::RecordReader records(reader, context.scope);
  return require_schema(records, schema);
}

Status check_change(const Settings& settings, const SchemaChange& change) {
  if (!change.checkpoint && !settings.lenient_update_schema) return version_selector_missing();
  return {};
}

Result<Schema> update_schema(storage::Txn& txn, const Context& context, const Settings& settings,
                             const SchemaChange& change) {
  storage::Records records(txn, context, "UpdateSchema");
  LIMPET_TRY(Schema schema, require_schema(records, change.schema));
  LIMPET_CHECK(check_change(settings, change));
  if (change.checkpoint) {
    LIMPET_TRY(const SchemaVersion version,
               require_version(records, schema, change.schema, *change.checkpoint));
    if (version.status != VersionStatus::Available) return checkpoint_not_available();
    schema.checkpoint = version.number;
  }
  if (change.mode) schema.mode = *change.mode;
  if (change.description) schema.description = change.description->str();
  schema.updated = context.now;
  LIMPET_CHECK(records.put(schema));
  LIMPET_CHECK(records.finish());
  return schema;
}

Result<Schema> delete_schema(storage::Txn& txn, const Context& context, const SchemaRef& schema) {
  storage::Records records(txn, context, "DeleteSchema");
  LIMPET_TRY(Schema deleted, require_schema(records, schema));
  LIMPET_TRY(const auto holder,
             find_holder(records, {.registry = deleted.registry, .schema = &deleted.name}));
  if (holder) return referenced_schema_not_deletable(holder->reference, holder->version);
  LIMPET_TRY(Usage usage, load_usage(records));
  LIMPET_CHECK(erase_schema(records, deleted, usage));
  LIMPET_CHECK(records.put(usage));
  LIMPET_CHECK(records.finish());
  deleted.status = SchemaStatus::Deleting;
  return deleted;
}

Result<Page<Schema>> list_schemas(storage::Reader& reader, const Context& context,
                                  const std::optional<RegistryRef>& registry,
                                  const PageRequest& page) {
  storage::RecordReader records(reader, context.scope);
  storage::Key under;
  if (registry) {
    LIMPET_TRY(const Registry found, require_registry(records, *registry));
    under = storage::Key(found.name);
    if (!is_under(page.after, under)) return wrong_page_token();
  }
  return page_of(records.scan<Schema>(
      {.under = under, .after = page.after.value_or(""), .limit = page.limit}));
}

}  // namespace limpet::registry
