// limpet schema lint: advice on definitions.
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "offline_lint_report.h"
#include "session.h"
#include "view.h"

#include "limpet/json/writer.h"
#include "limpet/lint/lint.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

namespace limpet::app {
namespace {

constexpr int kClean = 0;
constexpr int kWarned = 1;
constexpr int kInvalid = 2;

struct Options {
  std::vector<std::string> files;
  std::string format;
  std::vector<std::string> imports;
  std::vector<std::string> disabled;
  std::vector<std::string> enabled;
  bool list_rules = false;
  std::string form = "text";
};

/// Unlike what registers a definition, this takes what AWS Glue refuses, in order to say so.
OfflineDefinition load_for_lint(Imports& imports, compat::Format format, const std::string& file) {
  if (format != compat::Format::Protobuf || !imports.empty()) {
    return load_with(imports, format, file);
  }
  std::string text = read_text(file);
  auto schema = protobuf::parse(text, {.extensions = protobuf::Extensions::Accept, .imports = {}});
  const std::string name = file == "-" ? "standard input" : file;
  if (!schema) return parse_offline(format, name, std::move(text));  // throws, with its sentence
  const std::size_t bytes = text.size();
  return {name, std::move(text), compat::ParsedDefinition(*std::move(schema), bytes)};
}

lint::Options rules_of(const Options& options) {
  lint::Options chosen;
  const auto add = [](const std::vector<std::string>& ids, auto& to) {
    for (const std::string& id : ids) {
      if (lint::find_rule(id) == nullptr) {
        throw CommandFailed{"there is no rule " + id + " (limpet schema lint --list-rules)",
                            kInvalid};
      }
      to.insert(id);
    }
  };
  add(options.disabled, chosen.disabled);
  add(options.enabled, chosen.enabled);
  return chosen;
}

void list_rules(const std::string& form) {
  if (form == "markdown") {
    std::cout << lint::rules_markdown();
    return;
  }
  std::vector<json::Value> rows;
  for (const lint::Rule& rule : lint::rules()) {
    const auto text = [](std::string_view word) { return json::Value::string(std::string(word)); };
    rows.push_back(json::Value::object({{"Rule", text(rule.id)},
                                        {"DataFormat", text(compat::to_string(rule.format))},
                                        {"Severity", text(lint::to_string(rule.severity))},
                                        {"ByDefault", text(rule.by_default ? "on" : "off")},
                                        {"Finds", text(rule.finds)},
                                        {"Because", text(rule.because)}}));
  }
  auto list = json::Value::array(std::move(rows));
  if (form == "json") {
    std::cout << json::to_pretty_text(json::Value::object({{"Rules", std::move(list)}})) << '\n';
  } else {
    std::cout << list_view(list, {"Rule", "Severity", "ByDefault", "Finds"});
  }
}

int run(const Options& options) {
  const lint::Options rules = rules_of(options);
  if (options.list_rules) {
    if (!options.files.empty()) {
      throw CommandFailed{"--list-rules stands alone", kInvalid};
    }
    list_rules(options.form);
    return kClean;
  }
  if (options.files.empty()) throw CommandFailed{"give the files to look at", kInvalid};
  if (options.form == "markdown") {
    throw CommandFailed{"--output markdown is for --list-rules", kInvalid};
  }
  if (std::ranges::count(options.files, "-") > 1) {
    throw CommandFailed{"standard input can be read once", kInvalid};
  }
  Imports imports(options.imports);
  LintReport report;
  for (const std::string& file : options.files) {
    Linted linted{load_for_lint(imports, choose_format({file}, options.format), file), {}};
    auto advice = lint::lint(linted.definition.parsed, linted.definition.text, rules);
    if (!advice) throw CommandFailed{file + ": " + describe(advice.error()), kInvalid};
    linted.advice = *std::move(advice);
    report.push_back(std::move(linted));
  }
  imports.require_used();
  if (options.form == "json") {
    std::cout << json::to_pretty_text(lint_json(report)) << '\n';
  } else if (options.form == "github") {
    std::cout << lint_github(report);
  } else if (options.form == "junit") {
    std::cout << lint_junit(report, rules);
  } else {
    std::cout << lint_text(report);
  }
  return warning_count(report) == 0 ? kClean : kWarned;
}

}  // namespace

void add_schema_lint_command(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "lint",
      "Advise on definitions that are valid: traps that close when they evolve, and mistakes that "
      "nothing refuses. Exit status 0: no warning, 1: warnings, 2: not valid.",
      "limpet schema lint order.avsc user.json item.proto\n"
      "  limpet schema lint order.avsc --disable avro-no-namespace --enable avro-missing-doc\n"
      "  limpet schema lint *.avsc --output github\n"
      "  limpet schema lint --list-rules");
  command.add_option("FILES", options->files, "Definitions; - reads standard input.");
  add_format_option(command, options->format);
  add_import_option(command, options->imports);
  command.add_option("--disable", options->disabled, "Leave this rule out; may be repeated.")
      ->type_name("RULE")
      ->expected(1)
      ->take_all();
  command
      .add_option("--enable", options->enabled,
                  "Ask this rule, which is off by default; may be repeated.")
      ->type_name("RULE")
      ->expected(1)
      ->take_all();
  command.add_flag("--list-rules", options->list_rules,
                   "Show all rules, with --output markdown as the reference page.");
  command
      .add_option("--output", options->form,
                  "text (default), json, github (workflow annotations) or junit.")
      ->check(CLI::IsMember({"text", "json", "github", "junit", "markdown"}).description(""))
      ->type_name("FORM");
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
