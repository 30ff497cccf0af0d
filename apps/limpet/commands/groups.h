// The groups of sub-commands that talk to a server; one file each.
#pragma once

namespace CLI {
class App;
}

namespace limpet::app {

void add_registry_commands(CLI::App& app, int& status);
void add_schema_commands(CLI::App& app, int& status);
/// Below `limpet schema`: register, versions, get-version, find, delete-versions, explain.
void add_version_commands(CLI::App& schema, int& status);
/// Below `limpet schema`: metadata put, query, remove.
void add_metadata_commands(CLI::App& schema, int& status);
/// Below `limpet schema`, without a server: bundle, check, identity, fingerprint, fmt, diff,
/// lint, validate.
void add_offline_commands(CLI::App& schema, int& status);
void add_schema_bundle_command(CLI::App& schema, int& status);
void add_schema_check_command(CLI::App& schema, int& status);
void add_schema_diff_command(CLI::App& schema, int& status);
void add_schema_fmt_command(CLI::App& schema, int& status);
void add_schema_lint_command(CLI::App& schema, int& status);
void add_schema_validate_command(CLI::App& schema, int& status);
void add_codegen_command(CLI::App& app, int& status);
void add_tags_commands(CLI::App& app, int& status);
void add_keys_commands(CLI::App& app, int& status);
void add_export_command(CLI::App& app, int& status);
void add_import_command(CLI::App& app, int& status);
void add_consume_command(CLI::App& app, int& status);
void add_decode_command(CLI::App& app, int& status);
void add_produce_command(CLI::App& app, int& status);
/// topic list, describe, lag, verify.
void add_topic_commands(CLI::App& app, int& status);
void add_topic_verify_command(CLI::App& topic, int& status);
void add_operations_command(CLI::App& app, int& status);

}  // namespace limpet::app
