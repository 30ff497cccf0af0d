// RegistrySource: what serializers and deserializers ask, answered by a SchemaRegistry.
//
//   auto registry = client::SchemaRegistry::open({.settings = settings});
//   if (!registry) return std::move(registry).error();
//   auto source = std::make_shared<client::RegistrySource>(*registry);
//   auto users = serde::Deserializer<User>::make(source);
//
// Waiting, retries, what is remembered and for how long are the SchemaRegistry's; see there. A
// Glue registry knows neither Confluent's ids nor fingerprints: these are Unsupported. A Confluent
// GUID is looked up as a SchemaVersionId.
// Threads: safe.
#pragma once

#include "limpet/base/uuid.h"
#include "limpet/client/schema_registry.h"
#include "limpet/serde/schema.h"

#include <map>
#include <memory>
#include <mutex>

namespace limpet::client {

class RegistrySource final : public serde::SchemaSource {
 public:
  explicit RegistrySource(std::shared_ptr<SchemaRegistry> registry);

  /// Failures: UnknownSchema, BadSchema, SchemaNotAvailable (require_available), AccessDenied,
  /// Throttled, Transport, Timeout, Config (the server refused the call itself).
  serde::Answer<serde::SchemaPointer> by_version(const Uuid& id) override;

  /// Failures: NotRegistered, Incompatible (with the registry's reason), SchemaNotAvailable (it is
  /// PENDING or DELETING), and as by_version.
  serde::Answer<serde::SchemaIds> by_definition(const serde::DefinitionQuery& query) override;
  /// Asks again as the registry's time to live says.
  std::unique_ptr<serde::DefinitionSlot> slot(const serde::DefinitionQuery& query) override;

  const std::shared_ptr<SchemaRegistry>& registry() const { return registry_; }

 private:
  std::shared_ptr<SchemaRegistry> registry_;
  std::mutex mutex_;  // guards what follows
  // What somebody still uses is not compiled again for somebody else.
  std::map<Uuid, std::weak_ptr<const serde::Schema>> compiled_;
};

}  // namespace limpet::client
