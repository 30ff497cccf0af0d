// What the framework checks of a decoded request before the operation sees it: required members and
// the page size. Everything else the model says (lengths, patterns, enumerations) is asked by the
// operation, in its own order: shape.h.
#pragma once

#include "limpet/glue_model/fault.h"
#include "limpet/glue_model/operation.h"

#include <optional>

namespace limpet::glue_model {

/// ValidationException with every violation, or nullopt.
/// Requires: `object` is the struct that `operation.input` describes.
std::optional<Fault> check_object(const Operation& operation, const void* object);

/// "1 validation error detected: Value null at 'registryName' failed to satisfy constraint: Member
/// must not be null"
template <class Input>
std::optional<Fault> check_request(const Operation& operation, const Input& input) {
  return check_object(operation, &input);
}

}  // namespace limpet::glue_model
