// The keywords of each dialect: which values they take, and where schemas stand in them.
#pragma once

#include "limpet/json_schema/schema.h"

#include <cstdint>
#include <string_view>

namespace limpet::json_schema {

enum class Shape : std::uint8_t {
  Bool,
  Count,  ///< an integer, not negative
  Number,
  Positive,   ///< a number > 0
  Exclusive,  ///< a number; draft-04: a boolean
  String,
  Regex,
  Strings,  ///< an array of strings
  StringsMap,
  Array,
  Type,    ///< a type's name or an array of them
  Schema,  ///< an object or (since draft-06) a boolean
  SchemaOrBool,
  Schemas,  ///< an array of schemas, not empty
  Items,    ///< a schema or an array of schemas
  SchemaMap,
  PatternMap,    ///< names are regular expressions
  Dependencies,  ///< values are schemas or arrays of strings
};

struct Keyword {
  std::string_view name;
  Shape shape;
  Dialect from;
  Dialect to;
  bool validation = false;  ///< of the validation vocabulary
};

/// The keyword of that name, or nullptr.
const Keyword* find_keyword(Dialect dialect, std::string_view name);

/// What a value of that shape must be: "a string", "an array of schemas that is not empty".
std::string_view describe(Shape shape);

}  // namespace limpet::json_schema
