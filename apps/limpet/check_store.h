// check_store: everything that must hold in a store, of every room: what `limpet check` walks.
//
//   const auto report = check_store(snapshot->reader(), {});
//   for (const auto& problem : report->problems) …
#pragma once

#include "limpet/storage/check.h"
#include "limpet/storage/store.h"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace limpet::app {

struct StoreReport {
  std::uint64_t records = 0;
  std::uint64_t index_rows = 0;
  std::uint64_t registries = 0;
  std::uint64_t schemas = 0;
  std::uint64_t versions = 0;
  std::uint64_t log_first = 0;  ///< oldest entry of the change log; 0: it is empty
  std::uint64_t log_last = 0;
  std::vector<storage::Problem> problems;  ///< at most storage::kProblemsMax
  bool complete = true;                    ///< false when there may be more
};

/// Told now and then: what is looked at, and how many rows of that so far.
using StoreCheckProgress = std::function<void(std::string_view step, std::uint64_t rows)>;

/// Records, indexes, texts and change log (storage::check_records), then the registry's invariants
/// in every account and region. Memory does not grow with the store. Errors: Unavailable.
Result<StoreReport> check_store(storage::Reader& reader, const StoreCheckProgress& progress);

}  // namespace limpet::app
