// JSON Schema's keywords as advice needs them: the drafts that have them, the types that they speak
// of, and where schemas stand in them.
#pragma once

#include "limpet/json/value.h"
#include "limpet/json_schema/schema.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace limpet::lint {

/// Types that a keyword says something about, or that a schema allows; bits.
using Types = std::uint8_t;
inline constexpr Types kObject = 1, kArray = 2, kString = 4, kNumber = 8, kBoolean = 16, kNull = 32;
inline constexpr Types kAnyType = 63;

enum class Holds : std::uint8_t { Nothing, Schema, Schemas, SchemaMap, Items, Dependencies };

struct Keyword {
  std::string_view name;
  json_schema::Dialect from;
  json_schema::Dialect to;
  Types types = kAnyType;
  Holds holds = Holds::Nothing;
  bool rule = true;         ///< it can refuse a value; otherwise it only remarks or names
  bool applicator = false;  ///< the schemas in it look at the same value as the one around them
};

/// The keyword of that name in any draft, or nullptr.
const Keyword* find_keyword(std::string_view name);
bool has_keyword(json_schema::Dialect dialect, const Keyword& keyword);

/// Every keyword of every draft, once.
std::span<const std::string_view> keyword_names();
/// Words that are no keywords but close to one, and known from elsewhere (OpenAPI, generators).
bool is_foreign_word(std::string_view name);
/// The formats of all drafts.
std::span<const std::string_view> format_names();

/// The bits of "type": a name or an array of them; kAnyType when absent.
Types types_of(const json::Value& schema);
/// The bit of a value's own type.
Types type_of(const json::Value& value);

}  // namespace limpet::lint
