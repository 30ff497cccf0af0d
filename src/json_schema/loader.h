// Loader: from text to Model.
#pragma once

#include "model.h"

#include "limpet/base/named_text.h"
#include "limpet/base/result.h"
#include "limpet/json_schema/schema.h"

#include <memory>
#include <span>
#include <string_view>

namespace limpet::json_schema {

/// See parse(). The imports become documents 1, 2, …, whether a reference leads to them or not.
/// They are found by their URI (`$id`, or their name relative to the root's), and by their name as
/// it is written in a reference. Errors say which import they are in.
Result<std::shared_ptr<const Model>> load(std::string_view text, const ParseOptions& options,
                                          std::span<const NamedText> imports = {});

}  // namespace limpet::json_schema
