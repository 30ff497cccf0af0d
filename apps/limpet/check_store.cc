#include "check_store.h"

#include "limpet/iam/records.h"
#include "limpet/registry/check_invariants.h"

#include <utility>

namespace limpet::app {

namespace {

std::vector<storage::RecordKind> every_kind() {
  auto kinds = registry::record_kinds();
  for (const auto& kind : iam::record_kinds()) kinds.push_back(kind);
  return kinds;
}

void take(StoreReport& report, std::vector<storage::Problem> problems) {
  for (auto& problem : problems) {
    if (report.problems.size() == storage::kProblemsMax) {
      report.complete = false;
      return;
    }
    report.problems.push_back(std::move(problem));
  }
}

storage::CheckProgress step_of(const StoreCheckProgress& progress, std::string_view step) {
  if (!progress) return {};
  return [&progress, step](std::uint64_t rows) { progress(step, rows); };
}

// Rows that cannot be read have been told; only a failure of the machine ends a check.
template <class T, class Use>
Status unless_unreadable(StoreReport& report, Result<T> result, Use use) {
  if (result) {
    use(*std::move(result));
    return {};
  }
  if (result.error().code != Code::Internal) return std::move(result).error();
  report.complete = false;
  return {};
}

}  // namespace

Result<StoreReport> check_store(storage::Reader& reader, const StoreCheckProgress& progress) {
  LIMPET_TRY(auto walked,
             storage::check_records(reader, every_kind(), step_of(progress, "records")));
  StoreReport report{.records = walked.records,
                     .index_rows = walked.index_rows,
                     .log_first = walked.log_first,
                     .log_last = walked.log_last,
                     .problems = std::move(walked.problems),
                     .complete = walked.complete};
  const auto audit_progress = step_of(progress, "registry");
  for (const Scope& scope : walked.scopes) {
    LIMPET_CHECK(unless_unreadable(report, registry::audit(reader, scope, audit_progress),
                                   [&](registry::AuditReport audited) {
                                     report.registries += audited.registries;
                                     report.schemas += audited.schemas;
                                     report.versions += audited.versions;
                                     report.complete = report.complete && audited.complete;
                                     take(report, std::move(audited.problems));
                                   }));
  }
  LIMPET_CHECK(unless_unreadable(
      report, registry::audit_ids(reader, walked.scopes),
      [&](std::vector<storage::Problem> problems) { take(report, std::move(problems)); }));
  return report;
}

}  // namespace limpet::app
