#include "limpet/columns/column.h"

#include "bits.h"

#include <algorithm>

namespace limpet::columns {
namespace {

constexpr std::uint64_t kFirstRows = 64;
constexpr std::uint64_t kFirstText = 1024;

bool is_plain(Kind kind) {
  switch (kind) {
    case Kind::Null:
    case Kind::Boolean:
    case Kind::Utf8:
    case Kind::Binary:
    case Kind::List:
    case Kind::Map:
    case Kind::Struct:
    case Kind::Union:
      return false;
    default:
      return true;
  }
}

}  // namespace

Column::Column(const ColumnType& type, Budget& budget)
    : kind_(type.kind),
      nullable_(type.nullable),
      is_plain_(is_plain(type.kind)),
      stride_(value_bytes(type)),
      symbols_(type.symbols.size()),
      budget_(&budget) {}

bool Column::resize_rows(std::uint64_t rows, Budget& budget) {
  switch (kind_) {
    case Kind::Boolean:
      if (!values_.grow((rows + 7) / 8, (length_ + 7) / 8, budget)) return false;
      break;
    case Kind::Union:
      if (!values_.grow(rows, length_, budget) ||
          !data_.grow(rows * sizeof(std::int32_t), length_ * sizeof(std::int32_t), budget)) {
        return false;
      }
      break;
    default: {
      // Offsets are one more than values, and begin with 0.
      const std::uint64_t extra = has_offsets() ? 1 : 0;
      const bool fresh = values_.data() == nullptr;
      if (!values_.grow((rows + extra) * stride_, fresh ? 0 : (length_ + extra) * stride_,
                        budget)) {
        return false;
      }
      if (fresh && has_offsets()) set_offset(0, 0);
      // append_short_text() writes a word even where the text is empty.
      if (is_text() && data_.data() == nullptr && !data_.grow(0, 0, budget)) return false;
      break;
    }
  }
  room_ = rows;
  return true;
}

bool Column::grow_rows(std::uint64_t more) {
  const std::uint64_t needed = length_ + more;
  if (needed > kMaxLength) return false;
  // Wide values start with few, so that a batch's first row does not take its budget.
  const std::uint64_t first = stride_ > kFirstRows ? 1 : kFirstRows;
  const std::uint64_t wanted =
      std::min(std::max({needed, first, room_ * 2, rows_hint_}), kMaxLength);
  if (resize_rows(wanted, *budget_)) return true;
  // Near the end of the budget: less, but never so little that appending would become quadratic.
  return resize_rows(std::min(needed + length_ / 8, kMaxLength), *budget_);
}

bool Column::grow_text(std::size_t more) {
  if (length_ == room_ && !grow_rows()) return false;
  if (more <= text_room_ - text_size_) return true;
  if (more > kMaxLength - text_size_) return false;
  const std::uint64_t needed = text_size_ + more;
  const std::uint64_t wanted =
      std::min(std::max({needed, kFirstText, text_room_ * 2, text_hint_}), kMaxLength);
  std::uint64_t room = wanted;
  if (!data_.grow(wanted, text_size_, *budget_)) {
    room = std::min(needed + text_size_ / 8, kMaxLength);
    if (!data_.grow(room, text_size_, *budget_)) return false;
  }
  text_room_ = room;
  return true;
}

bool Column::note_null() {
  if (length_ / 8 >= validity_.capacity()) {
    const std::uint64_t needed = length_ / 8 + 1;
    const std::uint64_t wanted = std::max({needed, validity_.capacity() * 2, room_ / 8});
    const std::uint64_t used = (noted_ + 7) / 8;
    if (!validity_.grow(wanted, used, *budget_) &&
        !validity_.grow(needed + needed / 8, used, *budget_)) {
      return false;
    }
  }
  set_bits(validity_.data(), noted_, length_);
  clear_bit(validity_.data(), length_);
  noted_ = length_ + 1;
  return true;
}

// The value that stands under a null, or where there is none.
bool Column::append_zero() {
  switch (kind_) {
    case Kind::Null:
      if (length_ == kMaxLength) return false;
      ++length_;
      return true;
    case Kind::Boolean:
      return append_boolean(false);
    case Kind::Utf8:
    case Kind::Binary:
      return append_text({});
    case Kind::List:
    case Kind::Map:
      return end_list();
    case Kind::Struct:
      if (!begin_struct()) return false;
      return std::ranges::all_of(children_, [](Column* child) { return child->append_empty(); });
    case Kind::Union:
      return begin_union(0) && children_[0]->append_empty();
    default:
      if (length_ == room_ && !grow_rows()) return false;
      if (stride_ > 0) std::memset(values_.data() + length_ * stride_, 0, stride_);
      ++length_;
      return true;
  }
}

bool Column::append_null() {
  LIMPET_ASSERT(nullable_ || kind_ == Kind::Null);
  // Room first: a null that was noted must have its value.
  if (kind_ != Kind::Null && !note_null()) return false;
  if (append_zero()) [[likely]]
    return true;
  noted_ = std::min(noted_, length_);
  return false;
}

bool Column::append_nulls(std::uint64_t count) {
  LIMPET_ASSERT(kind_ == Kind::Null);
  if (count > kMaxLength - length_) return false;
  length_ += count;
  return true;
}

bool Column::append_empty() { return nullable_ ? append_null() : append_zero(); }

// Recursion is safe: columns are at most kMaxDepth deep.
void Column::truncate(std::uint64_t length) {
  LIMPET_ASSERT(length <= length_);
  if (length == length_ && kind_ != Kind::Struct && !is_list()) return;
  noted_ = std::min(noted_, length);
  switch (kind_) {
    case Kind::Utf8:
    case Kind::Binary:
      text_size_ = static_cast<std::uint64_t>(offset_at(length));
      break;
    case Kind::List:
    case Kind::Map: {
      // A list that was not ended has items, too.
      const auto items =
          values_.data() == nullptr ? 0 : static_cast<std::uint64_t>(offset_at(length));
      for (auto* child : children_) child->truncate(items);
      break;
    }
    case Kind::Struct:
      for (auto* child : children_) child->truncate(std::min(length, child->length_));
      break;
    case Kind::Union:
      truncate_union(length);
      break;
    default:
      break;
  }
  length_ = length;
}

void Column::truncate_union(std::uint64_t length) {
  for (std::uint64_t at = length_; at-- > length;) {
    auto& child = *children_[std::to_integer<std::size_t>(values_.data()[at])];
    child.truncate(static_cast<std::uint64_t>(union_offset_at(at)));
  }
}

}  // namespace limpet::columns
