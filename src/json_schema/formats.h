// The formats that can be checked (JSON Schema 2020-12, "Validation", section 7.3).
#pragma once

#include "program.h"

#include <string_view>

namespace limpet::json_schema {

/// nullptr for a format that is not known, or whose check is not ours.
Format find_format(std::string_view name);

}  // namespace limpet::json_schema
