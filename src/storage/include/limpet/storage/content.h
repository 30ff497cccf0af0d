// Content: a large immutable text (a schema definition) is stored once per hash and scope, and goes
// with its last user.
//
//   LIMPET_CHECK(storage::hold_text(records, version.hash, definition, text_user(version)));
//   …
//   LIMPET_CHECK(storage::release_text(records, version.hash, text_user(version)));
//
// A user is the record that mentions the hash. Rows: …!text!<hash> holds the text,
// …!text-use!<hash>!<user> one row per user. The change log tells a text's birth without its
// characters (the row holds them) and its end with them, so no earlier state is lost.
#pragma once

#include "limpet/storage/records.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

struct Text {
  std::string hash;  ///< lower-case hex SHA-256 of `text`
  std::string text;
};

template <>
struct RecordType<Text> {
  static constexpr std::string_view name = "text";
  static constexpr int format = 1;
  static Key key(const Text& text) { return {text.hash}; }
  static json::Value encode(const Text& text);
  static Result<Text> decode(Document document, int format);
  static json::Value logged(const json::Value& document, LogSide side);
};

struct TextUse {
  std::string hash;
  Key user;  ///< type and key of the using record
};

template <>
struct RecordType<TextUse> {
  static constexpr std::string_view name = "text-use";
  static constexpr int format = 1;
  static constexpr bool in_change_log = false;
  static Key key(const TextUse& use) { return Key(use.hash).add(use.user); }
  static json::Value encode(const TextUse& use);
  static Result<TextUse> decode(Document document, int format);
};

/// Who mentions a text: "schema-version!orders!order-value!00000000000000000007".
template <Record T>
Key text_user(const T& record) {
  return Key(RecordType<T>::name).add(RecordType<T>::key(record));
}

/// Hold `text` for `user`. Requires: `hash` is its SHA-256, lower-case hex. Repeating is no error.
/// Errors: Internal when another text is stored under that hash.
Status hold_text(Records& records, std::string_view hash, std::string_view text, const Key& user);

/// Let go; the text is erased with its last user. Repeating is no error.
Status release_text(Records& records, std::string_view hash, const Key& user);

/// nullopt when nobody holds it.
Result<std::optional<std::string>> get_text(RecordReader& records, std::string_view hash);
/// One answer per hash, in the order asked; one round trip.
Result<std::vector<std::optional<std::string>>> get_texts(RecordReader& records,
                                                          std::span<const std::string> hashes);

}  // namespace limpet::storage
