#include "wire_type.h"

namespace limpet::protobuf {

WireType wire_type_of(FieldType type) {
  switch (type) {
    case FieldType::Double:
    case FieldType::Fixed64:
    case FieldType::SFixed64:
      return WireType::Fixed64;
    case FieldType::Float:
    case FieldType::Fixed32:
    case FieldType::SFixed32:
      return WireType::Fixed32;
    case FieldType::String:
    case FieldType::Bytes:
    case FieldType::Message:
      return WireType::Length;
    case FieldType::Group:
      return WireType::StartGroup;
    default:
      return WireType::Varint;
  }
}

}  // namespace limpet::protobuf
