#include "json_keywords.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace limpet::lint {
namespace {

using json_schema::Dialect;

constexpr auto k4 = Dialect::Draft4;
constexpr auto k6 = Dialect::Draft6;
constexpr auto k7 = Dialect::Draft7;
constexpr auto k19 = Dialect::Draft201909;
constexpr auto k20 = Dialect::Draft202012;

// Sorted by name.
constexpr std::array kKeywords{
    Keyword{"$anchor", k19, k20, kAnyType, Holds::Nothing, false},
    Keyword{"$comment", k7, k20, kAnyType, Holds::Nothing, false},
    Keyword{"$defs", k19, k20, kAnyType, Holds::SchemaMap, false},
    Keyword{"$dynamicAnchor", k20, k20, kAnyType, Holds::Nothing, false},
    Keyword{"$dynamicRef", k20, k20},
    Keyword{"$id", k6, k20, kAnyType, Holds::Nothing, false},
    Keyword{"$recursiveAnchor", k19, k19, kAnyType, Holds::Nothing, false},
    Keyword{"$recursiveRef", k19, k19},
    Keyword{"$ref", k4, k20},
    Keyword{"$schema", k4, k20, kAnyType, Holds::Nothing, false},
    Keyword{"$vocabulary", k19, k20, kAnyType, Holds::Nothing, false},
    Keyword{"additionalItems", k4, k19, kArray, Holds::Schema},
    Keyword{"additionalProperties", k4, k20, kObject, Holds::Schema},
    Keyword{"allOf", k4, k20, kAnyType, Holds::Schemas, true, true},
    Keyword{"anyOf", k4, k20, kAnyType, Holds::Schemas, true, true},
    Keyword{"const", k6, k20},
    Keyword{"contains", k6, k20, kArray, Holds::Schema},
    Keyword{"contentEncoding", k7, k20, kString, Holds::Nothing, false},
    Keyword{"contentMediaType", k7, k20, kString, Holds::Nothing, false},
    Keyword{"contentSchema", k19, k20, kString, Holds::Nothing, false},
    Keyword{"default", k4, k20, kAnyType, Holds::Nothing, false},
    Keyword{"definitions", k4, k20, kAnyType, Holds::SchemaMap, false},
    Keyword{"dependencies", k4, k20, kObject, Holds::Dependencies, true, true},
    Keyword{"dependentRequired", k19, k20, kObject},
    Keyword{"dependentSchemas", k19, k20, kObject, Holds::SchemaMap, true, true},
    Keyword{"deprecated", k19, k20, kAnyType, Holds::Nothing, false},
    Keyword{"description", k4, k20, kAnyType, Holds::Nothing, false},
    Keyword{"else", k7, k20, kAnyType, Holds::Schema, true, true},
    Keyword{"enum", k4, k20},
    Keyword{"examples", k6, k20, kAnyType, Holds::Nothing, false},
    Keyword{"exclusiveMaximum", k4, k20, kNumber},
    Keyword{"exclusiveMinimum", k4, k20, kNumber},
    Keyword{"format", k4, k20},
    Keyword{"id", k4, k4, kAnyType, Holds::Nothing, false},
    Keyword{"if", k7, k20, kAnyType, Holds::Schema, true, true},
    Keyword{"items", k4, k20, kArray, Holds::Items},
    Keyword{"maxContains", k19, k20, kArray},
    Keyword{"maxItems", k4, k20, kArray},
    Keyword{"maxLength", k4, k20, kString},
    Keyword{"maxProperties", k4, k20, kObject},
    Keyword{"maximum", k4, k20, kNumber},
    Keyword{"minContains", k19, k20, kArray},
    Keyword{"minItems", k4, k20, kArray},
    Keyword{"minLength", k4, k20, kString},
    Keyword{"minProperties", k4, k20, kObject},
    Keyword{"minimum", k4, k20, kNumber},
    Keyword{"multipleOf", k4, k20, kNumber},
    Keyword{"not", k4, k20, kAnyType, Holds::Schema, true, true},
    Keyword{"oneOf", k4, k20, kAnyType, Holds::Schemas, true, true},
    Keyword{"pattern", k4, k20, kString},
    Keyword{"patternProperties", k4, k20, kObject, Holds::SchemaMap},
    Keyword{"prefixItems", k20, k20, kArray, Holds::Schemas},
    Keyword{"properties", k4, k20, kObject, Holds::SchemaMap},
    Keyword{"propertyNames", k6, k20, kObject, Holds::Schema},
    Keyword{"readOnly", k7, k20, kAnyType, Holds::Nothing, false},
    Keyword{"required", k4, k20, kObject},
    Keyword{"then", k7, k20, kAnyType, Holds::Schema, true, true},
    Keyword{"title", k4, k20, kAnyType, Holds::Nothing, false},
    Keyword{"type", k4, k20},
    Keyword{"unevaluatedItems", k19, k20, kArray, Holds::Schema},
    Keyword{"unevaluatedProperties", k19, k20, kObject, Holds::Schema},
    Keyword{"uniqueItems", k4, k20, kArray},
    Keyword{"writeOnly", k7, k20, kAnyType, Holds::Nothing, false},
};
static_assert(std::ranges::is_sorted(kKeywords, {}, &Keyword::name));

constexpr auto kNames = [] {
  std::array<std::string_view, kKeywords.size()> names{};
  std::ranges::transform(kKeywords, names.begin(), &Keyword::name);
  return names;
}();

constexpr std::array<std::string_view, 10> kForeignWords{
    "defs", "example", "extends", "links", "media", "name", "names", "nullable", "order", "terms"};

// 2020-12 and the older drafts; last, what draft-03 had and OpenAPI has.
constexpr std::array<std::string_view, 30> kFormats{"date",          "date-time",
                                                    "duration",      "email",
                                                    "hostname",      "idn-email",
                                                    "idn-hostname",  "ipv4",
                                                    "ipv6",          "iri",
                                                    "iri-reference", "json-pointer",
                                                    "regex",         "relative-json-pointer",
                                                    "time",          "uri",
                                                    "uri-reference", "uri-template",
                                                    "uuid",          "color",
                                                    "host-name",     "ip-address",
                                                    "phone",         "style",
                                                    "utc-millisec",  "binary",
                                                    "byte",          "double",
                                                    "float",         "password"};

Types bit_of(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, Types>, 7> kBits{{{"object", kObject},
                                                                     {"array", kArray},
                                                                     {"string", kString},
                                                                     {"number", kNumber},
                                                                     {"integer", kNumber},
                                                                     {"boolean", kBoolean},
                                                                     {"null", kNull}}};
  const auto found = std::ranges::find(kBits, type, &std::pair<std::string_view, Types>::first);
  return found == kBits.end() ? Types{0} : found->second;
}

}  // namespace

