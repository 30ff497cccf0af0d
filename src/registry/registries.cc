#include "limpet/registry/registries.h"

#include "composition.h"
#include "deletion.h"
#include "lookup.h"
#include "pages.h"
#include "stored.h"

#include "limpet/registry/messages.h"

#include <utility>

namespace limpet::registry {

Result<Registry> create_registry(storage::Txn& txn, const Context& context,
                                 const Settings& settings, NewRegistry request) {
  storage::Records records(txn, context, "CreateRegistry");
  LIMPET_TRY(Usage usage, load_usage(records));
  if (reached(settings.quotas.registries, usage.registries)) return too_many_registries();
  LIMPET_TRY(const auto earlier, records.get<Registry>({request.name}));
  if (earlier) return registry_exists(request.name);

  Registry registry{.name = std::move(request.name),
                    .description = request.description ? request.description->str() : "",
                    .created = context.now,
                    .updated = context.now,
                    .tags = std::move(request.tags)};
  ++usage.registries;
  LIMPET_CHECK(records.put(registry));
  LIMPET_CHECK(records.put(usage));
  LIMPET_CHECK(records.finish());
  return registry;
}

Result<Registry> get_registry(storage::Reader& reader, const Context& context,
                              const RegistryRef& registry) {
  storage::RecordReader records(reader, context.scope);
  return require_registry(records, registry);
}

Result<Registry> update_registry(storage::Txn& txn, const Context& context,
                                 const RegistryRef& registry, const Description& description) {
  storage::Records records(txn, context, "UpdateRegistry");
  LIMPET_TRY(Registry changed, require_registry(records, registry));
  changed.description = description.str();
  changed.updated = context.now;
  LIMPET_CHECK(records.put(changed));
  LIMPET_CHECK(records.finish());
  return changed;
}

Result<Registry> delete_registry(storage::Txn& txn, const Context& context,
                                 const RegistryRef& registry) {
  storage::Records records(txn, context, "DeleteRegistry");
  LIMPET_TRY(Registry deleted, require_registry(records, registry));
  LIMPET_TRY(const auto holder, find_holder(records, {.registry = deleted.name}));
  if (holder) return referenced_registry_not_deletable(holder->reference, holder->version);
  LIMPET_TRY(Usage usage, load_usage(records));
  LIMPET_CHECK(erase_registry(records, deleted, usage));
  LIMPET_CHECK(records.put(usage));
  LIMPET_CHECK(records.finish());
  deleted.status = RegistryStatus::Deleting;
  return deleted;
}

Result<Page<Registry>> list_registries(storage::Reader& reader, const Context& context,
                                       const PageRequest& page) {
  storage::RecordReader records(reader, context.scope);
  return page_of(records.scan<Registry>({.after = page.after.value_or(""), .limit = page.limit}));
}

}  // namespace limpet::registry
