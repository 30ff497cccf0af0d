// limpet schema check: may this definition follow those versions?
#include "arguments.h"
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "offline_report.h"
#include "session.h"

#include "limpet/glue_model/schema_registry.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

constexpr int kCompatible = 0;
constexpr int kIncompatible = 1;
constexpr int kNoVerdict = 2;

struct Options {
  std::vector<std::string> files;
  std::string format;
  std::vector<std::string> imports;
  std::string mode;
  bool all_modes = false;
  std::string json_rules = "strict";
  std::string profile = "glue";
  std::string registry;
  std::string schema;
  Definition definition;
  std::string form = "text";
  ConnectionOptions connection;
};

compat::Mode mode_named(const std::string& name) {
  if (const auto mode = compat::parse_mode(name)) return *mode;
  throw CommandFailed{"the server answered an unknown compatibility mode: " + name, kNoVerdict};
}

/// A registry's versions that `mode` looks at, of the schema's `format`.
std::vector<StoredDefinition> fetch_versions(Session& session, const glue_model::SchemaId& id,
                                             const std::string& name, compat::Format format,
                                             std::int64_t checkpoint, bool many) {
  const auto listed = session.call_all<op::ListSchemaVersions>({.schema_id = id}, 0);
  std::vector<std::int64_t> numbers;
  for (const auto& item :
       listed.output.schemas.value_or(std::vector<glue_model::SchemaVersionListItem>())) {
    if (item.status == "AVAILABLE" && item.version_number) numbers.push_back(*item.version_number);
  }
  std::ranges::sort(numbers);
  if (!many && !numbers.empty()) numbers = {numbers.back()};
  std::vector<StoredDefinition> versions;
  for (const std::int64_t number : numbers) {
    if (many && number < checkpoint) continue;
    const auto answer = session.call<op::GetSchemaVersion>(
        {.schema_id = id,
         .schema_version_number = glue_model::SchemaVersionNumber{.version_number = number}});
    versions.push_back(
        {.version = number,
         .definition = parse_offline(format, name + " version " + std::to_string(number),
                                     answer.output.schema_definition.value_or(""))});
  }
  return versions;
}

void show(const Options& options, const CheckReport& report) {
  if (options.form == "json") {
    std::cout << json::to_pretty_text(json_report(report)) << '\n';
  } else if (options.form == "github") {
    std::cout << github_report(report);
  } else if (options.form == "junit") {
    std::cout << junit_report(report);
  } else {
    std::cout << text_report(report);
  }
}

/// As a server with the same options judges.
compat::CheckOptions rules_of(const Options& options) {
  return {.profile = compat::parse_profile(options.profile).value_or(compat::Profile::Glue),
          .json_lenient = options.json_rules == "lenient"};
}

int conclude(const Options& options, compat::Mode mode, OfflineDefinition candidate,
             std::vector<StoredDefinition> stored) {
  if (!options.all_modes) {
    const CheckReport report =
        judge(mode, std::move(candidate), std::move(stored), rules_of(options));
    show(options, report);
    return report.verdict.compatible() ? kCompatible : kIncompatible;
  }
  ModeReports reports;
  for (const compat::Mode each : compat::kModes) {
    reports.emplace_back(each, judge(each, candidate, stored, rules_of(options)));
  }
  if (options.form == "json") {
    std::cout << json::to_pretty_text(modes_json(reports)) << '\n';
  } else {
    std::cout << modes_table(reports);
  }
  return kCompatible;
}

int check_files(const Options& options) {
  const compat::Format format = choose_format(options.files, options.format);
  Imports imports(options.imports);
  std::vector<StoredDefinition> stored;
  for (std::size_t i = 0; i + 1 < options.files.size(); ++i) {
    stored.push_back({.version = static_cast<std::int64_t>(i) + 1,
                      .definition = load_with(imports, format, options.files[i])});
  }
  const compat::Mode mode = mode_named(options.mode.empty() ? "BACKWARD" : options.mode);
  OfflineDefinition candidate = load_with(imports, format, options.files.back());
  imports.require_used();
  return conclude(options, mode, std::move(candidate), std::move(stored));
}

glue_model::SchemaId schema_of(const Options& options) {
  if (options.registry.empty()) return schema_id(options.schema);
  return {.schema_name = options.schema, .registry_name = options.registry};
}

