#include "register.h"

#include "groups.h"

namespace limpet::app {

void add_client_commands(CLI::App& app, int& status) {
  add_registry_commands(app, status);
  add_schema_commands(app, status);
  add_tags_commands(app, status);
  add_keys_commands(app, status);
  add_export_command(app, status);
  add_import_command(app, status);
  add_codegen_command(app, status);
  add_produce_command(app, status);
  add_consume_command(app, status);
  add_decode_command(app, status);
  add_topic_commands(app, status);
  add_operations_command(app, status);
}

}  // namespace limpet::app
