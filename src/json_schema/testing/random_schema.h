// Seeded random schemas, pairs that differ a little, and values that meet their rules now and then.
#pragma once

#include "limpet/json/value.h"
#include "limpet/json_schema/schema.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::json_schema::testing {

/// Draws everything from one seed. Every keyword of the dialect that bears on validity, but
/// `$recursiveRef`, `$dynamicRef` and `content…`; no `default` with `required`, no `oneOf`: what
/// compare() says of them is a convention. `format` is drawn where the caller treats it as a rule,
/// which is how compare() does.
class RandomSchemas {
 public:
  RandomSchemas(std::uint64_t seed, Dialect dialect, bool formats = false)
      : random_(seed), dialect_(dialect), formats_(formats) {}

  json::Value document() {
    auto root = schema(4);
    if (!root.is_object()) root = json::Value::object({});
    auto definitions = json::Value::object({});
    for (const std::string_view name : {"p", "q"}) {
      auto inner = one_in(2) ? typed(2) : schema(2);
      definitions.set(name, std::move(inner));
    }
    root.set(modern() ? "$defs" : "definitions", std::move(definitions));
    switch (dialect_) {
      case Dialect::Draft4:
        root.set("$schema", json::Value::string("http://json-schema.org/draft-04/schema#"));
        break;
      case Dialect::Draft6:
        root.set("$schema", json::Value::string("http://json-schema.org/draft-06/schema#"));
        break;
      case Dialect::Draft7:
        break;
      case Dialect::Draft201909:
        root.set("$schema", json::Value::string("https://json-schema.org/draft/2019-09/schema"));
        break;
      case Dialect::Draft202012:
        root.set("$schema", json::Value::string("https://json-schema.org/draft/2020-12/schema"));
        break;
    }
    return root;
  }

  /// `value` with a few places changed: a member gone, another value, a fresh schema.
  json::Value changed(const json::Value& value, int depth = 5) {
    if (value.is_object()) {
      std::vector<json::Member> members;
      for (const auto& member : value.members()) {
        if (member.name == "$schema") {
          members.push_back(member);
        } else if (member.name == "$ref" || member.name.starts_with("$defs") ||
                   member.name == "definitions" || !one_in(9)) {
          members.push_back(
              {member.name, one_in(2) ? member.value : changed(member.value, depth - 1)});
        }
      }
      auto out = json::Value::object(std::move(members));
      if (one_in(8) && depth > 0 && looks_like_schema(value)) add_keyword(out, 1);
      return out;
    }
    if (value.is_array()) {
      std::vector<json::Value> items;
      for (const auto& item : value.items()) {
        if (items.empty() || !one_in(8)) items.push_back(changed(item, depth - 1));
      }
      return json::Value::array(std::move(items));
    }
    if (value.is_number()) {
      const auto number = value.as_int64().value_or(1);
      return one_in(2) ? value : json::Value::integer(number + (one_in(2) || number < 2 ? 1 : -1));
    }
    if (value.is_bool()) return one_in(4) ? json::Value::boolean(!value.as_bool()) : value;
    if (value.is_string() && one_in(6)) {
      if (value.text() == "integer") return json::Value::string("number");
      if (value.text() == "number") return json::Value::string("integer");
    }
    return value;
  }

  /// A value that has much of what `schema`, a part of `root`, asks for.
  json::Value value_for(const json::Value& schema, const json::Value& root, int depth = 4) {
    if (depth <= 0 || !schema.is_object() || one_in(10)) return value(depth > 0 ? 2 : 0);
    if (const auto* target = referred(schema, root); target != nullptr && !one_in(4)) {
      return value_for(*target, root, depth - 1);
    }
    if (const auto* one = schema.find("const")) return *one;
    if (const auto* all = schema.find("enum"); all != nullptr && !all->items().empty()) {
      return all->items()[pick(all->items().size())];
    }
    for (const auto* keyword : {"allOf", "anyOf", "then", "else", "if"}) {
      const auto* found = schema.find(keyword);
      if (found == nullptr || one_in(2)) continue;
      const auto& inner =
          found->items().empty() ? *found : found->items()[pick(found->items().size())];
      return value_for(inner, root, depth - 1);
    }
    const auto type = wanted_type(schema);
    if (type == "object") return object_for(schema, root, depth);
    if (type == "array") return array_for(schema, root, depth);
    if (type == "string") return string();
    if (type == "number" || type == "integer") return number();
    if (type == "boolean") return json::Value::boolean(one_in(2));
    if (type == "null") return {};
    return value(2);
  }

