#include "limpet/storage/records.h"

#include "log_text.h"
#include "rows.h"

#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/storage/change_log.h"

#include <algorithm>
#include <limits>

namespace limpet::storage {

namespace {

constexpr int kMergeDepth = 64;
/// Documents that a transaction keeps for the change log before it writes them there.
constexpr std::size_t kTouchedBytesMax = 8 * kLogEntryBytes;

// Copies into `after` the members of `before` that this program does not know: those that reading
// and writing it again (`known`) would lose.
void keep_unknown(const json::Value& before, const json::Value& known, json::Value& after,
                  int depth) {
  for (const json::Member& member : before.members()) {
    if (depth == kMergeDepth && member.name == kFormatMember) continue;
    const json::Value* mine = known.find(member.name);
    const json::Value* next = after.find(member.name);
    if (mine == nullptr && next == nullptr) {
      after.set(member.name, member.value);
    } else if (mine != nullptr && next != nullptr && member.value.is_object() &&
               mine->is_object() && next->is_object() && depth > 0) {
      json::Value merged = *next;
      keep_unknown(member.value, *mine, merged, depth - 1);
      after.set(member.name, std::move(merged));
    }
  }
}

// The part of a row's key behind its type or index.
std::string position_in(const Key& prefix, std::string_view row) {
  return std::string(row.substr(prefix.text().size() + 1));
}

Range page_range(const Key& prefix, const Scan& scan) {
  const std::size_t one_more = scan.limit + (scan.limit < std::numeric_limits<std::size_t>::max());
  Range range = prefix_range(Key(prefix).add(scan.under), one_more, scan.order);
  if (scan.after.empty()) return range;
  const std::string position = prefix.text() + kKeySeparator + scan.after;
  if (scan.order == Order::Ascending) {
    range.from = std::max(range.from, key_after(position));
  } else {
    range.to = std::min(range.to, position);
  }
  return range;
}

// Cuts the row that only tells whether there is more; answers the position to go on from.
std::string cut_page(const Key& prefix, std::size_t limit, std::vector<Row>& rows) {
  if (rows.size() <= limit) return {};
  rows.resize(limit);
  return rows.empty() ? std::string() : position_in(prefix, rows.back().key);
}

// Every member of `before` is in `after` too, at any depth of objects.
bool covers(const json::Value& after, const json::Value& before, int depth) {
  return std::ranges::all_of(before.members(), [&](const json::Member& member) {
    const json::Value* next = after.find(member.name);
    if (next == nullptr) return false;
    if (!member.value.is_object() || !next->is_object()) return true;
    return depth > 0 && covers(*next, member.value, depth - 1);
  });
}

bool covers(const json::Value& after, const json::ObjectView& before) {
  return std::ranges::all_of(before.fields(), [&](const json::ObjectView::Field& field) {
    if (field.name() == kFormatMember) return true;
    const json::Value* next = after.find(field.name());
    if (next == nullptr) return false;
    if (field.kind() != json::Kind::Object || !next->is_object()) return true;
    return covers(*next, field.value(), kMergeDepth);
  });
}

// Nothing of the row's text `before` needs to be known to replace it by `after`: no index rows, and
// no members that an older program would lose.
Result<bool> replaces_all(const RecordKind& kind, const std::string& row, std::string_view before,
                          const json::Value& after) {
  if (kind.indexed || kind.logged != nullptr) return false;
  LIMPET_TRY(const auto view, view_row(kind, row, before));
  return view && covers(after, view->document);
}

// Empty when the change log shows the document itself.
std::string logged_text(const RecordKind& kind, const json::Value& document, LogSide side) {
  return kind.logged == nullptr ? std::string() : json::to_text(kind.logged(document, side));
}

// Requires: a text of ours, or one that was parsed before; empty = no document.
json::Value document_of(const std::string& text) {
  return text.empty() ? json::Value() : json::parse(text, kStoredLimits).value_or({});
}

}  // namespace

RecordReader::RecordReader(Reader& reader, Scope scope)
    : reader_(reader), scope_(std::move(scope)) {}

Error RecordReader::unreadable(const RecordKind& kind, const Stored& stored,
                               const Error& error) const {
  return Error{Code::Internal,
               "record " + std::string(kind.name) + "!" +
                   position_in(type_key(kind, scope_), stored.row) +
                   " cannot be read: " + error.message,
               error.where};
}

Result<std::optional<RecordReader::Stored>> RecordReader::load(const RecordKind& kind,
                                                               const Key& key) {
  std::string row = record_row(kind, scope_, key);
  LIMPET_TRY(auto text, reader_.get(row));
  if (!text) return std::optional<Stored>();
  return std::optional<Stored>({std::move(row), *std::move(text)});
}

Result<std::vector<std::optional<RecordReader::Stored>>> RecordReader::load_many(
    const RecordKind& kind, std::span<const Key> keys) {
  std::vector<std::string> rows;
  rows.reserve(keys.size());
  for (const Key& key : keys) rows.push_back(record_row(kind, scope_, key));
  LIMPET_TRY(auto texts, reader_.get_many(rows));
  std::vector<std::optional<Stored>> loaded(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (texts[i]) loaded[i] = Stored{std::move(rows[i]), *std::move(texts[i])};
  }
  return loaded;
}

Result<Page<RecordReader::Stored>> RecordReader::load_page(const RecordKind& kind,
                                                           const Scan& scan) {
  const Key prefix = type_key(kind, scope_);
  LIMPET_TRY(auto rows, reader_.scan(page_range(prefix, scan)));
  Page<Stored> page;
  page.next = cut_page(prefix, scan.limit, rows);
  page.records.reserve(rows.size());
  for (Row& row : rows) page.records.push_back({std::move(row.key), std::move(row.value)});
  return page;
}

Result<std::optional<RecordReader::Stored>> RecordReader::load_by_index(const RecordKind& kind,
                                                                        std::string_view index,
                                                                        const Key& entry) {
  const std::string row = index_key(kind, scope_, index).add(entry).text();
  LIMPET_TRY(auto target, reader_.get(row));
  if (!target) return std::optional<Stored>();
  LIMPET_TRY(auto text, reader_.get(*target));
  const std::string prefix = type_key(kind, scope_).text() + kKeySeparator;
  if (!text || !target->starts_with(prefix)) {
    return Error{Code::Internal, "index row names no record: " + *target, row};
  }
  return std::optional<Stored>({*std::move(target), *std::move(text)});
}

Result<Page<RecordReader::Stored>> RecordReader::load_index_page(const RecordKind& kind,
                                                                 std::string_view index,
                                                                 const Scan& scan) {
  const Key prefix = index_key(kind, scope_, index);
  LIMPET_TRY(auto rows, reader_.scan(page_range(prefix, scan)));
  Page<Stored> page;
  page.next = cut_page(prefix, scan.limit, rows);
  std::vector<std::string> targets;
  targets.reserve(rows.size());
  for (Row& row : rows) targets.push_back(std::move(row.value));
  LIMPET_TRY(auto texts, reader_.get_many(targets));
  const std::string record_prefix = type_key(kind, scope_).text() + kKeySeparator;
  page.records.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!texts[i] || !targets[i].starts_with(record_prefix)) {
      return Error{Code::Internal, "index row names no record: " + targets[i], rows[i].key};
    }
    page.records.push_back({std::move(targets[i]), *std::move(texts[i])});
  }
  return page;
}

