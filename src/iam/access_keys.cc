#include "limpet/iam/access_keys.h"

#include "access_key_record.h"

#include "limpet/storage/records.h"

#include <algorithm>

namespace limpet::iam {
namespace {

constexpr std::size_t kScanRecords = 500;

Result<std::size_t> count_active(storage::RecordReader& records, const std::string& account) {
  std::size_t active = 0;
  storage::Scan scan{.under = {account}, .limit = kScanRecords};
  do {
    LIMPET_TRY(auto page, records.scan_index<AccessKey>("by-account", scan));
    active += static_cast<std::size_t>(
        std::count_if(page.records.begin(), page.records.end(),
                      [](const AccessKey& key) { return key.status == KeyStatus::Active; }));
    scan.after = std::move(page.next);
  } while (!scan.after.empty());
  return active;
}

}  // namespace

Result<AccessKey> create_access_key(storage::Txn& txn, const Context& context,
                                    std::string_view description) {
  storage::Records records(txn, context, "CreateAccessKey");
  LIMPET_TRY(const std::size_t active, count_active(records, context.scope.account));
  if (active >= kActiveKeysMax) {
    return Error::limit_exceeded(
        "More access keys cannot be created. The maximum limit has been reached.");
  }
  AccessKey key = make_access_key(*context.ids,
                                  {.account = context.scope.account,
                                   .description = std::string(description),
                                   .partition = context.scope.partition},
                                  context.now);
  LIMPET_TRY(const auto taken, records.get<AccessKey>({key.id}));
  if (taken) return Error::conflict("the new access key id is taken");
  LIMPET_CHECK(records.put(key));
  LIMPET_CHECK(records.finish());
  return key;
}

Result<AccessKeyPage> list_access_keys(storage::Reader& reader, const Context& context,
                                       std::string_view after, std::size_t limit) {
  storage::RecordReader records(reader, context.scope);
  LIMPET_TRY(auto page,
             records.scan_index<AccessKey>(
                 "by-account",
                 {.under = {context.scope.account}, .after = std::string(after), .limit = limit}));
  return AccessKeyPage{std::move(page.records), std::move(page.next)};
}

Result<AccessKey> revoke_access_key(storage::Txn& txn, const Context& context,
                                    std::string_view id) {
  storage::Records records(txn, context, "RevokeAccessKey");
  LIMPET_TRY(auto key, records.get<AccessKey>({id}));
  if (!key || key->account != context.scope.account) {
    return Error::not_found("Access key is not found. AccessKeyId: " + std::string(id));
  }
  key->status = KeyStatus::Revoked;
  LIMPET_CHECK(records.put(*key));
  LIMPET_CHECK(records.finish());
  return *std::move(key);
}

Result<std::vector<AccessKey>> load_access_keys(storage::Reader& reader) {
  storage::RecordReader records(reader, Scope{});
  std::vector<AccessKey> keys;
  storage::Scan scan{.limit = kScanRecords};
  do {
    LIMPET_TRY(auto page, records.scan<AccessKey>(scan));
    std::move(page.records.begin(), page.records.end(), std::back_inserter(keys));
    scan.after = std::move(page.next);
  } while (!scan.after.empty());
  return keys;
}

}  // namespace limpet::iam
