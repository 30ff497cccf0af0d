// limpet operations: what this version serves. Asks no server; the table is in the program.
#include "groups.h"
#include "session.h"
#include "view.h"

#include "limpet/glue_api/service.h"
#include "limpet/json/writer.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace limpet::app {
namespace {

struct Options {
  bool served_only = false;
  std::string form = "table";
};

json::Value rows(bool served_only) {
  json::Value list = json::Value::array({});
  for (const auto& operation : glue_api::operations()) {
    if (served_only && !operation.served) continue;
    list.push_back(json::Value::object(
        {{"Target",
          json::Value::string(std::string(operation.service) + "." + std::string(operation.name))},
         {"Served", json::Value::boolean(operation.served)}}));
  }
  return list;
}

}  // namespace

void add_operations_command(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("operations", "List the API's operations and which are served.");
  command->footer("Examples:\n  limpet operations --served\n  limpet operations --output json");
  command->add_flag("--served", options->served_only, "Only those that are served.");
  add_output_option(*command, options->form, "table (default) or json.");
  command->callback([options, &status] {
    json::Value list = rows(options->served_only);
    if (options->form == "json") {
      std::cout << json::to_pretty_text(json::Value::object({{"Operations", std::move(list)}}))
                << '\n';
    } else {
      std::cout << list_view(list, {"Target", "Served"});
    }
    status = std::cout.flush() ? 0 : 1;
  });
}

}  // namespace limpet::app
