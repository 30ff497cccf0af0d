// The path of a fault: put together on the way out, step by step, so that the good path pays
// nothing for it.
#pragma once

#include "limpet/avro/node.h"
#include "limpet/value/fault.h"

#include <cstddef>
#include <string_view>

namespace limpet::avro {

/// ".name" in front of the path. Of a path of thousands of steps the end is kept.
void add_field_step(value::Fault& fault, std::string_view name);
/// "[3]".
void add_item_step(value::Fault& fault, std::size_t index);
/// ["key"], shortened.
void add_entry_step(value::Fault& fault, std::string_view key);

/// At the end: the record's name in front of all.
value::Fault from_root(value::Fault fault, const Node& root);

}  // namespace limpet::avro
