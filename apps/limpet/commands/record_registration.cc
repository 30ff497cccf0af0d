#include "record_registration.h"

#include "session.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <string_view>
#include <utility>

namespace limpet::app {
namespace {

constexpr std::string_view kReason = " Reason: ";

/// White space is no part of a schema: registries show what they are given.
std::string registered_text(const serde::Schema& schema) {
  if (schema.format() == DataFormat::Protobuf) return schema.definition();
  const auto document = json::parse(schema.definition(), {.max_depth = 1100});
  return document ? json::to_text(*document) : schema.definition();
}

}  // namespace

client::SchemaPointer ProducerRegistry::find(const std::string& name, const serde::Schema& schema) {
  if (!registry_) {
    client::SchemaRegistryOptions asking = registry_defaults(options_.registry);
    asking.settings = load_registry_settings(options_.registry);
    asking.auto_register = options_.auto_register;
    asking.compatibility = options_.compatibility;
    asking.description = "";
    auto opened = client::SchemaRegistry::open(std::move(asking));
    if (!opened) throw CommandFailed{describe(opened.error()), 2};
    registry_ = *std::move(opened);
  }
  const std::string text = registered_text(schema);
  auto found = registry_->by_definition({.schema_name = name,
                                         .format = schema.format(),
                                         .definition = text,
                                         .transport = options_.topic});
  if (!found) refuse(name, found.error());
  if ((*found)->version_number) return *std::move(found);
  // Which number it has, only the version itself tells.
  auto whole = registry_->by_version((*found)->version_id);
  return whole ? *std::move(whole) : *std::move(found);
}

void ProducerRegistry::refuse(const std::string& name, const Error& error) const {
  std::string text = "schema " + name + " in registry " + options_.registry.registry + ": ";
  // The chain says what was called; the reason is what people need.
  const std::size_t reason = error.message.find(kReason);
  if (error.code == Code::InvalidInput && reason != std::string::npos) {
    text += "the registry refuses this version. " + error.message.substr(reason + kReason.size());
  } else {
    text += describe(error);
    if (!options_.auto_register && error.code == Code::NotFound) text += " (--no-auto-register)";
  }
  throw CommandFailed{text};
}

}  // namespace limpet::app
