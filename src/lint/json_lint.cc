// Advice on JSON Schema documents: a walk over the schemas of the text.
#include "collector.h"
#include "json_keywords.h"
#include "spelling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace limpet::lint {
namespace {

using json_schema::Dialect;

/// What surrounds a schema: a branch of allOf and its like describes a value together with others.
enum class Alone : bool { No, Yes };

bool leaves_open(const json::Value* rest) {
  if (rest == nullptr) return true;
  return rest->is_bool() ? rest->as_bool() : rest->is_object() && rest->members().empty();
}

bool describes_elsewhere(const json::Value& schema) {
  constexpr std::array<std::string_view, 8> kWords{
      "$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"};
  return std::ranges::any_of(kWords, [&](const auto word) { return schema.find(word) != nullptr; });
}

/// Does a value have a type that the schema declares? Integers count as such when they are whole.
bool is_of_type(const json::Value& schema, const json::Value& value) {
  if ((types_of(schema) & type_of(value)) == 0) return false;
  if (!value.is_number()) return true;
  const json::Value* type = schema.find("type");
  if (type == nullptr) return true;
  const auto allows = [&](std::string_view word) {
    if (type->is_string()) return type->text() == word;
    return std::ranges::any_of(type->items(), [&](const json::Value& each) {
      return each.is_string() && each.text() == word;
    });
  };
  if (allows("number")) return true;
  const auto number = value.as_double();
  return value.as_int64() || (number && *number == std::floor(*number));
}

/// Then a schema kept under "definitions" may be one of several that describe a value together.
bool uses_all_of(const json::Value& root) {
  std::vector<const json::Value*> open{&root};
  while (!open.empty()) {
    const json::Value& value = *open.back();
    open.pop_back();
    if (value.find("allOf") != nullptr) return true;
    for (const json::Value& item : value.items()) open.push_back(&item);
    for (const json::Member& member : value.members()) open.push_back(&member.value);
  }
  return false;
}

class Linter {
 public:
  Linter(Dialect dialect, Collector& out) : dialect_(dialect), out_(out) {}

