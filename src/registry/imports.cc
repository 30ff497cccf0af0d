#include "limpet/registry/imports.h"

#include "lookup.h"
#include "registration.h"
#include "stored.h"

#include "limpet/registry/messages.h"
#include "limpet/storage/content.h"
#include "limpet/storage/keys.h"

#include <algorithm>
#include <utility>

namespace limpet::registry {
namespace {

/// Does the id name a version of another account or region? One look per scope that has rows: the
/// scan jumps from scope to scope.
Result<bool> taken_elsewhere(storage::Txn& txn, const Scope& here, const Uuid& id) {
  storage::Range next{.limit = 1};
  while (true) {
    LIMPET_TRY(const auto rows, txn.scan(next));
    if (rows.empty()) return false;
    const auto parts = storage::split_key(rows.front().key);
    if (!parts || parts->size() < 4) {  // a row that belongs to no account
      next.from = storage::key_after(rows.front().key);
      continue;
    }
    const Scope scope{.partition = (*parts)[0], .account = (*parts)[1], .region = (*parts)[2]};
    if (scope != here) {
      storage::RecordReader there(txn, scope);
      LIMPET_TRY(const auto found, there.get<SchemaVersion>(version_key(id)));
      if (found) return true;
    }
    next.from = storage::prefix_range(storage::scope_key(scope)).to;
  }
}

/// The version that is there already, when it is the same one.
Result<ImportedVersion> same_or_conflict(const SchemaVersion& found, const Schema& schema,
                                         const PreparedImport& import) {
  const bool same = found.incarnation == schema.incarnation && found.number == import.number &&
                    found.content == import.definition.definition->content &&
                    found.status == import.status;
  if (!same) return imported_id_taken(import.id);
  return ImportedVersion{.version = found};
}

StoredVerdict as_failure(const SchemaVersion& version, const Schema& schema) {
  // The circumstances are not those of any moment here, so a producer that registers the definition
  // gets a verdict of this registry's.
  StoredVerdict stored{};
  stored.version = version.id;
  stored.judged.mode = schema.mode;
  stored.judged.rules = kImportedRule;
  stored.verdict.mode = schema.mode;
  compat::Finding& finding = stored.verdict.findings.emplace_back();
  finding.rule = kImportedRule;
  finding.message = "The version was imported with the status FAILURE.";
  finding.fix = "Register the definition to have it judged here.";
  return stored;
}

}  // namespace

Result<PreparedImport> prepare_import(storage::Reader& reader, const Context& context,
                                      ParsedCache& cache, const ForeignVersion& version) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(const Schema schema, require_schema(records, version.schema));
  if (version.status != VersionStatus::Available && version.status != VersionStatus::Failure) {
    return imported_status_wrong();
  }
  if (version.number < 1 || version.number > kVersionNumberMax) return imported_number_wrong();
  LIMPET_TRY(auto candidate, parse_candidate(cache, schema.format, version.text));
  return PreparedImport{.schema = version.schema,
                        .incarnation = schema.incarnation,
                        .id = version.id,
                        .number = version.number,
                        .status = version.status,
                        .definition = std::move(candidate)};
}

Result<ImportedVersion> import_version(storage::Txn& txn, const Context& context,
                                       const Settings& settings, const PreparedImport& import) {
  storage::Records records(txn, context, "ImportSchemaVersion");
  LIMPET_TRY(Schema schema, require_schema(records, import.schema));
  if (schema.incarnation != import.incarnation) return changed_meanwhile();
  LIMPET_TRY(const auto found, records.get<SchemaVersion>(version_key(import.id)));
  if (found) return same_or_conflict(*found, schema, import);
  LIMPET_TRY(const bool elsewhere, taken_elsewhere(txn, context.scope, import.id));
  if (elsewhere) return imported_id_taken(import.id);
  if (import.number < schema.next) return imported_number_taken(import.number, schema.next);
  if (import.status == VersionStatus::Available) {
    LIMPET_TRY(const auto live, find_live(records, schema, import.definition.definition->identity));
    if (live) return imported_definition_taken(*live);
  }
  LIMPET_TRY(Usage usage, load_usage(records));
  if (reached(settings.quotas.schema_versions, usage.schema_versions)) {
    return too_many_schema_versions();
  }
  if (schema.next == 1) schema.checkpoint = import.number;
  schema.next = import.number;
  LIMPET_TRY(SchemaVersion version,
             append_version(records, schema, import.definition, import.status, usage, import.id));
  if (version.status == VersionStatus::Failure) {
    LIMPET_CHECK(records.put(as_failure(version, schema)));
  }
  LIMPET_CHECK(records.put(schema));
  LIMPET_CHECK(records.put(usage));
  LIMPET_CHECK(records.finish());
  return ImportedVersion{.version = std::move(version), .created = true};
}

}  // namespace limpet::registry
