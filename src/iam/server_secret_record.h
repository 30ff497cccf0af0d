// How a server's secret is stored.
#pragma once

#include "limpet/storage/record_type.h"

#include <string>

namespace limpet::iam {

struct ServerSecret {
  std::string purpose;
  std::string bytes;
};

}  // namespace limpet::iam

namespace limpet::storage {

template <>
struct RecordType<iam::ServerSecret> {
  static constexpr std::string_view name = "server-secret";
  static constexpr int format = 1;
  static constexpr bool scoped = false;
  static constexpr bool in_change_log = false;
  static Key key(const iam::ServerSecret& secret) { return {secret.purpose}; }
  static json::Value encode(const iam::ServerSecret& secret);
  static Result<iam::ServerSecret> decode(const json::Value& document, int format);
};

}  // namespace limpet::storage
