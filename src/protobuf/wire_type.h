// How a value stands in a serialized message (protobuf.dev, "Encoding").
#pragma once

#include "limpet/protobuf/model.h"

#include <cstdint>

namespace limpet::protobuf {

enum class WireType : std::uint8_t {
  Varint = 0,
  Fixed64 = 1,
  Length = 2,
  StartGroup = 3,
  EndGroup = 4,
  Fixed32 = 5,
};
WireType wire_type_of(FieldType type);

}  // namespace limpet::protobuf
