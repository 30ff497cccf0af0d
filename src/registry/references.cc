#include "limpet/registry/references.h"

#include "lookup.h"
#include "pages.h"
#include "stored.h"

#include "limpet/base/utf8.h"
#include "limpet/registry/messages.h"
#include "limpet/storage/content.h"

#include <algorithm>
#include <utility>

namespace limpet::registry {
namespace {

constexpr std::size_t kReferenceNameBytes = 1024;

bool is_control(char c) {
  constexpr char kDelete = '\x7f';
  return static_cast<unsigned char>(c) < ' ' || c == kDelete;
}

}  // namespace

Status ReferenceNameRules::check(std::string_view text) {
  if (text.empty() || text.size() > kReferenceNameBytes) return wrong_length("Name");
  if (!is_valid_utf8(text) || std::ranges::any_of(text, is_control)) {
    return wrong_characters("Name");
  }
  return {};
}

Result<SubmittedDefinition> get_submitted_definition(storage::Reader& reader,
                                                     const Context& context,
                                                     const VersionRef& version) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(SchemaVersion found, require_version(records, version));
  LIMPET_TRY(auto stored, records.get<StoredReferences>(version_key(found.id)));
  if (!stored) {
    LIMPET_TRY(std::string text, text_of_version(records, found));
    return SubmittedDefinition{
        .version = std::move(found), .definition = std::move(text), .references = {}};
  }
  LIMPET_TRY(auto text, storage::get_text(records, stored->submitted));
  if (!text) {
    return Error::internal("the submitted text of schema version " + found.id.to_string() +
                           " is missing");
  }
  return SubmittedDefinition{.version = std::move(found),
                             .definition = *std::move(text),
                             .references = std::move(stored->references)};
}

Result<Page<Referrer>> list_referrers(storage::Reader& reader, const Context& context,
                                      const VersionRef& version, const PageRequest& page) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(const SchemaVersion found, require_version(records, version));
  const storage::Key under{found.registry, found.schema, found.number};
  if (!is_under(page.after, under)) return wrong_page_token();
  LIMPET_TRY(
      auto stored,
      page_of(records.scan_index<StoredReferences>(
          kReferenced, {.under = under, .after = page.after.value_or(""), .limit = page.limit})));
  Page<Referrer> referrers{.items = {}, .next = std::move(stored.next)};
  for (const StoredReferences& references : stored.items) {
    LIMPET_TRY(auto referrer, records.get<SchemaVersion>(version_key(references.version)));
    const auto reference = std::ranges::find(references.references, found.id, &Reference::version);
    if (!referrer || reference == references.references.end()) continue;  // `limpet check` tells
    referrers.items.push_back({.name = reference->name, .version = *std::move(referrer)});
  }
  return referrers;
}

}  // namespace limpet::registry
