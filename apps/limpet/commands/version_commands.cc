// limpet schema register|versions|get-version|find|delete-versions|explain|references
#include "arguments.h"
#include "groups.h"
#include "session.h"

#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/schema_registry.h"

#include <memory>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

// Each finding: what is wrong, what to change, and the facts behind it.
void say_why(Session& session, const glue_model::ExplainSchemaVersionResponse& explained) {
  const auto findings = explained.findings.value_or(std::vector<glue_model::Finding>());
  session.say("");
  if (findings.empty()) session.say(explained.reason.value_or("There is nothing to explain."));
  for (const glue_model::Finding& finding : findings) {
    session.say("- " + finding.message.value_or(""));
    if (finding.fix) session.say("  Fix: " + *finding.fix);
    std::string facts = "  Rule: " + finding.rule.value_or("?");
    if (finding.path) facts += " at " + *finding.path;
    if (finding.writer_type && finding.reader_type) {
      facts += ", written as " + *finding.writer_type + ", read as " + *finding.reader_type;
    }
    session.say(facts);
  }
}

// Why `version_id` failed, for people.
void say_why_failed(Session& session, const std::optional<std::string>& version_id) {
  if (session.form() != OutputForm::Table) return;
  // AWS cannot explain; then there is just the status.
  const auto explained =
      session.try_call<op::ExplainSchemaVersion>({.schema_version_id = version_id});
  if (explained) say_why(session, explained->output);
}

// Shows the answer; the program's exit status.
template <class Output>
int show_registered(Session& session, const client::Answered<Output>& answer) {
  session.show_object(answer.document);
  if (answer.output.status != "FAILURE") return 0;
  say_why_failed(session, answer.output.schema_version_id);
  return 1;
}

void add_register(CLI::App& group, int& status) {
  struct Options {
    std::string schema;
    Definition definition;
    std::vector<std::string> references;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      group, "register",
      "Register a version. Exit status 1 when it is not compatible; it is then kept as FAILURE.",
      "limpet schema register orders/order-value --definition-file order.avsc\n"
      "  limpet schema register orders/order-value --definition-file order.avsc "
      "--reference shop.Address=shared/address:3");
  command.add_option("SCHEMA", options->schema, kSchemaHelp)->required();
  add_definition_options(command, options->definition);
  command
      .add_option("--reference", options->references,
                  "NAME=SCHEMA or NAME=SCHEMA:VERSION: another schema version (default: the "
                  "latest) that the definition calls NAME: an Avro type's full name, the URI of a "
                  "JSON Schema $ref, the path of a Protobuf import. May be repeated.")
      ->allow_extra_args(false);
  on_run(command, status, [options](Session& session) {
    const auto schema = schema_id(options->schema);
    std::string definition = require_definition(options->definition);
    if (options->references.empty()) {
      return show_registered(
          session, session.call<op::RegisterSchemaVersion>(
                       {.schema_id = schema, .schema_definition = std::move(definition)}));
    }
    return show_registered(session, session.call<op::LimpetRegisterSchemaVersion>(
                                        {.schema_id = schema,
                                         .schema_definition = std::move(definition),
                                         .references = references(options->references)}));
  });
}

void add_versions(CLI::App& group, int& status) {
  struct Options {
    std::string schema;
    std::size_t max_items = 0;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "versions", "List a schema's versions, newest first.",
                              "limpet schema versions orders/order-value");
  command.add_option("SCHEMA", options->schema, kSchemaHelp)->required();
  add_max_items(command, options->max_items);
  on_run(command, status, [options](Session& session) {
    session.show_list(session
                          .call_all<op::ListSchemaVersions>(
                              {.schema_id = schema_id(options->schema)}, options->max_items)
                          .document,
                      "Schemas", {"VersionNumber", "Status", "SchemaVersionId", "CreatedTime"});
    return 0;
  });
}

void add_get_version(CLI::App& group, int& status) {
  struct Options {
    VersionSelector version;
    bool definition_only = false;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      group, "get-version", "Show one version with its definition.",
      "limpet schema get-version orders/order-value\n"
      "  limpet schema get-version orders/order-value --version 2 --definition-only > order.avsc\n"
      "  limpet schema get-version --id b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");
  add_version_options(command, options->version);
  command.add_flag("--definition-only", options->definition_only,
                   "Print the definition and nothing else: as it was registered, or, when it was "
                   "registered with references, the whole that they make.");
  on_run(command, status, [options](Session& session) {
    glue_model::GetSchemaVersionInput input;
    select_version(options->version, input);
    const auto answer = session.call<op::GetSchemaVersion>(input);
    if (options->definition_only) {
      session.show_text(answer.document, answer.output.schema_definition.value_or(""));
    } else {
      session.show_object(answer.document);
    }
    return 0;
  });
}

