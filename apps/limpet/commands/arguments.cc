#include "arguments.h"

#include "session.h"

#include <charconv>
#include <fstream>
#include <iostream>

namespace limpet::app {
namespace {

constexpr std::size_t kDefinitionFileBytes = 4UL << 20;

CommandFailed wrong_use(std::string message) { return {std::move(message), 2}; }

bool is_arn(const std::string& text) { return text.starts_with("arn:"); }

std::string read_all(std::istream& in, const std::string& name) {
  std::string text(kDefinitionFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) throw wrong_use("cannot read " + name);
  if (text.size() > kDefinitionFileBytes) throw wrong_use(name + " is larger than 4 MiB");
  return text;
}

}  // namespace

glue_model::RegistryId registry_id(const std::string& text) {
  if (is_arn(text)) return {.registry_arn = text};
  return {.registry_name = text};
}

glue_model::SchemaId schema_id(const std::string& text) {
  if (is_arn(text)) return {.schema_arn = text};
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    return {.schema_name = text, .registry_name = "default-registry"};
  }
  return {.schema_name = text.substr(slash + 1), .registry_name = text.substr(0, slash)};
}

glue_model::SchemaVersionNumber version_number(const std::string& text) {
  if (text == "latest") return {.latest_version = true};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw wrong_use("a version is a number or \"latest\", not \"" + text + "\"");
  }
  return {.version_number = number};
}

std::vector<glue_model::SchemaVersionReference> references(const std::vector<std::string>& texts) {
  std::vector<glue_model::SchemaVersionReference> out;
  for (const std::string& text : texts) {
    // A URI may hold '=' and an ARN ':'; names of registries and schemas hold neither.
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      throw wrong_use("a reference is NAME=SCHEMA or NAME=SCHEMA:VERSION, not \"" + text + "\"");
    }
    std::string schema = text.substr(equals + 1);
    std::string version = "latest";
    const std::size_t colon = schema.rfind(':');
    const std::size_t slash = schema.rfind('/');
    if (colon != std::string::npos && (slash == std::string::npos || slash < colon)) {
      version = schema.substr(colon + 1);
      schema.resize(colon);
    }
    out.push_back({.name = text.substr(0, equals),
                   .schema_id = schema_id(schema),
                   .schema_version_number = version_number(version)});
  }
  return out;
}

std::optional<std::map<std::string, std::string>> tags(const std::vector<std::string>& pairs) {
  if (pairs.empty()) return std::nullopt;
  std::map<std::string, std::string> out;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) throw wrong_use("a tag is KEY=VALUE, not \"" + pair + "\"");
    out[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return out;
}

void add_definition_options(CLI::App& command, Definition& definition) {
  auto* file = command
                   .add_option("--definition-file", definition.file,
                               "File with the definition; - reads standard input.")
                   ->type_name("FILE");
  command.add_option("--definition", definition.text, "The definition itself.")->excludes(file);
}

std::optional<std::string> read_definition(const Definition& definition) {
  if (!definition.text.empty()) return definition.text;
  if (definition.file.empty()) return std::nullopt;
  if (definition.file == "-") return read_all(std::cin, "standard input");
  std::ifstream in(definition.file, std::ios::binary);
  if (!in) throw wrong_use("cannot open " + definition.file);
  return read_all(in, definition.file);
}

std::string require_definition(const Definition& definition) {
  auto text = read_definition(definition);
  if (!text) throw wrong_use("give --definition-file or --definition");
  return *std::move(text);
}

void add_version_options(CLI::App& command, VersionSelector& selector) {
  auto* schema = command.add_option("SCHEMA", selector.schema, kSchemaHelp);
  auto* id = command.add_option("--id", selector.id, "The version's id (a UUID).");
  command
      .add_option("--version", selector.number, "Number of the version, or latest (the default).")
      ->needs(schema);
  id->excludes(schema);
  command.parse_complete_callback([schema, id] {
    if (schema->count() + id->count() == 0) throw CLI::RequiredError("SCHEMA or --id");
  });
}

}  // namespace limpet::app
