// Loader: from text to Model.
#pragma once

#include "model.h"

#include "limpet/base/result.h"
#include "limpet/json_schema/schema.h"

#include <memory>
#include <string_view>

namespace limpet::json_schema {

/// See parse().
Result<std::shared_ptr<const Model>> load(std::string_view text, const ParseOptions& options);

}  // namespace limpet::json_schema
