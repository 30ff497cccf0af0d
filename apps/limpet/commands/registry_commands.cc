// limpet registry create|get|list|update|delete
#include "arguments.h"
#include "groups.h"
#include "session.h"

#include "limpet/glue_model/schema_registry.h"

#include <memory>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

void add_create(CLI::App& group, int& status) {
  struct Options {
    std::string name;
    std::optional<std::string> description;
    std::vector<std::string> tags;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "create", "Create a registry.",
                              "limpet registry create orders --description \"Order events\" "
                              "--tag team=sales");
  command.add_option("NAME", options->name, "Letters, digits and - _ $ # .")->required();
  command.add_option("--description", options->description, "Up to 2048 bytes.");
  command.add_option("--tag", options->tags, "KEY=VALUE; may be given several times.")
      ->allow_extra_args(false);
  on_run(command, status, [options](Session& session) {
    session.show_object(session
                            .call<op::CreateRegistry>({.registry_name = options->name,
                                                       .description = options->description,
                                                       .tags = tags(options->tags)})
                            .document);
    return 0;
  });
}

void add_get(CLI::App& group, int& status) {
  auto registry = std::make_shared<std::string>();
  auto& command = add_command(group, "get", "Show a registry.", "limpet registry get orders");
  command.add_option("REGISTRY", *registry, kRegistryHelp)->required();
  on_run(command, status, [registry](Session& session) {
    session.show_object(
        session.call<op::GetRegistry>({.registry_id = registry_id(*registry)}).document);
    return 0;
  });
}

void add_list(CLI::App& group, int& status) {
  auto max_items = std::make_shared<std::size_t>(0);
  auto& command =
      add_command(group, "list", "List the registries.",
                  "limpet registry list\n"
                  "  limpet registry list --output json | jq '.Registries[].RegistryName'");
  add_max_items(command, *max_items);
  on_run(command, status, [max_items](Session& session) {
    session.show_list(session.call_all<op::ListRegistries>({}, *max_items).document, "Registries",
                      {"RegistryName", "Status", "CreatedTime", "Description"});
    return 0;
  });
}

void add_update(CLI::App& group, int& status) {
  struct Options {
    std::string registry;
    std::string description;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "update", "Change a registry's description.",
                              "limpet registry update orders --description \"All order events\"");
  command.add_option("REGISTRY", options->registry, kRegistryHelp)->required();
  command.add_option("--description", options->description, "The new one; empty removes it.")
      ->required();
  on_run(command, status, [options](Session& session) {
    session.show_object(
        session
            .call<op::UpdateRegistry>({.registry_id = registry_id(options->registry),
                                       .description = options->description})
            .document);
    return 0;
  });
}

void add_delete(CLI::App& group, int& status) {
  auto registry = std::make_shared<std::string>();
  auto& command =
      add_command(group, "delete", "Delete a registry with all its schemas and their versions.",
                  "limpet registry delete orders");
  command.add_option("REGISTRY", *registry, kRegistryHelp)->required();
  on_run(command, status, [registry](Session& session) {
    session.show_object(
        session.call<op::DeleteRegistry>({.registry_id = registry_id(*registry)}).document);
    return 0;
  });
}

}  // namespace

void add_registry_commands(CLI::App& app, int& status) {
  auto* group = app.add_subcommand("registry", "Registries: create, get, list, update, delete.");
  group->require_subcommand(1);
  add_create(*group, status);
  add_get(*group, status);
  add_list(*group, status);
  add_update(*group, status);
  add_delete(*group, status);
}

}  // namespace limpet::app
