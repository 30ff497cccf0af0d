// Check: walk every row of a store and verify that records, indexes, texts and log agree.
//
//   const auto report = storage::check_records(reader, {kind_of<Registry>(), kind_of<Schema>()});
//   for (const auto& problem : report->problems) print(problem.key, problem.message);
#pragma once

#include "limpet/storage/record_type.h"
#include "limpet/storage/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::storage {

struct Problem {
  std::string key;  ///< the row
  std::string message;

  friend bool operator==(const Problem&, const Problem&) = default;
};

struct CheckReport {
  std::uint64_t records = 0;
  std::uint64_t index_rows = 0;
  std::vector<Problem> problems;  ///< in key order; at most kProblemsMax
  bool complete = true;           ///< false when there were more problems than are listed
};

inline constexpr std::size_t kProblemsMax = 1000;

/// One pass in key order, in pages. `kinds` is every record type of the program; the storage room's
/// own (texts, log, counters) are known. Found: rows of no known type, documents that do not
/// decode, newer formats, records under a wrong key, missing, extra or misdirected index rows,
/// texts without user, users without text or record. Errors: the store's.
Result<CheckReport> check_records(Reader& reader, std::vector<RecordKind> kinds);

}  // namespace limpet::storage