  void document(const json::Value& root) {
    const json::Value* named = root.find("$schema");
    const bool known = named != nullptr && named->is_string() &&
                       json_schema::dialect_of(named->text()).has_value();
    if (!known) {
      out_.add(RuleId::JsonNoDialect, named == nullptr ? "" : "/$schema",
               named == nullptr ? std::string(R"(there is no "$schema", so each validator chooses )"
                                              "a draft by itself")
                                : "nobody knows the draft " + shown(*named),
               R"(add "$schema": "http://json-schema.org/draft-07/schema#")");
    } else if (dialect_ > Dialect::Draft7) {
      out_.add(RuleId::JsonDialectNotInGlue, "/$schema",
               "AWS Glue documents drafts up to draft-07, and this is " +
                   std::string(json_schema::to_string(dialect_)),
               "use draft-07 if the schema is also meant for AWS");
    }
    kept_alone_ = uses_all_of(root) ? Alone::No : Alone::Yes;
    walk(root, "", Alone::Yes);
  }

  // Depth: the parser bounds values within each other.
  void walk(const json::Value& schema, const std::string& path, Alone alone) {
    if (!schema.is_object() || out_.full()) return;
    const bool only_ref = dialect_ <= Dialect::Draft7 && schema.find("$ref") != nullptr;
    for (const json::Member& member : schema.members()) {
      const Keyword* keyword = find_keyword(member.name);
      if (keyword == nullptr) {
        misspelled(member.name, path);
      } else if (only_ref && member.name != "$ref") {
        ref_sibling(*keyword, path);
      } else {
        keyword_fits(schema, *keyword, path);
      }
    }
    if (!only_ref) {
      required(schema, path);
      values(schema, path);
      bounds(schema, path);
      remarks(schema, path);
      properties(schema, path);
      if (alone == Alone::Yes) content_model(schema, path);
    }
    for (const json::Member& member : schema.members()) {
      const Keyword* keyword = find_keyword(member.name);
      if (keyword == nullptr || (only_ref && keyword->rule)) continue;
      descend(*keyword, member.value, step(path, member.name),
              keyword->applicator                                    ? Alone::No
              : keyword->holds == Holds::SchemaMap && !keyword->rule ? kept_alone_
                                                                     : Alone::Yes);
    }
  }

 private:
  void descend(const Keyword& keyword, const json::Value& value, const std::string& path,
               Alone alone) {
    switch (keyword.holds) {
      case Holds::Nothing:
        return;
      case Holds::Schema:
        return walk(value, path, alone);
      case Holds::Items:
        if (value.is_object()) return walk(value, path, alone);
        [[fallthrough]];
      case Holds::Schemas:
        for (std::size_t i = 0; i < value.items().size(); ++i) {
          walk(value.items()[i], step(path, i), alone);
        }
        return;
      case Holds::SchemaMap:
      case Holds::Dependencies:
        for (const json::Member& member : value.members()) {
          walk(member.value, step(path, member.name), alone);
        }
    }
  }

  void misspelled(const std::string& name, const std::string& path) {
    if (!out_.wants(RuleId::JsonMisspelledKeyword) || is_foreign_word(name)) return;
    const std::string_view meant = nearest_word(name, keyword_names());
    if (meant.empty()) return;
    out_.add(RuleId::JsonMisspelledKeyword, step(path, name),
             "JSON Schema has no keyword " + quoted(name) + " and ignores it",
             "write " + quoted(meant) + ", if that is what it is meant to be");
  }

  void ref_sibling(const Keyword& keyword, const std::string& path) {
    if (!keyword.rule) return;
    out_.add(RuleId::JsonRefSiblings, step(path, keyword.name),
             quoted(keyword.name) + R"( stands beside "$ref", and )" +
                 std::string(json_schema::to_string(dialect_)) + " ignores it",
             R"(put the "$ref" into an "allOf" beside it)");
  }

  void keyword_fits(const json::Value& schema, const Keyword& keyword, const std::string& path) {
    if (!has_keyword(dialect_, keyword)) {
      // "$defs" is only a place to keep schemas: references reach it in every draft.
      if (keyword.name == "$defs" || !keyword_matters(keyword)) return;
      return out_.add(RuleId::JsonKeywordOfOtherDraft, step(path, keyword.name),
                      std::string(json_schema::to_string(dialect_)) + " has no keyword " +
                          quoted(keyword.name) + " and ignores it",
                      "say it with the keywords of this draft, or name another draft in "
                      "\"$schema\"");
    }
    if ((keyword.types & types_of(schema)) != 0) return;
    out_.add(RuleId::JsonKeywordNotForType, step(path, keyword.name),
             quoted(keyword.name) + " has no effect under \"type\": " + type_words(schema),
             "remove it, or correct the type");
  }

  static bool keyword_matters(const Keyword& keyword) {
    return keyword.rule || keyword.name == "id" || keyword.name == "$id" ||
           keyword.name == "$anchor" || keyword.name == "$dynamicAnchor";
  }

  static std::string type_words(const json::Value& schema) {
    const json::Value& type = *schema.find("type");
    if (type.is_string()) return quoted(type.text());
    std::string out;
    for (const json::Value& each : type.items()) out += (out.empty() ? "" : ", ") + shown(each);
    return "[" + out + "]";
  }

  void required(const json::Value& schema, const std::string& path) {
    const json::Value* names = schema.find("required");
    const json::Value* described = schema.find("properties");
    if (names == nullptr || described == nullptr || !described->is_object() ||
        schema.find("patternProperties") != nullptr || describes_elsewhere(schema)) {
      return;
    }
    std::set<std::string_view> known;
    for (const auto& member : described->members()) known.insert(member.name);
    const json::Value* rest = schema.find("additionalProperties");
    const bool closed = rest != nullptr && rest->is_bool() && !rest->as_bool();
    for (std::size_t i = 0; i < names->items().size(); ++i) {
      const json::Value& name = names->items()[i];
      if (!name.is_string() || known.contains(name.text())) continue;
      out_.add(RuleId::JsonRequiredNotDescribed, step(step(path, "required"), i),
               "the required property " + quoted(name.text()) + " is not among the \"properties\"" +
                   (closed ? " and may not be there: no object is valid" : ""),
               "describe it, or correct its name");
    }
  }

  void values(const json::Value& schema, const std::string& path) {
    if (schema.find("type") == nullptr) return;
    const auto check = [&](const json::Value& value, const std::string& place,
                           const std::string& what) {
      if (is_of_type(schema, value)) return;
      out_.add(RuleId::JsonValueOfOtherType, place,
               what + " " + shown(value) + " is not of \"type\": " + type_words(schema),
               "correct the value or the type");
    };
    if (const auto* list = schema.find("enum")) {
      for (std::size_t i = 0; i < list->items().size() && !out_.full(); ++i) {
        check(list->items()[i], step(step(path, "enum"), i), "the enum's value");
      }
    }
    if (const auto* value = schema.find("const"); value != nullptr && dialect_ > Dialect::Draft4) {
      check(*value, step(path, "const"), "the const");
    }
    if (const auto* value = schema.find("default")) {
      check(*value, step(path, "default"), "the default");
    }
  }

  void bounds(const json::Value& schema, const std::string& path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kPairs{
        {{"minimum", "maximum"},
         {"minLength", "maxLength"},
         {"minItems", "maxItems"},
         {"minProperties", "maxProperties"},
         {"minContains", "maxContains"}}};
    for (const auto& [lower, upper] : kPairs) {
      const json::Value* least = schema.find(lower);
      const json::Value* most = schema.find(upper);
      if (least == nullptr || most == nullptr) continue;
      const auto low = least->as_double();
      const auto high = most->as_double();
      if (!low || !high || *low <= *high) continue;
      out_.add(RuleId::JsonImpossibleBounds, step(path, lower),
               quoted(lower) + " is " + shown(*least) + " and " + quoted(upper) + " is " +
                   shown(*most) + ": no value satisfies both",
               "correct one of them");
    }
  }

  void remarks(const json::Value& schema, const std::string& path) {
    if (const auto* format = schema.find("format"); format != nullptr && format->is_string()) {
      const std::string_view meant = nearest_word(format->text(), format_names());
      if (!meant.empty()) {
        out_.add(RuleId::JsonMisspelledFormat, step(path, "format"),
                 "there is no format " + quoted(format->text()) + ", and unknown ones are ignored",
                 "write " + quoted(meant) + ", if that is what it is meant to be");
      } else {
        out_.add(RuleId::JsonFormatNotAsserted, step(path, "format"),
                 "many validators take the format " + quoted(format->text()) + " as a remark",
                 R"(add a "pattern" if it must hold everywhere)");
      }
    }
    if (const auto* pattern = schema.find("pattern"); pattern != nullptr && pattern->is_string()) {
      anchored(pattern->text(), step(path, "pattern"));
    }
    if (const auto* map = schema.find("patternProperties")) {
      for (const auto& member : map->members()) {
        anchored(member.name, step(step(path, "patternProperties"), member.name));
      }
    }
  }

  void anchored(const std::string& pattern, const std::string& path) {
    if (!out_.wants(RuleId::JsonPatternNotAnchored)) return;
    if (pattern.find('^') != std::string::npos || pattern.find('$') != std::string::npos) return;
    out_.add(RuleId::JsonPatternNotAnchored, path,
             "the pattern " + quoted(pattern) + " is satisfied by a match anywhere in the text",
             "put it between ^ and $ if it describes the whole text");
  }

  void properties(const json::Value& schema, const std::string& path) {
    const json::Value* map = schema.find("properties");
    if (map == nullptr) return;
    std::unordered_map<std::string, std::string_view> seen;
    for (const auto& member : map->members()) {
      const std::string here = step(step(path, "properties"), member.name);
      const auto [other, fresh] = seen.emplace(folded(member.name), member.name);
      if (!fresh) {
        out_.add(RuleId::JsonNamesDifferByCase, here,
                 "the properties " + quoted(other->second) + " and " + quoted(member.name) +
                     " differ only in upper and lower case",
                 "keep one of them");
      }
      if (member.value.is_object() && member.value.find("description") == nullptr &&
          member.value.find("$ref") == nullptr) {
        out_.add(RuleId::JsonMissingDescription, here,
                 "property " + quoted(member.name) + " has no \"description\"",
                 "add a \"description\"");
      }
    }
  }

  void content_model(const json::Value& schema, const std::string& path) {
    const json::Value* map = schema.find("properties");
    if (map == nullptr || map->members().empty() || describes_elsewhere(schema) ||
        (types_of(schema) & kObject) == 0) {
      return;
    }
    const json::Value* unevaluated =
        dialect_ > Dialect::Draft7 ? schema.find("unevaluatedProperties") : nullptr;
    if (!leaves_open(schema.find("additionalProperties")) || !leaves_open(unevaluated)) return;
    out_.add(RuleId::JsonOpenContentModel, path,
             "the object lets in members that it does not describe, so that adding a property, "
             "even an optional one, is refused under BACKWARD and FULL",
             R"(say "additionalProperties": false, and evolve under BACKWARD)");
  }

  Dialect dialect_;
  Collector& out_;
  Alone kept_alone_ = Alone::Yes;  // schemas under "definitions"
};

}  // namespace

void lint_json(const json_schema::Schema& schema, const json::Value& document, Collector& out) {
  Linter(schema.dialect(), out).document(document);
}

}  // namespace limpet::lint
