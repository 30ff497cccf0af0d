// Attributes of a JSON object that stands for a type or a field.
#pragma once

#include "limpet/avro/node.h"
#include "limpet/json/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::avro {

/// The text of that attribute; nullptr when it is absent or no text.
const std::string* find_text(const json::Value& object, std::string_view name);
std::optional<std::string> optional_text(const json::Value& object, std::string_view name);

/// "ascending", "descending", "ignore", in capitals or not.
std::optional<Order> order_of(std::string_view word);

/// What is left when the attributes that Avro gives a meaning are taken away.
std::vector<json::Member> type_properties(const json::Value& object);
std::vector<json::Member> field_properties(const json::Value& object);

/// A piece of the schema for a message: compact JSON, cut when it is long.
std::string excerpt(const json::Value& value);

}  // namespace limpet::avro
