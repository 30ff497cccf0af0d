#include "rows.h"

#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/storage/records.h"

#include <utility>

namespace limpet::storage {

namespace {

constexpr std::string_view kFormatMember = "_format";

// A log entry holds two documents and some levels around them.
constexpr json::ParseLimits kStoredLimits{
    .max_bytes = 4 * kRecordBytesMax, .max_depth = 512, .max_nodes = 8'000'000};

}  // namespace

Key type_key(const RecordKind& kind, const Scope& scope) {
  Key key = kind.scoped ? scope_key(scope) : Key();
  return key.add(kind.name);
}

std::string record_row(const RecordKind& kind, const Scope& scope, const Key& key) {
  LIMPET_ASSERT(!key.empty());
  return type_key(kind, scope).add(key).text();
}

Key index_key(const RecordKind& kind, const Scope& scope, std::string_view index) {
  Key key = kind.scoped ? scope_key(scope) : Key();
  return key.add(std::string(kind.name) + "." + std::string(index));
}

std::map<std::string, Unique> index_rows(const RecordKind& kind, const Scope& scope,
                                         const RecordImage& image) {
  std::map<std::string, Unique> rows;
  for (const IndexEntry& entry : image.indexes) {
    Key key = index_key(kind, scope, entry.index).add(entry.key);
    if (entry.unique == Unique::No) key.add(image.key);
    rows.emplace(key.text(), entry.unique);
  }
  return rows;
}

Result<StoredDocument> parse_row(const RecordKind& kind, std::string_view row,
                                 std::string_view text) {
  auto document = json::parse(text, kStoredLimits);
  if (!document) {
    return Error{Code::Internal, "stored document cannot be parsed: " + describe(document.error()),
                 std::string(row)};
  }
  const json::Value* member = document->find(kFormatMember);
  const auto format = member == nullptr ? std::nullopt : member->as_int64();
  if (!format || *format < 1) {
    return Error{Code::Internal, "stored document has no format number", std::string(row)};
  }
  if (*format > kind.format) {
    return Error{Code::Unavailable,
                 "record has format " + member->text() + ", newer than the " +
                     std::to_string(kind.format) + " that this program knows",
                 std::string(row)};
  }
  return StoredDocument{*std::move(document), static_cast<int>(*format)};
}

json::Value with_format(const RecordKind& kind, json::Value document) {
  LIMPET_ASSERT(document.is_object() && document.find(kFormatMember) == nullptr);
  std::vector<json::Member> members;
  members.reserve(document.members().size() + 1);
  members.push_back({std::string(kFormatMember), json::Value::integer(kind.format)});
  for (const json::Member& member : document.members()) members.push_back(member);
  return json::Value::object(std::move(members));
}

Result<RereadRow> reread_row(const RecordKind& kind, std::string_view row, std::string_view text) {
  LIMPET_TRY(auto stored, parse_row(kind, row, text));
  auto image = kind.reread(stored.document, stored.format);
  if (!image) {
    return Error{Code::Internal, "record does not decode: " + describe(image.error()),
                 std::string(row)};
  }
  return RereadRow{std::move(stored), *std::move(image)};
}

}  // namespace limpet::storage