  json::Value value(int depth = 3) {
    switch (pick(depth > 0 ? 8 : 5)) {
      case 0:
        return {};
      case 1:
        return json::Value::boolean(one_in(2));
      case 2:
      case 3:
        return number();
      case 4:
        return string();
      case 5: {
        std::vector<json::Value> items;
        for (auto count = pick(4); count > 0; --count) items.push_back(value(depth - 1));
        return json::Value::array(std::move(items));
      }
      default: {
        auto object = json::Value::object({});
        for (auto count = pick(4); count > 0; --count) object.set(name(), value(depth - 1));
        return object;
      }
    }
  }

 private:
  const json::Value* referred(const json::Value& schema, const json::Value& root) const {
    const auto* reference = schema.find("$ref");
    if (reference == nullptr || !reference->is_string()) return nullptr;
    if (reference->text() == "#") return &root;
    const auto* definitions = root.find(modern() ? "$defs" : "definitions");
    return definitions == nullptr
               ? nullptr
               : definitions->find(reference->text().substr(reference->text().rfind('/') + 1));
  }

  std::string wanted_type(const json::Value& schema) {
    if (const auto* type = schema.find("type")) {
      if (type->is_string()) return type->text();
      if (!type->items().empty()) return type->items()[pick(type->items().size())].text();
    }
    for (const auto& member : schema.members()) {
      if (member.name.find("ropert") != std::string::npos || member.name == "required" ||
          member.name.starts_with("dependen")) {
        return "object";
      }
      if (member.name.find("tems") != std::string::npos ||
          member.name.find("ontains") != std::string::npos) {
        return "array";
      }
    }
    return "";
  }

  json::Value object_for(const json::Value& schema, const json::Value& root, int depth) {
    auto out = json::Value::object({});
    const auto* properties = schema.find("properties");
    if (properties != nullptr) {
      for (const auto& property : properties->members()) {
        if (!one_in(3)) out.set(property.name, value_for(property.value, root, depth - 1));
      }
    }
    if (const auto* required = schema.find("required")) {
      for (const auto& wanted : required->items()) {
        if (out.find(wanted.text()) == nullptr && !one_in(8)) out.set(wanted.text(), value(1));
      }
    }
    for (auto more = one_in(2) ? pick(3) : 0; more > 0; --more) {
      const auto extra = name();
      if (out.find(extra) != nullptr) continue;
      for (const auto* keyword :
           {"patternProperties", "additionalProperties", "unevaluatedProperties"}) {
        const auto* rest = schema.find(keyword);
        if (rest == nullptr || one_in(3)) continue;
        const bool map = keyword[0] == 'p' && !rest->members().empty();
        out.set(extra, value_for(map ? rest->members()[pick(rest->members().size())].value : *rest,
                                 root, depth - 1));
        break;
      }
      if (out.find(extra) == nullptr) out.set(extra, value(1));
    }
    return out;
  }

  json::Value array_for(const json::Value& schema, const json::Value& root, int depth) {
    std::vector<json::Value> out;
    const auto* items = schema.find("items");
    const auto* first = schema.find("prefixItems");
    if (first == nullptr && items != nullptr && items->is_array()) {
      first = items;
      items = schema.find("additionalItems");
    }
    if (items == nullptr) items = schema.find("unevaluatedItems");
    const auto* contained = schema.find("contains");
    for (auto left = pick(5); left > 0; --left) {
      const auto at = out.size();
      if (contained != nullptr && one_in(2)) {
        out.push_back(value_for(*contained, root, depth - 1));
      } else if (first != nullptr && at < first->items().size()) {
        out.push_back(value_for(first->items()[at], root, depth - 1));
      } else {
        out.push_back(items != nullptr ? value_for(*items, root, depth - 1) : value(1));
      }
    }
    return json::Value::array(std::move(out));
  }

