#include "access_key_record.h"

namespace limpet::storage {
namespace {

/// The text member of that name. Errors: InvalidInput when it is missing or no string.
Result<std::string> text_member(const json::Value& document, std::string_view name) {
  const json::Value* member = document.find(name);
  if (member == nullptr || !member->is_string()) {
    return Error::invalid_input("a text is missing", "/" + std::string(name));
  }
  return member->text();
}

}  // namespace

json::Value RecordType<iam::AccessKey>::encode(const iam::AccessKey& key) {
  return json::Value::object({{"id", json::Value::string(key.id)},
                              {"secret", json::Value::string(key.secret)},
                              {"account", json::Value::string(key.account)},
                              {"principal", json::Value::string(key.principal)},
                              {"description", json::Value::string(key.description)},
                              {"status", json::Value::string(std::string(to_string(key.status)))},
                              {"created", json::Value::string(to_iso8601(key.created))}});
}

Result<iam::AccessKey> RecordType<iam::AccessKey>::decode(const json::Value& document, int) {
  iam::AccessKey key;
  LIMPET_TRY(key.id, text_member(document, "id"));
  LIMPET_TRY(key.secret, text_member(document, "secret"));
  LIMPET_TRY(key.account, text_member(document, "account"));
  LIMPET_TRY(key.principal, text_member(document, "principal"));
  LIMPET_TRY(key.description, text_member(document, "description"));
  LIMPET_TRY(const std::string status, text_member(document, "status"));
  if (status == to_string(iam::KeyStatus::Active)) {
    key.status = iam::KeyStatus::Active;
  } else if (status == to_string(iam::KeyStatus::Revoked)) {
    key.status = iam::KeyStatus::Revoked;
  } else {
    return Error::invalid_input("neither ACTIVE nor REVOKED", "/status");
  }
  LIMPET_TRY(const std::string created, text_member(document, "created"));
  const auto time = parse_iso8601(created);
  if (!time) return Error::invalid_input("not a time", "/created");
  key.created = *time;
  return key;
}

json::Value RecordType<iam::AccessKey>::logged(const json::Value& document, LogSide) {
  json::Value shown = document;
  if (shown.is_object() && shown.find("secret") != nullptr) {
    shown.set("secret", json::Value::string("***"));
  }
  return shown;
}

}  // namespace limpet::storage
