// The options of `limpet serve` and `limpet dev` on the command line.
#pragma once

#include "load_config.h"

#include <map>
#include <string>

namespace CLI {
class App;
}

namespace limpet::app {

/// What the parser stores; must outlive the parse.
struct ServerFlags {
  std::map<std::string, std::string, std::less<>> given;
  std::string config_file;

  /// With the process's environment.
  ConfigSources sources() const;
};

/// Adds a flag for every row of the option table, and --config.
void add_server_flags(CLI::App& command, ServerFlags& flags);

}  // namespace limpet::app
