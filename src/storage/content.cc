#include "limpet/storage/content.h"

#include "limpet/storage/document.h"

#include <utility>

namespace limpet::storage {

json::Value RecordType<Text>::encode(const Text& text) {
  return json::Value::object(
      {{"hash", json::Value::string(text.hash)}, {"text", json::Value::string(text.text)}});
}

Result<Text> RecordType<Text>::decode(Document in, int) {
  Text text{.hash = in.text("hash"), .text = in.text("text")};
  LIMPET_CHECK(in.status());
  return text;
}

json::Value RecordType<Text>::logged(const json::Value& document, LogSide side) {
  if (side == LogSide::Before) return document;
  const json::Value* hash = document.find("hash");
  return json::Value::object({{"hash", hash == nullptr ? json::Value() : *hash}});
}

json::Value RecordType<TextUse>::encode(const TextUse& use) {
  return json::Value::object(
      {{"hash", json::Value::string(use.hash)}, {"user", json::Value::string(use.user.text())}});
}

Result<TextUse> RecordType<TextUse>::decode(Document in, int) {
  const std::string hash = in.text("hash");
  const std::string user = in.text("user");
  LIMPET_CHECK(in.status());
  LIMPET_TRY(Key key, Key::parse(user));
  return TextUse{hash, std::move(key)};
}

Status hold_text(Records& records, std::string_view hash, std::string_view text, const Key& user) {
  LIMPET_TRY(const auto held, records.get<Text>({hash}));
  if (held && held->text != text) {
    return Error{Code::Internal, "two texts have one hash", std::string(hash)};
  }
  if (!held) LIMPET_CHECK(records.put(Text{std::string(hash), std::string(text)}));
  return records.put(TextUse{std::string(hash), user});
}

Status release_text(Records& records, std::string_view hash, const Key& user) {
  LIMPET_TRY(const bool released, records.erase<TextUse>(Key(hash).add(user)));
  if (!released) return {};
  LIMPET_TRY(const auto users, records.scan<TextUse>({.under = {hash}, .limit = 1}));
  if (!users.records.empty()) return {};
  LIMPET_CHECK(records.erase<Text>({hash}));
  return {};
}

Result<std::optional<std::string>> get_text(RecordReader& records, std::string_view hash) {
  LIMPET_TRY(auto text, records.get<Text>({hash}));
  if (!text) return std::optional<std::string>();
  return std::optional<std::string>(std::move(text->text));
}

Result<std::vector<std::optional<std::string>>> get_texts(RecordReader& records,
                                                          std::span<const std::string> hashes) {
  const std::vector<Key> keys(hashes.begin(), hashes.end());
  LIMPET_TRY(auto loaded, records.get_many<Text>(keys));
  std::vector<std::optional<std::string>> texts;
  texts.reserve(loaded.size());
  for (auto& text : loaded) {
    texts.push_back(text ? std::optional(std::move(text->text)) : std::nullopt);
  }
  return texts;
}

}  // namespace limpet::storage
