#include "server_flags.h"

#include "options.h"

#include <CLI/CLI.hpp>

namespace limpet::app {

ConfigSources ServerFlags::sources() const {
  return {.flags = given, .environment = process_environment, .file = config_file, .defaults = {}};
}

void add_server_flags(CLI::App& command, ServerFlags& flags) {
  command.add_option("--config", flags.config_file, "Configuration file (YAML).")
      ->type_name("FILE")
      ->group("Server");
  for (const auto& option : options()) {
    if (option.places != OptionPlaces::Everywhere) continue;
    std::string sentence(option.sentence);
    if (!option.fallback.empty()) sentence += " [" + std::string(option.fallback) + "]";
    const auto keep = [&flags, name = std::string(option.name)](const std::string& text) {
      flags.given[name] = text.empty() ? "on" : text;  // empty: a switch without a value
    };
    auto* flag =
        command.add_option_function<std::string>("--" + std::string(option.name), keep, sentence);
    flag->type_name(std::string(value_form(option)))->group(std::string(option.group));
    if (option.type == OptionType::Switch) flag->expected(0, 1);
  }
  command.footer(
      "Every option can also stand in the configuration file or in the environment\n"
      "(LIMPET_LISTEN and so on): docs/reference/options.md, or `limpet options`.");
}

}  // namespace limpet::app
