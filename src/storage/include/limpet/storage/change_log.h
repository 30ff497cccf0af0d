// Change log: what each transaction did, written in the same transaction.
//
//   Page<LogEntry> page = *read_changes(reader, {.after = 17, .limit = 100});
//
// Rows are log!<sequence>, one JSON document each: time, principal, operation, request id, and for
// each record that changed its key and the documents before and after. The sequence has no gaps and
// no repeats; on a store with one writer it is also the order of commits. It is the audit trail,
// the feed that invalidates caches, and what reads of an earlier state stand on.
#pragma once

#include "limpet/base/time.h"
#include "limpet/storage/records.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace limpet::storage {

struct LogEntry {
  std::uint64_t sequence = 0;
  Timestamp time{};
  std::string principal;  ///< ARN
  std::string operation;  ///< "CreateSchema"
  std::string request_id;
  /// A transaction larger than kLogEntryBytes is told in several entries that follow each other;
  /// all but the last say so.
  bool continues = false;
  std::vector<Change> changes = {};

  friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

/// Where an entry of a large transaction is cut; one change is never cut.
inline constexpr std::size_t kLogEntryBytes = 1UL << 20;

template <>
struct RecordType<LogEntry> {
  static constexpr std::string_view name = "log";
  static constexpr int format = 1;
  static constexpr bool scoped = false;
  static constexpr bool in_change_log = false;
  static Key key(const LogEntry& entry) { return {entry.sequence}; }
  static json::Value encode(const LogEntry& entry);
  static Result<LogEntry> decode(const json::Value& document, int format);
};

/// The last number that a named sequence gave away.
struct Counter {
  std::string name;
  std::uint64_t value = 0;
};

template <>
struct RecordType<Counter> {
  static constexpr std::string_view name = "counter";
  static constexpr int format = 1;
  static constexpr bool scoped = false;
  static constexpr bool in_change_log = false;
  static Key key(const Counter& counter) { return {counter.name}; }
  static json::Value encode(const Counter& counter);
  static Result<Counter> decode(Document document, int format);
};

struct LogRange {
  std::uint64_t after = 0;  ///< entries with a higher sequence
  std::size_t limit = 100;
};

/// Oldest first.
Result<std::vector<LogEntry>> read_changes(Reader& reader, const LogRange& range);

/// The sequence of the newest entry ever written; 0 when there was none.
Result<std::uint64_t> last_change(Reader& reader);

/// Retention: the sequences of entries older than `before`, oldest first, at most `limit`. Reading
/// them costs more than erasing them, so it is done outside the transaction that does.
Result<std::vector<std::uint64_t>> due_changes(Reader& reader, Timestamp before, std::size_t limit);

/// Erase these entries. Numbers are not given again; what is gone already is no error.
Status erase_changes(Txn& txn, std::span<const std::uint64_t> sequences);

}  // namespace limpet::storage
