// AccessKey: a key pair that signs requests, and whose account the caller's state lives in.
//
//   iam::AccessKey key = iam::make_access_key(ids, {.account = "123456789012"}, clock.now());
//   key.id;         // "LIMPET" and 14 letters or digits
//   key.principal;  // "arn:aws:iam::123456789012:root"
//
// A signature is checked with the secret itself, so a stored secret can be read by whoever reads
// the store; it is never logged and shown once, when the key is made. Threads: compatible.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::iam {

enum class KeyStatus : std::uint8_t { Active, Revoked };

/// "ACTIVE", "REVOKED".
std::string_view to_string(KeyStatus status);

struct AccessKey {
  std::string id;
  std::string secret;
  std::string account;    ///< twelve digits
  std::string principal;  ///< ARN
  std::string description;
  KeyStatus status = KeyStatus::Active;
  Timestamp created{};

  friend bool operator==(const AccessKey&, const AccessKey&) = default;
};

struct NewAccessKey {
  std::string account;
  std::string description;
  std::string partition = "aws";
};

/// A fresh pair: an id of 20 characters and a secret of 40 (240 random bits). `ids` must be
/// unpredictable outside tests.
AccessKey make_access_key(IdSource& ids, const NewAccessKey& wanted, Timestamp now);

/// The pair that an operator gave by configuration or environment. Errors: InvalidInput when the id
/// is not 16 to 128 letters, digits or `_`, the secret is empty, or the account not twelve digits.
Result<AccessKey> configured_access_key(std::string id, std::string secret, std::string account);

/// Twelve digits.
bool is_account(std::string_view text);

/// 16 to 128 of `A-Z a-z 0-9 _` (AWS IAM API reference, accessKeyIdType).
bool is_access_key_id(std::string_view text);

/// "arn:aws:iam::123456789012:root".
std::string root_principal(std::string_view partition, std::string_view account);

}  // namespace limpet::iam
