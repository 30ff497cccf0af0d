// limpet check, backup and restore; one file each.
#pragma once

namespace CLI {
class App;
}

namespace limpet::app {

void add_check_command(CLI::App& app, int& status);
void add_backup_command(CLI::App& app, int& status);
void add_restore_command(CLI::App& app, int& status);

}  // namespace limpet::app
