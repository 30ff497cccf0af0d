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

/// Draws everything from one seed. No `default` and no `oneOf`: what compare() says of them is a
/// convention.
class RandomSchemas {
 public:
  RandomSchemas(std::uint64_t seed, Dialect dialect) : random_(seed), dialect_(dialect) {}

  json::Value document() {
    auto root = schema(4);
    if (!root.is_object()) root = json::Value::object({});
    auto definitions = json::Value::object({});
    for (const std::string_view name : {"p", "q"}) {
      auto inner = one_in(2) ? typed(2) : schema(2);
      definitions.set(name, std::move(inner));
    }
    root.set(modern() ? "$defs" : "definitions", std::move(definitions));
    if (modern()) {
      root.set("$schema",
               json::Value::string(dialect_ == Dialect::Draft202012
                                       ? "https://json-schema.org/draft/2020-12/schema"
                                       : "https://json-schema.org/draft/2019-09/schema"));
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
    return json::Value::number(choose({"-1", "0", "1", "1.5", "2", "3", "6"}));
  }
  json::Value string() { return json::Value::string(choose({"", "a", "ab", "b", "x1", "abc"})); }
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
    const auto type = choose({"string", "number", "integer", "array", "object", "object", "null"});
    out.set("type", json::Value::string(type));
    for (auto n = pick(4); n > 0; --n) add_keyword(out, depth, type);
    return out;
  }

  json::Value schema(int depth) {
    if (depth <= 0 || one_in(12)) {
      if (one_in(2)) return json::Value::boolean(!one_in(4));
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
    if (one_in(2)) out.push_back(json::Value::string(name()));
    return json::Value::array(std::move(out));
  }
  json::Value map(int depth, bool patterns) {
    auto out = json::Value::object({});
    for (auto n = 1 + pick(3); n > 0; --n)
      out.set(patterns ? pattern() : name(), schema(depth - 1));
    return out;
  }
  json::Value reference() {
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
    const auto keyword = choose({"minLength", "maxLength", "pattern"});
    out.set(keyword, keyword == "pattern" ? json::Value::string(pattern()) : count());
  }
  void add_number(json::Value& out) {
    const auto keyword =
        choose({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"});
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
        return out.set("propertyNames", schema(0));
      case 8: {
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
        return out.set("const", value(1));
      case 7:
        out.set("if", schema(depth - 1));
        return out.set(one_in(2) ? "then" : "else", schema(depth - 1));
      default:
        return out.set("$ref", reference());
    }
  }

  std::mt19937_64 random_;
  Dialect dialect_;
};

}  // namespace limpet::json_schema::testing
