#include "register.h"

#include "groups.h"

namespace limpet::app {

void add_client_commands(CLI::App& app, int& status) {
  add_registry_commands(app, status);
  add_schema_commands(app, status);
  add_tags_commands(app, status);
  add_keys_commands(app, status);
  add_operations_command(app, status);
}

}  // namespace limpet::app
