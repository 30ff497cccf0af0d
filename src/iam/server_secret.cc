#include "limpet/iam/server_secret.h"

#include "access_key_record.h"
#include "server_secret_record.h"

#include "limpet/crypto/base64.h"
#include "limpet/crypto/sha256.h"
#include "limpet/iam/records.h"
#include "limpet/storage/records.h"

namespace limpet::storage {

json::Value RecordType<iam::ServerSecret>::encode(const iam::ServerSecret& secret) {
  return json::Value::object({{"purpose", json::Value::string(secret.purpose)},
                              {"bytes", json::Value::string(crypto::base64_encode(secret.bytes))}});
}

Result<iam::ServerSecret> RecordType<iam::ServerSecret>::decode(const json::Value& document, int) {
  const json::Value* purpose = document.find("purpose");
  const json::Value* bytes = document.find("bytes");
  if (purpose == nullptr || !purpose->is_string() || bytes == nullptr || !bytes->is_string()) {
    return Error::invalid_input("a text is missing");
  }
  auto decoded = crypto::base64_decode(bytes->text());
  if (!decoded) return Error::invalid_input("not base64", "/bytes");
  return iam::ServerSecret{purpose->text(), *std::move(decoded)};
}

}  // namespace limpet::storage

namespace limpet::iam {
namespace {

/// 256 bits out of 488 random ones: four UUIDs, whose fixed bits the hash spreads.
std::string random_bytes(IdSource& ids) {
  std::string seed;
  for (int i = 0; i < 4; ++i) {
    const Uuid uuid = ids.next();
    seed.append(uuid.bytes().begin(), uuid.bytes().end());
  }
  const auto digest = crypto::sha256(seed);
  return std::string(digest.begin(), digest.end());
}

}  // namespace

Result<std::string> server_secret(storage::Txn& txn, const Context& context,
                                  std::string_view purpose) {
  storage::Records records(txn, context, "CreateServerSecret");
  LIMPET_TRY(auto stored, records.get<ServerSecret>({purpose}));
  if (stored) return std::move(stored->bytes);
  ServerSecret made{std::string(purpose), random_bytes(*context.ids)};
  LIMPET_CHECK(records.put(made));
  LIMPET_CHECK(records.finish());
  return std::move(made.bytes);
}

std::vector<storage::RecordKind> record_kinds() {
  return {storage::kind_of<AccessKey>(), storage::kind_of<ServerSecret>()};
}

}  // namespace limpet::iam
