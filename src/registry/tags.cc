#include "limpet/registry/tags.h"

#include "lookup.h"
#include "stored.h"

#include "limpet/registry/messages.h"

#include <utility>

namespace limpet::registry {
namespace {

/// Put the registry or the schema again with what `change` makes of its tags.
template <class Change>
Status change_tags(storage::Records& records, const ResourceRef& resource, const Change& change) {
  if (const auto* registry = std::get_if<RegistryRef>(&resource)) {
    LIMPET_TRY(Registry found, require_registry(records, *registry));
    LIMPET_TRY(found.tags, change(found.tags.entries()));
    LIMPET_CHECK(records.put(found));
  } else {
    LIMPET_TRY(Schema found, require_schema(records, std::get<SchemaRef>(resource)));
    LIMPET_TRY(found.tags, change(found.tags.entries()));
    LIMPET_CHECK(records.put(found));
  }
  return records.finish();
}

}  // namespace

Result<Tags> get_tags(storage::Reader& reader, const Context& context,
                      const ResourceRef& resource) {
  storage::RecordReader records(reader, context.scope);
  if (const auto* registry = std::get_if<RegistryRef>(&resource)) {
    LIMPET_TRY(Registry found, require_registry(records, *registry));
    return std::move(found.tags);
  }
  LIMPET_TRY(Schema found, require_schema(records, std::get<SchemaRef>(resource)));
  return std::move(found.tags);
}

Status tag_resource(storage::Txn& txn, const Context& context, const ResourceRef& resource,
                    const Tags& tags) {
  storage::Records records(txn, context, "TagResource");
  return change_tags(records, resource, [&](Tags::Map all) -> Result<Tags> {
    if (tags.empty()) return wrong_number_of_tags();
    for (const auto& [key, value] : tags.entries()) all.insert_or_assign(key, value);
    return Tags::parse(std::move(all));
  });
}

Status untag_resource(storage::Txn& txn, const Context& context, const ResourceRef& resource,
                      const std::vector<std::string>& keys) {
  storage::Records records(txn, context, "UntagResource");
  return change_tags(records, resource, [&](Tags::Map all) -> Result<Tags> {
    for (const auto& key : keys) all.erase(key);
    return Tags::parse(std::move(all));
  });
}

}  // namespace limpet::registry
