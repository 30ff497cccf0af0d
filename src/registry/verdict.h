// Judge a candidate against the versions that its schema's mode names.
#pragma once

#include "stored.h"

#include "limpet/registry/parsed_cache.h"
#include "limpet/registry/settings.h"

#include <optional>

namespace limpet::registry {

/// The verdict, with an empty version id. Baselines are parsed through `cache`.
/// Errors: LimitExceeded (the comparison is too much work), Internal, the store's.
Result<StoredVerdict> judge(storage::RecordReader& records, const Settings& settings,
                            ParsedCache& cache, const Schema& schema, const Definition& candidate);

/// Under a *_ALL mode, a verdict without findings needs to look only at the versions that became
/// AVAILABLE since; nullopt when `earlier` is no such verdict, when its mode, checkpoint or rules
/// have changed, or when that look takes more work than a transaction may hold the others up for.
/// Requires: one incarnation. Errors: as judge.
Result<std::optional<StoredVerdict>> judge_newer(storage::RecordReader& records,
                                                 const Settings& settings, ParsedCache& cache,
                                                 const Schema& schema, const Definition& candidate,
                                                 const StoredVerdict& earlier);

/// Was this verdict reached under exactly the circumstances of now? Requires: one incarnation.
bool still_holds(const Judged& judged, const Schema& schema, const Settings& settings);

/// Would registering the same definition again be judged under other circumstances?
bool out_of_date(const Judged& judged, const Schema& schema, const Settings& settings);

}  // namespace limpet::registry
