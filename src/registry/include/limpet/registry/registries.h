// Registries: create, read, change, list, delete.
//
//   store.write([&](storage::Txn& txn) -> Status {
//     LIMPET_TRY(Registry made, create_registry(txn, context, settings, {.name = name}));
//     …
//   });
//
// Functions over a Reader read; functions over a Txn write, and everything they write is in that
// transaction. Context::scope chooses whose state they see.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/settings.h"
#include "limpet/storage/store.h"

#include <optional>

namespace limpet::registry {

struct NewRegistry {
  RegistryName name;
  std::optional<Description> description = {};
  Tags tags = {};
};

/// Errors: LimitExceeded (quota, looked at first), AlreadyExists.
Result<Registry> create_registry(storage::Txn& txn, const Context& context,
                                 const Settings& settings, NewRegistry request);

/// Errors: NotFound.
Result<Registry> get_registry(storage::Reader& reader, const Context& context,
                              const RegistryRef& registry);

/// An empty description removes it. Errors: NotFound.
Result<Registry> update_registry(storage::Txn& txn, const Context& context,
                                 const RegistryRef& registry, const Description& description);

/// Deletes every schema, version, metadata and tag in it as well. Answers the registry as it was,
/// with status Deleting. Errors: NotFound, InvalidInput (a version in another registry references
/// one in this).
Result<Registry> delete_registry(storage::Txn& txn, const Context& context,
                                 const RegistryRef& registry);

/// By name, bytewise.
Result<Page<Registry>> list_registries(storage::Reader& reader, const Context& context,
                                       const PageRequest& page);

}  // namespace limpet::registry
