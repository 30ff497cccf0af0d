// Kinds of fields by how they are written.
#pragma once

#include "limpet/protobuf/model.h"

#include <cstdint>

namespace limpet::protobuf {

enum class Category : std::uint8_t { Scalar, Map, Message, Group };
Category category_of(const Field& field);

/// Scalars of one group read each other's bytes.
enum class Wire : std::uint8_t { Varint, ZigZag, Length, Fixed32, Fixed64, Float, Double };
Wire wire_of(FieldType type);

}  // namespace limpet::protobuf
