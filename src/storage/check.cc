#include "limpet/storage/check.h"

#include "rows.h"

#include "limpet/crypto/sha256.h"
#include "limpet/storage/change_log.h"
#include "limpet/storage/content.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace limpet::storage {

namespace {

// A page holds as many rows as suit its bytes: definitions and log entries can be large.
constexpr std::size_t kPageRowsMin = 16;
constexpr std::size_t kPageRowsMax = 512;
constexpr std::size_t kPageBytes = 1UL << 20;

constexpr std::string_view kRestore = "Restore a backup in which `limpet check` finds nothing.";

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + "'";
}

/// What a row's key says it is.
struct RowPlace {
  const RecordKind* kind = nullptr;
  Scope scope;
  bool index_row = false;
};

class Checker {
 public:
  Checker(Reader& reader, std::vector<RecordKind> kinds, const CheckProgress& progress)
      : reader_(reader), kinds_(std::move(kinds)), progress_(progress) {
    for (const RecordKind& own :
         {kind_of<LogEntry>(), kind_of<Counter>(), kind_of<Text>(), kind_of<TextUse>()}) {
      kinds_.push_back(own);
    }
  }

  Result<CheckReport> run() {
    if (const auto walked = walk(); !walked) {
      if (walked.error().code != Code::Internal) return walked.error();
      problem(range_.from, "the rows from here on cannot be read: " + walked.error().message,
              std::string(kRestore));
      report_.complete = false;
    } else {
      LIMPET_CHECK(check_log_end());
    }
    std::sort(report_.problems.begin(), report_.problems.end(),
              [](const Problem& a, const Problem& b) {
                return std::tie(a.key, a.message) < std::tie(b.key, b.message);
              });
    return std::move(report_);
  }

 private:
  Status walk() {
    std::uint64_t looked_at = 0;
    while (true) {
      LIMPET_TRY(const auto rows, reader_.scan(range_));
      std::size_t bytes = 0;
      for (const Row& row : rows) {
        LIMPET_CHECK(check_row(row));
        bytes += row.value.size();
      }
      LIMPET_CHECK(check_expected());
      looked_at += rows.size();
      if (progress_) progress_(looked_at);
      if (rows.size() < range_.limit) return {};
      range_.from = key_after(rows.back().key);
      if (bytes > kPageBytes) {
        range_.limit = std::max(range_.limit / 2, kPageRowsMin);
      } else if (bytes < kPageBytes / 4) {
        range_.limit = std::min(range_.limit * 2, kPageRowsMax);
      }
    }
  }

  void problem(std::string_view key, std::string message, std::string advice) {
    if (report_.problems.size() == kProblemsMax) {
      report_.complete = false;
    } else {
      report_.problems.push_back({std::string(key), std::move(message), std::move(advice)});
    }
  }

