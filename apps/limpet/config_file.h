// The YAML configuration file, as far as it can be read without knowing what the values mean.
#pragma once

#include "config.h"
#include "options.h"

#include "limpet/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace limpet::app {

struct FileSetting {
  const Option* option = nullptr;
  std::string text;  ///< a list's items are joined by commas
  int line = 0;      ///< from 1
};

struct ConfigFile {
  std::vector<FileSetting> settings;
  std::vector<ConfiguredKey> keys;
};

/// Reads the text of a file. Errors: InvalidInput; `where` is "line 12". Unknown and repeated keys
/// are errors. No value appears in a message.
Result<ConfigFile> parse_config_file(std::string_view text);

}  // namespace limpet::app
