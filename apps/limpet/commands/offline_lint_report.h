// What `limpet schema lint` found, for people and for machines.
#pragma once

#include "offline_definition.h"
#include "offline_places.h"

#include "limpet/json/value.h"
#include "limpet/lint/lint.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace limpet::app {

struct Linted {
  OfflineDefinition definition;
  std::vector<lint::Advice> advice;
};
using LintReport = std::vector<Linted>;

/// Where a piece of advice is; nullopt where no line can be told.
std::optional<Place> place_of(const OfflineDefinition& definition, const lint::Advice& advice);

/// Warnings of all files.
std::size_t warning_count(const LintReport& report);

std::string lint_text(const LintReport& report);
json::Value lint_json(const LintReport& report);
/// `::warning file=…,line=…::…`, and `::notice …` for what is only worth knowing.
std::string lint_github(const LintReport& report);
/// A suite per file, a test case per rule that was asked; one that warns fails, what is only worth
/// knowing is the output of its case.
std::string lint_junit(const LintReport& report, const lint::Options& rules);

}  // namespace limpet::app
