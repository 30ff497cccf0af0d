// Rows: how records and index entries are laid out under keys, and how a stored document is read.
#pragma once

#include "limpet/json/parse.h"
#include "limpet/storage/records.h"

#include <map>
#include <string>
#include <string_view>

namespace limpet::storage {

/// scope!type, or type alone when the type belongs to no scope.
Key type_key(const RecordKind& kind, const Scope& scope);
/// The row of a record. Requires: `key` has a component.
std::string record_row(const RecordKind& kind, const Scope& scope, const Key& key);
/// scope!type.index
Key index_key(const RecordKind& kind, const Scope& scope, std::string_view index);
/// Every index row of a record.
std::map<std::string, Unique> index_rows(const RecordKind& kind, const Scope& scope,
                                         const RecordImage& image);

// A log entry holds two documents and some levels around them.
inline constexpr json::ParseLimits kStoredLimits{
    .max_bytes = 4 * kRecordBytesMax, .max_depth = 512, .max_nodes = 8'000'000};

inline constexpr std::string_view kFormatMember = "_format";

/// What is stored: the format first, then the members of `document`.
json::Value with_format(const RecordKind& kind, json::Value document);
/// The same as text.
std::string document_text(const RecordKind& kind, const json::Value& document);

/// Parse, decode and encode again. Errors: as parse_row; Internal when it does not decode.
struct RereadRow {
  StoredDocument stored;
  RecordImage image;
};
Result<RereadRow> reread_row(const RecordKind& kind, std::string_view row, std::string_view text);

}  // namespace limpet::storage
