#include "member_fit.h"

#include <algorithm>

namespace limpet::avro {

using value::TargetKind;

Fit fit_plain(const Node& type, const value::TargetType& member) {
  const TargetKind kind = member.kind;
  const auto only = [](bool fits) { return fits ? Fit::Exact : Fit::No; };
  switch (type.type) {
    case Type::Null:
      return only(kind == TargetKind::Nothing);
    case Type::Boolean:
      return only(kind == TargetKind::Boolean);
    case Type::String:
      return only(is_text(kind));
    case Type::Bytes:
      return only(is_bytes(kind));
    case Type::Fixed:
      if (kind == TargetKind::Fixed) {
        return only(member.bytes == static_cast<std::uint32_t>(type.size));
      }
      return is_bytes(kind) ? Fit::Holds : Fit::No;
    case Type::Enum:
      if (kind == TargetKind::Enum) {
        return only(std::ranges::any_of(member.symbols->entries, [&](const auto& entry) {
          return type.has_symbol(entry.symbol);
        }));
      }
      return is_text(kind) ? Fit::Holds : Fit::No;
    case Type::Array:
      return only(kind == TargetKind::Sequence);
    case Type::Map:
      return only(kind == TargetKind::Map);
    case Type::Record:
      return kind == TargetKind::Struct ? exact_if(member.record().name() == type.name.full)
                                        : Fit::No;
    case Type::Int:
    case Type::Long:
    case Type::Float:
    case Type::Double:
    case Type::Union:
      break;
  }
  return Fit::No;
}

}  // namespace limpet::avro
