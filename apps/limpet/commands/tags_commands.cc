// limpet tags list|add|remove
#include "arguments.h"
#include "groups.h"
#include "session.h"

#include "limpet/glue_model/schema_registry.h"

#include <memory>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

constexpr const char* kResourceHelp =
    "ARN of a registry or schema, registry/NAME or schema/REGISTRY/NAME.";

// The API takes ARNs only; the short forms are looked up.
std::string resource_arn(Session& session, const std::string& resource) {
  if (resource.starts_with("registry/")) {
    const auto answer =
        session.call<op::GetRegistry>({.registry_id = registry_id(resource.substr(9))});
    return answer.output.registry_arn.value_or("");
  }
  if (resource.starts_with("schema/")) {
    const auto answer = session.call<op::GetSchema>({.schema_id = schema_id(resource.substr(7))});
    return answer.output.schema_arn.value_or("");
  }
  return resource;
}

void add_list(CLI::App& group, int& status) {
  auto resource = std::make_shared<std::string>();
  auto& command = add_command(group, "list", "List the tags of a registry or schema.",
                              "limpet tags list registry/orders");
  command.add_option("RESOURCE", *resource, kResourceHelp)->required();
  on_run(command, status, [resource](Session& session) {
    const auto answer =
        session.call<op::GetTags>({.resource_arn = resource_arn(session, *resource)});
    const json::Value* tags = answer.document.find("Tags");
    if (session.form() == OutputForm::Json || tags == nullptr) {
      session.show_json(answer.document);
    } else if (tags->members().empty()) {
      session.say("nothing to list");
    } else {
      session.show_object(*tags);
    }
    return 0;
  });
}

void add_add(CLI::App& group, int& status) {
  struct Options {
    std::string resource;
    std::vector<std::string> tags;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "add", "Add or replace tags.",
                              "limpet tags add schema/orders/order-value team=sales tier=gold");
  command.add_option("RESOURCE", options->resource, kResourceHelp)->required();
  command.add_option("TAGS", options->tags, "KEY=VALUE …")->required();
  on_run(command, status, [options](Session& session) {
    auto wanted = tags(options->tags);
    const auto answer =
        session.call<op::TagResource>({.resource_arn = resource_arn(session, options->resource),
                                       .tags_to_add = std::move(wanted)});
    session.show_object(answer.document);
    return 0;
  });
}

void add_remove(CLI::App& group, int& status) {
  struct Options {
    std::string resource;
    std::vector<std::string> keys;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "remove", "Remove tags; absent ones are no error.",
                              "limpet tags remove schema/orders/order-value team tier");
  command.add_option("RESOURCE", options->resource, kResourceHelp)->required();
  command.add_option("KEYS", options->keys, "Keys of the tags.")->required();
  on_run(command, status, [options](Session& session) {
    const auto answer =
        session.call<op::UntagResource>({.resource_arn = resource_arn(session, options->resource),
                                         .tags_to_remove = options->keys});
    session.show_object(answer.document);
    return 0;
  });
}

}  // namespace

void add_tags_commands(CLI::App& app, int& status) {
  auto* group = app.add_subcommand("tags", "Tags of registries and schemas: list, add, remove.");
  group->require_subcommand(1);
  add_list(*group, status);
  add_add(*group, status);
  add_remove(*group, status);
}

}  // namespace limpet::app
