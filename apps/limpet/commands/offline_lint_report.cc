#include "offline_lint_report.h"

#include "offline_words.h"
#include "view.h"

#include <algorithm>
#include <string_view>

namespace limpet::app {
namespace {

using lint::Advice;
using lint::Severity;

std::string sentences(const Advice& advice) {
  return advice.message + ". Fix: " + advice.fix + ".";
}

std::size_t count(const Linted& linted, Severity severity) {
  return static_cast<std::size_t>(std::ranges::count_if(
      linted.advice, [&](const Advice& advice) { return advice.rule->severity == severity; }));
}

std::string headline(const Linted& linted) {
  if (linted.advice.empty()) return linted.definition.name + ": nothing to say";
  const std::size_t warnings = count(linted, Severity::Warning);
  const std::size_t infos = count(linted, Severity::Info);
  std::string out = linted.definition.name + ": ";
  if (warnings > 0) out += counted(warnings, "warning");
  if (infos > 0) out += (warnings > 0 ? " and " : "") + counted(infos, "remark");
  return out;
}

json::Value advice_value(const Linted& linted, const Advice& advice) {
  return json::Value::object({{"Rule", text_value(advice.rule->id)},
                              {"Severity", text_value(lint::to_string(advice.rule->severity))},
                              {"Path", text_value(advice.path)},
                              {"Message", text_value(advice.message)},
                              {"Fix", text_value(advice.fix)},
                              {"Place", place_value(place_of(linted.definition, advice))}});
}

}  // namespace

std::optional<Place> place_of(const OfflineDefinition& definition, const Advice& advice) {
  if (advice.byte) return find_place(definition.text, *advice.byte);
  return find_place(definition.text, advice.path);
}

std::size_t warning_count(const LintReport& report) {
  std::size_t warnings = 0;
  for (const Linted& linted : report) warnings += count(linted, Severity::Warning);
  return warnings;
}

std::string lint_text(const LintReport& report) {
  std::string out;
  for (const Linted& linted : report) {
    out += (out.empty() ? "" : "\n") + printable(headline(linted)) + "\n";
    for (const Advice& advice : linted.advice) {
      out += "\n" + std::string(lint::to_string(advice.rule->severity)) + " " +
             std::string(advice.rule->id) + ": " + printable(sentences(advice)) + "\n";
      const auto place = place_of(linted.definition, advice);
      if (!place) continue;
      out += "  " + printable(linted.definition.name) + ":" + std::to_string(place->line) + ":" +
             std::to_string(place->column) + "\n" + excerpt(linted.definition.text, *place);
    }
  }
  return out;
}

json::Value lint_json(const LintReport& report) {
  std::vector<json::Value> files;
  for (const Linted& linted : report) {
    std::vector<json::Value> findings;
    for (const Advice& advice : linted.advice) findings.push_back(advice_value(linted, advice));
    files.push_back(json::Value::object(
        {{"Definition", text_value(linted.definition.name)},
         {"DataFormat", text_value(compat::to_string(linted.definition.parsed.format()))},
         {"Findings", json::Value::array(std::move(findings))}}));
  }
  return json::Value::object({{"Warnings", number_value(warning_count(report))},
                              {"Files", json::Value::array(std::move(files))}});
}

std::string lint_github(const LintReport& report) {
  std::string out;
  for (const Linted& linted : report) {
    for (const Advice& advice : linted.advice) {
      out += advice.rule->severity == Severity::Warning ? "::warning" : "::notice";
      out += " file=" + command_text(linted.definition.name, CommandPart::Property);
      if (const auto place = place_of(linted.definition, advice)) {
        out += ",line=" + std::to_string(place->line) + ",col=" + std::to_string(place->column);
      }
      out += ",title=" + command_text(advice.rule->id, CommandPart::Property) +
             "::" + command_text(sentences(advice), CommandPart::Message) + "\n";
    }
  }
  return out.empty() ? "nothing to say\n" : out;
}

std::string lint_junit(const LintReport& report, const lint::Options& rules) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Linted& linted : report) {
    std::string cases;
    std::size_t tests = 0;
    std::size_t failures = 0;
    for (const lint::Rule& rule : lint::rules()) {
      if (rule.format != linted.definition.parsed.format() || !lint::is_asked(rule, rules))
        continue;
      std::string found;
      for (const Advice& advice : linted.advice) {
        if (advice.rule != &rule) continue;
        const auto place = place_of(linted.definition, advice);
        found += xml_text((place ? "line " + std::to_string(place->line) + ": " : std::string()) +
                          sentences(advice)) +
                 "\n";
      }
      ++tests;
      cases += "    <testcase classname=\"" + xml_text(linted.definition.name) + "\" name=\"" +
               xml_text(rule.id) + "\"";
      if (found.empty()) {
        cases += "/>\n";
      } else if (rule.severity == Severity::Warning) {
        ++failures;
        cases += "><failure type=\"" + xml_text(rule.id) + "\" message=\"" + xml_text(rule.finds) +
                 "\">" + found + "</failure></testcase>\n";
      } else {
        cases += "><system-out>" + found + "</system-out></testcase>\n";
      }
    }
    out += "  <testsuite name=\"limpet schema lint " + xml_text(linted.definition.name) +
           "\" tests=\"" + std::to_string(tests) + "\" failures=\"" + std::to_string(failures) +
           "\" errors=\"0\" skipped=\"0\">\n" + cases + "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace limpet::app
