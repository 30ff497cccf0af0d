// What a JSON Schema finds wrong with a record, as a Failure. For this room.
#pragma once

#include "limpet/json_schema/validate.h"
#include "limpet/serde/error.h"

#include <vector>

namespace limpet::serde::detail {

Failure breaks_schema(const std::vector<json_schema::ValidationError>& errors);

}  // namespace limpet::serde::detail