int check_against_schema(const Options& options, Session& session) {
  if (options.files.size() != 1) {
    throw CommandFailed{"with --schema, give one file: the versions come from the server"};
  }
  const glue_model::SchemaId id = schema_of(options);
  const auto schema = session.call<op::GetSchema>({.schema_id = id}).output;
  const compat::Format format = choose_format(
      options.files, options.format.empty() ? schema.data_format.value_or("") : options.format);
  if (compat::to_string(format) != schema.data_format) {
    throw CommandFailed{"the schema's format is " + schema.data_format.value_or("unknown")};
  }
  const compat::Mode mode =
      mode_named(options.mode.empty() ? schema.compatibility.value_or("") : options.mode);
  Imports imports(options.imports);
  OfflineDefinition candidate = load_with(imports, format, options.files.front());
  imports.require_used();
  auto stored = fetch_versions(session, id, schema.schema_name.value_or(options.schema), format,
                               schema.schema_checkpoint.value_or(1),
                               options.all_modes || compat::checks_many(mode));
  return conclude(options, mode, std::move(candidate), std::move(stored));
}

/// A definition by itself, as the server judges it.
int check_validity(const Options& options, Session& session) {
  const auto answer = session.call<op::CheckSchemaVersionValidity>(
      {.data_format = options.format.empty() ? "AVRO" : options.format,
       .schema_definition = require_definition(options.definition)});
  session.show_object(answer.document);
  return answer.output.valid.value_or(false) ? kCompatible : kIncompatible;
}

int run(Options& options) {
  const bool by_server = !options.definition.file.empty() || !options.definition.text.empty();
  if (options.all_modes && options.form != "text" && options.form != "json") {
    throw CommandFailed{"--all-modes has the outputs text and json", kNoVerdict};
  }
  if (by_server && (!options.files.empty() || !options.schema.empty())) {
    throw CommandFailed{"--definition and --definition-file stand alone", kNoVerdict};
  }
  if (!by_server && options.files.empty()) {
    throw CommandFailed{"give the files to compare", kNoVerdict};
  }
  if (!by_server && options.schema.empty()) return check_files(options);
  options.connection.form = options.form;
  try {
    return with_session(options.connection, [&](Session& session) {
      return by_server ? check_validity(options, session) : check_against_schema(options, session);
    });
  } catch (CommandFailed& failed) {
    failed.status = kNoVerdict;  // 1 would say that the definition is at fault
    throw;
  }
}

}  // namespace

void add_schema_check_command(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "check",
      "Check that a definition may follow others; without a server, or with --schema against one. "
      "Exit status 0: compatible, 1: not, 2: no verdict.",
      "limpet schema check --mode BACKWARD order-v1.avsc order-v2.avsc\n"
      "  limpet schema check --mode FULL_ALL v1.proto v2.proto v3.proto --output junit\n"
      "  limpet schema check --all-modes order-v1.json order-v2.json\n"
      "  limpet schema check v1.avsc v2.avsc --import shop.Address=address.avsc\n"
      "  limpet schema check --registry orders --schema order-value order.avsc\n"
      "  limpet schema check order.avsc       # valid by itself?\n"
      "  limpet schema check --definition-file order.avsc       # does the server find it valid?");
  command.add_option("FILES", options->files,
                     "Versions 1, 2, … and last the new definition; - reads standard input.");
  add_format_option(command, options->format);
  add_import_option(command, options->imports);
  auto* mode =
      command
          .add_option("--mode,--compatibility", options->mode,
                      "NONE, DISABLED, BACKWARD, BACKWARD_ALL, FORWARD, FORWARD_ALL, FULL or "
                      "FULL_ALL. Default: BACKWARD, or the mode of --schema.")
          ->check(CLI::IsMember({"NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD",
                                 "FORWARD_ALL", "FULL", "FULL_ALL"})
                      .description(""))
          ->type_name("MODE");
  command
      .add_flag("--all-modes", options->all_modes,
                "Show the verdicts of all eight modes; exit status 0 whatever they are.")
      ->excludes(mode);
  command
      .add_option("--glue-json-compatibility", options->json_rules,
                  "strict (default) or lenient, like the server's option: whether a property that "
                  "joins an open content model is incompatible.")
      ->check(CLI::IsMember({"strict", "lenient"}).description(""))
      ->type_name("RULE");
  command
      .add_option("--rules", options->profile,
                  "Whose rules and words: glue (default) or confluent, those of Confluent Schema "
                  "Registry, whose *_TRANSITIVE is *_ALL here, and whose policy LENIENT is "
                  "--glue-json-compatibility lenient.")
      ->check(CLI::IsMember({"glue", "confluent"}).description(""))
      ->type_name("RULES");
  auto* against = command.add_option(
      "--schema", options->schema,
      "Compare with the versions that this schema has: " + std::string(kSchemaHelp));
  command.add_option("--registry", options->registry, "Registry of --schema, by name.")
      ->needs(against);
  command
      .add_option("--output", options->form,
                  "text (default), json, github (workflow annotations) or junit.")
      ->check(CLI::IsMember({"text", "json", "github", "junit"}).description(""))
      ->type_name("FORM");
  add_definition_options(command, options->definition);
  add_connection_options(command, options->connection);
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
