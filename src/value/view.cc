#include "limpet/value/view.h"

#include <cstring>
#include <new>
#include <utility>

namespace limpet::value {

namespace {

/// Stands right before a record's values.
struct RecordHeader {
  const RecordShape* shape;
  std::uint64_t padding;
};
static_assert(sizeof(RecordHeader) == sizeof(View) && alignof(RecordHeader) == alignof(View));

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Null:
      return "null";
    case Kind::Boolean:
      return "boolean";
    case Kind::Int:
      return "int";
    case Kind::Long:
      return "long";
    case Kind::UnsignedLong:
      return "unsigned long";
    case Kind::Float:
      return "float";
    case Kind::Double:
      return "double";
    case Kind::Number:
      return "number";
    case Kind::String:
      return "string";
    case Kind::Bytes:
      return "bytes";
    case Kind::Enum:
      return "enum";
    case Kind::Array:
      return "array";
    case Kind::Map:
      return "map";
    case Kind::Record:
      return "record";
  }
  return "unknown";
}

RecordShape::RecordShape(std::string name, std::vector<std::string> fields)
    : name_(std::move(name)), fields_(std::move(fields)) {
  at_.reserve(fields_.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) at_.emplace(fields_[i], i);
}

std::optional<std::size_t> RecordShape::find(std::string_view field) const {
  const auto found = at_.find(field);
  if (found == at_.end()) return std::nullopt;
  return found->second;
}

std::optional<View> View::decimal(Arena& arena, std::string_view unscaled,
                                  const DecimalShape* shape) {
  void* memory = arena.allocate(sizeof(Decimal), alignof(Decimal));
  if (memory == nullptr) return std::nullopt;
  const auto* decimal = new (memory) Decimal{unscaled.data(), shape};
  return View(Kind::Bytes, Logical::Decimal, unscaled.size(), {.decimal = decimal});
}

const DecimalShape& View::decimal_shape() const {
  LIMPET_ASSERT(kind_ == Kind::Bytes && logical_ == Logical::Decimal);
  return *payload_.decimal->shape;
}

const RecordShape& View::shape() const {
  LIMPET_ASSERT(kind_ == Kind::Record);
  return *reinterpret_cast<const RecordHeader*>(payload_.items - 1)->shape;  // NOLINT
}

const View* View::find(std::string_view name) const {
  if (kind_ == Kind::Record) {
    const auto at = shape().find(name);
    return at ? &payload_.items[*at] : nullptr;
  }
  if (kind_ != Kind::Map) return nullptr;
  for (std::size_t i = size_; i > 0; --i) {
    const MapEntry& entry = payload_.entries[i - 1];
    if (entry.key.kind() == Kind::String && entry.key.text() == name) return &entry.value;
  }
  return nullptr;
}

std::span<View> make_record(Arena& arena, const RecordShape& shape) {
  const std::size_t count = shape.fields().size();
  View* memory = arena.allocate_array<View>(count + 1);
  if (memory == nullptr) return {};
  new (static_cast<void*>(memory)) RecordHeader{&shape, 0};
  View* values = memory + 1;
  for (std::size_t i = 0; i < count; ++i) new (values + i) View();
  return {values, count};
}

std::span<View> copy_record(Arena& arena, std::span<const View> values) {
  View* memory = arena.allocate_array<View>(values.size() + 1);
  if (memory == nullptr) return {};
  std::memcpy(static_cast<void*>(memory), values.data() - 1, (values.size() + 1) * sizeof(View));
  return {memory + 1, values.size()};
}

}  // namespace limpet::value
