// Orders a unit's structs, and breaks the circles among them.
#pragma once

#include "unit.h"

namespace limpet::codegen {

/// Fills `order` and `ahead`; an Optional of a struct that is not complete where it is needed
/// becomes Boxed. Errors: InvalidInput (a struct that holds itself in a way that C++ has no type
/// for).
Status order_structs(Unit& unit);

}  // namespace limpet::codegen
