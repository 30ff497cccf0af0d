// limpet schema diff: of two files, or of two versions on a server.
#include "arguments.h"
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "session.h"
#include "view.h"

#include "limpet/compat/diff.h"
#include "limpet/compat/semantic_diff.h"
#include "limpet/glue_model/schema_registry.h"
#include "limpet/json/writer.h"

#include <iostream>
#include <memory>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

struct Options {
  std::vector<std::string> sides;
  std::string format;
  std::vector<std::string> imports;
  bool semantic = false;
  std::string form = "table";
  ConnectionOptions connection;
};

void diff_files(const Options& options) {
  const compat::Format format = choose_format(options.sides, options.format);
  Imports imports(options.imports);
  const OfflineDefinition first = load_with(imports, format, options.sides[0]);
  const OfflineDefinition second = load_with(imports, format, options.sides[1]);
  imports.require_used();
  const auto patch =
      options.semantic
          ? compat::semantic_diff({.version = 1, .definition = first.parsed}, second.parsed, {})
          : compat::syntax_diff(format, first.text, second.text);
  if (!patch) throw CommandFailed{describe(patch.error()), 2};
  if (options.form == "json") {
    std::cout << json::to_pretty_text(json::Value::object({{"Diff", json::Value::string(*patch)}}))
              << '\n';
  } else {
    std::cout << *patch << '\n';
  }
}

int diff_versions(const Options& options, Session& session) {
  const auto answer = session.call<op::GetSchemaVersionsDiff>(
      {.schema_id = schema_id(options.sides[0]),
       .first_schema_version_number = version_number(options.sides[1]),
       .second_schema_version_number = version_number(options.sides[2]),
       .schema_diff_type = options.semantic ? "SEMANTIC_DIFF" : "SYNTAX_DIFF"});
  session.show_text(answer.document, answer.output.diff.value_or(""));
  return 0;
}

}  // namespace

void add_schema_diff_command(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "diff", "Show how two files, or two versions on a server, differ, as a JSON Patch.",
      "limpet schema diff orders/order-value 1 latest\n"
      "  limpet schema diff order-v1.avsc order-v2.avsc");
  command
      .add_option("SIDES", options->sides,
                  "OLD NEW, two files (- reads standard input); or SCHEMA FIRST SECOND, where a "
                  "version is a number or latest.")
      ->required()
      ->expected(2, 3);
  command.add_flag("--semantic", options->semantic,
                   "What changed of what means something, and who can read whose data. Limpet's "
                   "extension: AWS does not know it.");
  add_format_option(command, options->format);
  add_import_option(command, options->imports);
  add_output_option(command, options->form, "table (default), or json as the API answers.");
  add_connection_options(command, options->connection);
  on_run_locally(command, status, [options] {
    if (options->sides.size() == 2) {
      diff_files(*options);
      return 0;
    }
    options->connection.form = options->form;
    return with_session(options->connection,
                        [&](Session& session) { return diff_versions(*options, session); });
  });
}

}  // namespace limpet::app
