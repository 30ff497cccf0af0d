#include "logical.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace limpet::avro {
namespace {

struct Carrier {
  std::string_view name;
  Type type;
  std::int32_t size = 0;  // of a fixed
};

constexpr std::array<Carrier, 11> kCarriers{{
    {"date", Type::Int},
    {"time-millis", Type::Int},
    {"time-micros", Type::Long},
    {"timestamp-millis", Type::Long},
    {"timestamp-micros", Type::Long},
    {"local-timestamp-millis", Type::Long},
    {"local-timestamp-micros", Type::Long},
    {"uuid", Type::String},
    {"uuid", Type::Fixed, 16},
    {"duration", Type::Fixed, 12},
    {"big-decimal", Type::Bytes},
}};

const json::Value* find(const Node& node, std::string_view name) {
  const auto found = std::ranges::find(node.properties, name, &json::Member::name);
  return found == node.properties.end() ? nullptr : &found->value;
}

std::optional<std::int32_t> as_int(const json::Value& value) {
  const auto number = value.as_int64();
  if (!number || *number < std::numeric_limits<std::int32_t>::min() ||
      *number > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*number);
}

// Decimal digits that always fit into a two's-complement number of that many bytes.
double max_precision(std::int32_t bytes) {
  return std::floor(std::log10(2.0) * (8.0 * bytes - 1.0));
}

std::optional<LogicalType> decimal_of(const Node& node) {
  if (node.type != Type::Bytes && node.type != Type::Fixed) return std::nullopt;
  const auto* precision_value = find(node, "precision");
  if (precision_value == nullptr) return std::nullopt;
  const auto precision = as_int(*precision_value);
  const auto* scale_value = find(node, "scale");
  const auto scale = scale_value == nullptr ? std::optional(0) : as_int(*scale_value);
  if (!precision || !scale || *precision <= 0 || *scale < 0 || *scale > *precision) {
    return std::nullopt;
  }
  if (node.type == Type::Fixed && *precision > max_precision(node.size)) return std::nullopt;
  return LogicalType{"decimal", *precision, *scale};
}

}  // namespace

std::optional<LogicalType> logical_type_of(const Node& node) {
  const auto* value = find(node, "logicalType");
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& name = value->text();
  if (name == "decimal") return decimal_of(node);
  const auto holds = [&](const Carrier& carrier) {
    return carrier.name == name && carrier.type == node.type &&
           (carrier.size == 0 || carrier.size == node.size);
  };
  if (std::ranges::none_of(kCarriers, holds)) return std::nullopt;
  return LogicalType{name};
}

}  // namespace limpet::avro
