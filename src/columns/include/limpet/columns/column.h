// Column: the values of one column, appended one by one.
//
//   columns::Column& age = builder.column(2);
//   if (!age.append(std::int32_t{42})) …                    // full: roll the row back
//   if (!age.append_null()) …
//
// Columns belong to a ColumnBuilder (column_builder.h), which makes, rolls back and hands them out.
// Every append answers false when the column can take no more: 2^31-1 values or bytes of text
// (Arrow's 32-bit offsets), or the batch's bytes. Nothing was appended then, to this column; what
// the row's other columns took is undone by ColumnBuilder::rollback().
//
// Nulls cost where they are: a column without nulls keeps no validity bits, and a run of values
// between two nulls is marked valid in one go, when the second one comes.
// Threads: confined.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/columns/buffer.h"
#include "limpet/columns/column_type.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace limpet::columns {

class Column {
 public:
  /// Values, and bytes of text, that one column holds (Arrow's offsets are signed, 32 bits).
  static constexpr std::uint64_t kMaxLength = INT32_MAX;

  Kind kind() const { return kind_; }
  bool nullable() const { return nullable_; }
  /// Values, nulls included.
  std::uint64_t length() const { return length_; }
  std::span<Column* const> children() const { return children_; }

  /// Append a null. Requires: nullable() or Kind::Null. Below a null struct its children get
  /// append_empty().
  bool append_null();
  /// Append `count` nulls. Requires: Kind::Null.
  bool append_nulls(std::uint64_t count);
  /// Append what stands where nobody looks: a null if the column takes them, else zero, an empty
  /// text or list, the first symbol or branch.
  bool append_empty();

  bool append_boolean(bool value) {
    LIMPET_ASSERT(kind_ == Kind::Boolean);
    if (length_ == room_ && !grow_rows()) [[unlikely]]
      return false;
    auto& byte = values_.data()[length_ / 8];
    const auto bit = static_cast<unsigned>(length_ % 8);
    // What stands above in the byte is left over from before a rollback, or nothing.
    byte = (byte & std::byte((1U << bit) - 1U)) | std::byte(unsigned{value} << bit);
    ++length_;
    return true;
  }

  /// Int32, Date, Time in milliseconds (std::int32_t); Int64, Timestamp, Duration, other Time
  /// (std::int64_t); UInt32, UInt64, Float, Double. Requires: a column whose values have this size.
  template <class T>
    requires std::integral<T> || std::floating_point<T>
  bool append(T value) {
    LIMPET_ASSERT(stride_ == sizeof(T) && is_plain_);
    if (length_ == room_ && !grow_rows()) [[unlikely]]
      return false;
    std::memcpy(values_.data() + length_ * sizeof(T), &value, sizeof(T));
    ++length_;
    return true;
  }

  /// The bytes of one value: FixedBinary its `width`; decimals and Interval as Arrow lays them out,
  /// little-endian. Requires: `bytes.size()` is value_bytes() of the type.
  bool append_fixed(std::string_view bytes) {
    LIMPET_ASSERT(stride_ == bytes.size() && is_plain_);
    if (length_ == room_ && !grow_rows()) [[unlikely]]
      return false;
    if (!bytes.empty()) std::memcpy(values_.data() + length_ * stride_, bytes.data(), bytes.size());
    ++length_;
    return true;
  }

  /// Requires: Utf8 or Binary; of a Utf8 the text is UTF-8, which nobody checks here.
  bool append_text(std::string_view text) {
    LIMPET_ASSERT(is_text());
    if ((length_ == room_ || text.size() > text_room_ - text_size_) && !grow_text(text.size()))
        [[unlikely]] {
      return false;
    }
    if (!text.empty()) std::memcpy(data_.data() + text_size_, text.data(), text.size());
    end_text(text.size());
    return true;
  }
  /// The same for short texts, whole words at once.
  /// Requires: kWord bytes from `text` on can be read; size <= kWord.
  static constexpr std::size_t kWord = 16;
  bool append_short_text(const char* text, std::size_t size) {
    LIMPET_ASSERT(is_text());
    if ((length_ == room_ || size > text_room_ - text_size_) && !grow_text(size)) [[unlikely]] {
      return false;
    }
    std::memcpy(data_.data() + text_size_, text, kWord);  // into the buffer's slack, at worst
    end_text(size);
    return true;
  }

