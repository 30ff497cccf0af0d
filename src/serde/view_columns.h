// Views into columns, by a layout that was made from a schema.
//
//   auto rows = ViewColumns::make(*std::move(layout), limits, "Order");
//   switch (rows->add(view)) …
//
// Which column a member goes to is resolved once. Threads: confined.
#pragma once

#include "limpet/base/result.h"
#include "limpet/columns/column_builder.h"
#include "limpet/columns/row_layout.h"
#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace limpet::serde {

class ViewColumns {
 public:
  enum class Added : std::uint8_t { Row, Refused, Full };

  /// `root` begins the paths of faults; may be empty. Errors: those of ColumnBuilder::make.
  static Result<ViewColumns> make(columns::RowLayout layout, columns::BatchLimits limits,
                                  std::string root);

  /// Refused: fault() says why, and the batch is as it was before. Time is linear in the values of
  /// `record` and the columns below each; memory is within the batch's limits.
  /// Faults: TypeMismatch, OutOfRange, MissingField; TooLarge (not even an empty batch can hold it,
  /// or one JSON text is longer than 64 MiB), TooDeep (JSON text).
  Added add(const value::View& record);
  value::Fault take_fault() { return std::move(fault_); }

  columns::ColumnBuilder& builder() { return builder_; }
  const columns::ColumnBuilder& builder() const { return builder_; }

 private:
  /// How one column is filled.
  struct Step {
    columns::Kind kind = columns::Kind::Null;
    columns::Source source = columns::Source::Value;
    columns::Unit unit = columns::Unit::Nano;
    bool nullable = false;
    std::vector<std::uint32_t> children{};   ///< their columns
    std::vector<std::uint32_t> positions{};  ///< Struct: of its children, in a record
    std::vector<std::string_view> names{};   ///< Struct: of its children
    std::unordered_map<std::string_view, std::uint32_t> by_name{};
    std::vector<std::int32_t> numbers{};
  };

  ViewColumns(columns::RowLayout layout, columns::ColumnBuilder builder, std::string root);
  void add_step(const columns::ColumnType& type, std::vector<columns::Cell>& cells);

  bool add_whole_row(const value::View& record);  // or none of it
  bool add_row(const value::View& record);
  // False: a fault, or the batch is full (there is no fault then).
  bool fill(std::uint32_t at, const value::View& view);
  bool fill_value(const Step& step, columns::Column& column, const value::View& view);
  bool fill_enum(const Step& step, columns::Column& column, const value::View& view);
  bool fill_time(const Step& step, columns::Column& column, const value::View& view);
  bool fill_text(const Step& step, columns::Column& column, const value::View& view);
  bool fill_list(const Step& step, columns::Column& column, const value::View& view);
  bool fill_map(const Step& step, columns::Column& column, const value::View& view);
  bool fill_record(const Step& step, columns::Column& column, const value::View& view);
  bool fill_members(const Step& step, columns::Column& column, const value::View& view);
  template <class Number>
  bool fill_number(columns::Column& column, const value::View& view);

  bool fail(value::FaultKind kind, std::string message);
  bool mismatch(const Step& step, const value::View& view);
  void within(std::string_view step);

  columns::ColumnBuilder builder_;
  std::string root_;
  bool wrapped_;
  std::vector<Step> steps_;                  // by column
  std::vector<const value::View*> members_;  // of the objects that are being filled
  std::string text_;
  bool failed_ = false;
  value::Fault fault_;
};

}  // namespace limpet::serde
