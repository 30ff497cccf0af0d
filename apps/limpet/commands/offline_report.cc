#include "offline_report.h"

#include "offline_places.h"
#include "offline_words.h"
#include "view.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace limpet::app {
namespace {

using compat::Finding;

/// Requires: a finding of this report.
const OfflineDefinition& stored_for(const CheckReport& report, const Finding& finding) {
  return std::ranges::find(report.stored, finding.version, &StoredDefinition::version)->definition;
}

Sides sides_of(const CheckReport& report, const Finding& finding) {
  return find_places(finding, report.candidate, stored_for(report, finding));
}

std::string mode_name(const CheckReport& report) {
  return std::string(compat::to_string(report.verdict.mode));
}

std::size_t compared_count(const CheckReport& report) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.stored, &StoredDefinition::compared));
}

/// The outcome in one line.
std::string headline(const CheckReport& report) {
  const std::string name = report.candidate.name + ": ";
  const std::string mode = mode_name(report);
  if (!report.verdict.compatible()) {
    const std::size_t reasons = report.verdict.findings.size();
    return name + "not " + mode + " compatible, " + counted(reasons, "reason");
  }
  const std::string valid =
      name + "valid " + std::string(compat::to_string(report.candidate.parsed.format()));
  if (report.stored.empty()) return valid + ", and there is no version to compare with";
  const std::size_t compared = compared_count(report);
  if (compared == 0) return valid + ", and " + mode + " compares with no version";
  if (compared > 1) return name + mode + " compatible with " + counted(compared, "version");
  const auto only = std::ranges::find_if(report.stored, &StoredDefinition::compared);
  return name + mode + " compatible with " + only->definition.name;
}

std::string side_text(const OfflineDefinition& definition, const std::optional<Place>& place,
                      std::string_view note) {
  if (!place) return {};
  return "  " + printable(definition.name) + ":" + std::to_string(place->line) + ":" +
         std::to_string(place->column) + std::string(note) + "\n" +
         excerpt(definition.text, *place);
}

json::Value finding_value(const CheckReport& report, const Finding& finding) {
  const Sides sides = sides_of(report, finding);
  json::Value value =
      json::Value::object({{"Rule", text_value(finding.rule)},
                           {"Direction", text_value(compat::to_string(finding.direction))},
                           {"VersionNumber", json::Value::integer(finding.version)},
                           {"Path", text_value(finding.path)},
                           {"Field", text_value(finding.field)},
                           {"ReaderType", text_value(finding.reader_type)},
                           {"WriterType", text_value(finding.writer_type)},
                           {"Message", text_value(finding.message)},
                           {"Fix", text_value(finding.fix)},
                           {"CandidatePlace", place_value(sides.candidate)},
                           {"StoredPlace", place_value(sides.stored)}});
  if (!finding.confluent_message.empty()) {
    value.set("ConfluentMessage", text_value(finding.confluent_message));
  }
  return value;
}

}  // namespace

std::string text_report(const CheckReport& report) {
  std::string out = printable(headline(report)) + "\n";
  for (const Finding& finding : report.verdict.findings) {
    const Sides sides = sides_of(report, finding);
    out += "\n" + printable(sentence(report.verdict, finding)) + "\n";
    if (finding.path.empty() || report.verdict.mode == compat::Mode::Disabled) continue;
    const auto note = [](const std::optional<Place>& place) {
      return place && !place->exact ? "  (absent here)" : "";
    };
    out += side_text(report.candidate, sides.candidate, note(sides.candidate));
    out += side_text(stored_for(report, finding), sides.stored, note(sides.stored));
  }
  return out;
}

json::Value json_report(const CheckReport& report) {
  std::vector<json::Value> versions;
  for (const StoredDefinition& each : report.stored) {
    versions.push_back(json::Value::object(
        {{"VersionNumber", json::Value::integer(each.version)},
         {"Definition", text_value(each.definition.name)},
         {"Compared", json::Value::boolean(each.compared)},
         {"Compatible", each.compared ? json::Value::boolean(report.against(each.version).empty())
                                      : json::Value()}}));
  }
  std::vector<json::Value> findings;
  for (const Finding& finding : report.verdict.findings) {
    findings.push_back(finding_value(report, finding));
  }
  return json::Value::object(
      {{"Definition", text_value(report.candidate.name)},
       {"DataFormat", text_value(compat::to_string(report.candidate.parsed.format()))},
       {"Compatibility", text_value(mode_name(report))},
       {"Compatible", json::Value::boolean(report.verdict.compatible())},
       {"Summary", text_value(compat::summary(report.verdict))},
       {"Versions", json::Value::array(std::move(versions))},
       {"Findings", json::Value::array(std::move(findings))}});
}

std::string github_report(const CheckReport& report) {
  if (report.verdict.compatible()) return printable(headline(report)) + "\n";
  std::string out;
  for (const Finding& finding : report.verdict.findings) {
    out += "::error file=" + command_text(report.candidate.name, CommandPart::Property);
    if (const auto place = sides_of(report, finding).candidate) {
      out += ",line=" + std::to_string(place->line) + ",col=" + std::to_string(place->column);
    }
    out += ",title=" +
           command_text("Not " + mode_name(report) + " compatible", CommandPart::Property) +
           "::" + command_text(sentence(report.verdict, finding), CommandPart::Message) + "\n";
  }
  return out;
}

std::string junit_report(const CheckReport& report) {
  std::string cases;
  std::size_t failures = 0;
  std::size_t skipped = 0;
  for (const StoredDefinition& each : report.stored) {
    cases += "    <testcase classname=\"" + xml_text(report.candidate.name) + "\" name=\"" +
             xml_text(mode_name(report) + " with version " + std::to_string(each.version) + " (" +
                      each.definition.name + ")") +
             "\"";
    const auto findings = report.against(each.version);
    if (!each.compared) {
      ++skipped;
      cases += "><skipped message=\"not compared under " + mode_name(report) + "\"/></testcase>\n";
    } else if (findings.empty()) {
      cases += "/>\n";
    } else {
      ++failures;
      const compat::Verdict verdict{report.verdict.mode, findings};
      cases += "><failure type=\"" + xml_text(findings.front().rule) + "\" message=\"" +
               xml_text(compat::summary(verdict)) + "\">";
      for (const Finding& finding : findings) {
        cases += xml_text(sentence(report.verdict, finding)) + "\n";
      }
      cases += "</failure></testcase>\n";
    }
  }
  const std::string counts = " tests=\"" + std::to_string(report.stored.size()) + "\" failures=\"" +
                             std::to_string(failures) + "\" errors=\"0\" skipped=\"" +
                             std::to_string(skipped) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"limpet "
         "schema check\"" +
         counts + ">\n" + cases + "  </testsuite>\n</testsuites>\n";
}

std::string modes_table(const ModeReports& reports) {
  std::string out;
  for (const auto& [mode, report] : reports) {
    std::string name(compat::to_string(mode));
    name.resize(14, ' ');
    const bool compatible = report.verdict.compatible();
    out += name + (compatible ? "yes" : "no   ") +
           (compatible ? "" : printable(compat::summary(report.verdict))) + "\n";
  }
  return out;
}

json::Value modes_json(const ModeReports& reports) {
  std::vector<json::Value> verdicts;
  for (const auto& [mode, report] : reports) {
    verdicts.push_back(json_report(report));
  }
  return json::Value::object({{"Verdicts", json::Value::array(std::move(verdicts))}});
}

}  // namespace limpet::app
