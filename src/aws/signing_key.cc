#include "limpet/aws/signing_key.h"

#include "canonical.h"

#include "limpet/base/assert.h"

namespace limpet::aws {
namespace {

// '/' cannot occur in a part: it separates them in the credential scope.
std::string name_of(std::string_view access_key_id, const SigningScope& scope) {
  std::string name;
  name.reserve(access_key_id.size() + scope.date.size() + scope.region.size() +
               scope.service.size() + 3);
  name.append(access_key_id);
  for (const auto part : {scope.date, scope.region, scope.service}) name.append("/").append(part);
  return name;
}

}  // namespace

crypto::HmacSha256 derive_signing_key(std::string_view secret, const SigningScope& scope) {
  std::string first("AWS4");
  first.append(secret);
  const auto date_key = crypto::HmacSha256(first)(scope.date);
  const auto region_key = crypto::HmacSha256(date_key)(scope.region);
  const auto service_key = crypto::HmacSha256(region_key)(scope.service);
  return crypto::HmacSha256(crypto::HmacSha256(service_key)(kTerminator));
}

SigningKeyCache::SigningKeyCache(std::size_t capacity) : capacity_(capacity) {
  LIMPET_ASSERT(capacity > 0);
}

std::optional<crypto::HmacSha256> SigningKeyCache::find(std::string_view access_key_id,
                                                        std::string_view secret,
                                                        const SigningScope& scope) {
  const std::string name = name_of(access_key_id, scope);
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end() || found->second->secret != secret) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->key;
}

void SigningKeyCache::put(std::string_view access_key_id, std::string_view secret,
                          const SigningScope& scope, crypto::HmacSha256 key) {
  std::string name = name_of(access_key_id, scope);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    const auto entry = found->second;
    by_name_.erase(found);
    entries_.erase(entry);
  }
  entries_.push_front({std::move(name), std::string(secret), std::move(key)});
  by_name_.emplace(entries_.front().name, entries_.begin());
  if (entries_.size() > capacity_) {
    by_name_.erase(entries_.back().name);
    entries_.pop_back();
  }
}

std::size_t SigningKeyCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace limpet::aws
