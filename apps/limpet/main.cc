// limpet: an open AWS Glue Schema Registry in one program.
#include "commands.h"
#include "commands/register.h"
#include "version.h"

#include <CLI/CLI.hpp>

#include <string>

int main(int argc, char** argv) {
  CLI::App app("Limpet: an open, self-hosted AWS Glue Schema Registry.", "limpet");
  app.set_version_flag("--version", std::string("limpet ") + limpet::app::kVersion);
  app.require_subcommand(1);
  int status = 0;
  limpet::app::add_serve_command(app, status);
  limpet::app::add_dev_command(app, status);
  limpet::app::add_client_commands(app, status);
  limpet::app::add_options_command(app, status);
  limpet::app::add_version_command(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return status;
}
