// Other files that definitions use by name: the self-contained bundle is what is looked at.
//
//   Imports imports(options.imports);                        // NAME=FILE each
//   const auto first = load_with(imports, format, "v1.avsc");
//   const auto second = load_with(imports, format, "v2.avsc");
//   imports.require_used();
//
// Everything throws CommandFailed with status 2.
#pragma once

#include "offline_definition.h"

#include "limpet/base/named_text.h"

#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace limpet::app {

class Imports {
 public:
  /// Reads the files of NAME=FILE, each. A NAME is what the definitions write: an Avro type's full
  /// name, the URI of a JSON Schema $ref, the path of a Protobuf import.
  explicit Imports(const std::vector<std::string>& pairs);

  bool empty() const { return files_.empty(); }
  /// All of them; views of this object.
  std::vector<NamedText> texts() const;
  /// The bundle of `text` with those imports that it uses, and which are marked; `text` itself when
  /// it uses none. `name` is for the message of a failure.
  std::string bundle(compat::Format format, const std::string& name, const std::string& text);
  /// Refuses an import that no definition so far has used.
  void require_used() const;

 private:
  struct File {
    std::string name;
    std::string text;
    bool used = false;
  };
  std::vector<File> files_;
};

/// Like load_offline(). Where imports are used, the text is that of the bundle, and the name says
/// so.
OfflineDefinition load_with(Imports& imports, compat::Format format, const std::string& file);

/// `--import NAME=FILE`, repeatable.
void add_import_option(CLI::App& command, std::vector<std::string>& pairs);

}  // namespace limpet::app
