// The verdict itself; its forms are in offline_report.cc.
#include "offline_report.h"
#include "session.h"

#include "limpet/base/error.h"

#include <algorithm>
#include <vector>

namespace limpet::app {
namespace {

compat::Finding versioning_disabled(std::int64_t version) {
  return {.rule = "VERSIONING_DISABLED",
          .direction = compat::Direction::Backward,
          .version = version,
          .path = "/",
          .field = {},
          .reader_type = {},
          .writer_type = {},
          .message = "Compatibility DISABLED does not allow versioning.",
          .fix = "Register it under another mode."};
}

}  // namespace

CheckReport judge(compat::Mode mode, OfflineDefinition candidate,
                  std::vector<StoredDefinition> stored, const compat::CheckOptions& rules) {
  CheckReport report{
      .candidate = std::move(candidate), .stored = std::move(stored), .verdict = {mode, {}}};
  if (mode == compat::Mode::Disabled) {
    if (report.stored.empty()) return report;
    report.stored.back().compared = true;
    report.verdict.findings.push_back(versioning_disabled(report.stored.back().version));
    return report;
  }
  if (mode == compat::Mode::None) return report;
  compat::Check check(mode, report.candidate.parsed, rules);
  std::vector<StoredDefinition*> looked_at;
  for (StoredDefinition& each : report.stored) {
    if (compat::checks_many(mode) || &each == &report.stored.back()) looked_at.push_back(&each);
  }
  // Confluent's registry begins with the newest and stops at the first that will not do.
  if (rules.profile == compat::Profile::Confluent) std::ranges::reverse(looked_at);
  for (StoredDefinition* each : looked_at) {
    if (check.full()) break;
    const Status compared =
        check.against({.version = each->version, .definition = each->definition.parsed});
    if (!compared) throw CommandFailed{describe(compared.error()), 2};
    each->compared = true;
  }
  report.verdict = std::move(check).take();
  return report;
}

std::vector<compat::Finding> CheckReport::against(std::int64_t version) const {
  std::vector<compat::Finding> found;
  for (const auto& finding : verdict.findings) {
    if (finding.version == version) found.push_back(finding);
  }
  return found;
}

std::string sentence(const compat::Verdict& verdict, const compat::Finding& finding) {
  return compat::summary({verdict.mode, {finding}});
}

}  // namespace limpet::app
