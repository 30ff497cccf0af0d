// Signing keys of AWS Signature Version 4, and a cache of them.
//
// A signing key depends on secret, date, region and service only, so one day's requests of a caller
// share it; deriving it costs as much as checking a signature.
#pragma once

#include "limpet/crypto/hmac.h"

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace limpet::aws {

/// What a signing key is for. `date` is "20150830".
struct SigningScope {
  std::string_view date;
  std::string_view region;
  std::string_view service;
};

crypto::HmacSha256 derive_signing_key(std::string_view secret, const SigningScope& scope);

/// The most recently used signing keys. Put a key in only after a signature made with it was found
/// good: a stranger must not be able to push others out. Threads: safe.
class SigningKeyCache {
 public:
  explicit SigningKeyCache(std::size_t capacity = 1024);

  /// nullopt when absent, or when the access key has another secret by now.
  std::optional<crypto::HmacSha256> find(std::string_view access_key_id, std::string_view secret,
                                         const SigningScope& scope);
  void put(std::string_view access_key_id, std::string_view secret, const SigningScope& scope,
           crypto::HmacSha256 key);

  std::size_t size() const;

 private:
  struct Entry {
    std::string name;
    std::string secret;
    crypto::HmacSha256 key;
  };

  const std::size_t capacity_;
  mutable std::mutex mutex_;  // guards what follows
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_name_;
};

}  // namespace limpet::aws
