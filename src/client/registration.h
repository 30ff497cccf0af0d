// The calls that turn a definition into a version's id, in the order of the Glue Schema Registry
// library for Java: look it up; register or create it when that is allowed; wait for the verdict;
// put metadata.
#pragma once

#include "limpet/client/client.h"
#include "limpet/client/schema_registry.h"
#include "limpet/glue_model/schema_registry.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::client {

/// One question. Threads: confined; what it is made of must outlive it.
class Registration {
 public:
  struct With {
    Client& client;
    const SchemaRegistryOptions& options;
    std::atomic<std::uint64_t>& metadata_failed;
  };
  Registration(const With& with, const DefinitionRequest& request, const CallLimits& limits)
      : with_(with), request_(request), limits_(limits) {}

  Result<RegisteredSchema> run();

 private:
  Result<RegisteredSchema> found(const glue_model::GetSchemaByDefinitionResponse& answer);
  Result<RegisteredSchema> enroll();
  Result<RegisteredSchema> create();
  Result<RegisteredSchema> await_verdict(RegisteredSchema version);
  void put_metadata(const Uuid& version);
  std::string explanation(const Uuid& version);
  Error failed(Code code, std::string why) const;
  RegisteredSchema made(const Uuid& id, VersionStatus status) const;
  glue_model::SchemaId schema_id() const;

  With with_;
  DefinitionRequest request_;
  CallLimits limits_;
};

/// What an answer must hold to be used. Errors: Internal.
Result<Uuid> id_of(const std::optional<std::string>& text);
Result<VersionStatus> status_of(const std::optional<std::string>& text);

}  // namespace limpet::client
