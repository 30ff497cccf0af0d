// KeyRing: the access keys that are valid now, as an immutable snapshot.
//
//   auto ring = std::make_shared<const iam::KeyRing>(configured, stored);
//   const iam::AccessKey* key = ring->find("LIMPETAAAABBBBCCCCDD");   // nullptr: unknown or
//   revoked
//
// A change makes a new ring that replaces the old one whole, so a revoked key stops at once and a
// reader never sees half a change. Threads: safe (immutable).
#pragma once

#include "limpet/iam/access_key.h"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace limpet::iam {

class KeyRing {
 public:
  KeyRing() = default;
  /// Keys of the configuration win over stored keys of the same id. Revoked keys are left out.
  KeyRing(std::span<const AccessKey> configured, std::span<const AccessKey> stored);

  /// nullptr when there is no such key in force; else valid while the ring lives.
  const AccessKey* find(std::string_view id) const;

  bool empty() const { return keys_.empty(); }
  std::size_t size() const { return keys_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, AccessKey, Hash, std::equal_to<>> keys_;
};

}  // namespace limpet::iam
