#include "limpet/value/struct_type.h"

namespace limpet::value {

std::string_view to_string(TargetKind kind) {
  switch (kind) {
    case TargetKind::Nothing:
      return "std::monostate";
    case TargetKind::Boolean:
      return "bool";
    case TargetKind::Int32:
      return "std::int32_t";
    case TargetKind::Int64:
      return "std::int64_t";
    case TargetKind::UInt32:
      return "std::uint32_t";
    case TargetKind::UInt64:
      return "std::uint64_t";
    case TargetKind::Float:
      return "float";
    case TargetKind::Double:
      return "double";
    case TargetKind::StringView:
      return "std::string_view";
    case TargetKind::String:
      return "std::string";
    case TargetKind::BytesView:
      return "std::span<const std::byte>";
    case TargetKind::Bytes:
      return "std::vector<std::byte>";
    case TargetKind::Fixed:
      return "std::array of bytes";
    case TargetKind::Enum:
      return "enum";
    case TargetKind::Optional:
      return "std::optional";
    case TargetKind::Sequence:
      return "std::vector";
    case TargetKind::Map:
      return "map";
    case TargetKind::Struct:
      return "struct";
    case TargetKind::Variant:
      return "std::variant";
  }
  return "unknown";
}

std::string describe(const TargetType& type) {
  switch (type.kind) {
    case TargetKind::Optional:
    case TargetKind::Sequence:
      return std::string(to_string(type.kind)) + "<" + describe(type.element()) + ">";
    case TargetKind::Map:
      return "map<std::string, " + describe(type.element()) + ">";
    case TargetKind::Fixed:
      return "std::array<std::byte, " + std::to_string(type.bytes) + ">";
    case TargetKind::Struct:
      return "struct " + std::string(type.record().name());
    case TargetKind::Variant: {
      std::string out = "std::variant<";
      for (const TargetTypeOf alternative : type.alternatives) {
        if (out.back() != '<') out += ", ";
        out += describe(alternative());
      }
      return out + ">";
    }
    default:
      return std::string(to_string(type.kind));
  }
}

std::optional<std::size_t> StructType::find(std::string_view field) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name == field) return i;
  }
  return std::nullopt;
}

}  // namespace limpet::value
