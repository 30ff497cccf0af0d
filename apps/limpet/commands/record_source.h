// Where commands on records get schemas: a registry that is asked when the first record needs it,
// or a file.
//
//   RegistryOptions options;
//   add_registry_options(command, options);
//   auto source = registry_source(options);              // asks nothing yet
#pragma once

#include "session.h"

#include "limpet/client/schema_registry.h"
#include "limpet/client/settings.h"
#include "limpet/serde/schema.h"

#include <memory>
#include <string>
#include <vector>

namespace limpet::app {

struct RegistryOptions {
  ConnectionOptions connection{};
  std::string registry = "default-registry";
};

/// `--endpoint`, `--region`, `--profile`, `--ca-file`, `--no-sign`.
void add_registry_options(CLI::App& command, RegistryOptions& options);

/// Throws CommandFailed (2).
client::Settings load_registry_settings(const RegistryOptions& options);
/// All but the settings.
client::SchemaRegistryOptions registry_defaults(const RegistryOptions& options);

/// A source that opens the registry with its first question. Settings that cannot be used are the
/// Failure Config.
std::shared_ptr<serde::SchemaSource> registry_source(const RegistryOptions& options);

/// The schema of a file, bundled with what it imports; its name is the file's, its id is empty.
/// Throws CommandFailed with status 2.
serde::SchemaPointer schema_of_file(const std::string& file, const std::string& format,
                                    const std::vector<std::string>& imports = {});

/// One schema for every id. A fingerprint that is not its own is UnknownSchema.
std::shared_ptr<serde::SchemaSource> fixed_source(serde::SchemaPointer schema);

/// The registry could not be asked: no record says anything about the others.
bool is_registry_trouble(const serde::Failure& failure);

}  // namespace limpet::app