  /// Requires: Enum, `index` is that of one of its symbols.
  bool append_symbol(std::uint32_t index) {
    LIMPET_ASSERT(kind_ == Kind::Enum && index < symbols_);
    return append(static_cast<std::int32_t>(index));
  }

  /// Begin a struct that is not null; one value for each child follows.
  bool begin_struct() {
    LIMPET_ASSERT(kind_ == Kind::Struct);
    if (length_ == kMaxLength) [[unlikely]]
      return false;
    ++length_;
    return true;
  }

  /// Begin a union's value: one value for children()[branch] follows.
  bool begin_union(std::uint32_t branch) {
    LIMPET_ASSERT(kind_ == Kind::Union && branch < children_.size());
    if (length_ == room_ && !grow_rows()) [[unlikely]]
      return false;
    values_.data()[length_] = std::byte(branch);
    const auto offset = static_cast<std::int32_t>(children_[branch]->length_);
    std::memcpy(data_.data() + length_ * sizeof offset, &offset, sizeof offset);
    ++length_;
    return true;
  }

  /// End a list or map: what was appended to its children since the last one are its items.
  bool end_list() {
    LIMPET_ASSERT(is_list());
    if (length_ == room_ && !grow_rows()) [[unlikely]]
      return false;
    ++length_;
    set_offset(length_, children_[0]->length_);
    return true;
  }

 private:
  friend class ColumnBuilder;

  Column(const ColumnType& type, Budget& budget);

  bool is_text() const { return kind_ == Kind::Utf8 || kind_ == Kind::Binary; }
  bool is_list() const { return kind_ == Kind::List || kind_ == Kind::Map; }
  bool has_offsets() const { return is_text() || is_list(); }

  void set_offset(std::uint64_t at, std::uint64_t offset) {
    const auto value = static_cast<std::int32_t>(offset);
    std::memcpy(values_.data() + at * sizeof value, &value, sizeof value);
  }
  std::int32_t offset_at(std::uint64_t at) const {
    std::int32_t value = 0;
    std::memcpy(&value, values_.data() + at * sizeof value, sizeof value);
    return value;
  }
  std::int32_t union_offset_at(std::uint64_t at) const {
    std::int32_t value = 0;
    std::memcpy(&value, data_.data() + at * sizeof value, sizeof value);
    return value;
  }
  void end_text(std::size_t size) {
    text_size_ += size;
    ++length_;
    set_offset(length_, text_size_);
  }

  bool grow_rows(std::uint64_t more = 1);
  bool resize_rows(std::uint64_t rows, Budget& budget);
  bool grow_text(std::size_t more);
  bool note_null();
  bool append_zero();
  void truncate(std::uint64_t length);
  void truncate_union(std::uint64_t length);

  Kind kind_;
  bool nullable_;
  bool is_plain_;  // values stand side by side, `stride_` bytes each
  std::size_t stride_;
  std::size_t symbols_;
  std::uint64_t length_ = 0;
  std::uint64_t room_ = 0;   // values that fit into the buffers
  std::uint64_t noted_ = 0;  // the validity bits below are written; values above are valid
  std::uint64_t text_size_ = 0;
  std::uint64_t text_room_ = 0;
  std::uint64_t rows_hint_ = 0;  // of the batch before
  std::uint64_t text_hint_ = 0;
  Buffer values_;  // values, offsets, or a union's type numbers
  Buffer data_;    // text, or a union's offsets
  Buffer validity_;
  Budget* budget_;
  std::vector<Column*> children_;
};

}  // namespace limpet::columns
