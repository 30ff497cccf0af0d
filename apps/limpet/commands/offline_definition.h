// Definitions as files of this machine: read, told apart by extension, parsed by their format's
// engine. Everything throws CommandFailed with status 2: what cannot be read is no verdict.
#pragma once

#include "limpet/compat/definition.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace limpet::app {

/// One definition: where it came from, its text, and what the engine made of it.
struct OfflineDefinition {
  std::string name;  ///< the file as it was given, "standard input", or a version of a schema
  std::string text;
  compat::ParsedDefinition parsed;
};

/// The text of a file; "-" is standard input. Limits: 4 MiB.
std::string read_text(const std::string& file);

/// By extension: .avsc, .json, .proto; nullopt for any other name.
std::optional<compat::Format> format_of_file(std::string_view file);

/// The format of `files`: `given` (AVRO, JSON or PROTOBUF) or, when that is empty, the one that
/// their extensions name. "-" has the format of the others.
compat::Format choose_format(const std::vector<std::string>& files, const std::string& given);

OfflineDefinition parse_offline(compat::Format format, std::string name, std::string text);
OfflineDefinition load_offline(compat::Format format, const std::string& file);

/// `--format AVRO|JSON|PROTOBUF`, for files whose extension does not tell.
void add_format_option(CLI::App& command, std::string& format);

}  // namespace limpet::app
