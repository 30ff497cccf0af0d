// The outcome of an offline check, for people and for machines: text, JSON, workflow annotations of
// GitHub, JUnit XML. All say the sentences that the registry keeps with a refused version.
//
//   const CheckReport report = judge(mode, std::move(candidate), std::move(stored));
//   std::cout << text_report(report);
//   return report.verdict.compatible() ? 0 : 1;
//
// Pure. Nothing that a definition says can end a line, an annotation or an element.
#pragma once

#include "offline_definition.h"

#include "limpet/compat/check.h"
#include "limpet/json/value.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace limpet::app {

struct StoredDefinition {
  std::int64_t version = 0;
  OfflineDefinition definition;
  bool compared = false;  ///< the mode looks at it, and was not stopped before
};

struct CheckReport {
  OfflineDefinition candidate;
  std::vector<StoredDefinition> stored;  ///< ascending versions
  compat::Verdict verdict;

  /// The findings against one version, with the version's place in `stored`.
  std::vector<compat::Finding> against(std::int64_t version) const;
};

/// Judge as a registry of these versions would: the modes without _ALL compare with the last one,
/// DISABLED refuses whatever follows a version. Throws CommandFailed with status 2 when there is
/// no verdict.
CheckReport judge(compat::Mode mode, OfflineDefinition candidate,
                  std::vector<StoredDefinition> stored, const compat::CheckOptions& rules = {});

/// One finding as the registry's sentence.
std::string sentence(const compat::Verdict& verdict, const compat::Finding& finding);

std::string text_report(const CheckReport& report);
json::Value json_report(const CheckReport& report);
/// `::error file=…,line=…::…` per finding, on the candidate's line.
std::string github_report(const CheckReport& report);
/// One test case per stored version; those that the mode does not look at are skipped.
std::string junit_report(const CheckReport& report);

/// The verdicts of all modes: a line each.
using ModeReports = std::vector<std::pair<compat::Mode, CheckReport>>;
std::string modes_table(const ModeReports& reports);
json::Value modes_json(const ModeReports& reports);

}  // namespace limpet::app
