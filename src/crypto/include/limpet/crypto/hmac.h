// HMAC-SHA-256 (RFC 2104, RFC 4231) with the key taken in once.
//
//   const crypto::HmacSha256 mac(key);
//   mac("first");  mac("second");       // neither pads nor hashes the key again
//
// A HmacSha256 is immutable; copies share the keyed state and are cheap. Threads: safe.
#pragma once

#include "limpet/crypto/sha256.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace limpet::crypto {

class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  explicit HmacSha256(std::span<const std::uint8_t> key);

  Sha256Digest operator()(std::string_view message) const;

 private:
  struct Keyed;
  std::shared_ptr<const Keyed> keyed_;
};

/// Compare without telling by the time taken where the first difference is. Different lengths are
/// unequal at once: the length of a signature is no secret.
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace limpet::crypto
