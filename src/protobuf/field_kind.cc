#include "field_kind.h"

namespace limpet::protobuf {

Category category_of(const Field& field) {
  if (field.is_map()) return Category::Map;
  if (field.type == FieldType::Group) return Category::Group;
  return field.type == FieldType::Message ? Category::Message : Category::Scalar;
}

Wire wire_of(FieldType type) {
  switch (type) {
    case FieldType::SInt32:
    case FieldType::SInt64:
      return Wire::ZigZag;
    case FieldType::String:
    case FieldType::Bytes:
      return Wire::Length;
    case FieldType::Fixed32:
    case FieldType::SFixed32:
      return Wire::Fixed32;
    case FieldType::Fixed64:
    case FieldType::SFixed64:
      return Wire::Fixed64;
    case FieldType::Float:
      return Wire::Float;
    case FieldType::Double:
      return Wire::Double;
    default:
      return Wire::Varint;
  }
}

}  // namespace limpet::protobuf
