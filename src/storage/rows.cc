#include "rows.h"

#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/storage/records.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace limpet::storage {

namespace {

Status check_format(const RecordKind& kind, std::string_view row,
                    std::optional<std::int64_t> format) {
  if (!format || *format < 1) {
    return Error{Code::Internal, "stored document has no format number", std::string(row)};
  }
  if (*format > kind.format) {
    return Error{Code::Unavailable,
                 "record has format " + std::to_string(*format) + ", newer than the " +
                     std::to_string(kind.format) + " that this program knows",
                 std::string(row)};
  }
  return {};
}

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
  LIMPET_CHECK(check_format(kind, row, format));
  return StoredDocument{*std::move(document), static_cast<int>(*format)};
}

Result<std::optional<StoredView>> view_row(const RecordKind& kind, std::string_view row,
                                           std::string_view text) {
  auto document = json::ObjectView::read(text, kStoredLimits);
  if (!document) return std::optional<StoredView>();
  const auto* member = document->find(kFormatMember);
  const auto format = member == nullptr ? std::nullopt : member->as_int64();
  LIMPET_CHECK(check_format(kind, row, format));
  return std::optional(StoredView{*std::move(document), static_cast<int>(*format)});
}

json::Value with_format(const RecordKind& kind, json::Value document) {
  LIMPET_ASSERT(document.is_object() && document.find(kFormatMember) == nullptr);
  std::vector<json::Member> members;
  members.reserve(document.members().size() + 1);
  members.push_back({std::string(kFormatMember), json::Value::integer(kind.format)});
  for (const json::Member& member : document.members()) members.push_back(member);
  return json::Value::object(std::move(members));
}

std::string document_text(const RecordKind& kind, const json::Value& document) {
  LIMPET_ASSERT(document.is_object() && document.find(kFormatMember) == nullptr);
  json::Writer out;
  out.begin_object().key(kFormatMember).value(kind.format);
  for (const json::Member& member : document.members()) out.key(member.name).value(member.value);
  return std::move(out.end_object()).take();
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
