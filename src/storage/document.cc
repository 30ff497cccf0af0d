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
    : tree_(&document), where_(std::move(where)) {
  if (!document.is_object()) {
    status_ = Error::invalid_input(
        "expected an object, found " + std::string(json::to_string(document.kind())), where_);
  }
}

Document::Document(const json::ObjectView& document, std::string where)
    : view_(&document), where_(std::move(where)) {}

void Document::fail(std::string_view name, std::string message) {
  if (!status_) return;
  status_ = Error::invalid_input(std::move(message), where_ + "/" + std::string(name));
}

Document::Found Document::find(std::string_view name) {
  if (tree_ != nullptr) return {.tree = tree_->find(name)};
  const auto fields = view_->fields();
  if (next_ < fields.size() && fields[next_].name() == name) return {.field = &fields[next_++]};
  const auto* field = view_->find(name);
  if (field != nullptr) next_ = static_cast<std::size_t>(field - fields.data()) + 1;
  return {.field = field};
}

Document::Found Document::present(std::string_view name, json::Kind kind) {
  const Found found = find(name);
  if (!found) {
    fail(name, "missing member");
  } else if (found.kind() != kind) {
    fail(name, "expected " + std::string(json::to_string(kind)) + ", found " +
                   std::string(json::to_string(found.kind())));
    return {};
  }
  return found;
}

bool Document::is_given(std::string_view name) {
  const Found found = find(name);
  if (found.field != nullptr) --next_;  // it will be looked for again
  return found && found.kind() != json::Kind::Null;
}

std::string Document::text(std::string_view name) {
  const Found found = present(name, json::Kind::String);
  if (!found) return {};
  return found.tree != nullptr ? found.tree->text() : found.field->text();
}

std::string_view Document::text_view(std::string_view name) {
  const Found found = present(name, json::Kind::String);
  if (!found) return {};
  return found.tree != nullptr ? std::string_view(found.tree->text()) : found.field->text(room_);
}

std::int64_t Document::integer(std::string_view name) {
  const Found found = present(name, json::Kind::Number);
  if (!found) return 0;
  const auto number = found.tree != nullptr ? found.tree->as_int64() : found.field->as_int64();
  if (!number) fail(name, "expected a whole number");
  return number.value_or(0);
}

bool Document::boolean(std::string_view name) {
  const Found found = present(name, json::Kind::Bool);
  return found && (found.tree != nullptr ? found.tree->as_bool() : found.field->as_bool());
}

Timestamp Document::time(std::string_view name) {
  const Found found = present(name, json::Kind::String);
  if (!found) return {};
  const auto time = parse_iso8601(found.tree != nullptr ? std::string_view(found.tree->text())
                                                        : found.field->text(room_));
  if (!time) fail(name, "expected a time like 2021-11-07T16:42:28.617Z");
  return time.value_or(Timestamp{});
}

std::vector<std::string> Document::texts(std::string_view name) {
  std::vector<std::string> texts;
  const Found found = present(name, json::Kind::Array);
  if (!found) return texts;
  const json::Value value = found.tree != nullptr ? *found.tree : found.field->value();
  for (const json::Value& item : value.items()) {
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
  const Found found = present(name, json::Kind::Object);
  if (!found || (found.field != nullptr && found.field->text(room_) == "{}")) return map;
  const json::Value value = found.tree != nullptr ? *found.tree : found.field->value();
  for (const json::Member& member : value.members()) {
    if (!member.value.is_string()) {
      fail(name, "expected strings");
      return {};
    }
    map.emplace(member.name, member.value.text());
  }
  return map;
}

Document Document::object(std::string_view name) {
  const Found found = present(name, json::Kind::Object);
  std::string where = where_ + "/" + std::string(name);
  if (found.field == nullptr) {
    return Document(found ? *found.tree : null_value(), std::move(where));
  }
  const auto owned = std::make_shared<const json::Value>(found.field->value());
  Document within(*owned, std::move(where));
  within.owned_ = owned;
  return within;
}

std::optional<json::Value> Document::value(std::string_view name) {
  const Found found = find(name);
  if (!found) return std::nullopt;
  return found.tree != nullptr ? *found.tree : found.field->value();
}

std::optional<std::string> Document::optional_text(std::string_view name) {
  if (!is_given(name)) return std::nullopt;
  return text(name);
}

std::optional<std::int64_t> Document::optional_integer(std::string_view name) {
  if (!is_given(name)) return std::nullopt;
  return integer(name);
}

std::optional<Timestamp> Document::optional_time(std::string_view name) {
  if (!is_given(name)) return std::nullopt;
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
