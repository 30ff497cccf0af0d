#include "limpet/iam/key_ring.h"

namespace limpet::iam {

KeyRing::KeyRing(std::span<const AccessKey> configured, std::span<const AccessKey> stored) {
  for (const auto& keys : {configured, stored}) {
    for (const AccessKey& key : keys) {
      if (key.status == KeyStatus::Active) keys_.try_emplace(key.id, key);
    }
  }
}

const AccessKey* KeyRing::find(std::string_view id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace limpet::iam