Result<Page<std::string>> RecordReader::load_entries(const RecordKind& kind, std::string_view index,
                                                     const Scan& scan) {
  const Key prefix = index_key(kind, scope_, index);
  LIMPET_TRY(auto rows, reader_.scan(page_range(prefix, scan)));
  Page<std::string> page;
  page.next = cut_page(prefix, scan.limit, rows);
  for (const Row& row : rows) page.records.push_back(row.key.substr(prefix.text().size() + 1));
  return page;
}

Records::Records(Txn& txn, Context context, std::string operation)
    : RecordReader(txn, context.scope),
      txn_(txn),
      context_(std::move(context)),
      operation_(std::move(operation)) {}

Status Records::store(const RecordKind& kind, RecordImage image) {
  const std::string row = record_row(kind, scope_, image.key);
  Side before;
  std::map<std::string, Unique> stale;

  LIMPET_TRY(auto before_text, txn_.get(row));
  if (before_text) {
    LIMPET_TRY(const bool all, replaces_all(kind, row, *before_text, image.document));
    if (!all) {
      LIMPET_TRY(const auto old, reread_row(kind, row, *before_text));
      if (old.stored.format == kind.format) {
        keep_unknown(old.stored.document, old.image.document, image.document, kMergeDepth);
      }
      stale = index_rows(kind, scope_, old.image);
      before.logged = logged_text(kind, old.stored.document, LogSide::Before);
    }
    before.text = *std::move(before_text);
  }
  Side after{.text = document_text(kind, image.document), .logged = {}};
  if (after.text.size() > kRecordBytesMax) {
    return Error::limit_exceeded("a record of " + std::to_string(after.text.size()) +
                                     " bytes is larger than " + std::to_string(kRecordBytesMax),
                                 row);
  }
  if (before.text == after.text) return {};
  LIMPET_CHECK(write_indexes(row, stale, index_rows(kind, scope_, image)));
  LIMPET_CHECK(txn_.put(row, after.text));
  if (kind.logged != nullptr) {
    after.logged = logged_text(kind, with_format(kind, std::move(image.document)), LogSide::After);
  }
  return note(kind, row, std::move(before), std::move(after));
}

