#include "limpet/registry/metadata.h"

#include "lookup.h"
#include "stored.h"

#include "limpet/registry/messages.h"

#include <algorithm>
#include <set>
#include <utility>

namespace limpet::registry {
namespace {

storage::Key entry_of(const Uuid& version, std::string_view key, std::int64_t sequence) {
  return {version.to_string(), key, sequence};
}

Status check_quota(storage::RecordReader& records, const Settings& settings, const Uuid& version) {
  const auto& quota = settings.quotas.metadata_per_version;
  if (!quota) return {};
  if (*quota <= 0) return too_much_metadata();
  LIMPET_TRY(const auto pairs,
             records.scan<StoredMetadata>(
                 {.under = {version.to_string()}, .limit = static_cast<std::size_t>(*quota)}));
  if (reached(quota, static_cast<std::int64_t>(pairs.records.size()))) return too_much_metadata();
  return {};
}

/// The place of a new value among the values of its key.
Result<std::int64_t> next_sequence(storage::RecordReader& records, const Uuid& version,
                                   const std::string& key) {
  LIMPET_TRY(const auto newest,
             records.scan_index<StoredMetadata>(kByAge, {.under = {version.to_string(), key},
                                                         .limit = 1,
                                                         .order = storage::Order::Descending}));
  return newest.records.empty() ? 1 : newest.records.front().sequence + 1;
}

/// Pairs that one call looks at. A version may have any number of them, and a filter may match
/// none.
constexpr std::size_t kPairsPerCall = 10'000;

/// A query under way: the entries of the page, each with its place in the order of the list.
class Query {
 public:
  Query(storage::RecordReader& records, const SchemaVersion& version,
        const std::vector<MetadataFilter>& filters, const PageRequest& page)
      : records_(records),
        version_(version),
        filters_(filters),
        after_(page.after.value_or("")),
        limit_(page.limit) {}

  Status collect() {
    const bool any_key =
        filters_.empty() ||
        std::ranges::any_of(filters_, [](const MetadataFilter& filter) { return !filter.key; });
    if (any_key) return collect_under({version_.id.to_string()});
    std::set<std::string> keys;
    for (const auto& filter : filters_) keys.insert(*filter.key);
    for (const auto& key : keys) {
      if (found_.size() > limit_ || !stopped_at_.empty()) break;
      LIMPET_CHECK(collect_under({version_.id.to_string(), key}));
    }
    return {};
  }

  /// The entry that no record holds; it stands where its key belongs.
  Status add_reason() {
    const std::string place = entry_of(version_.id, kReasonKey, 0).text();
    if (place <= after_ || (!stopped_at_.empty() && place > stopped_at_)) return {};
    LIMPET_TRY(const auto stored, records_.get<StoredVerdict>(version_key(version_.id)));
    if (!stored) return {};
    Metadata reason{.key = std::string(kReasonKey),
                    .value = compat::summary(stored->verdict),
                    .created = version_.created};
    if (!matches(reason.key, reason.value)) return {};
    const auto at = std::ranges::upper_bound(found_, place, {}, &Entry::place);
    found_.insert(at, {place, std::move(reason)});
    return {};
  }

  Page<Metadata> page() && {
    Page<Metadata> page;
    if (found_.size() > limit_) {
      found_.resize(limit_);
      page.next = found_.back().place;
    } else if (!stopped_at_.empty()) {
      page.next = std::move(stopped_at_);
    }
    for (auto& entry : found_) page.items.push_back(std::move(entry.metadata));
    return page;
  }

 private:
  struct Entry {
    std::string place;
    Metadata metadata;
  };

  bool matches(const std::string& key, const std::string& value) const {
    if (filters_.empty()) return true;
    return std::ranges::any_of(filters_, [&](const MetadataFilter& filter) {
      return filter.key.value_or(key) == key && filter.value.value_or(value) == value;
    });
  }

