#include "view_charge.h"

#include "struct_read_plan.h"

#include <algorithm>
#include <string>

namespace limpet::protobuf {

using value::TargetKind;
using value::View;

namespace {

bool can_own(TargetKind kind) { return kind >= TargetKind::Optional; }

// Of alternatives that own something, the one that read_struct() takes comes first.
bool may_take(const value::TargetType& type, const View& view) {
  const auto kind = view.kind();
  switch (type.kind) {
    case TargetKind::Optional:
      return view.is_null() || may_take(type.element(), view);
    case TargetKind::Sequence:
      return kind == value::Kind::Array;
    case TargetKind::Map:
      return kind == value::Kind::Map;
    case TargetKind::Struct:
      return kind == value::Kind::Map ||
             (kind == value::Kind::Record && view.shape().name() == type.record().name());
    case TargetKind::Variant:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool ViewCharge::record(const View& view, const value::StructType& type) {
  if (view.kind() == value::Kind::Map) {
    for (const auto& entry : view.entries()) {
      const auto at =
          entry.key.kind() == value::Kind::String ? type.find(entry.key.text()) : std::nullopt;
      if (at && !value(entry.value, type.fields()[*at].type())) return false;
    }
  }
  if (view.kind() != value::Kind::Record) return true;
  for (const auto& field : type.fields()) {
    if (!can_own(field.type().kind)) continue;
    const auto at = view.shape().find(field.name);
    if (at && !value(view[*at], field.type())) return false;
  }
  return true;
}

bool ViewCharge::own(std::size_t count, std::size_t bytes) {
  if (bytes != 0 && count > left_ / bytes) return false;
  left_ -= count * bytes;
  return true;
}

bool ViewCharge::value(const View& view, const value::TargetType& type) {
  switch (type.kind) {
    case TargetKind::Optional: {
      if (view.is_null()) return true;
      const auto& element = type.element();
      return (element.kind != TargetKind::Struct || own(1, element.bytes)) && value(view, element);
    }
    case TargetKind::Sequence:
      if (view.kind() != value::Kind::Array) return true;
      return own(view.size(), type.item_bytes) &&
             (!can_own(type.element().kind) ||
              std::ranges::all_of(view.items(),
                                  [&](const View& item) { return value(item, type.element()); }));
    case TargetKind::Map:
      if (view.kind() != value::Kind::Map) return true;
      return own(view.size(),
                 type.element().bytes + sizeof(std::string) + StructReadPlan::kNodeBytes) &&
             (!can_own(type.element().kind) ||
              std::ranges::all_of(view.entries(), [&](const value::MapEntry& entry) {
                return value(entry.value, type.element());
              }));
    case TargetKind::Struct:
      return record(view, type.record());
    case TargetKind::Variant:
      for (const auto alternative : type.alternatives) {
        if (may_take(alternative(), view)) return value(view, alternative());
      }
      return true;
    default:
      return true;
  }
}

}  // namespace limpet::protobuf
