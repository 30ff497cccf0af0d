#include "commands.h"

#include "options.h"
#include "run_server.h"
#include "server_flags.h"
#include "version.h"

#include <CLI/CLI.hpp>

#include <iostream>

namespace limpet::app {

namespace {

void print_options() {
  std::string_view group;
  for (const auto& option : options()) {
    if (option.group != group) {
      std::cout << (group.empty() ? "" : "\n") << option.group << ":\n";
      group = option.group;
    }
    std::cout << "  " << option.name << "  (" << value_form(option) << ")";
    if (!option.fallback.empty()) std::cout << "  default " << option.fallback;
    std::cout << "\n      " << option.sentence << "\n      file: " << option.path;
    if (!option.env.empty()) std::cout << ", environment: " << option.env;
    std::cout << "\n";
  }
}

}  // namespace

void add_serve_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("serve", "Run a server on a data folder.");
  auto flags = std::make_shared<ServerFlags>();
  add_server_flags(*command, *flags);
  command->callback([flags, &status] { status = run_serve(flags->sources()); });
}

void add_dev_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "dev", "Run a server on a temporary folder, with a key pair ready to use.");
  auto flags = std::make_shared<ServerFlags>();
  add_server_flags(*command, *flags);
  command->get_option("--data")->description(
      "Folder that holds all state. [a temporary one, which goes at the end]");
  command->callback([flags, &status] { status = run_dev(flags->sources()); });
}

void add_options_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("options", "List every option of a server.");
  auto markdown = std::make_shared<bool>(false);
  command->add_flag("--markdown", *markdown, "Write the reference page.");
  command->callback([markdown, &status] {
    if (*markdown) {
      std::cout << options_markdown();
    } else {
      print_options();
    }
    status = std::cout.flush() ? 0 : 1;
  });
}

void add_version_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("version", "Say which version this is.");
  command->callback([&status] {
    std::cout << "limpet " << kVersion << " (" << kCompiler << ")" << std::endl;
    status = std::cout ? 0 : 1;
  });
}

}  // namespace limpet::app
