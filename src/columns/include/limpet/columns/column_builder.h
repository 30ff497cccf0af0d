// ColumnBuilder: many records, appended value by value, become one Arrow struct array.
//
//   auto builder = columns::ColumnBuilder::make(row_type);        // a Struct: its children are
//   const auto before = builder->mark();                          // the columns
//   if (!builder->begin_row() || !builder->column(1).append_text("Ada") ||
//       !builder->column(2).append(std::int32_t{36})) {
//     builder->rollback(before);                                  // in every column, at any depth
//   }
//   columns::Owned<ArrowSchema> schema;
//   columns::Owned<ArrowArray> array;
//   LIMPET_CHECK(builder->finish(schema.get(), array.get()));     // and the next batch begins
//
// A mark is a number of rows and costs nothing; a rollback costs a few instructions for each
// column, and for a union one step for each value that is taken back. What finish() hands out owns
// its memory, by the rules of the Arrow C data interface, and outlives the builder.
// Threads: confined; what was handed out is safe to read.
#pragma once

#include "limpet/base/result.h"
#include "limpet/columns/arrow_abi.h"
#include "limpet/columns/buffer.h"
#include "limpet/columns/column.h"
#include "limpet/columns/column_type.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace limpet::columns {

/// When a batch is full. Bytes are those of the buffers; while one of them grows its old memory
/// exists too, and each has 64 bytes more.
struct BatchLimits {
  std::uint64_t max_rows = 1UL << 20;
  std::uint64_t max_bytes = 256UL << 20;
};

class ColumnBuilder {
 public:
  /// `row` is a Struct that is not nullable. Errors: InvalidInput, LimitExceeded (check()).
  static Result<ColumnBuilder> make(ColumnType row, BatchLimits limits = {});

  /// As it was given to make(); valid while this lives.
  const ColumnType& type() const { return *type_; }
  /// Column 0 is the row itself, then its first child, that one's children, … in the order in which
  /// the type is written down. Requires: i < size().
  Column& column(std::size_t i) {
    LIMPET_ASSERT(i < columns_.size());
    return columns_[i];
  }
  std::size_t size() const { return columns_.size(); }
  std::span<Column> columns() { return columns_; }

  std::uint64_t rows() const { return columns_[0].length(); }
  /// Bytes that the buffers hold.
  std::uint64_t bytes() const { return budget_->used(); }
  const BatchLimits& limits() const { return limits_; }

  /// Begin a row: one value for each child of column 0 follows. False: the batch has max_rows.
  bool begin_row() { return rows() < limits_.max_rows && columns_[0].begin_struct(); }

  /// What rollback() goes back to.
  std::uint64_t mark() const { return rows(); }
  /// Forget all rows since `mark`, whole or begun. Memory is kept.
  void rollback(std::uint64_t mark);
  /// Forget all rows, and give the memory back.
  void clear();

  /// Hand out the rows, possibly none, and begin an empty batch that expects to become as large.
  /// Both are overwritten, and hold nothing when this fails.
  /// Errors: Internal (a row was left half-made), Unavailable (no memory); the rows are kept.
  Status finish(ArrowSchema* schema, ArrowArray* array);

 private:
  ColumnBuilder(ColumnType row, BatchLimits limits);

  Column& add(const ColumnType& type);
  Status check_whole(const Column& column) const;
  static bool prepare(Column& column);
  static void export_array(Column& column, const ColumnType& type, ArrowArray* out);

  // On the heap, so that the columns' pointers survive a move of the builder.
  std::unique_ptr<const ColumnType> type_;
  std::unique_ptr<Budget> budget_;
  BatchLimits limits_;
  std::vector<Column> columns_;
};

/// Write the type alone: of a Struct, what describes its arrays. `*out` is overwritten.
/// Requires: check(type).
void export_schema(const ColumnType& type, ArrowSchema* out);

}  // namespace limpet::columns
