// How a part or a value is shown to people.
#pragma once

#include "part.h"

#include <string>

namespace limpet::json_schema {

/// The JSON text, or its beginning and "…".
std::string shown(const json::Value& value);

/// "string or null", "string with enum", "oneOf of object, array".
std::string described(const Part& part);

}  // namespace limpet::json_schema
