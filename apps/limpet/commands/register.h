// Sub-commands of the program that talk to a server, Limpet's or AWS's: registry, schema, keys,
// operations, tags.
#pragma once

namespace CLI {
class App;
}

namespace limpet::app {

/// Adds the sub-commands to the command line. One that runs stores the program's exit status in
/// `status` (0 = success, 1 = failed, 2 = wrong use), which outlives the parse.
void add_client_commands(CLI::App& app, int& status);

}  // namespace limpet::app
