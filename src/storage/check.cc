#include "limpet/storage/check.h"

#include "rows.h"

#include "limpet/crypto/sha256.h"
#include "limpet/storage/change_log.h"
#include "limpet/storage/content.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace limpet::storage {

namespace {

constexpr std::size_t kPageRows = 256;

/// What a row's key says it is.
struct RowPlace {
  const RecordKind* kind = nullptr;
  Scope scope;
  bool index_row = false;
};

class Checker {
 public:
  Checker(Reader& reader, std::vector<RecordKind> kinds)
      : reader_(reader), kinds_(std::move(kinds)) {
    for (const RecordKind& own :
         {kind_of<LogEntry>(), kind_of<Counter>(), kind_of<Text>(), kind_of<TextUse>()}) {
      kinds_.push_back(own);
    }
  }

  Result<CheckReport> run() {
    Range range{.from = "", .to = "", .limit = kPageRows};
    while (true) {
      LIMPET_TRY(const auto rows, reader_.scan(range));
      for (const Row& row : rows) LIMPET_CHECK(check_row(row));
      LIMPET_CHECK(check_expected());
      if (rows.size() < kPageRows) break;
      range.from = key_after(rows.back().key);
    }
    LIMPET_TRY(const auto last, last_change(reader_));
    if (last_sequence_ > last) problem("counter!log", "counts less than the log holds");
    std::sort(report_.problems.begin(), report_.problems.end(),
              [](const Problem& a, const Problem& b) { return a.key < b.key; });
    return std::move(report_);
  }

 private:
  void problem(std::string_view key, std::string message) {
    if (report_.problems.size() == kProblemsMax) {
      report_.complete = false;
    } else {
      report_.problems.push_back({std::string(key), std::move(message)});
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
      problem(row.key, "a row of no known type");
      return {};
    }
    return where->index_row ? check_index_row(row, *where) : check_record(row, *where);
  }

  Status check_record(const Row& row, const RowPlace& where) {
    ++report_.records;
    const auto reread = reread_row(*where.kind, row.key, row.value);
    if (!reread) {
      problem(row.key, reread.error().message);
      return {};
    }
    const std::string expected = record_row(*where.kind, where.scope, reread->image.key);
    if (expected != row.key) {
      problem(row.key, "the record's own key is " + expected);
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
        problem(keys[i], "missing index row of " + record);
      } else if (*found[i] != record) {
        problem(keys[i], "index row names " + *found[i] + " instead of " + record);
      }
    }
    expected_.clear();
    return {};
  }

  Status check_index_row(const Row& row, const RowPlace& where) {
    ++report_.index_rows;
    const std::string prefix = type_key(*where.kind, where.scope).text() + kKeySeparator;
    if (!row.value.starts_with(prefix)) {
      problem(row.key, "index row names something of another type or scope: " + row.value);
      return {};
    }
    LIMPET_TRY(const auto text, reader_.get(row.value));
    if (!text) {
      problem(row.key, "index row names a record that does not exist: " + row.value);
      return {};
    }
    const auto reread = reread_row(*where.kind, row.value, *text);
    if (!reread) return {};  // told where the record stands
    if (!index_rows(*where.kind, where.scope, reread->image).contains(row.key)) {
      problem(row.key, "index row that its record does not have: " + row.value);
    }
    return {};
  }

  Status check_log(const Row& row, const json::Value& document) {
    LIMPET_TRY(const auto entry, RecordType<LogEntry>::decode(document, 1));
    if (last_sequence_ != 0 && entry.sequence != last_sequence_ + 1) {
      problem(row.key, "the log has a gap before this entry");
    }
    last_sequence_ = entry.sequence;
    return {};
  }

  Status check_text(const Row& row, const RowPlace& where, const json::Value& document) {
    LIMPET_TRY(const auto text, RecordType<Text>::decode(document, 1));
    if (crypto::sha256_hex(text.text) != text.hash) {
      problem(row.key, "the text has another hash");
    }
    RecordReader records(reader_, where.scope);
    LIMPET_TRY(const auto uses, records.scan<TextUse>({.under = {text.hash}, .limit = 1}));
    if (uses.records.empty()) problem(row.key, "a text that nobody uses");
    return {};
  }

  Status check_text_use(const Row& row, const RowPlace& where, const json::Value& document) {
    LIMPET_TRY(const auto use, RecordType<TextUse>::decode(document, 1));
    const Key scope = scope_key(where.scope);
    const std::vector<std::string> keys = {
        Key(scope).add(RecordType<Text>::name).add(use.hash).text(),
        Key(scope).add(use.user).text()};
    LIMPET_TRY(const auto found, reader_.get_many(keys));
    if (!found[0]) problem(row.key, "a use of a text that does not exist");
    if (!found[1]) problem(row.key, "a text is used by a record that does not exist: " + keys[1]);
    return {};
  }

  Reader& reader_;
  std::vector<RecordKind> kinds_;
  CheckReport report_;
  std::vector<std::pair<std::string, std::string>> expected_;  // index row, record row
  std::uint64_t last_sequence_ = 0;
};

}  // namespace

Result<CheckReport> check_records(Reader& reader, std::vector<RecordKind> kinds) {
  return Checker(reader, std::move(kinds)).run();
}

}  // namespace limpet::storage
