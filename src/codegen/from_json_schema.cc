// JSON Schemas as units. Walks the document, which json_schema has found to be a schema.
#include "ordering.h"
#include "unit.h"

#include <algorithm>
#include <map>
#include <optional>

namespace limpet::codegen {

namespace {

using json::Value;

class FromJsonSchema {
 public:
  FromJsonSchema(const Value& document, const CppOptions& options)
      : document_(document), options_(options) {}

  Result<Unit> run() {
    const Value* title = document_.find("title");
    const std::string name = !options_.root_name.empty()              ? options_.root_name
                             : title != nullptr && title->is_string() ? title->text()
                                                                      : "Root";
    LIMPET_TRY(const TypeRef root, type_of(document_, "#", name, 0));
    if (root.shape != Shape::Struct) {
      return Error::invalid_input("the schema is no object with properties; C++ is made for those",
                                  "#");
    }
    unit_.root = root.index;
    LIMPET_CHECK(order_structs(unit_));
    LIMPET_CHECK(check_unit(unit_));
    return std::move(unit_);
  }

 private:
  static constexpr int kDepth = 200;

  static Error no_type(const std::string& where, const std::string& why) {
    return Error::invalid_input("no C++ type for the schema at " + where + ": " + why, where);
  }

  /// The schema that a local reference names, with its place and the name it suggests.
  struct Target {
    const Value* value;
    std::string where;
    std::string name;
  };
  Result<Target> follow(const std::string& reference, const std::string& where) const {
    if (reference == "#") return Target{&document_, "#", ""};
    if (!reference.starts_with("#/")) {
      return no_type(where, "\"" + reference + "\" is not a place in this document");
    }
    const Value* at = &document_;
    std::string last;
    std::string_view rest = std::string_view(reference).substr(2);
    for (bool more = true; more;) {
      const std::size_t slash = rest.find('/');
      more = slash != std::string_view::npos;
      last.clear();
      for (std::string_view step = rest.substr(0, slash); !step.empty(); step.remove_prefix(1)) {
        // RFC 6901, section 4.
        if (step.starts_with("~0") || step.starts_with("~1")) {
          last += step[1] == '0' ? '~' : '/';
          step.remove_prefix(1);
        } else {
          last += step.front();
        }
      }
      at = at->find(last);
      if (at == nullptr) return no_type(where, "nothing is at \"" + reference + "\"");
      if (more) rest.remove_prefix(slash + 1);
    }
    return Target{at, reference, last};
  }

  Result<TypeRef> type_of(const Value& schema, const std::string& where, const std::string& name,
                          int depth) {
    if (depth > kDepth) return no_type(where, "too deep");
    if (!schema.is_object()) return no_type(where, "it says nothing about its values");
    if (const Value* reference = schema.find("$ref"); reference != nullptr) {
      LIMPET_TRY(const Target target, follow(reference->text(), where));
      return type_of(*target.value, target.where, target.name.empty() ? name : target.name,
                     depth + 1);
    }
    for (const std::string_view keyword : {"allOf", "anyOf", "oneOf", "if", "not"}) {
      if (const Value* rule = schema.find(keyword); rule != nullptr) {
        if (std::optional<Result<TypeRef>> optional =
                optional_of(schema, keyword, *rule, where, name, depth)) {
          return *std::move(optional);
        }
        return no_type(where, "\"" + std::string(keyword) + "\" describes more than one type");
      }
    }
    if (const Value* values = schema.find("enum"); values != nullptr) {
      return enumeration(schema, *values, where, name);
    }
    const Value* type = schema.find("type");
    if (type == nullptr) {
      if (schema.find("properties") != nullptr) return object(schema, where, name, depth);
      return no_type(where, "it has no \"type\"");
    }
    if (type->is_array()) return listed(schema, *type, where, name, depth);
    return of_word(schema, type->text(), where, name, depth);
  }

  /// `anyOf` or `oneOf` of null and one other schema.
  std::optional<Result<TypeRef>> optional_of(const Value&, std::string_view keyword,
                                             const Value& rule, const std::string& where,
                                             const std::string& name, int depth) {
    if ((keyword != "anyOf" && keyword != "oneOf") || rule.items().size() != 2) return std::nullopt;
    const auto is_null = [](const Value& branch) {
      const Value* type = branch.find("type");
      return type != nullptr && type->is_string() && type->text() == "null";
    };
    for (const std::size_t null : {0U, 1U}) {
      if (!is_null(rule.items()[null])) continue;
      Result<TypeRef> held = type_of(
          rule.items()[1 - null],
          where + "/" + std::string(keyword) + "/" + std::to_string(1 - null), name, depth + 1);
      if (!held) return held;
      return optional(*std::move(held));
    }
    return std::nullopt;
  }

  static TypeRef optional(TypeRef held) {
    if (held.shape == Shape::Optional) return held;
    TypeRef out{.shape = Shape::Optional};
    out.elements.push_back(std::move(held));
    return out;
  }

