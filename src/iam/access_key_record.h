// How an AccessKey is stored: a document of its own under its id, for all accounts, with an index
// by account.
#pragma once

#include "limpet/iam/access_key.h"
#include "limpet/storage/record_type.h"

namespace limpet::storage {

template <>
struct RecordType<iam::AccessKey> {
  static constexpr std::string_view name = "access-key";
  static constexpr int format = 1;
  static constexpr bool scoped = false;
  static Key key(const iam::AccessKey& access_key) { return {access_key.id}; }
  static std::vector<IndexEntry> indexes(const iam::AccessKey& access_key) {
    return {{"by-account", {access_key.account}, Unique::No}};
  }
  static json::Value encode(const iam::AccessKey& access_key);
  static Result<iam::AccessKey> decode(const json::Value& document, int format);
  static json::Value logged(const json::Value& document, LogSide side);
};

}  // namespace limpet::storage
