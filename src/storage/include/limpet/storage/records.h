// Records: typed rows with their indexes, over a snapshot or inside a transaction.
//
//   store.write([&](storage::Txn& txn) -> Status {
//     storage::Records records(txn, context, "CreateSchema");
//     LIMPET_TRY(const auto earlier, records.get<Schema>({registry, name}));
//     if (earlier) return schema_exists(name);
//     LIMPET_CHECK(records.put(schema));
//     return records.finish();                      // writes the change log
//   });
//
// How a type is stored is declared in its RecordType (record_type.h).
#pragma once

#include "limpet/base/context.h"
#include "limpet/json/object_view.h"
#include "limpet/storage/record_type.h"
#include "limpet/storage/store.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::storage {

/// Bytes of one stored document.
inline constexpr std::size_t kRecordBytesMax = 16UL << 20;

/// Which records a page holds. A position is the text of a key (or of an index entry); a page goes
/// on behind it, whatever was written or erased since.
struct Scan {
  Key under = {};          ///< leading components that all must have; empty = every record
  std::string after = {};  ///< Page::next of the page before; empty = from the start
  std::size_t limit = 100;
  Order order = Order::Ascending;
};

template <class T>
struct Page {
  std::vector<T> records;
  std::string next = {};  ///< the position to go on from; empty when there is no more
};

struct StoredDocument {
  json::Value document;
  int format = 0;
};
struct StoredView {
  json::ObjectView document;
  int format = 0;
};
/// What a row holds. Errors: Internal (not a document), Unavailable (a newer format); `where` = the
/// row.
Result<StoredDocument> parse_row(const RecordKind& kind, std::string_view row,
                                 std::string_view text);
/// The same without a tree; borrows `text`. nullopt: only parse_row() can tell.
Result<std::optional<StoredView>> view_row(const RecordKind& kind, std::string_view row,
                                           std::string_view text);

/// Records of one scope, as a Reader shows them. The reader must outlive it. Threads: confined.
/// Errors of every call: the store's; Unavailable when a record has a newer format than this
/// program knows; Internal when a row cannot be read or an index points nowhere.
class RecordReader {
 public:
  RecordReader(Reader& reader, Scope scope);

  template <Record T>
  Result<std::optional<T>> get(const Key& key);

  /// One answer per key, in the order asked; one round trip.
  template <Record T>
  Result<std::vector<std::optional<T>>> get_many(std::span<const Key> keys);

  /// By key.
  template <Record T>
  Result<Page<T>> scan(const Scan& scan);

  /// The record that a unique index names.
  template <Record T>
  Result<std::optional<T>> find(std::string_view index, const Key& entry);

  /// By the order of an index; two round trips.
  template <Record T>
  Result<Page<T>> scan_index(std::string_view index, const Scan& scan);

  /// The entries of an index alone, as the texts of their keys (split_key); those of an index that
  /// is not unique end with the record's key. No record is read.
  template <Record T>
  Result<Page<std::string>> scan_entries(std::string_view index, const Scan& scan) {
    return load_entries(kind_of<T>(), index, scan);
  }

  const Scope& scope() const { return scope_; }

 protected:
  struct Stored {
    std::string row;
    std::string text;
  };
  Result<std::optional<Stored>> load(const RecordKind& kind, const Key& key);
  Result<std::vector<std::optional<Stored>>> load_many(const RecordKind& kind,
                                                       std::span<const Key> keys);
  Result<Page<Stored>> load_page(const RecordKind& kind, const Scan& scan);
  Result<std::optional<Stored>> load_by_index(const RecordKind& kind, std::string_view index,
                                              const Key& entry);
  Result<Page<Stored>> load_index_page(const RecordKind& kind, std::string_view index,
                                       const Scan& scan);
  Result<Page<std::string>> load_entries(const RecordKind& kind, std::string_view index,
                                         const Scan& scan);

  template <Record T>
  Result<T> decode(const Stored& stored);
  template <Record T>
  Result<std::optional<T>> decode_optional(Result<std::optional<Stored>> stored);
  template <Record T>
  Result<Page<T>> decode_page(Result<Page<Stored>> page);
  Error unreadable(const RecordKind& kind, const Stored& stored, const Error& error) const;

  Reader& reader_;
  Scope scope_;
};

/// A record before and after a transaction; null = there was none.
struct Change {
  std::string type;
  std::string key;  ///< the whole row key
  json::Value before = {};
  json::Value after = {};

  friend bool operator==(const Change&, const Change&) = default;
};

