// Logical types: does the annotation hold for the type that carries it?
#pragma once

#include "limpet/avro/node.h"

#include <optional>

namespace limpet::avro {

/// The logical type that `node`'s properties name, if its rules hold (Avro 1.11.4 specification,
/// "Logical Types"); nullopt for unknown names and broken rules, which readers must ignore.
std::optional<LogicalType> logical_type_of(const Node& node);

}  // namespace limpet::avro