  std::optional<RowPlace> place(std::string_view key) const {
    const auto parts = split_key(key);
    if (!parts) return std::nullopt;
    for (const bool scoped : {false, true}) {
      const std::size_t at = scoped ? 3 : 0;
      if (parts->size() < at + 2) continue;
      const std::string& type = (*parts)[at];
      const std::string name = type.substr(0, type.find('.'));
      const auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const RecordKind& known) {
        return known.scoped == scoped && known.name == name;
      });
      if (kind == kinds_.end()) continue;
      RowPlace place{.kind = &*kind, .scope = {}, .index_row = name != type};
      if (scoped) {
        place.scope = {.partition = (*parts)[0], .account = (*parts)[1], .region = (*parts)[2]};
      }
      return place;
    }
    return std::nullopt;
  }

  Status check_row(const Row& row) {
    const auto where = place(row.key);
    if (!where) {
      problem(row.key, "a row of no known type",
              "Look what wrote it: a newer Limpet, whose folder this program should not serve, or "
              "another program; Limpet does not use it.");
      return {};
    }
    if (where->kind->scoped && (report_.scopes.empty() || report_.scopes.back() != where->scope)) {
      report_.scopes.push_back(where->scope);
    }
    return where->index_row ? check_index_row(row, *where) : check_record(row, *where);
  }

  Status check_record(const Row& row, const RowPlace& where) {
    ++report_.records;
    const auto reread = reread_row(*where.kind, row.key, row.value);
    if (!reread) {
      const bool newer = reread.error().code == Code::Unavailable;
      problem(row.key, reread.error().message,
              newer ? "Run the Limpet version that wrote it, or a newer one."
                    : advise_copy_back(row.key));
      return {};
    }
    const std::string expected = record_row(*where.kind, where.scope, reread->image.key);
    if (expected != row.key) {
      problem(row.key, "the record's own key is " + expected, advise_copy_back(row.key));
      return {};
    }
    for (auto& [index_row, unique] : index_rows(*where.kind, where.scope, reread->image)) {
      expected_.emplace_back(index_row, row.key);
    }
    const json::Value& document = reread->stored.document;
    if (where.kind->name == RecordType<LogEntry>::name) return check_log(row, document);
    if (where.kind->name == RecordType<Text>::name) return check_text(row, where, document);
    if (where.kind->name == RecordType<TextUse>::name) return check_text_use(row, where, document);
    return {};
  }

  // The index rows that the page's records call for, in one round trip.
  Status check_expected() {
    std::vector<std::string> keys;
    keys.reserve(expected_.size());
    for (const auto& [index_row, record] : expected_) keys.push_back(index_row);
    LIMPET_TRY(const auto found, reader_.get_many(keys));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string& record = expected_[i].second;
      if (!found[i]) {
        problem(keys[i], "missing index row of " + record, advise_put(keys[i], record));
      } else if (*found[i] != record) {
        LIMPET_TRY(const bool claimed, calls_for(*found[i], keys[i]));
        problem(keys[i], "index row names " + *found[i] + " instead of " + record,
                claimed
                    ? "Two records claim one entry of a unique index: " + advise_copy_back(record)
                    : advise_put(keys[i], record));
      }
    }
    expected_.clear();
    return {};
  }

  // Whether there is a record under the key `record` that has this index row.
  Result<bool> calls_for(const std::string& record, const std::string& index_row) {
    const auto where = place(record);
    if (!where || where->index_row) return false;
    LIMPET_TRY(const auto text, reader_.get(record));
    if (!text) return false;
    const auto reread = reread_row(*where->kind, record, *text);
    return reread && index_rows(*where->kind, where->scope, reread->image).contains(index_row);
  }

  Status check_index_row(const Row& row, const RowPlace& where) {
    ++report_.index_rows;
    const std::string prefix = type_key(*where.kind, where.scope).text() + kKeySeparator;
    if (!row.value.starts_with(prefix)) {
      problem(row.key, "index row names something of another type or scope: " + row.value,
              advise_erase(row.key));
      return {};
    }
    LIMPET_TRY(const auto text, reader_.get(row.value));
    if (!text) {
      problem(row.key, "index row names a record that does not exist: " + row.value,
              "If a backup has that record, bring it back; otherwise: " + advise_erase(row.key));
      return {};
    }
    const auto reread = reread_row(*where.kind, row.value, *text);
    if (!reread) return {};  // told where the record stands
    if (!index_rows(*where.kind, where.scope, reread->image).contains(row.key)) {
      problem(row.key, "index row that its record does not have: " + row.value,
              advise_erase(row.key));
    }
    return {};
  }

  Status check_log(const Row& row, const json::Value& document) {
    LIMPET_TRY(const auto entry, RecordType<LogEntry>::decode(document, 1));
    if (report_.log_last != 0 && entry.sequence != report_.log_last + 1) {
      problem(row.key, "the log has a gap before this entry",
              "Bring the missing entries back from a backup, or note the gap for your audit; "
              "schemas do not rest on them.");
    }
    if (report_.log_first == 0) report_.log_first = entry.sequence;
    report_.log_last = entry.sequence;
    return {};
  }

  // Retention takes the oldest entries, so the newest one is the last that was counted, or all are
  // gone.
  Status check_log_end() {
    const auto counted = last_change(reader_);
    if (!counted) return {};  // told where the counter stands
    const std::string key = Key(RecordType<Counter>::name).add(RecordType<LogEntry>::name).text();
    if (report_.log_last > *counted) {
      problem(key, "counts less than the log holds", advise_set(key, "value", report_.log_last));
    } else if (report_.log_last != 0 && report_.log_last < *counted) {
      problem(Key(RecordType<LogEntry>::name).add(*counted).text(),
              "the log's newest entries are missing, from " + std::to_string(report_.log_last + 1) +
                  " on",
              std::string(kRestore));
    }
    return {};
  }

  Status check_text(const Row& row, const RowPlace& where, const json::Value& document) {
    LIMPET_TRY(const auto text, RecordType<Text>::decode(document, 1));
    if (crypto::sha256_hex(text.text) != text.hash) {
      problem(row.key, "the text has another hash", advise_copy_back(row.key));
    }
    RecordReader records(reader_, where.scope);
    LIMPET_TRY(const auto uses, records.scan<TextUse>({.under = {text.hash}, .limit = 1}));
    if (uses.records.empty()) {
      problem(row.key, "a text that nobody uses", "It only takes space: " + advise_erase(row.key));
    }
    return {};
  }

  Status check_text_use(const Row& row, const RowPlace& where, const json::Value& document) {
    LIMPET_TRY(const auto use, RecordType<TextUse>::decode(document, 1));
    const Key scope = scope_key(where.scope);
    const std::vector<std::string> keys = {
        Key(scope).add(RecordType<Text>::name).add(use.hash).text(),
        Key(scope).add(use.user).text()};
    LIMPET_TRY(const auto found, reader_.get_many(keys));
    if (!found[0]) {
      problem(row.key, "a use of a text that does not exist: " + keys[0],
              advise_copy_back(keys[0]));
    }
    if (!found[1]) {
      problem(row.key, "a text is used by a record that does not exist: " + keys[1],
              "If a backup has that record, bring it back; otherwise: " + advise_erase(row.key));
    }
    return {};
  }

  Reader& reader_;
  std::vector<RecordKind> kinds_;
  const CheckProgress& progress_;
  Range range_{.from = "", .to = "", .limit = kPageRowsMin};
  CheckReport report_;
  std::vector<std::pair<std::string, std::string>> expected_;  // index row, record row
};

}  // namespace

Result<CheckReport> check_records(Reader& reader, std::vector<RecordKind> kinds,
                                  const CheckProgress& progress) {
  return Checker(reader, std::move(kinds), progress).run();
}

std::string advise_copy_back(std::string_view key) {
  return "Restore a backup, or stop the server and copy the row from a sound one with sqlite3: "
         "ATTACH 'BACKUP' AS b; INSERT OR REPLACE INTO kv SELECT * FROM b.kv WHERE key = " +
         quoted(key) + ";";
}

std::string advise_put(std::string_view key, std::string_view value) {
  return "Stop the server and write the row with sqlite3: INSERT OR REPLACE INTO kv VALUES(" +
         quoted(key) + ", " + quoted(value) + ");";
}

std::string advise_erase(std::string_view key) {
  return "Stop the server and remove the row with sqlite3: DELETE FROM kv WHERE key = " +
         quoted(key) + ";";
}

std::string advise_set(std::string_view key, std::string_view member, std::uint64_t number) {
  return "Stop the server and correct the row with sqlite3: UPDATE kv SET value = "
         "json_set(value, '$." +
         std::string(member) + "', " + std::to_string(number) + ") WHERE key = " + quoted(key) +
         ";";
}

}  // namespace limpet::storage
