#include "limpet/columns/column_builder.h"

#include "arrays.h"
#include "bits.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace limpet::columns {
namespace {

// Memory behind what is used is not uninitialised when others see it.
void zero_tail(Buffer& buffer, std::size_t used) {
  if (buffer.data() == nullptr) return;
  const std::size_t end = std::min(buffer.capacity(), (used + 63) / 64 * 64);
  if (end > used) std::memset(buffer.data() + used, 0, end - used);
}

}  // namespace

Result<ColumnBuilder> ColumnBuilder::make(ColumnType row, BatchLimits limits) {
  LIMPET_CHECK(check(row));
  if (row.kind != Kind::Struct || row.nullable) {
    return Error::invalid_input("a row is a struct that is not nullable, not " + describe(row));
  }
  if (limits.max_rows == 0 || limits.max_rows > Column::kMaxLength) {
    return Error::invalid_input("a batch has from 1 to 2^31-1 rows");
  }
  return ColumnBuilder(std::move(row), limits);
}

ColumnBuilder::ColumnBuilder(ColumnType row, BatchLimits limits)
    : type_(std::make_unique<const ColumnType>(std::move(row))),
      budget_(std::make_unique<Budget>(limits.max_bytes)),
      limits_(limits) {
  columns_.reserve(count(*type_));
  add(*type_);
}

// In pre-order; `columns_` never grows beyond what was reserved, so addresses stay.
Column& ColumnBuilder::add(const ColumnType& type) {
  columns_.push_back(Column(type, *budget_));
  auto& column = columns_.back();
  for (const auto& child : type.children) column.children_.push_back(&add(child));
  return column;
}

void ColumnBuilder::rollback(std::uint64_t mark) { columns_[0].truncate(mark); }

void ColumnBuilder::clear() {
  for (auto& column : columns_) {
    for (auto* buffer : {&column.values_, &column.data_, &column.validity_}) {
      budget_->give_back(buffer->capacity());
      Buffer gone = std::move(*buffer);
    }
    column.length_ = column.room_ = column.noted_ = column.text_size_ = column.text_room_ = 0;
    column.rows_hint_ = column.text_hint_ = 0;
  }
}

namespace {

Error half_made(std::size_t column, std::uint64_t found, std::uint64_t expected) {
  return Error::internal("a row was left half-made: column " + std::to_string(column) + " has " +
                         std::to_string(found) + " values where " + std::to_string(expected) +
                         " are expected");
}

}  // namespace

Status ColumnBuilder::check_whole(const Column& column) const {
  std::uint64_t expected = column.length_;
  if (column.is_list()) {
    expected =
        column.length_ == 0 ? 0 : static_cast<std::uint64_t>(column.offset_at(column.length_));
  } else if (column.kind_ != Kind::Struct) {
    return {};  // a union's children were counted when its values began
  }
  for (const auto* child : column.children_) {
    if (child->length_ != expected) {
      return half_made(static_cast<std::size_t>(child - columns_.data()), child->length_, expected);
    }
  }
  return {};
}

bool ColumnBuilder::prepare(Column& column) {
  Budget unlimited(std::numeric_limits<std::uint64_t>::max());
  // Arrow wants offsets, one, even of no values.
  if (column.values_.data() == nullptr && !column.resize_rows(0, unlimited)) return false;
  if (column.noted_ == 0) return true;
  // Values behind the last null were never marked; there may be no room yet for their bits.
  if (!column.validity_.grow((column.length_ + 7) / 8, (column.noted_ + 7) / 8, unlimited)) {
    return false;
  }
  set_bits(column.validity_.data(), column.noted_, column.length_);
  column.noted_ = column.length_;
  if (column.length_ % 8 != 0) {
    column.validity_.data()[column.length_ / 8] &= std::byte((1U << column.length_ % 8) - 1U);
  }
  return true;
}

Status ColumnBuilder::finish(ArrowSchema* schema, ArrowArray* array) {
  *schema = {};
  *array = {};
  for (const auto& column : columns_) LIMPET_CHECK(check_whole(column));
  for (auto& column : columns_) {
    if (!prepare(column)) return Error::unavailable("there is no memory to finish a batch");
  }
  export_schema(*type_, schema);
  export_array(columns_[0], *type_, array);
  *budget_ = Budget(limits_.max_bytes);
  return {};
}

void ColumnBuilder::export_array(Column& column, const ColumnType& type, ArrowArray* out) {
  auto parts = std::make_unique<ArrayParts>();
  const std::uint64_t length = column.length_;
  std::uint64_t nulls = type.kind == Kind::Null ? length : 0;
  if (column.noted_ > 0) nulls = count_zeros(column.validity_.data(), length);

  if (type.kind != Kind::Null && type.kind != Kind::Union) {
    zero_tail(column.validity_, (length + 7) / 8);
    parts->add(nulls > 0 ? std::move(column.validity_) : Buffer(), Presence::MayBeAbsent);
  }
  switch (type.kind) {
    case Kind::Null:
    case Kind::Struct:
      break;
    case Kind::Boolean:
      if (length % 8 != 0) {
        column.values_.data()[length / 8] &= std::byte((1U << length % 8) - 1U);
      }
      zero_tail(column.values_, (length + 7) / 8);
      parts->add(std::move(column.values_));
      break;
    case Kind::Utf8:
    case Kind::Binary:
      zero_tail(column.values_, (length + 1) * column.stride_);
      zero_tail(column.data_, column.text_size_);
      parts->add(std::move(column.values_));
      parts->add(std::move(column.data_));
      break;
    case Kind::Union:
      zero_tail(column.values_, length);
      zero_tail(column.data_, length * sizeof(std::int32_t));
      parts->add(std::move(column.values_));
      parts->add(std::move(column.data_));
      break;
    default:
      zero_tail(column.values_, (length + (column.is_list() ? 1 : 0)) * column.stride_);
      parts->add(std::move(column.values_));
      break;
  }

  std::vector<ArrowArray> children(column.children_.size());
  for (std::size_t i = 0; i < children.size(); ++i) {
    export_array(*column.children_[i], type.children[i], &children[i]);
  }
  if (type.kind == Kind::Map) {
    auto entries = std::make_unique<ArrayParts>();
    const auto count = children[0].length;
    entries->add(Buffer(), Presence::MayBeAbsent);
    entries->set_children(std::move(children));
    children = std::vector<ArrowArray>(1);
    hand_out(std::move(entries), count, 0, children.data());
  }
  parts->set_children(std::move(children));
  if (type.kind == Kind::Enum) export_texts(type.symbols, parts->add_dictionary());
  hand_out(std::move(parts), static_cast<std::int64_t>(length), static_cast<std::int64_t>(nulls),
           out);

  column.values_ = Buffer();
  column.data_ = Buffer();
  column.validity_ = Buffer();
  column.rows_hint_ = length;
  column.text_hint_ = column.text_size_;
  column.length_ = column.room_ = column.noted_ = column.text_size_ = column.text_room_ = 0;
}

}  // namespace limpet::columns
