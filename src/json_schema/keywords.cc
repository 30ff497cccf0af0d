#include "keywords.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace limpet::json_schema {
namespace {

constexpr auto k4 = Dialect::Draft4;
constexpr auto k6 = Dialect::Draft6;
constexpr auto k7 = Dialect::Draft7;
constexpr auto k19 = Dialect::Draft201909;
constexpr auto k20 = Dialect::Draft202012;

// Sorted by name; the rows of one name have dialects that do not overlap.
constexpr std::array kKeywords{
    Keyword{"$anchor", Shape::String, k19, k20},
    Keyword{"$comment", Shape::String, k7, k20},
    Keyword{"$defs", Shape::SchemaMap, k19, k20},
    Keyword{"$dynamicAnchor", Shape::String, k20, k20},
    Keyword{"$dynamicRef", Shape::String, k20, k20},
    Keyword{"$id", Shape::String, k6, k20},
    Keyword{"$recursiveAnchor", Shape::Bool, k19, k19},
    Keyword{"$recursiveRef", Shape::String, k19, k19},
    Keyword{"$ref", Shape::String, k4, k20},
    Keyword{"$schema", Shape::String, k4, k20},
    Keyword{"additionalItems", Shape::SchemaOrBool, k4, k19},
    Keyword{"additionalProperties", Shape::SchemaOrBool, k4, k20},
    Keyword{"allOf", Shape::Schemas, k4, k20},
    Keyword{"anyOf", Shape::Schemas, k4, k20},
    Keyword{"contains", Shape::Schema, k6, k20},
    Keyword{"contentSchema", Shape::Schema, k19, k20},
    Keyword{"definitions", Shape::SchemaMap, k4, k20},
    Keyword{"dependencies", Shape::Dependencies, k4, k20},
    Keyword{"dependentRequired", Shape::StringsMap, k19, k20, true},
    Keyword{"dependentSchemas", Shape::SchemaMap, k19, k20},
    Keyword{"description", Shape::String, k4, k20},
    Keyword{"else", Shape::Schema, k7, k20},
    Keyword{"enum", Shape::Array, k4, k20, true},
    Keyword{"exclusiveMaximum", Shape::Exclusive, k4, k20, true},
    Keyword{"exclusiveMinimum", Shape::Exclusive, k4, k20, true},
    Keyword{"format", Shape::String, k4, k20},
    Keyword{"id", Shape::String, k4, k4},
    Keyword{"if", Shape::Schema, k7, k20},
    Keyword{"items", Shape::Items, k4, k19},
    Keyword{"items", Shape::Schema, k20, k20},
    Keyword{"maxContains", Shape::Count, k19, k20, true},
    Keyword{"maxItems", Shape::Count, k4, k20, true},
    Keyword{"maxLength", Shape::Count, k4, k20, true},
    Keyword{"maxProperties", Shape::Count, k4, k20, true},
    Keyword{"maximum", Shape::Number, k4, k20, true},
    Keyword{"minContains", Shape::Count, k19, k20, true},
    Keyword{"minItems", Shape::Count, k4, k20, true},
    Keyword{"minLength", Shape::Count, k4, k20, true},
    Keyword{"minProperties", Shape::Count, k4, k20, true},
    Keyword{"minimum", Shape::Number, k4, k20, true},
    Keyword{"multipleOf", Shape::Positive, k4, k20, true},
    Keyword{"not", Shape::Schema, k4, k20},
    Keyword{"oneOf", Shape::Schemas, k4, k20},
    Keyword{"pattern", Shape::Regex, k4, k20, true},
    Keyword{"patternProperties", Shape::PatternMap, k4, k20},
    Keyword{"prefixItems", Shape::Schemas, k20, k20},
    Keyword{"properties", Shape::SchemaMap, k4, k20},
    Keyword{"propertyNames", Shape::Schema, k6, k20},
    Keyword{"required", Shape::Strings, k4, k20, true},
    Keyword{"then", Shape::Schema, k7, k20},
    Keyword{"title", Shape::String, k4, k20},
    Keyword{"type", Shape::Type, k4, k20, true},
    Keyword{"unevaluatedItems", Shape::Schema, k19, k20},
    Keyword{"unevaluatedProperties", Shape::Schema, k19, k20},
    Keyword{"uniqueItems", Shape::Bool, k4, k20, true},
};
static_assert(std::ranges::is_sorted(kKeywords, {}, &Keyword::name));

}  // namespace

const Keyword* find_keyword(Dialect dialect, std::string_view name) {
  static const auto kFirstRows = [] {
    std::unordered_map<std::string_view, const Keyword*> rows;
    for (const auto& row : kKeywords) rows.emplace(row.name, &row);
    return rows;
  }();
  const auto first = kFirstRows.find(name);
  if (first == kFirstRows.end()) return nullptr;
  for (const auto* row = first->second; row != kKeywords.end() && row->name == name; ++row) {
    if (row->from <= dialect && dialect <= row->to) return row;
  }
  return nullptr;
}

std::string_view describe(Shape shape) {
  switch (shape) {
    case Shape::Bool:
      return "true or false";
    case Shape::Count:
      return "an integer that is not negative";
    case Shape::Number:
      return "a number";
    case Shape::Positive:
      return "a number greater than 0";
    case Shape::Exclusive:
      return "a number (in draft-04: true or false)";
    case Shape::String:
      return "a string";
    case Shape::Regex:
      return "a regular expression";
    case Shape::Strings:
      return "an array of strings";
    case Shape::StringsMap:
      return "an object of arrays of strings";
    case Shape::Array:
      return "an array";
    case Shape::Type:
      return "a type or an array of types; the types are null, boolean, object, array, number, "
             "integer and string";
    case Shape::Schema:
    case Shape::SchemaOrBool:
      return "a schema, that is an object, true or false";
    case Shape::Schemas:
      return "an array of schemas that is not empty";
    case Shape::Items:
      return "a schema or an array of schemas";
    case Shape::SchemaMap:
      return "an object of schemas";
    case Shape::PatternMap:
      return "an object of schemas whose names are regular expressions";
    case Shape::Dependencies:
      return "an object of schemas or arrays of strings";
  }
  return "";
}

}  // namespace limpet::json_schema