  Result<TypeRef> listed(const Value& schema, const Value& types, const std::string& where,
                         const std::string& name, int depth) {
    std::optional<std::string> word;
    bool null = false;
    for (const Value& type : types.items()) {
      if (type.text() == "null") {
        null = true;
      } else if (word) {
        return no_type(where, "it takes both " + *word + " and " + type.text());
      } else {
        word = type.text();
      }
    }
    if (!word) return no_type(where, "only null fits");
    LIMPET_TRY(TypeRef held, of_word(schema, *word, where, name, depth));
    return null ? optional(std::move(held)) : std::move(held);
  }

  Result<TypeRef> of_word(const Value& schema, const std::string& word, const std::string& where,
                          const std::string& name, int depth) {
    if (word == "string") return TypeRef{.shape = Shape::String};
    if (word == "integer") return TypeRef{.shape = Shape::Int64};
    if (word == "number") return TypeRef{.shape = Shape::Double};
    if (word == "boolean") return TypeRef{.shape = Shape::Boolean};
    if (word == "array") {
      const Value* items = schema.find("items");
      if (items == nullptr || items->is_array()) {
        return no_type(where, "the items of the array have no one schema");
      }
      LIMPET_TRY(TypeRef element, type_of(*items, where + "/items", name + "_item", depth + 1));
      TypeRef out{.shape = Shape::Sequence};
      out.elements.push_back(std::move(element));
      return out;
    }
    if (word == "object") return object(schema, where, name, depth);
    return no_type(where, "only null fits");
  }

  Result<TypeRef> object(const Value& schema, const std::string& where, const std::string& name,
                         int depth) {
    const Value* properties = schema.find("properties");
    if (properties == nullptr) {
      const Value* rest = schema.find("additionalProperties");
      if (rest == nullptr || !rest->is_object()) {
        return no_type(where, "the object names no properties");
      }
      LIMPET_TRY(TypeRef element,
                 type_of(*rest, where + "/additionalProperties", name + "_value", depth + 1));
      TypeRef out{.shape = Shape::Map};
      out.elements.push_back(std::move(element));
      return out;
    }
    const auto [at, fresh] = places_.emplace(where, unit_.structs.size());
    TypeRef out{.shape = Shape::Struct, .index = at->second};
    if (!fresh) return out;
    const std::size_t index = at->second;
    unit_.structs.push_back({.name_space = options_.name_space,
                             .name = identifier(name),
                             .schema_name = name,
                             .comment = text_of(schema, "description"),
                             .where = where,
                             .members = {}});
    const Value* required = schema.find("required");
    for (const json::Member& property : properties->members()) {
      LIMPET_TRY(TypeRef held,
                 type_of(property.value, where + "/properties/" + escaped(property.name),
                         name + "_" + property.name, depth + 1));
      const bool needed =
          required != nullptr &&
          std::any_of(required->items().begin(), required->items().end(),
                      [&property](const Value& item) { return item.text() == property.name; });
      Member member{.name = identifier(property.name),
                    .schema_name = property.name,
                    .comment = text_of(property.value, "description"),
                    .type = needed ? std::move(held) : optional(std::move(held)),
                    .may_be_absent = !needed};
      unit_.structs[index].members.push_back(std::move(member));
    }
    return out;
  }

  Result<TypeRef> enumeration(const Value& schema, const Value& values, const std::string& where,
                              const std::string& name) {
    bool null = false;
    Enum out{.name_space = options_.name_space,
             .name = identifier(name),
             .comment = text_of(schema, "description"),
             .where = where,
             .values = {}};
    for (const Value& value : values.items()) {
      if (value.is_null()) {
        null = true;
      } else if (value.is_string()) {
        out.values.push_back({identifier(value.text()), value.text(), std::nullopt});
      } else {
        return no_type(where, "the enum has values that are not strings");
      }
    }
    if (out.values.empty()) return no_type(where, "the enum has no strings");
    const auto [at, fresh] = places_.emplace(where, unit_.enums.size());
    if (fresh) unit_.enums.push_back(std::move(out));
    TypeRef type{.shape = Shape::Enum, .index = at->second};
    return null ? optional(std::move(type)) : std::move(type);
  }

  static std::string text_of(const Value& schema, std::string_view keyword) {
    const Value* text = schema.find(keyword);
    return text != nullptr && text->is_string() ? text->text() : std::string();
  }

  static std::string escaped(const std::string& step) {
    std::string out;
    for (const char c : step) {
      if (c == '~') {
        out += "~0";
      } else if (c == '/') {
        out += "~1";
      } else {
        out += c;
      }
    }
    return out;
  }

  const Value& document_;
  const CppOptions& options_;
  Unit unit_;
  std::map<std::string, std::size_t> places_;  // by pointer; structs and enums never share one
};

}  // namespace

Result<std::string> cpp_header(const json_schema::Schema& schema, std::string_view text,
                               const CppOptions& options) {
  LIMPET_TRY(const Unit unit, FromJsonSchema(schema.document(), options).run());
  return print(unit, text, options);
}

}  // namespace limpet::codegen
