// The sub-commands that concern a server of one's own.
#pragma once

namespace CLI {
class App;
}

namespace limpet::app {

/// Each adds one sub-command; the one that runs stores the exit status in `status`, which outlives
/// the parse.
void add_serve_command(CLI::App& app, int& status);
void add_dev_command(CLI::App& app, int& status);
void add_options_command(CLI::App& app, int& status);
void add_version_command(CLI::App& app, int& status);

}  // namespace limpet::app