  std::size_t pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  bool one_in(std::size_t count) { return pick(count) == 0; }
  bool modern() const { return dialect_ >= Dialect::Draft201909; }
  std::string choose(std::initializer_list<std::string_view> words) {
    return std::string(*(words.begin() + pick(words.size())));
  }
  std::string name() { return choose({"a", "b", "ab", "x1"}); }
  std::string pattern() { return choose({"^a", "b", "^x[0-9]$", ""}); }
  json::Value number() {
    return json::Value::number(choose(
        {"-1", "0", "1", "1.0", "1.5", "2", "3", "6", "-0.5", "1e1", "12345678901234567890"}));
  }
  json::Value string() {
    if (formats_ && one_in(4))
      return json::Value::string(choose({"2024-02-29", "::1", "10.0.0.1"}));
    return json::Value::string(choose({"", "a", "ab", "b", "x1", "abc", "é", "𝄞𝄞"}));
  }
  json::Value count() { return json::Value::integer(static_cast<std::int64_t>(pick(4))); }

  // A map of properties also looks like one; a keyword more or less in it does no harm.
  static bool looks_like_schema(const json::Value& value) {
    for (const auto& member : value.members()) {
      if (!member.value.is_object() && !member.value.is_bool()) return true;
    }
    return value.members().empty();
  }

  json::Value typed(int depth) {
    auto out = json::Value::object({});
    const auto type =
        choose({"string", "number", "integer", "array", "object", "object", "null", "boolean"});
    out.set("type", one_in(8) ? json::Value::array(
                                    {json::Value::string(type),
                                     json::Value::string(type == "null" ? "string" : "null")})
                              : json::Value::string(type));
    for (auto n = pick(4); n > 0; --n) add_keyword(out, depth, type);
    return out;
  }

  json::Value schema(int depth) {
    if (depth <= 0 || one_in(12)) {
      if (one_in(2) && dialect_ != Dialect::Draft4) return json::Value::boolean(!one_in(4));
      return typed(0);
    }
    if (!one_in(4)) return typed(depth);
    auto out = json::Value::object({});
    for (auto n = pick(4); n > 0; --n) add_keyword(out, depth);
    return out;
  }

  json::Value schemas(int depth) {
    std::vector<json::Value> out;
    for (auto n = 1 + pick(3); n > 0; --n) out.push_back(schema(depth - 1));
    return json::Value::array(std::move(out));
  }
  json::Value names() {
    std::vector<json::Value> out{json::Value::string(name())};
    auto second = json::Value::string(name());
    if (second != out.front()) out.push_back(std::move(second));
    return json::Value::array(std::move(out));
  }
  json::Value map(int depth, bool patterns) {
    auto out = json::Value::object({});
    for (auto n = 1 + pick(3); n > 0; --n)
      out.set(patterns ? pattern() : name(), schema(depth - 1));
    return out;
  }
  json::Value reference() {
    if (one_in(6)) return json::Value::string("#");
    return json::Value::string((modern() ? "#/$defs/" : "#/definitions/") + choose({"p", "q"}));
  }

