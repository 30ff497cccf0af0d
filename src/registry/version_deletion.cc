#include "composition.h"
#include "deletion.h"
#include "lookup.h"

#include "limpet/registry/messages.h"
#include "limpet/registry/versions.h"

#include <utility>

namespace limpet::registry {
namespace {

bool contains(const VersionRange& range, std::int64_t number) {
  return range.first <= number && number <= range.last;
}

/// What refuses the whole call.
Status check_range(storage::RecordReader& records, const Settings& settings, const Schema& schema,
                   const VersionRange& range) {
  if (contains(range, schema.checkpoint)) return checkpoint_not_deletable(schema.checkpoint);
  if (contains(range, 1)) return first_version_not_deletable();
  const bool compared = settings.strict_delete_all_modes && compat::checks_many(schema.mode);
  const std::int64_t newest = schema.next - 1;
  for (std::int64_t number = range.first; number <= range.last; ++number) {
    if (number != newest && !compared) continue;
    LIMPET_TRY(const auto version, find_number(records, schema, number));
    if (!version) continue;
    if (number == newest && version->status == VersionStatus::Pending) {
      return pending_version_not_deletable();
    }
    if (compared && version->status == VersionStatus::Available && number >= schema.checkpoint) {
      return compared_version_not_deletable(number, schema.mode);
    }
  }
  LIMPET_TRY(const auto holder,
             find_holder(records,
                         {.registry = schema.registry, .schema = &schema.name, .numbers = range}));
  if (holder) return referenced_version_not_deletable(holder->reference.number, holder->version);
  return {};
}

/// The newest AVAILABLE version's number; 0 when there is none.
Result<std::int64_t> find_latest(storage::RecordReader& records, const Schema& schema) {
  LIMPET_TRY(const auto page, records.scan_index<SchemaVersion>(
                                  kAvailable, {.under = {schema.incarnation.to_string()},
                                               .limit = 1,
                                               .order = storage::Order::Descending}));
  return page.records.empty() ? 0 : page.records.front().number;
}

}  // namespace

Result<std::vector<VersionError>> delete_versions(storage::Txn& txn, const Context& context,
                                                  const Settings& settings, const SchemaRef& schema,
                                                  const VersionRange& range) {
  storage::Records records(txn, context, "DeleteSchemaVersions");
  LIMPET_TRY(Schema found, require_schema(records, schema));
  LIMPET_CHECK(check_range(records, settings, found, range));
  LIMPET_TRY(Usage usage, load_usage(records));
  std::vector<VersionError> missing;
  bool available_changed = false;
  for (std::int64_t number = range.first; number <= range.last; ++number) {
    LIMPET_TRY(const auto version, find_number(records, found, number));
    if (!version) {
      missing.push_back({number, no_such_version(schema, VersionSelector::at(number))});
      continue;
    }
    LIMPET_CHECK(erase_version(records, *version, usage));
    available_changed |= version->status == VersionStatus::Available;
  }
  if (available_changed) {
    ++found.generation;
    LIMPET_TRY(found.latest, find_latest(records, found));
    LIMPET_CHECK(records.put(found));
  }
  LIMPET_CHECK(records.put(usage));
  LIMPET_CHECK(records.finish());
  return missing;
}

}  // namespace limpet::registry