Result<bool> Records::remove(const RecordKind& kind, const Key& key) {
  const std::string row = record_row(kind, scope_, key);
  LIMPET_TRY(auto before_text, txn_.get(row));
  if (!before_text) return false;
  LIMPET_TRY(const auto old, reread_row(kind, row, *before_text));
  LIMPET_CHECK(write_indexes(row, index_rows(kind, scope_, old.image), {}));
  LIMPET_CHECK(txn_.erase(row));
  Side before{.text = *std::move(before_text),
              .logged = logged_text(kind, old.stored.document, LogSide::Before)};
  LIMPET_CHECK(note(kind, row, std::move(before), {}));
  return true;
}

Status Records::write_indexes(const std::string& row, const std::map<std::string, Unique>& stale,
                              const std::map<std::string, Unique>& fresh) {
  std::vector<std::string> claimed;
  for (const auto& [index_row, unique] : fresh) {
    if (unique == Unique::Yes && !stale.contains(index_row)) claimed.push_back(index_row);
  }
  if (!claimed.empty()) {
    LIMPET_TRY(const auto holders, txn_.get_many(claimed));
    for (std::size_t i = 0; i < claimed.size(); ++i) {
      if (holders[i] && *holders[i] != row) {
        return Error{Code::AlreadyExists, "a unique index entry belongs to " + *holders[i],
                     claimed[i]};
      }
    }
  }
  for (const auto& [index_row, unique] : stale) {
    if (!fresh.contains(index_row)) LIMPET_CHECK(txn_.erase(index_row));
  }
  for (const auto& [index_row, unique] : fresh) {
    if (!stale.contains(index_row)) LIMPET_CHECK(txn_.put(index_row, row));
  }
  return {};
}

Status Records::note(const RecordKind& kind, const std::string& row, Side before, Side after) {
  if (!kind.in_change_log) return {};
  const std::size_t bytes = before.text.size() + after.text.size();
  const auto [at, first] = touched_.try_emplace(row, Touched{kind, std::move(before), {}, 0});
  at->second.after = std::move(after);
  at->second.bytes += bytes;
  touched_bytes_ += bytes;
  return touched_bytes_ < kTouchedBytesMax ? Status() : append_to_log(false);
}

std::vector<Change> Records::changes() const {
  std::vector<Change> changes;
  for (const auto& [row, touched] : touched_) {
    if (touched.before.text == touched.after.text) continue;
    changes.push_back({.type = std::string(touched.kind.name),
                       .key = row,
                       .before = document_of(touched.before.shown()),
                       .after = document_of(touched.after.shown())});
  }
  return changes;
}

Status Records::finish() { return append_to_log(true); }

Status Records::append_to_log(bool last) {
  std::erase_if(touched_,
                [](const auto& item) { return item.second.before.text == item.second.after.text; });
  touched_bytes_ = 0;
  if (touched_.empty() && !(last && continues_)) return {};
  LIMPET_TRY(std::uint64_t sequence, last_change(txn_));
  const RecordKind kind = kind_of<LogEntry>();
  LogEntry entry{.time = context_.now,
                 .principal = context_.principal,
                 .operation = operation_,
                 .request_id = context_.request_id};
  std::vector<ChangeText> changes;
  auto at = touched_.cbegin();
  do {
    std::size_t bytes = 0;
    for (; at != touched_.cend() && bytes < kLogEntryBytes; ++at) {
      const Touched& touched = at->second;
      bytes += touched.bytes;
      changes.push_back({.type = touched.kind.name,
                         .key = at->first,
                         .before = touched.before.shown(),
                         .after = touched.after.shown()});
    }
    entry.continues = !last || at != touched_.cend();
    entry.sequence = ++sequence;
    const std::string row = record_row(kind, scope_, RecordType<LogEntry>::key(entry));
    LIMPET_CHECK(txn_.put(row, entry_text(entry, changes)));
    changes.clear();
  } while (at != touched_.cend());
  touched_.clear();
  continues_ = !last;
  const Counter counter{.name = "log", .value = sequence};
  const RecordKind counters = kind_of<Counter>();
  return txn_.put(record_row(counters, scope_, RecordType<Counter>::key(counter)),
                  document_text(counters, RecordType<Counter>::encode(counter)));
}

}  // namespace limpet::storage
