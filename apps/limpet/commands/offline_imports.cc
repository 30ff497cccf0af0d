#include "offline_imports.h"

#include "session.h"

#include "limpet/compat/bundle.h"

#include <algorithm>

namespace limpet::app {
namespace {

CommandFailed refused(std::string message) { return {std::move(message), 2}; }

/// The import that a bundler says nobody uses; a definition may leave out what another one needs.
std::vector<NamedText>::iterator find_unused(std::vector<NamedText>& imports, const Error& error) {
  constexpr std::string_view kNeverUsed = " is never used";
  if (error.code != Code::InvalidInput || error.message.find(kNeverUsed) == std::string::npos) {
    return imports.end();
  }
  return std::ranges::find_if(imports, [&](const NamedText& import) {
    const std::string name(import.name);
    const std::string end(kNeverUsed);
    return error.where == import.name ||
           error.message.find("import " + name + end) != std::string::npos ||
           error.message.find("import \"" + name + "\"" + end) != std::string::npos;
  });
}

}  // namespace

Imports::Imports(const std::vector<std::string>& pairs) {
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == pair.size()) {
      throw refused("an import is NAME=FILE, not \"" + pair + "\"");
    }
    const std::string name = pair.substr(0, equals);
    const std::string file = pair.substr(equals + 1);
    if (file == "-") throw refused("an import is a file, not standard input");
    if (std::ranges::find(files_, name, &File::name) != files_.end()) {
      throw refused("the import " + name + " is given twice");
    }
    files_.push_back({name, read_text(file), false});
  }
}

std::vector<NamedText> Imports::texts() const {
  std::vector<NamedText> texts;
  for (const File& file : files_) texts.push_back({file.name, file.text});
  return texts;
}

std::string Imports::bundle(compat::Format format, const std::string& name,
                            const std::string& text) {
  std::vector<NamedText> imports = texts();
  while (!imports.empty()) {
    auto bundled = compat::bundle_definition(format, text, imports);
    if (!bundled) {
      const auto unused = find_unused(imports, bundled.error());
      if (unused == imports.end()) {
        throw refused("cannot bundle " + name + ": " + describe(bundled.error()));
      }
      imports.erase(unused);
      continue;
    }
    for (File& file : files_) {
      file.used |= std::ranges::find(imports, file.name, &NamedText::name) != imports.end();
    }
    return *std::move(bundled);
  }
  return text;
}

void Imports::require_used() const {
  const auto unused = std::ranges::find(files_, false, &File::used);
  if (unused != files_.end()) throw refused("the import " + unused->name + " is never used");
}

OfflineDefinition load_with(Imports& imports, compat::Format format, const std::string& file) {
  const std::string name = file == "-" ? "standard input" : file;
  std::string text = read_text(file);
  if (imports.empty()) return parse_offline(format, name, std::move(text));
  std::string bundle = imports.bundle(format, name, text);
  const bool same = bundle == text;
  return parse_offline(format, same ? name : name + " (bundle)", std::move(bundle));
}

void add_import_option(CLI::App& command, std::vector<std::string>& pairs) {
  command
      .add_option("--import", pairs,
                  "NAME=FILE: a file that definitions call NAME (an Avro type's full name, the URI "
                  "of a JSON Schema $ref, the path of a Protobuf import). May be repeated; the "
                  "self-contained bundle is what is looked at.")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
}

}  // namespace limpet::app
