// limpet: an open AWS Glue Schema Registry in one program.
#include "commands.h"
#include "commands/local_commands.h"
#include "commands/register.h"
#include "version.h"

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>

namespace {

void add_other_commands(CLI::App& app, int& status) {
  limpet::app::add_dev_command(app, status);
  limpet::app::add_client_commands(app, status);
  limpet::app::add_check_command(app, status);
  limpet::app::add_backup_command(app, status);
  limpet::app::add_restore_command(app, status);
  limpet::app::add_options_command(app, status);
  limpet::app::add_version_command(app, status);
}

/// Starting a server need not wait for the command lines of all other commands: with them it takes
/// a fifth longer.
bool serves(int argc, char** argv) { return argc > 1 && std::string_view(argv[1]) == "serve"; }

/// As CLI11 words it; but of what was not expected only names are repeated (--data=x as --data). A
/// value may be a secret, and what a server says ends up in a log.
std::string explain_failure(const CLI::App* app, const CLI::Error& error) {
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    return CLI::FailureMessage::simple(app, error);
  }
  std::string text = "Not expected:";
  for (const std::string& argument : app->remaining(true)) {
    const std::string name = argument.substr(0, argument.find('='));
    const bool is_name = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
    text += is_name ? " " + name : " (a value)";
  }
  return text + "\nRun with --help for more information.\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Limpet: an open, self-hosted AWS Glue Schema Registry.", "limpet");
  app.set_version_flag("--version", std::string("limpet ") + limpet::app::kVersion);
  app.require_subcommand(1);
  app.failure_message(explain_failure);
  int status = 0;
  limpet::app::add_serve_command(app, status);
  if (!serves(argc, argv)) add_other_commands(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return status;
}
