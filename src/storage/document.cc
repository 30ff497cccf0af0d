#include "limpet/storage/document.h"

#include <utility>

namespace limpet::storage {

namespace {

const json::Value& null_value() {
  static const json::Value null;
  return null;
}

}  // namespace

Document::Document(const json::Value& document, std::string where)
    : document_(document), where_(std::move(where)) {
  if (!document.is_object()) {
    status_ = Error::invalid_input(
        "expected an object, found " + std::string(json::to_string(document.kind())), where_);
  }
}

void Document::fail(std::string_view name, std::string message) {
  if (!status_) return;
  status_ = Error::invalid_input(std::move(message), where_ + "/" + std::string(name));
}

const json::Value* Document::present(std::string_view name, json::Kind kind) {
  const json::Value* value = document_.find(name);
  if (value == nullptr) {
    fail(name, "missing member");
  } else if (value->kind() != kind) {
    fail(name, "expected " + std::string(json::to_string(kind)) + ", found " +
                   std::string(json::to_string(value->kind())));
    value = nullptr;
  }
  return value;
}

std::string Document::text(std::string_view name) {
  const json::Value* value = present(name, json::Kind::String);
  return value == nullptr ? std::string() : value->text();
}

std::int64_t Document::integer(std::string_view name) {
  const json::Value* value = present(name, json::Kind::Number);
  if (value == nullptr) return 0;
  const auto number = value->as_int64();
  if (!number) fail(name, "expected a whole number");
  return number.value_or(0);
}

bool Document::boolean(std::string_view name) {
  const json::Value* value = present(name, json::Kind::Bool);
  return value != nullptr && value->as_bool();
}

Timestamp Document::time(std::string_view name) {
  const json::Value* value = present(name, json::Kind::String);
  if (value == nullptr) return {};
  const auto time = parse_iso8601(value->text());
  if (!time) fail(name, "expected a time like 2021-11-07T16:42:28.617Z");
  return time.value_or(Timestamp{});
}

std::vector<std::string> Document::texts(std::string_view name) {
  std::vector<std::string> texts;
  const json::Value* value = present(name, json::Kind::Array);
  if (value == nullptr) return texts;
  for (const json::Value& item : value->items()) {
    if (!item.is_string()) {
      fail(name, "expected strings");
      return {};
    }
    texts.push_back(item.text());
  }
  return texts;
}

std::map<std::string, std::string> Document::text_map(std::string_view name) {
  std::map<std::string, std::string> map;
  const json::Value* value = present(name, json::Kind::Object);
  if (value == nullptr) return map;
  for (const json::Member& member : value->members()) {
    if (!member.value.is_string()) {
      fail(name, "expected strings");
      return {};
    }
    map.emplace(member.name, member.value.text());
  }
  return map;
}

Document Document::object(std::string_view name) {
  const json::Value* value = present(name, json::Kind::Object);
  return Document(value == nullptr ? null_value() : *value, where_ + "/" + std::string(name));
}

std::optional<std::string> Document::optional_text(std::string_view name) {
  const json::Value* value = document_.find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return text(name);
}

std::optional<std::int64_t> Document::optional_integer(std::string_view name) {
  const json::Value* value = document_.find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return integer(name);
}

std::optional<Timestamp> Document::optional_time(std::string_view name) {
  const json::Value* value = document_.find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return time(name);
}

json::Value encode_time(Timestamp time) { return json::Value::string(to_iso8601(time)); }

json::Value encode_texts(const std::vector<std::string>& texts) {
  std::vector<json::Value> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.push_back(json::Value::string(text));
  return json::Value::array(std::move(items));
}

json::Value encode_text_map(const std::map<std::string, std::string>& map) {
  std::vector<json::Member> members;
  members.reserve(map.size());
  for (const auto& [name, text] : map) members.push_back({name, json::Value::string(text)});
  return json::Value::object(std::move(members));
}

}  // namespace limpet::storage
