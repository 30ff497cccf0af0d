// limpet schema create|get|list|update|delete; what concerns versions: version_commands.cc; what
// works without a server: offline_*.cc.
#include "arguments.h"
#include "groups.h"
#include "session.h"

#include "limpet/glue_model/schema_registry.h"

#include <memory>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

constexpr const char* kFormats = "AVRO, JSON or PROTOBUF.";
constexpr const char* kModes =
    "NONE, DISABLED, BACKWARD, BACKWARD_ALL, FORWARD, FORWARD_ALL, FULL or FULL_ALL.";

void add_create(CLI::App& group, int& status) {
  struct Options {
    std::string schema;
    std::string format = "AVRO";
    std::string compatibility = "BACKWARD";
    std::optional<std::string> description;
    std::vector<std::string> tags;
    Definition definition;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      group, "create", "Create a schema, with its first version when a definition is given.",
      "limpet schema create orders/order-value --definition-file order.avsc\n"
      "  limpet schema create orders/order-value --compatibility FULL_ALL --definition "
      "'\"string\"'");
  command
      .add_option("SCHEMA", options->schema, "REGISTRY/SCHEMA, or SCHEMA (in default-registry).")
      ->required();
  command.add_option("--data-format,--format", options->format, kFormats)
      ->type_name("FORMAT")
      ->capture_default_str();
  command.add_option("--compatibility", options->compatibility, kModes)
      ->type_name("MODE")
      ->capture_default_str();
  command.add_option("--description", options->description, "Up to 2048 bytes.");
  command.add_option("--tag", options->tags, "KEY=VALUE; may be given several times.")
      ->allow_extra_args(false);
  add_definition_options(command, options->definition);
  on_run(command, status, [options](Session& session) {
    const glue_model::SchemaId id = schema_id(options->schema);
    if (id.schema_arn) throw CommandFailed{"a new schema has a name, not yet an ARN", 2};
    const auto answer = session.call<op::CreateSchema>(
        {.registry_id = glue_model::RegistryId{.registry_name = id.registry_name},
         .schema_name = id.schema_name,
         .data_format = options->format,
         .compatibility = options->compatibility,
         .description = options->description,
         .tags = tags(options->tags),
         .schema_definition = read_definition(options->definition)});
    session.show_object(answer.document);
    return 0;
  });
}

void add_get(CLI::App& group, int& status) {
  auto schema = std::make_shared<std::string>();
  auto& command =
      add_command(group, "get", "Show a schema.", "limpet schema get orders/order-value");
  command.add_option("SCHEMA", *schema, kSchemaHelp)->required();
  on_run(command, status, [schema](Session& session) {
    session.show_object(session.call<op::GetSchema>({.schema_id = schema_id(*schema)}).document);
    return 0;
  });
}

void add_list(CLI::App& group, int& status) {
  struct Options {
    std::string registry;
    std::size_t max_items = 0;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "list", "List the schemas of one registry, or of all.",
                              "limpet schema list\n  limpet schema list orders");
  command.add_option("REGISTRY", options->registry, kRegistryHelp);
  add_max_items(command, options->max_items);
  on_run(command, status, [options](Session& session) {
    glue_model::ListSchemasInput input;
    if (!options->registry.empty()) input.registry_id = registry_id(options->registry);
    session.show_list(
        session.call_all<op::ListSchemas>(std::move(input), options->max_items).document, "Schemas",
        {"RegistryName", "SchemaName", "SchemaStatus", "UpdatedTime", "Description"});
    return 0;
  });
}

// The API wants a checkpoint with every change; the one in force leaves it where it is.
glue_model::SchemaVersionNumber checkpoint_in_force(Session& session,
                                                    const glue_model::SchemaId& id) {
  const auto answer = session.call<op::GetSchema>({.schema_id = id});
  return {.version_number = answer.output.schema_checkpoint};
}

void add_update(CLI::App& group, int& status) {
  struct Options {
    std::string schema;
    std::string checkpoint;
    std::optional<std::string> compatibility;
    std::optional<std::string> description;
  };
  auto options = std::make_shared<Options>();
  auto& command =
      add_command(group, "update", "Change a schema's compatibility, checkpoint or description.",
                  "limpet schema update orders/order-value --compatibility FULL\n"
                  "  limpet schema update orders/order-value --checkpoint latest");
  command.add_option("SCHEMA", options->schema, kSchemaHelp)->required();
  command.add_option("--compatibility", options->compatibility, kModes)->type_name("MODE");
  command.add_option(
      "--checkpoint", options->checkpoint,
      "Version from which *_ALL modes count: a number or latest. Default: as it is.");
  command.add_option("--description", options->description, "The new one; empty removes it.");
  on_run(command, status, [options](Session& session) {
    if (options->checkpoint.empty() && !options->compatibility && !options->description) {
      throw CommandFailed{"give --compatibility, --checkpoint or --description", 2};
    }
    const glue_model::SchemaId id = schema_id(options->schema);
    const auto checkpoint = options->checkpoint.empty() ? checkpoint_in_force(session, id)
                                                        : version_number(options->checkpoint);
    session.show_object(session
                            .call<op::UpdateSchema>({.schema_id = id,
                                                     .schema_version_number = checkpoint,
                                                     .compatibility = options->compatibility,
                                                     .description = options->description})
                            .document);
    return 0;
  });
}

void add_delete(CLI::App& group, int& status) {
  auto schema = std::make_shared<std::string>();
  auto& command = add_command(group, "delete", "Delete a schema with all its versions.",
                              "limpet schema delete orders/order-value");
  command.add_option("SCHEMA", *schema, kSchemaHelp)->required();
  on_run(command, status, [schema](Session& session) {
    session.show_object(session.call<op::DeleteSchema>({.schema_id = schema_id(*schema)}).document);
    return 0;
  });
}

}  // namespace

void add_schema_commands(CLI::App& app, int& status) {
  auto* group = app.add_subcommand("schema", "Schemas, their versions and metadata.");
  group->require_subcommand(1);
  add_create(*group, status);
  add_get(*group, status);
  add_list(*group, status);
  add_update(*group, status);
  add_delete(*group, status);
  add_offline_commands(*group, status);
  add_version_commands(*group, status);
  add_metadata_commands(*group, status);
}

}  // namespace limpet::app
