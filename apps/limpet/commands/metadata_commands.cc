// limpet schema metadata put|query|remove
#include "arguments.h"
#include "groups.h"
#include "session.h"

#include "limpet/glue_model/schema_registry.h"

#include <memory>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

struct PairOptions {
  VersionSelector version;
  std::string key;
  std::string value;
};

template <class Input>
Input pair_input(const PairOptions& options) {
  Input input;
  select_version(options.version, input);
  input.metadata_key_value = glue_model::MetadataKeyValuePair{.metadata_key = options.key,
                                                              .metadata_value = options.value};
  return input;
}

template <class Op>
void add_pair_command(CLI::App& group, int& status, const std::string& name,
                      const std::string& purpose) {
  auto options = std::make_shared<PairOptions>();
  auto& command = add_command(group, name, purpose,
                              "limpet schema metadata " + name +
                                  " orders/order-value --version 2 --key team --value sales");
  add_version_options(command, options->version);
  command.add_option("--key", options->key, "Up to 128 bytes.")->required();
  command.add_option("--value", options->value, "Up to 256 bytes.")->required();
  on_run(command, status, [options](Session& session) {
    session.show_object(session.call<Op>(pair_input<typename Op::Input>(*options)).document);
    return 0;
  });
}

// The answer is a map from key to first value and others: one line per value for people.
json::Value pairs_of(const glue_model::QuerySchemaVersionMetadataResponse& answer) {
  json::Value rows = json::Value::array({});
  const auto add = [&](const std::string& key, const std::optional<std::string>& value,
                       const std::optional<std::string>& created) {
    rows.push_back(
        json::Value::object({{"Key", json::Value::string(key)},
                             {"Value", json::Value::string(value.value_or(""))},
                             {"CreatedTime", json::Value::string(created.value_or(""))}}));
  };
  if (!answer.metadata_info_map) return rows;
  for (const auto& [key, info] : *answer.metadata_info_map) {
    add(key, info.metadata_value, info.created_time);
    if (!info.other_metadata_value_list) continue;
    for (const auto& other : *info.other_metadata_value_list) {
      add(key, other.metadata_value, other.created_time);
    }
  }
  return rows;
}

void add_query(CLI::App& group, int& status) {
  struct Options {
    VersionSelector version;
    std::string key;
    std::string value;
    std::size_t max_items = 0;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      group, "query", "List a version's metadata.",
      "limpet schema metadata query orders/order-value --version 2\n"
      "  limpet schema metadata query --id b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63 --key team");
  add_version_options(command, options->version);
  auto* key = command.add_option("--key", options->key, "Only this key.");
  command.add_option("--value", options->value, "Only this value of the key.")->needs(key);
  add_max_items(command, options->max_items);
  on_run(command, status, [options](Session& session) {
    glue_model::QuerySchemaVersionMetadataInput input;
    select_version(options->version, input);
    if (!options->key.empty()) {
      glue_model::MetadataKeyValuePair wanted{.metadata_key = options->key};
      if (!options->value.empty()) wanted.metadata_value = options->value;
      input.metadata_list = {std::move(wanted)};
    }
    const auto answer =
        session.call_all<op::QuerySchemaVersionMetadata>(std::move(input), options->max_items);
    if (session.form() == OutputForm::Json) {
      session.show_json(answer.document);
    } else {
      session.show_list(json::Value::object({{"Pairs", pairs_of(answer.output)}}), "Pairs",
                        {"Key", "CreatedTime", "Value"});
    }
    return 0;
  });
}

}  // namespace

void add_metadata_commands(CLI::App& schema, int& status) {
  auto* group = schema.add_subcommand("metadata", "Key and value pairs of a version.");
  group->require_subcommand(1);
  add_pair_command<op::PutSchemaVersionMetadata>(*group, status, "put",
                                                 "Add a pair; a key may have several values.");
  add_query(*group, status);
  add_pair_command<op::RemoveSchemaVersionMetadata>(*group, status, "remove", "Remove a pair.");
}

}  // namespace limpet::app