const Keyword* find_keyword(std::string_view name) {
  const auto found = std::ranges::lower_bound(kKeywords, name, {}, &Keyword::name);
  return found != kKeywords.end() && found->name == name ? &*found : nullptr;
}

bool has_keyword(Dialect dialect, const Keyword& keyword) {
  return keyword.from <= dialect && dialect <= keyword.to;
}

std::span<const std::string_view> keyword_names() { return kNames; }

bool is_foreign_word(std::string_view name) {
  return std::ranges::find(kForeignWords, name) != kForeignWords.end();
}

std::span<const std::string_view> format_names() { return kFormats; }

Types types_of(const json::Value& schema) {
  const json::Value* type = schema.find("type");
  if (type == nullptr) return kAnyType;
  if (type->is_string()) return bit_of(type->text());
  Types bits = 0;
  for (const json::Value& each : type->items()) {
    if (each.is_string()) bits = static_cast<Types>(bits | bit_of(each.text()));
  }
  return bits;
}

Types type_of(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null:
      return kNull;
    case json::Kind::Bool:
      return kBoolean;
    case json::Kind::Number:
      return kNumber;
    case json::Kind::String:
      return kString;
    case json::Kind::Array:
      return kArray;
    case json::Kind::Object:
      return kObject;
  }
  return kAnyType;
}

}  // namespace limpet::lint
