#include "limpet/iam/access_key.h"

#include <algorithm>

namespace limpet::iam {
namespace {

constexpr std::string_view kIdPrefix = "LIMPET";
constexpr std::size_t kIdRandomCharacters = 14;
constexpr std::size_t kSecretCharacters = 40;
constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";  // 32: five bits each
constexpr std::string_view kSecretAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";  // 64: six bits each

/// Random bits from version 4 UUIDs, without the six bits that every UUID has in common.
class RandomBits {
 public:
  explicit RandomBits(IdSource& ids) : ids_(ids) {}

  /// One character of `alphabet`. Requires: its size is a power of two, at most 128.
  char pick(std::string_view alphabet) { return alphabet[next_byte() & (alphabet.size() - 1)]; }

 private:
  std::uint8_t next_byte() {
    if (at_ == bytes_.size()) {
      bytes_ = ids_.next().bytes();
      at_ = 0;
    }
    const std::uint8_t byte = bytes_[at_++];
    // Byte 6 holds the version and byte 8 the variant.
    if (at_ == 6 || at_ == 8) ++at_;
    return byte;
  }

  IdSource& ids_;
  std::array<std::uint8_t, 16> bytes_{};
  std::size_t at_ = bytes_.size();
};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string_view to_string(KeyStatus status) {
  return status == KeyStatus::Active ? "ACTIVE" : "REVOKED";
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_access_key_id(std::string_view text) {
  return text.size() >= 16 && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '_'; });
}

std::string root_principal(std::string_view partition, std::string_view account) {
  std::string arn = "arn:";
  arn.append(partition).append(":iam::").append(account).append(":root");
  return arn;
}

AccessKey make_access_key(IdSource& ids, const NewAccessKey& wanted, Timestamp now) {
  RandomBits random(ids);
  AccessKey key{.id = std::string(kIdPrefix),
                .secret = {},
                .account = wanted.account,
                .principal = root_principal(wanted.partition, wanted.account),
                .description = wanted.description,
                .status = KeyStatus::Active,
                .created = now};
  for (std::size_t i = 0; i < kIdRandomCharacters; ++i) key.id += random.pick(kIdAlphabet);
  for (std::size_t i = 0; i < kSecretCharacters; ++i) key.secret += random.pick(kSecretAlphabet);
  return key;
}

Result<AccessKey> configured_access_key(std::string id, std::string secret, std::string account) {
  if (!is_access_key_id(id)) {
    return Error::invalid_input("an access key id has 16 to 128 letters, digits or underscores",
                                "access key id");
  }
  if (secret.empty()) return Error::invalid_input("the secret access key is empty", id);
  if (!is_account(account)) return Error::invalid_input("an account id has twelve digits", id);
  AccessKey key;
  key.id = std::move(id);
  key.secret = std::move(secret);
  key.principal = root_principal("aws", account);
  key.account = std::move(account);
  key.description = "from the configuration";
  return key;
}

}  // namespace limpet::iam
