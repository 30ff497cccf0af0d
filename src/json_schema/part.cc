#include "part.h"

#include "equality.h"
#include "keywords.h"

#include "limpet/base/limits.h"

#include <algorithm>
#include <array>

namespace limpet::json_schema {
namespace {

constexpr auto kArrayKeywords = std::to_array<std::string_view>(
    {"items", "additionalItems", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains",
     "minContains", "maxContains", "unevaluatedItems"});
constexpr auto kObjectKeywords = std::to_array<std::string_view>(
    {"properties", "required", "minProperties", "maxProperties", "dependencies",
     "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames",
     "additionalProperties", "unevaluatedProperties"});
constexpr auto kNumberKeywords = std::to_array<std::string_view>(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"});
constexpr auto kStringKeywords =
    std::to_array<std::string_view>({"minLength", "maxLength", "pattern", "format"});
constexpr auto kConditionalKeywords = std::to_array<std::string_view>({"if", "then", "else"});
constexpr auto kInPlaceKeywords =
    std::to_array<std::string_view>({"$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf",
                                     "oneOf", "if", "dependencies", "dependentSchemas"});

}  // namespace

std::string_view to_string(Criterion criterion) {
  switch (criterion) {
    case Criterion::AllOf:
      return "allOf";
    case Criterion::AnyOf:
      return "anyOf";
    case Criterion::OneOf:
      return "oneOf";
  }
  return "";
}

const Part& Parts::of(const Node& node) {
  const auto known = by_node_.find(&node);
  if (known != by_node_.end()) return *known->second;
  const auto& part = take_apart(node);
  by_node_.emplace(&node, &part);
  return part;
}

Part& Parts::add(PartKind kind, const Node& node) {
  auto& part = parts_.emplace_back();
  part.kind = kind;
  part.node = &node;
  part.id = next_id_++;
  return part;
}

// The keyword, if the dialect and its vocabularies have it.
const json::Value* Parts::keyword(const Node& node, std::string_view name) const {
  const auto* value = node.find(name);
  if (value == nullptr) return nullptr;
  const auto& resource = model_.resource_of(node);
  const auto* known = find_keyword(resource.dialect(), name);
  if (known == nullptr && name == "const" && resource.dialect() >= Dialect::Draft6) {
    return resource.meta.validation ? value : nullptr;
  }
  if (known == nullptr || (known->validation && !resource.meta.validation)) return nullptr;
  return value;
}

const Node* Parts::child(const Node& node, std::string_view name) const {
  const auto* value = keyword(node, name);
  return value == nullptr ? nullptr : &model_.at(*value);
}

bool Parts::has_any(const Node& node, std::span<const std::string_view> keywords) const {
  return std::ranges::any_of(node.value->members(), [&](const json::Member& member) {
    return std::ranges::find(keywords, member.name) != keywords.end() &&
           keyword(node, member.name) != nullptr;
  });
}

std::optional<Decimal> Parts::decimal(const Node& node, std::string_view name) const {
  const auto* value = keyword(node, name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return Decimal::read(value->text());
}

Rest Parts::rest(const Node& node, std::string_view name) const {
  const auto* value = keyword(node, name);
  if (value == nullptr) return {};
  if (value->is_bool()) return {value->as_bool(), nullptr, true};
  if (value->members().empty() && !everit_) return {true, nullptr, true};
  return {true, &model_.at(*value), true};
}

Rest Parts::unevaluated(const Node& node, std::string_view name) const {
  if (!everit_) return rest(node, name);
  const auto* schema = child(node, name);
  return {true, schema, schema != nullptr};
}

std::ptrdiff_t Parts::holders_of(const std::string& anchor) {
  const auto [known, fresh] = anchor_holders_.emplace(anchor, 0);
  if (fresh) {
    known->second = std::ranges::count_if(model_.resources, [&](const Resource& resource) {
      return resource.dynamic_anchors.contains(anchor);
    });
  }
  return known->second;
}

const Part& Parts::take_apart(const Node& node) {
  const auto& value = *node.value;
  if (value.is_bool()) return add(value.as_bool() ? PartKind::True : PartKind::False, node);
  std::vector<const Part*> found;
  if (node.ref != nullptr) {
    auto& part = add(PartKind::Reference, node);
    part.target = node.ref;
    if (node.only_ref) return part;
    found.push_back(&part);
  }
  if (node.dynamic_ref != nullptr) {
    const auto holders = node.dynamic_name ? holders_of(*node.dynamic_name) : 0;
    auto& part = add(holders > 1 ? PartKind::DynamicReference : PartKind::Reference, node);
    part.target = node.dynamic_ref;
    found.push_back(&part);
  }
  if (const auto* allowed = keyword(node, "enum")) {
    auto& part = add(PartKind::Enum, node);
    for (const auto& item : allowed->items()) {
      part.values.push_back(*equality_text(item, limits::kSchemaDepth));
    }
    std::ranges::sort(part.values);
    part.values.erase(std::unique(part.values.begin(), part.values.end()), part.values.end());
    found.push_back(&part);
  }
  for (const auto criterion : {Criterion::AllOf, Criterion::OneOf, Criterion::AnyOf}) {
    const auto* schemas = keyword(node, to_string(criterion));
    if (schemas == nullptr) continue;
    std::vector<const Part*> inner;
    for (const auto& item : schemas->items()) inner.push_back(&of(model_.at(item)));
    auto& part = add(PartKind::Combined, node);
    part.criterion = criterion;
    part.parts = std::move(inner);
    found.push_back(&part);
  }
  if (const auto* negated = child(node, "not")) {
    auto& part = add(PartKind::Not, node);
    part.target = negated;
    found.push_back(&part);
  }
  if (const auto* constant = keyword(node, "const")) {
    auto& part = add(PartKind::Const, node);
    part.values.push_back(*equality_text(*constant, limits::kSchemaDepth));
    found.push_back(&part);
  }
  std::set<std::string_view> typed;
  if (const auto* type = keyword(node, "type")) {
    std::vector<const Part*> alternatives;
    if (type->is_string()) {
      add_type(node, type->text(), true, alternatives);
      typed.insert(type->text());
    }
    for (const auto& item : type->items()) {
      if (typed.insert(item.text()).second) add_type(node, item.text(), true, alternatives);
    }
    if (alternatives.size() == 1 && !(everit_ && type->is_array())) {
      found.push_back(alternatives.front());
    } else {
      auto& part = add(PartKind::Combined, node);
      part.criterion = Criterion::AnyOf;
      part.parts = std::move(alternatives);
      found.push_back(&part);
    }
  }
  const auto sniff = [&](std::string_view type, std::span<const std::string_view> keywords) {
    if (typed.contains(type) || (type == "number" && typed.contains("integer"))) return;
    if (has_any(node, keywords)) add_type(node, type, false, found);
  };
  sniff("array", kArrayKeywords);
  sniff("object", kObjectKeywords);
  sniff("number", kNumberKeywords);
  const bool drops_format = everit_ && model_.resource_of(node).dialect() >= Dialect::Draft201909;
  sniff("string", drops_format ? std::span(kStringKeywords).first(kStringKeywords.size() - 1)
                               : std::span(kStringKeywords));
  if (everit_ ? has_any(node, kConditionalKeywords) : keyword(node, "if") != nullptr) {
    found.push_back(&add(PartKind::Conditional, node));
  }
  if (found.empty()) return add(PartKind::Empty, node);
  if (found.size() == 1) return *found.front();
  auto& part = add(PartKind::Combined, node);
  part.synthetic = true;
  part.parts = std::move(found);
  return part;
}

void Parts::add_type(const Node& node, std::string_view type, bool required,
                     std::vector<const Part*>& out) {
  if (type == "null" || type == "boolean") {
    auto& part = add(type == "null" ? PartKind::Null : PartKind::Boolean, node);
    part.requires_type = true;
    out.push_back(&part);
    return;
  }
  const auto kind = type == "string"   ? PartKind::String
                    : type == "array"  ? PartKind::Array
                    : type == "object" ? PartKind::Object
                                       : PartKind::Number;
  auto& part = add(kind, node);
  part.requires_type = required;
  if (kind == PartKind::String) fill_string(node, part);
  if (kind == PartKind::Array) fill_array(node, part);
  if (kind == PartKind::Object) fill_object(node, part);
  if (kind == PartKind::Number) {
    part.integer = type == "integer";
    part.literal_integer = part.integer && model_.resource_of(node).dialect() == Dialect::Draft4;
    fill_number(node, part);
  }
  out.push_back(&part);
}

void Parts::fill_number(const Node& node, Part& part) {
  // Draft-04 says exclusive by a flag, the others by a number.
  const auto bound = [&](std::string_view name, std::string_view exclusive_name,
                         std::optional<Decimal>& inclusive, std::optional<Decimal>& exclusive) {
    const auto* flag = keyword(node, exclusive_name);
    if (flag != nullptr && flag->is_bool() && flag->as_bool()) {
      (everit_ ? inclusive : exclusive) = decimal(node, name);
      return;
    }
    inclusive = decimal(node, name);
    exclusive = decimal(node, exclusive_name);
  };
  bound("maximum", "exclusiveMaximum", part.maximum, part.exclusive_maximum);
  bound("minimum", "exclusiveMinimum", part.minimum, part.exclusive_minimum);
  part.multiple_of = decimal(node, "multipleOf");
}

void Parts::fill_string(const Node& node, Part& part) {
  part.maximum = decimal(node, "maxLength");
  part.minimum = decimal(node, "minLength");
  if (const auto* pattern = keyword(node, "pattern")) part.pattern = pattern->text();
  if (const auto* format = keyword(node, "format")) part.format = format->text();
}

void Parts::fill_object(const Node& node, Part& part) {
  part.maximum = decimal(node, "maxProperties");
  part.minimum = decimal(node, "minProperties");
  const auto schemas = [&](std::string_view name, const auto& add_schema) {
    const auto* members = keyword(node, name);
    if (members == nullptr) return;
    for (const auto& [key, value] : members->members()) {
      if (!value.is_array()) add_schema(key, &model_.at(value));
    }
  };
  const auto depend = [&](std::string_view name) {
    schemas(name, [&](std::string_view key, const Node* schema) {
      part.dependencies.schemas.emplace(std::pair(key, name), schema);
    });
  };
  const auto lists = [&](std::string_view name) {
    const auto* members = keyword(node, name);
    if (members == nullptr) return;
    for (const auto& [key, value] : members->members()) {
      if (!value.is_array()) continue;
      auto& names = part.dependencies.names[key];
      for (const auto& item : value.items()) names.insert(item.text());
    }
  };
  schemas("properties",
          [&](std::string_view key, const Node* schema) { part.properties.emplace(key, schema); });
  schemas("patternProperties",
          [&](std::string_view key, const Node* schema) { part.patterns.emplace(key, schema); });
  depend("dependencies");
  depend("dependentSchemas");
  lists("dependencies");
  lists("dependentRequired");
  if (const auto* required = keyword(node, "required")) {
    for (const auto& item : required->items()) part.required.insert(item.text());
  }
  part.names = child(node, "propertyNames");
  part.additional = rest(node, "additionalProperties");
  // Where additionalProperties stands, nothing stays unevaluated.
  if (everit_ || !part.additional.present) {
    part.unevaluated = unevaluated(node, "unevaluatedProperties");
  }
  part.evaluates_elsewhere = has_any(node, kInPlaceKeywords);
}

void Parts::fill_array(const Node& node, Part& part) {
  part.maximum = decimal(node, "maxItems");
  part.minimum = decimal(node, "minItems");
  if (const auto* unique = keyword(node, "uniqueItems")) part.unique = unique->as_bool();
  if (everit_) return fill_everit_array(node, part);
  const bool newest = model_.resource_of(node).dialect() >= Dialect::Draft202012;
  const auto* items = keyword(node, "items");
  const auto* tuple = newest ? keyword(node, "prefixItems") : items;
  const bool is_tuple = tuple != nullptr && tuple->is_array();
  if (is_tuple) {
    for (const auto& item : tuple->items()) part.tuple.push_back(&model_.at(item));
    part.additional = rest(node, newest ? "items" : "additionalItems");
  } else if (items != nullptr) {
    const auto all = rest(node, "items");  // true and {} are as good as absent
    if (all.schema != nullptr || !all.allowed) part.items = &model_.at(*items);
  }
  if (const auto* contains = child(node, "contains")) {
    part.contains = contains;
    part.max_contains = decimal(node, "maxContains");
    part.min_contains = decimal(node, "minContains");
    if (!part.min_contains) part.min_contains = Decimal::read("1");
  }
  const bool all_evaluated = part.additional.present || (items != nullptr && !is_tuple);
  if (!all_evaluated) part.unevaluated = rest(node, "unevaluatedItems");
  part.evaluates_elsewhere = has_any(node, kInPlaceKeywords) || part.contains != nullptr;
}

void Parts::fill_everit_array(const Node& node, Part& part) {
  const auto dialect = model_.resource_of(node).dialect();
  const bool newest = dialect >= Dialect::Draft202012;
  const auto* items = keyword(node, "items");
  const auto* tuple = newest ? keyword(node, "prefixItems") : items;
  const bool is_tuple = tuple != nullptr && tuple->is_array();
  if (is_tuple) {
    for (const auto& item : tuple->items()) part.tuple.push_back(&model_.at(item));
  } else if (items != nullptr) {
    const bool all = items->is_bool() && items->as_bool() && dialect >= Dialect::Draft201909;
    if (!all) part.items = &model_.at(*items);
  }
  if (newest) {
    if (is_tuple) part.additional = rest(node, "items");
  } else {
    part.additional = rest(node, "additionalItems");
    if (part.items != nullptr && !part.additional.allowed) part.additional = {};
  }
  part.unevaluated = unevaluated(node, "unevaluatedItems");
  part.max_contains = decimal(node, "maxContains");
  part.min_contains = decimal(node, "minContains");
}

}  // namespace limpet::json_schema