void add_find(CLI::App& group, int& status) {
  struct Options {
    std::string schema;
    Definition definition;
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(group, "find", "Find the version that has a definition.",
                              "limpet schema find orders/order-value --definition-file order.avsc");
  command.add_option("SCHEMA", options->schema, kSchemaHelp)->required();
  add_definition_options(command, options->definition);
  on_run(command, status, [options](Session& session) {
    session.show_object(session
                            .call<op::GetSchemaByDefinition>(
                                {.schema_id = schema_id(options->schema),
                                 .schema_definition = require_definition(options->definition)})
                            .document);
    return 0;
  });
}

void add_delete_versions(CLI::App& group, int& status) {
  struct Options {
    std::string schema;
    std::string versions;
  };
  auto options = std::make_shared<Options>();
  auto& command =
      add_command(group, "delete-versions",
                  "Delete versions. Exit status 1 when one of them could not be deleted.",
                  "limpet schema delete-versions orders/order-value 3\n"
                  "  limpet schema delete-versions orders/order-value 3-7");
  command.add_option("SCHEMA", options->schema, kSchemaHelp)->required();
  command.add_option("VERSIONS", options->versions, "A number or a range; at most 25 versions.")
      ->required();
  on_run(command, status, [options](Session& session) {
    const auto answer = session.call<op::DeleteSchemaVersions>(
        {.schema_id = schema_id(options->schema), .versions = options->versions});
    const auto& errors = answer.output.schema_version_errors;
    const bool clean = !errors || errors->empty();
    if (session.form() == OutputForm::Json) {
      session.show_json(answer.document);
    } else if (clean) {
      session.say("deleted " + options->versions);
    } else {
      for (const auto& item : *errors) {
        session.say("version " + std::to_string(item.version_number.value_or(0)) + ": " +
                    (item.error_details ? item.error_details->error_message.value_or("") : ""));
      }
    }
    return clean ? 0 : 1;
  });
}

void add_explain(CLI::App& group, int& status) {
  auto version = std::make_shared<VersionSelector>();
  auto& command = add_command(group, "explain",
                              "Say why a version failed: the rule, the place, both types, the fix.",
                              "limpet schema explain orders/order-value --version 3\n"
                              "  limpet schema explain --id b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");
  add_version_options(command, *version);
  on_run(command, status, [version](Session& session) {
    glue_model::ExplainSchemaVersionInput input;
    select_version(*version, input);
    const auto answer = session.call<op::ExplainSchemaVersion>(input);
    if (session.form() == OutputForm::Json) {
      session.show_json(answer.document);
      return 0;
    }
    const auto& output = answer.output;
    session.say("version " + std::to_string(output.version_number.value_or(0)) + " of " +
                output.schema_arn.value_or("?") + " is " + output.status.value_or("?") +
                (output.compatibility ? " under " + *output.compatibility : ""));
    say_why(session, output);
    return 0;
  });
}

void add_references(CLI::App& group, int& status) {
  struct Options {
    VersionSelector version;
    bool definition_only = false;
    bool referenced_by = false;
    std::size_t max_items = 0;
  };
  auto options = std::make_shared<Options>();
  auto& command =
      add_command(group, "references",
                  "Show the other versions that a version references, or those that reference it.",
                  "limpet schema references orders/order-value --version 3\n"
                  "  limpet schema references orders/order-value --definition-only > order.avsc\n"
                  "  limpet schema references shared/address --version 1 --referenced-by");
  add_version_options(command, options->version);
  auto* only = command.add_flag("--definition-only", options->definition_only,
                                "Print the definition as it was submitted, with the names of the "
                                "others in it, and nothing else.");
  command
      .add_flag("--referenced-by", options->referenced_by,
                "List the versions that reference this one; it cannot be deleted before them.")
      ->excludes(only);
  add_max_items(command, options->max_items);
  command.get_option("--max-items")->needs("--referenced-by");
  on_run(command, status, [options](Session& session) {
    const std::initializer_list<std::string_view> columns = {"Name", "SchemaArn", "VersionNumber",
                                                             "SchemaVersionId"};
    if (options->referenced_by) {
      glue_model::ListReferencingSchemaVersionsInput input;
      select_version(options->version, input);
      session.show_list(
          session.call_all<op::ListReferencingSchemaVersions>(input, options->max_items).document,
          "SchemaVersions", columns);
      return 0;
    }
    glue_model::GetSchemaVersionReferencesInput input;
    select_version(options->version, input);
    const auto answer = session.call<op::GetSchemaVersionReferences>(input);
    if (options->definition_only) {
      session.show_text(answer.document, answer.output.schema_definition.value_or(""));
    } else {
      session.show_list(answer.document, "References", columns);
    }
    return 0;
  });
}

}  // namespace

void add_version_commands(CLI::App& schema, int& status) {
  add_register(schema, status);
  add_versions(schema, status);
  add_get_version(schema, status);
  add_find(schema, status);
  add_delete_versions(schema, status);
  add_explain(schema, status);
  add_references(schema, status);
}

}  // namespace limpet::app
