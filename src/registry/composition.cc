#include "composition.h"

#include "lookup.h"

#include "limpet/compat/bundle.h"
#include "limpet/crypto/sha256.h"
#include "limpet/registry/messages.h"
#include "limpet/storage/content.h"

#include <charconv>
#include <deque>
#include <map>
#include <utility>

namespace limpet::registry {
namespace {

/// Follows references on the texts as they were submitted.
class Composer {
 public:
  Composer(storage::RecordReader& records, Format format) : records_(records), format_(format) {}

  Status add(const WantedReference& wanted) {
    LIMPET_TRY(const SchemaVersion version, require_version(records_, wanted.version));
    if (version.format != format_) return reference_of_other_format(wanted.name, version, format_);
    if (version.status != VersionStatus::Available) {
      return reference_not_available(wanted.name, version);
    }
    Reference reference{.name = wanted.name.str(),
                        .version = version.id,
                        .registry = version.registry,
                        .schema = version.schema,
                        .number = version.number};
    if (texts_.contains(key_of(reference.name))) return reference_doubled(wanted.name);
    LIMPET_CHECK(read(reference, version));
    references_.push_back(std::move(reference));
    return {};
  }

  /// The references of references.
  Status follow() {
    while (!unfollowed_.empty()) {
      const Reference reference = std::move(unfollowed_.front());
      unfollowed_.pop_front();
      const auto found = texts_.find(key_of(reference.name));
      if (found != texts_.end()) {
        if (found->second.of.version == reference.version) continue;
        return reference_ambiguous(found->second.of, reference);
      }
      LIMPET_TRY(const auto version, records_.get<SchemaVersion>(version_key(reference.version)));
      if (!version) {
        return Error::internal("schema version " + reference.version.to_string() +
                               ", which is referenced, is missing");
      }
      LIMPET_CHECK(read(reference, *version));
    }
    return {};
  }

  Result<std::string> bundle(std::string_view text) const {
    std::vector<NamedText> imports;
    for (const auto& [name, import] : texts_) imports.push_back({name, import.text});
    auto bundled = compat::bundle_definition(format_, text, imports);
    if (!bundled) return invalid_definition(format_, bundled.error());
    return bundled;
  }

  std::vector<Reference> take() && { return std::move(references_); }

 private:
  struct Import {
    Reference of;
    std::string text;
  };

  /// "./a.json" and "a.json" are one name to a `$ref`.
  std::string key_of(std::string_view name) const {
    if (format_ == Format::Json && name.starts_with("./")) name.remove_prefix(2);
    return std::string(name);
  }

  Status read(const Reference& reference, const SchemaVersion& version) {
    for (const auto& [name, import] : texts_) {
      if (import.of.version == reference.version) return reference_renamed(import.of, reference);
    }
    if (texts_.size() == kReferencesMax) return too_many_references(kReferencesMax);
    LIMPET_TRY(const auto stored, records_.get<StoredReferences>(version_key(version.id)));
    LIMPET_TRY(auto text,
               storage::get_text(records_, stored ? stored->submitted : version.content));
    if (!text) {
      return Error::internal("the text of schema version " + version.id.to_string() +
                             " is missing");
    }
    bytes_ += text->size();
    if (bytes_ > kReferencedBytesMax) return references_too_long(kReferencedBytesMax);
    if (stored) {
      unfollowed_.insert(unfollowed_.end(), stored->references.begin(), stored->references.end());
    }
    texts_.emplace(key_of(reference.name), Import{reference, *std::move(text)});
    return {};
  }