  /// Matching entries behind `after_`, until one more than the page holds or enough was looked at.
  Status collect_under(const storage::Key& under) {
    constexpr std::size_t kBatch = 100;
    const std::string begin = under.text() + storage::kKeySeparator;
    if (after_ > begin && !after_.starts_with(begin)) return {};  // the page is past this key
    storage::Scan scan{.under = under, .after = after_ > begin ? after_ : "", .limit = kBatch};
    while (found_.size() <= limit_) {
      LIMPET_TRY(auto batch, records_.scan_index<StoredMetadata>(kByAge, scan));
      for (auto& stored : batch.records) {
        if (found_.size() > limit_) break;
        if (!matches(stored.key, stored.value)) continue;
        found_.push_back({entry_of(stored.version, stored.key, stored.sequence).text(),
                          {.key = std::move(stored.key),
                           .value = std::move(stored.value),
                           .created = stored.created}});
      }
      if (batch.next.empty()) return {};
      seen_ += batch.records.size();
      if (seen_ >= kPairsPerCall && found_.size() <= limit_) {
        stopped_at_ = std::move(batch.next);
        return {};
      }
      scan.after = std::move(batch.next);
    }
    return {};
  }

  storage::RecordReader& records_;
  const SchemaVersion& version_;
  const std::vector<MetadataFilter>& filters_;
  std::string after_;
  std::size_t limit_;
  std::size_t seen_ = 0;
  std::string stopped_at_;  ///< where a query that has seen enough goes on; empty: it saw all
  std::vector<Entry> found_;
};

}  // namespace

Result<SchemaVersion> put_metadata(storage::Txn& txn, const Context& context,
                                   const Settings& settings, const VersionRef& version,
                                   const MetadataPair& pair) {
  storage::Records records(txn, context, "PutSchemaVersionMetadata");
  LIMPET_TRY(SchemaVersion found, require_version(records, version));
  if (pair.key.str() == kReasonKey) return reason_is_read_only();
  LIMPET_CHECK(check_quota(records, settings, found.id));
  StoredMetadata metadata{.version = found.id,
                          .key = pair.key.str(),
                          .value = pair.value.str(),
                          .created = context.now};
  LIMPET_TRY(const auto earlier,
             records.get<StoredMetadata>(storage::RecordType<StoredMetadata>::key(metadata)));
  if (earlier) return metadata_exists(found.id, metadata.key, metadata.value);
  LIMPET_TRY(metadata.sequence, next_sequence(records, found.id, metadata.key));
  LIMPET_CHECK(records.put(metadata));
  LIMPET_CHECK(records.finish());
  return found;
}

Result<SchemaVersion> remove_metadata(storage::Txn& txn, const Context& context,
                                      const VersionRef& version, const MetadataPair& pair) {
  storage::Records records(txn, context, "RemoveSchemaVersionMetadata");
  LIMPET_TRY(SchemaVersion found, require_version(records, version));
  if (pair.key.str() == kReasonKey) return reason_is_read_only();
  LIMPET_TRY(const bool removed,
             records.erase<StoredMetadata>({found.id.to_string(), pair.key, pair.value}));
  if (!removed) return no_such_metadata(found.id, pair.key.str(), pair.value.str());
  LIMPET_CHECK(records.finish());
  return found;
}

Result<MetadataPage> query_metadata(storage::Reader& reader, const Context& context,
                                    const Settings& settings, const VersionRef& version,
                                    const std::vector<MetadataFilter>& filters,
                                    const PageRequest& page) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(SchemaVersion found, require_version(records, version));
  if (page.after && !page.after->starts_with(found.id.to_string() + storage::kKeySeparator)) {
    return wrong_page_token();
  }
  Query query(records, found, filters, page);
  LIMPET_CHECK(query.collect());
  if (settings.reason_metadata && found.status == VersionStatus::Failure) {
    LIMPET_CHECK(query.add_reason());
  }
  Page<Metadata> answer = std::move(query).page();
  return MetadataPage{.version = std::move(found), .page = std::move(answer)};
}

}  // namespace limpet::registry
