// From flags, environment, file and defaults to one Config.
#pragma once

#include "config.h"

#include "limpet/base/result.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace limpet::app {

struct ConfigSources {
  /// Flags that were given: option name → text.
  std::map<std::string, std::string, std::less<>> flags;
  /// Looks up an environment variable.
  std::function<std::optional<std::string>(const char* name)> environment;
  /// Path of the YAML file; empty: none.
  std::string file;
  /// Defaults of this command that differ from the table's: option name → text.
  std::map<std::string, std::string, std::less<>> defaults;
};

/// A flag wins over the environment, the environment over the file, the file over the default.
/// Errors: InvalidInput; the message names the flag, variable or line, and never a secret.
Result<Config> load_config(const ConfigSources& sources);

/// Reads the process's environment.
std::optional<std::string> process_environment(const char* name);

}  // namespace limpet::app