  storage::RecordReader& records_;
  Format format_;
  std::vector<Reference> references_;
  std::deque<Reference> unfollowed_;
  std::map<std::string, Import, std::less<>> texts_;
  std::size_t bytes_ = 0;
};

bool contains(const Doomed& doomed, std::string_view registry, std::string_view schema,
              std::int64_t number) {
  if (registry != doomed.registry.str()) return false;
  if (doomed.schema == nullptr) return true;
  if (schema != doomed.schema->str()) return false;
  return !doomed.numbers || (doomed.numbers->first <= number && number <= doomed.numbers->last);
}

/// The same of a version as the index spells it.
bool goes(const Doomed& doomed, std::string_view registry, std::string_view schema,
          std::string_view number) {
  std::int64_t value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return contains(doomed, registry, schema, value);
}

storage::Key rows_of(const Doomed& doomed, std::int64_t number) {
  if (doomed.schema == nullptr) return storage::Key(doomed.registry);
  storage::Key key{doomed.registry, *doomed.schema};
  return doomed.numbers ? std::move(key.add(number)) : key;
}

/// A version of `holder` (its id) references something of `doomed`.
Result<std::optional<Holder>> read_holder(storage::RecordReader& records, const Doomed& doomed,
                                          std::string_view holder) {
  LIMPET_TRY(auto stored, records.get<StoredReferences>(storage::Key(holder)));
  LIMPET_TRY(auto version, records.get<SchemaVersion>(storage::Key(holder)));
  if (!stored || !version) return std::optional<Holder>();  // `limpet check` tells
  for (const Reference& reference : stored->references) {
    if (!contains(doomed, reference.registry.str(), reference.schema.str(), reference.number))
      continue;
    return std::optional(Holder{*std::move(version), reference});
  }
  return std::optional<Holder>();
}

/// The first that keeps versions under `rows` from going. Reads entries of the index alone, as
/// there may be many within what goes.
Result<std::optional<Holder>> find_holder(storage::RecordReader& records, const Doomed& doomed,
                                          const storage::Key& rows) {
  constexpr std::size_t kPageRows = 500;
  // Registry, schema, number of what is referenced and of the holder; the holder's id.
  constexpr std::size_t kParts = 7;
  storage::Scan scan{.under = rows, .limit = kPageRows};
  while (true) {
    LIMPET_TRY(auto page, records.scan_entries<StoredReferences>(kReferenced, scan));
    for (const std::string& entry : page.records) {
      LIMPET_TRY(const auto parts, storage::split_key(entry));
      if (parts.size() != kParts) continue;  // `limpet check` tells
      if (goes(doomed, parts[3], parts[4], parts[5])) continue;
      LIMPET_TRY(auto holder, read_holder(records, doomed, parts[6]));
      if (holder) return holder;
    }
    if (page.next.empty()) return std::optional<Holder>();
    scan.after = std::move(page.next);
  }
}

}  // namespace

Result<Candidate> compose(storage::RecordReader& records, ParsedCache& cache, Format format,
                          std::string_view text, std::span<const WantedReference> wanted) {
  LIMPET_CHECK(check_definition_length(text));
  Composer composer(records, format);
  for (const WantedReference& reference : wanted) LIMPET_CHECK(composer.add(reference));
  LIMPET_CHECK(composer.follow());
  LIMPET_TRY(const std::string bundle, composer.bundle(text));
  LIMPET_TRY(Candidate candidate, parse_candidate(cache, format, bundle));
  candidate.composition = std::make_shared<const Composition>(
      Composition{.text = std::string(text), .references = std::move(composer).take()});
  return candidate;
}

Status check_references_stand(storage::RecordReader& records, const Composition& composition) {
  for (const Reference& reference : composition.references) {
    LIMPET_TRY(const auto version, records.get<SchemaVersion>(version_key(reference.version)));
    if (!version) return changed_meanwhile();
  }
  return {};
}

Status keep_composition(storage::Records& records, const SchemaVersion& version,
                        const Composition& composition) {
  const StoredReferences stored{.version = version.id,
                                .registry = version.registry,
                                .schema = version.schema,
                                .number = version.number,
                                .submitted = crypto::sha256_hex(composition.text),
                                .holding = version.status == VersionStatus::Available,
                                .references = composition.references};
  LIMPET_CHECK(
      storage::hold_text(records, stored.submitted, composition.text, storage::text_user(stored)));
  return records.put(stored);
}

Status erase_composition(storage::Records& records, const Uuid& version) {
  LIMPET_TRY(const auto stored, records.get<StoredReferences>(version_key(version)));
  if (!stored) return {};
  LIMPET_CHECK(storage::release_text(records, stored->submitted, storage::text_user(*stored)));
  LIMPET_CHECK(records.erase<StoredReferences>(version_key(version)));
  return {};
}

Result<std::optional<Holder>> find_holder(storage::RecordReader& records, const Doomed& doomed) {
  if (!doomed.numbers) return find_holder(records, doomed, rows_of(doomed, 0));
  for (std::int64_t number = doomed.numbers->first; number <= doomed.numbers->last; ++number) {
    LIMPET_TRY(auto holder, find_holder(records, doomed, rows_of(doomed, number)));
    if (holder) return holder;
  }
  return std::optional<Holder>();
}

}  // namespace limpet::registry