  void add_keyword(json::Value& out, int depth, std::string_view type = "") {
    const auto kind = type == "string"                        ? 0U
                      : type == "number" || type == "integer" ? 1U
                      : type == "array"                       ? 2U
                      : type == "object"                      ? 3U
                                                              : pick(5);
    switch (one_in(7) ? 4U : kind) {
      case 0:
        return add_string(out);
      case 1:
        return add_number(out);
      case 2:
        return add_array(out, depth);
      case 3:
        return add_object(out, depth);
      default:
        return add_combined(out, depth);
    }
  }
  void add_string(json::Value& out) {
    if (formats_ && one_in(5)) {
      return out.set("format", json::Value::string(choose({"date", "ipv4", "ipv6"})));
    }
    const auto keyword = choose({"minLength", "maxLength", "pattern"});
    out.set(keyword, keyword == "pattern" ? json::Value::string(pattern()) : count());
  }
  void add_number(json::Value& out) {
    const auto keyword =
        choose({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"});
    if (dialect_ == Dialect::Draft4 && keyword.starts_with("exclusive")) {
      out.set(keyword == "exclusiveMinimum" ? "minimum" : "maximum", number());
      return out.set(keyword, json::Value::boolean(!one_in(3)));
    }
    out.set(keyword, keyword == "multipleOf" ? json::Value::number(choose({"1", "0.5", "2", "3"}))
                                             : number());
  }
  void add_array(json::Value& out, int depth) {
    const bool newest = dialect_ == Dialect::Draft202012;
    switch (pick(modern() ? 9 : 7)) {
      case 0:
        return out.set("items", schema(depth - 1));
      case 1:
        return out.set(newest ? "prefixItems" : "items", schemas(depth));
      case 2:
        return out.set(newest ? "items" : "additionalItems",
                       one_in(2) ? json::Value::boolean(false) : schema(depth - 1));
      case 3:
        return out.set("minItems", count());
      case 4:
        return out.set("maxItems", count());
      case 5:
        return out.set("uniqueItems", json::Value::boolean(!one_in(3)));
      case 6:
        if (dialect_ == Dialect::Draft4) return;
        return out.set("contains", schema(depth - 1));
      case 7:
        return out.set(one_in(2) ? "minContains" : "maxContains", count());
      default:
        return out.set("unevaluatedItems",
                       one_in(2) ? json::Value::boolean(false) : schema(depth - 1));
    }
  }
  void add_object(json::Value& out, int depth) {
    switch (pick(modern() ? 11 : 9)) {
      case 0:
      case 1:
        return out.set("properties", map(depth, false));
      case 2:
        return out.set("required", names());
      case 3:
        return out.set("additionalProperties",
                       one_in(2) ? json::Value::boolean(false) : schema(depth - 1));
      case 4:
        return out.set("patternProperties", map(depth, true));
      case 5:
        return out.set("minProperties", count());
      case 6:
        return out.set("maxProperties", count());
      case 7:
        if (dialect_ == Dialect::Draft4) return;
        return out.set("propertyNames", schema(0));
      case 8: {
        if (modern() && one_in(2)) {
          auto dependent = json::Value::object({});
          dependent.set(name(), names());
          return out.set("dependentRequired", std::move(dependent));
        }
        auto dependencies = json::Value::object({});
        dependencies.set(name(), one_in(2) ? names() : schema(depth - 1));
        return out.set("dependencies", std::move(dependencies));
      }
      case 9: {
        auto dependencies = json::Value::object({});
        dependencies.set(name(), schema(depth - 1));
        return out.set("dependentSchemas", std::move(dependencies));
      }
      default:
        return out.set("unevaluatedProperties",
                       one_in(2) ? json::Value::boolean(false) : schema(depth - 1));
    }
  }
  void add_combined(json::Value& out, int depth) {
    switch (pick(9)) {
      case 0:
      case 1:
        return out.set("allOf", schemas(depth));
      case 2:
      case 3:
        return out.set("anyOf", schemas(depth));
      case 4:
        return out.set("not", schema(depth - 1));
      case 5:
        return out.set("enum", json::Value::array({number(), string(), value(1)}));
      case 6:
        if (dialect_ == Dialect::Draft4) return;
        return out.set("const", value(1));
      case 7:
        if (dialect_ < Dialect::Draft7) return;
        out.set("if", schema(depth - 1));
        return out.set(one_in(2) ? "then" : "else", schema(depth - 1));
      default:
        return out.set("$ref", reference());
    }
  }

  std::mt19937_64 random_;
  Dialect dialect_;
  bool formats_;
};

}  // namespace limpet::json_schema::testing
