#include "attributes.h"

#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <array>

namespace limpet::avro {
namespace {

constexpr std::size_t kExcerptBytes = 200;

// Attributes that are never kept as properties, as in org.apache.avro.Schema.
constexpr std::array<std::string_view, 10> kTypeAttributes{
    "doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"};
constexpr std::array<std::string_view, 6> kFieldAttributes{"default", "doc",  "name",
                                                           "order",   "type", "aliases"};

template <std::size_t Count>
std::vector<json::Member> without(const json::Value& object,
                                  const std::array<std::string_view, Count>& attributes) {
  std::vector<json::Member> properties;
  for (const auto& member : object.members()) {
    if (std::ranges::find(attributes, member.name) == attributes.end()) {
      properties.push_back(member);
    }
  }
  return properties;
}

}  // namespace

std::string excerpt(const json::Value& value) {
  auto text = json::to_text(value);
  if (text.size() <= kExcerptBytes) return text;
  return std::string(truncate_utf8(text, kExcerptBytes)) + "…";
}

const std::string* find_text(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value != nullptr && value->is_string() ? &value->text() : nullptr;
}

std::optional<std::string> optional_text(const json::Value& object, std::string_view name) {
  const auto* text = find_text(object, name);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<Order> order_of(std::string_view word) {
  std::string lower(word);
  for (auto& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const auto order : {Order::Ascending, Order::Descending, Order::Ignore}) {
    if (lower == to_string(order)) return order;
  }
  return std::nullopt;
}

std::vector<json::Member> type_properties(const json::Value& object) {
  return without(object, kTypeAttributes);
}

std::vector<json::Member> field_properties(const json::Value& object) {
  return without(object, kFieldAttributes);
}

}  // namespace limpet::avro
