#include "defaults.h"

#include <algorithm>
#include <limits>

namespace limpet::avro {
namespace {

DefaultVerdict valid_if(bool condition) {
  return condition ? DefaultVerdict::Valid : DefaultVerdict::Invalid;
}

bool is_int(const json::Value& value) {
  const auto number = value.as_int64();
  return number && *number >= std::numeric_limits<std::int32_t>::min() &&
         *number <= std::numeric_limits<std::int32_t>::max();
}

DefaultVerdict check_elements(const Node& element, const json::Value& value) {
  auto verdict = DefaultVerdict::Valid;
  for (const auto& item : value.items()) {
    verdict = std::max(verdict, check_default(element, item));
    if (verdict == DefaultVerdict::Invalid) return verdict;
  }
  for (const auto& member : value.members()) {
    verdict = std::max(verdict, check_default(element, member.value));
    if (verdict == DefaultVerdict::Invalid) return verdict;
  }
  return verdict;
}

// Costs the size of the value, not of the record: a field that the value leaves out needs a
// default, and that was checked when the field was read.
DefaultVerdict check_record(const Node& record, const json::Value& value) {
  if (!value.is_object() || !record.complete) return DefaultVerdict::Invalid;
  auto verdict = DefaultVerdict::Valid;
  auto required = record.required_fields;
  auto unusable = record.unusable_defaults;
  for (const auto& member : value.members()) {
    const auto* field = record.find_field(member.name);
    if (field == nullptr) continue;
    verdict = std::max(verdict, check_default(*field->type, member.value));
    if (verdict == DefaultVerdict::Invalid) return verdict;
    if (!field->default_value) --required;
    if (!field->default_usable) --unusable;
  }
  if (required > 0) return DefaultVerdict::Invalid;
  return unusable > 0 ? DefaultVerdict::Unusable : verdict;
}

}  // namespace

// Depth: every step down goes into `value`, whose depth the JSON parser bounds, or from a union to
// a branch, which is no union.
DefaultVerdict check_default(const Node& type, const json::Value& value) {
  switch (type.type) {
    case Type::Null:
      return valid_if(value.is_null());
    case Type::Boolean:
      return valid_if(value.is_bool());
    case Type::Int:
      return valid_if(is_int(value));
    case Type::Long:
      return valid_if(value.as_int64().has_value());
    case Type::Float:
    case Type::Double:
      return valid_if(value.is_number());
    case Type::Bytes:
    case Type::String:
    case Type::Fixed:
      return valid_if(value.is_string());
    case Type::Enum:
      if (!value.is_string()) return DefaultVerdict::Invalid;
      return type.has_symbol(value.text()) ? DefaultVerdict::Valid : DefaultVerdict::Unusable;
    case Type::Array:
      return value.is_array() ? check_elements(*type.element, value) : DefaultVerdict::Invalid;
    case Type::Map:
      return value.is_object() ? check_elements(*type.element, value) : DefaultVerdict::Invalid;
    case Type::Record:
      return check_record(type, value);
    case Type::Union:
      return type.branches.empty() ? DefaultVerdict::Invalid
                                   : check_default(*type.branches.front(), value);
  }
  return DefaultVerdict::Invalid;
}

}  // namespace limpet::avro
