#include "limpet/storage/change_log.h"

#include "log_text.h"
#include "rows.h"

#include "limpet/json/writer.h"
#include "limpet/storage/document.h"

#include <algorithm>
#include <utility>

namespace limpet::storage {

json::Value RecordType<LogEntry>::encode(const LogEntry& entry) {
  std::vector<json::Value> changes;
  changes.reserve(entry.changes.size());
  for (const Change& change : entry.changes) {
    changes.push_back(json::Value::object({{"type", json::Value::string(change.type)},
                                           {"key", json::Value::string(change.key)},
                                           {"before", change.before},
                                           {"after", change.after}}));
  }
  json::Value document = json::Value::object({});
  document.set("sequence", json::Value::integer(static_cast<std::int64_t>(entry.sequence)));
  document.set("time", encode_time(entry.time));
  document.set("principal", json::Value::string(entry.principal));
  document.set("operation", json::Value::string(entry.operation));
  document.set("request_id", json::Value::string(entry.request_id));
  if (entry.continues) document.set("continues", json::Value::boolean(true));
  document.set("changes", json::Value::array(std::move(changes)));
  return document;
}

std::string entry_text(const LogEntry& entry, std::span<const ChangeText> changes) {
  const auto document = [](std::string_view text) { return text.empty() ? "null" : text; };
  json::Writer out;
  out.begin_object()
      .key(kFormatMember)
      .value(RecordType<LogEntry>::format)
      .key("sequence")
      .value(static_cast<std::int64_t>(entry.sequence))
      .key("time")
      .value(to_iso8601(entry.time))
      .key("principal")
      .value(entry.principal)
      .key("operation")
      .value(entry.operation)
      .key("request_id")
      .value(entry.request_id);
  if (entry.continues) out.key("continues").value(true);
  out.key("changes").begin_array();
  for (const ChangeText& change : changes) {
    out.begin_object()
        .key("type")
        .value(change.type)
        .key("key")
        .value(change.key)
        .key("before")
        .raw(document(change.before))
        .key("after")
        .raw(document(change.after))
        .end_object();
  }
  return std::move(out.end_array().end_object()).take();
}

Result<LogEntry> RecordType<LogEntry>::decode(const json::Value& document, int) {
  Document in(document);
  LogEntry entry{.sequence = static_cast<std::uint64_t>(in.integer("sequence")),
                 .time = in.time("time"),
                 .principal = in.text("principal"),
                 .operation = in.text("operation"),
                 .request_id = in.text("request_id")};
  entry.continues = document.find("continues") != nullptr && in.boolean("continues");
  const json::Value* changes = document.find("changes");
  if (changes == nullptr || !changes->is_array()) {
    in.fail("changes", "expected an array");
    return in.status().error();
  }
  for (const json::Value& item : changes->items()) {
    Document change(item, "/changes/" + std::to_string(entry.changes.size()));
    const json::Value* before = item.find("before");
    const json::Value* after = item.find("after");
    entry.changes.push_back({.type = change.text("type"),
                             .key = change.text("key"),
                             .before = before == nullptr ? json::Value() : *before,
                             .after = after == nullptr ? json::Value() : *after});
    LIMPET_CHECK(change.status());
  }
  LIMPET_CHECK(in.status());
  return entry;
}

json::Value RecordType<Counter>::encode(const Counter& counter) {
  return json::Value::object(
      {{"name", json::Value::string(counter.name)},
       {"value", json::Value::integer(static_cast<std::int64_t>(counter.value))}});
}

Result<Counter> RecordType<Counter>::decode(Document in, int) {
  Counter counter{.name = in.text("name"),
                  .value = static_cast<std::uint64_t>(in.integer("value"))};
  LIMPET_CHECK(in.status());
  return counter;
}

Result<std::vector<LogEntry>> read_changes(Reader& reader, const LogRange& range) {
  RecordReader records(reader, Scope{});
  LIMPET_TRY(auto page,
             records.scan<LogEntry>({.after = Key(range.after).text(), .limit = range.limit}));
  return std::move(page.records);
}

Result<std::uint64_t> last_change(Reader& reader) {
  RecordReader records(reader, Scope{});
  LIMPET_TRY(const auto counter, records.get<Counter>({"log"}));
  return counter ? counter->value : 0;
}

Result<std::vector<std::uint64_t>> due_changes(Reader& reader, Timestamp before,
                                               std::size_t limit) {
  LIMPET_TRY(const auto entries, read_changes(reader, {.limit = limit}));
  std::vector<std::uint64_t> due;
  for (const LogEntry& entry : entries) {
    if (entry.time >= before) break;
    due.push_back(entry.sequence);
  }
  return due;
}

Status erase_changes(Txn& txn, std::span<const std::uint64_t> sequences) {
  for (const std::uint64_t sequence : sequences) {
    LIMPET_CHECK(txn.erase(Key(RecordType<LogEntry>::name, sequence).text()));
  }
  return {};
}

}  // namespace limpet::storage