/// The write side: records, indexes and change log of one transaction. Every write of a record
/// goes through one of these, and finish() is the last call. Threads: confined.
class Records : public RecordReader {
 public:
  /// `operation` is what the change log calls the transaction.
  Records(Txn& txn, Context context, std::string operation);

  /// Write a record and its index rows; index rows that no longer hold go. Nothing is written when
  /// nothing changed. Errors: AlreadyExists when another record has the same entry in a unique
  /// index; LimitExceeded when the document is larger than kRecordBytesMax.
  template <Record T>
  Status put(const T& record) {
    return store(kind_of<T>(), image_of(record));
  }

  /// Remove a record and its index rows; false when there is none.
  template <Record T>
  Result<bool> erase(const Key& key) {
    return remove(kind_of<T>(), key);
  }

  /// What has changed and is not in the change log yet, by row key; what came back to its first
  /// state is left out.
  std::vector<Change> changes() const;

  /// Append the changes to the change log under the next sequence number (change_log.h); nothing
  /// is written when nothing changed. A large transaction has written most of them before, so that
  /// the memory it takes does not grow with it.
  Status finish();

  const Context& context() const { return context_; }

 private:
  // A record's text, empty when there is none, and what the change log shows of it where that is
  // something else.
  struct Side {
    std::string text;
    std::string logged;

    const std::string& shown() const { return logged.empty() ? text : logged; }
  };
  struct Touched {
    RecordKind kind;
    Side before, after;
    std::size_t bytes = 0;
  };
  Status store(const RecordKind& kind, RecordImage image);
  Result<bool> remove(const RecordKind& kind, const Key& key);
  Status write_indexes(const std::string& row, const std::map<std::string, Unique>& stale,
                       const std::map<std::string, Unique>& fresh);
  Status note(const RecordKind& kind, const std::string& row, Side before, Side after);
  Status append_to_log(bool last);

  Txn& txn_;
  Context context_;
  std::string operation_;
  std::map<std::string, Touched> touched_;
  std::size_t touched_bytes_ = 0;
  bool continues_ = false;  // the log has entries of this transaction that promise another one
};

// Implementation of the templates.

template <Record T>
Result<T> RecordReader::decode(const Stored& stored) {
  const RecordKind kind = kind_of<T>();
  const auto read = [&]() -> Result<Result<T>> {
    if constexpr (ReadsView<T>) {
      LIMPET_TRY(const auto view, view_row(kind, stored.row, stored.text));
      if (view) return RecordType<T>::decode(Document(view->document), view->format);
    }
    LIMPET_TRY(const auto tree, parse_row(kind, stored.row, stored.text));
    return RecordType<T>::decode(tree.document, tree.format);
  };
  LIMPET_TRY(auto record, read());
  if (record) return record;
  return unreadable(kind, stored, record.error());
}

template <Record T>
Result<std::optional<T>> RecordReader::decode_optional(Result<std::optional<Stored>> stored) {
  if (!stored) return std::move(stored).error();
  if (!*stored) return std::optional<T>();
  LIMPET_TRY(T record, decode<T>(**stored));
  return std::optional<T>(std::move(record));
}

template <Record T>
Result<Page<T>> RecordReader::decode_page(Result<Page<Stored>> page) {
  if (!page) return std::move(page).error();
  Page<T> decoded;
  decoded.next = std::move(page->next);
  decoded.records.reserve(page->records.size());
  for (const Stored& stored : page->records) {
    LIMPET_TRY(T record, decode<T>(stored));
    decoded.records.push_back(std::move(record));
  }
  return decoded;
}

template <Record T>
Result<std::optional<T>> RecordReader::get(const Key& key) {
  return decode_optional<T>(load(kind_of<T>(), key));
}

template <Record T>
Result<std::vector<std::optional<T>>> RecordReader::get_many(std::span<const Key> keys) {
  LIMPET_TRY(auto rows, load_many(kind_of<T>(), keys));
  std::vector<std::optional<T>> records;
  records.reserve(rows.size());
  for (auto& row : rows) {
    LIMPET_TRY(auto record, decode_optional<T>(std::move(row)));
    records.push_back(std::move(record));
  }
  return records;
}

template <Record T>
Result<Page<T>> RecordReader::scan(const Scan& scan) {
  return decode_page<T>(load_page(kind_of<T>(), scan));
}

template <Record T>
Result<std::optional<T>> RecordReader::find(std::string_view index, const Key& entry) {
  return decode_optional<T>(load_by_index(kind_of<T>(), index, entry));
}

template <Record T>
Result<Page<T>> RecordReader::scan_index(std::string_view index, const Scan& scan) {
  return decode_page<T>(load_index_page(kind_of<T>(), index, scan));
}

}  // namespace limpet::storage
