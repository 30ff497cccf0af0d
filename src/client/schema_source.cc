#include "limpet/client/schema_source.h"

#include "messages.h"

#include <string>
#include <string_view>
#include <utility>

namespace limpet::client {
namespace {

using serde::Failure;
using serde::FailureKind;

constexpr std::size_t kCompiledMax = 1'024;

bool says(const Error& error, std::string_view words) {
  return error.message.find(words) != std::string::npos;
}

// An Error has no code for time that ran out, nor for the verdict on a definition; its message has.
Failure to_failure(const Error& error, FailureKind missing) {
  Failure out = serde::to_failure(error, FailureKind::Config, missing);
  out.path.clear();
  if (error.code == Code::Unavailable &&
      (says(error, "deadline") || says(error, "no time was left") ||
       says(error, "Retries exhausted for schema evolution check"))) {
    out.kind = FailureKind::Timeout;
  }
  if (error.code == Code::InvalidInput) {
    const bool definition = missing == FailureKind::NotRegistered;
    if (definition && (says(error, found_but_status(to_string(VersionStatus::Failure))) ||
                       says(error, "Schema evolution check failed."))) {
      out.kind = FailureKind::Incompatible;
    } else if (says(error, found_but_status(""))) {
      out.kind = FailureKind::SchemaNotAvailable;
    }
  }
  return out;
}

serde::SchemaIds ids_of(const RegisteredSchema& schema) {
  return {.version = schema.version_id, .confluent_id = {}};
}

class Slot final : public serde::DefinitionSlot {
 public:
  Slot(std::shared_ptr<SchemaRegistry> registry, DefinitionHandle handle)
      : registry_(std::move(registry)), handle_(std::move(handle)) {}

  bool peek(serde::SchemaIds& ids) noexcept override {
    const RegisteredSchema* known = registry_->peek(handle_);
    if (known == nullptr) return false;
    ids = ids_of(*known);
    return true;
  }

  serde::Answer<serde::SchemaIds> get() override {
    const auto schema = registry_->by_definition(handle_);
    if (!schema) return to_failure(schema.error(), FailureKind::NotRegistered);
    return ids_of(**schema);
  }

 private:
  std::shared_ptr<SchemaRegistry> registry_;
  DefinitionHandle handle_;
};

DefinitionRequest request_of(const serde::DefinitionQuery& query) {
  return {.schema_name = query.schema_name,
          .format = query.format,
          .definition = query.definition,
          .transport = query.topic};
}

}  // namespace

RegistrySource::RegistrySource(std::shared_ptr<SchemaRegistry> registry)
    : registry_(std::move(registry)) {}

serde::Answer<serde::SchemaPointer> RegistrySource::by_version(const Uuid& id) {
  const auto text = registry_->by_version(id);
  if (!text) return to_failure(text.error(), FailureKind::UnknownSchema);
  const RegisteredSchema& schema = **text;
  const bool available = schema.status == VersionStatus::Available;
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = compiled_.find(id); at != compiled_.end()) {
      if (auto known = at->second.lock(); known && known->available() == available) return known;
    }
  }
  auto compiled = serde::compile_schema({.id = schema.version_id,
                                         .format = schema.format,
                                         .definition = schema.definition,
                                         .name = schema.schema_name,
                                         .version_number = schema.version_number,
                                         .available = available});
  if (!compiled) return compiled;
  const std::lock_guard lock(mutex_);
  if (compiled_.size() >= kCompiledMax) {
    std::erase_if(compiled_, [](const auto& entry) { return entry.second.expired(); });
  }
  if (compiled_.size() < kCompiledMax) compiled_[id] = *compiled;
  return compiled;
}

serde::Answer<serde::SchemaIds> RegistrySource::by_definition(const serde::DefinitionQuery& query) {
  const auto schema = registry_->by_definition(request_of(query));
  if (!schema) return to_failure(schema.error(), FailureKind::NotRegistered);
  return ids_of(**schema);
}

std::unique_ptr<serde::DefinitionSlot> RegistrySource::slot(const serde::DefinitionQuery& query) {
  return std::make_unique<Slot>(registry_, registry_->handle(request_of(query)));
}

}  // namespace limpet::client
