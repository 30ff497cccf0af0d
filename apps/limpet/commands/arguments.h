// Arguments of sub-commands, as people write them, to the API's shapes. All throw CommandFailed
// with status 2 for a wrong one.
#pragma once

#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/schema_registry.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace limpet::app {

inline constexpr const char* kSchemaHelp =
    "REGISTRY/SCHEMA, SCHEMA (in default-registry), or the schema's ARN.";
inline constexpr const char* kRegistryHelp = "Name or ARN of the registry.";

/// "orders" or an ARN.
glue_model::RegistryId registry_id(const std::string& text);
/// "orders/order-value", "order-value" (default-registry) or an ARN.
glue_model::SchemaId schema_id(const std::string& text);
/// "3" or "latest".
glue_model::SchemaVersionNumber version_number(const std::string& text);

/// NAME=SCHEMA or NAME=SCHEMA:VERSION each; without a version, the latest.
std::vector<glue_model::SchemaVersionReference> references(const std::vector<std::string>& texts);

/// KEY=VALUE pairs; nullopt when there are none.
std::optional<std::map<std::string, std::string>> tags(const std::vector<std::string>& pairs);

/// A definition: given outright, or read from a file ("-" is standard input).
struct Definition {
  std::string text;
  std::string file;
};
void add_definition_options(CLI::App& command, Definition& definition);
/// Limits: 4 MiB. nullopt when neither was given.
std::optional<std::string> read_definition(const Definition& definition);
std::string require_definition(const Definition& definition);

/// One version of one schema, or a version's id.
struct VersionSelector {
  std::string schema;
  std::string number;
  std::string id;
};
/// `SCHEMA --version N|latest` or `--id UUID`.
void add_version_options(CLI::App& command, VersionSelector& selector);

/// Fills SchemaId, SchemaVersionNumber and SchemaVersionId of any input that has the three; without
/// a number, the latest version.
template <class Input>
void select_version(const VersionSelector& selector, Input& input) {
  if (!selector.id.empty()) {
    input.schema_version_id = selector.id;
    return;
  }
  input.schema_id = schema_id(selector.schema);
  input.schema_version_number =
      version_number(selector.number.empty() ? "latest" : selector.number);
}

}  // namespace limpet::app
