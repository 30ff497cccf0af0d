// Tags on registries and schemas; they go when the resource goes.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/registry/entities.h"
#include "limpet/storage/store.h"

#include <string>
#include <vector>

namespace limpet::registry {

/// Errors: NotFound.
Result<Tags> get_tags(storage::Reader& reader, const Context& context, const ResourceRef& resource);

/// Adds or replaces. Errors: NotFound, InvalidInput (none given, or more than 50 afterwards).
Status tag_resource(storage::Txn& txn, const Context& context, const ResourceRef& resource,
                    const Tags& tags);

/// Keys that are not there are ignored. Errors: NotFound.
Status untag_resource(storage::Txn& txn, const Context& context, const ResourceRef& resource,
                      const std::vector<std::string>& keys);

}  // namespace limpet::registry
