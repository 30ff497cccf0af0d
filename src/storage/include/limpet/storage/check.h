// Check: walk every row of a store and verify that records, indexes, texts and log agree.
//
//   const auto report = storage::check_records(reader, {kind_of<Registry>(), kind_of<Schema>()});
//   for (const auto& problem : report->problems) print(problem.key, problem.message,
//   problem.advice);
#pragma once

#include "limpet/base/context.h"
#include "limpet/storage/record_type.h"
#include "limpet/storage/store.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

struct Problem {
  std::string key;      ///< the row
  std::string message;  ///< what is wrong
  std::string advice;   ///< what to do about it, one sentence

  friend bool operator==(const Problem&, const Problem&) = default;
};

struct CheckReport {
  std::uint64_t records = 0;
  std::uint64_t index_rows = 0;
  std::uint64_t log_first = 0;    ///< sequence of the oldest entry of the change log; 0: none
  std::uint64_t log_last = 0;     ///< of the newest
  std::vector<Scope> scopes;      ///< that have rows, in key order
  std::vector<Problem> problems;  ///< in key order; at most kProblemsMax
  bool complete = true;  ///< false when there were more problems than are listed, or rows after the
                         ///< last one that could not be read
};

inline constexpr std::size_t kProblemsMax = 1000;

/// Told now and then how many rows have been looked at.
using CheckProgress = std::function<void(std::uint64_t rows)>;

/// One pass in key order, in pages; memory does not grow with the store. `kinds` is every record
/// type of the program; the storage room's own (texts, log, counters) are known. Found: rows of no
/// known type, documents that do not decode, newer formats, records under a wrong key, missing,
/// extra or misdirected index rows, texts without user, users without text or record, holes in the
/// change log (that its oldest entries are gone is retention, and no problem), a counter that
/// disagrees with it, rows that cannot be read at all. Errors: Unavailable.
Result<CheckReport> check_records(Reader& reader, std::vector<RecordKind> kinds,
                                  const CheckProgress& progress = {});

// Sentences of advice, for checks of other rooms.

/// Bring the row back as a sound backup has it.
std::string advise_copy_back(std::string_view key);
/// Write this value under the key.
std::string advise_put(std::string_view key, std::string_view value);
/// Erase the row.
std::string advise_erase(std::string_view key);
/// Set one member of the row's document to a number.
std::string advise_set(std::string_view key, std::string_view member, std::uint64_t number);

}  // namespace limpet::storage
