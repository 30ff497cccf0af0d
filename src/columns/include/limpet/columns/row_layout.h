// RowLayout: the columns of a schema, and what stands in a record where each column is.
//
//   auto layout = protobuf::column_layout(schema, message);      // or json_schema::column_layout
//   if (!layout) return std::move(layout).error();
//   layout->row;                                  // the Struct that a ColumnBuilder is made of
//   layout->cells[2].source;                      // Source::Value: of column 2, as the builder
//                                                 // numbers them
//
// It is what a schema's room knows about columns, without knowing how records are read; who reads
// them as views fills the columns by it (serde/batch_reader.h). A plain value.
// Threads: compatible.
#pragma once

#include "limpet/base/result.h"
#include "limpet/columns/column_type.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace limpet::columns {

/// What a record has where the column is.
enum class Source : std::uint8_t {
  Value,       ///< a value of the column's kind
  EnumNumber,  ///< Int32: an enum's number
  Wrapper,     ///< a record of one field, which is the value (google.protobuf.Int32Value, …)
  Time,        ///< Timestamp, Duration: a record of seconds and nanoseconds
  JsonText,    ///< Utf8: any value, of which the column has the JSON text
  JsonValue,   ///< Utf8: google.protobuf.Struct, Value or ListValue, as the JSON that they mean
};

struct Cell {
  /// `position` of members that are found by their names.
  static constexpr std::uint32_t kByName = 0xFFFFFFFF;

  Source source = Source::Value;
  /// Of a Struct's child: which field of the record it is.
  std::uint32_t position = kByName;
  /// EnumNumber: of each symbol, in their order.
  std::vector<std::int32_t> numbers = {};

  friend bool operator==(const Cell&, const Cell&) = default;
};

struct RowLayout {
  ColumnType row;           ///< a Struct that is not nullable
  std::vector<Cell> cells;  ///< one a column, numbered as ColumnBuilder::column()
  /// The record is no struct: it is the row's only column.
  bool wrapped = false;

  friend bool operator==(const RowLayout&, const RowLayout&) = default;
};

/// Fields that are wanted below a record, from paths like "address.city"; nobody named: all.
struct Projection {
  std::map<std::string, Projection, std::less<>> fields = {};

  bool takes_all() const { return fields.empty(); }
  /// What is wanted below that field; nullptr: nothing. Everything below it, where it was named
  /// itself or takes_all().
  const Projection* find(std::string_view field) const;

  /// A name that is a prefix of another path wins. Errors: InvalidInput (an empty name).
  static Result<Projection> parse(std::span<const std::string> paths);
};

/// Bytes of names, docs and symbols of one layout's columns, counted for each column, so that a
/// small schema cannot become a large one.
inline constexpr std::size_t kMaxLayoutText = 16UL << 20;

/// Arrow's canonical extension type of a Utf8 column that holds JSON ("arrow.json").
void mark_as_json(ColumnType& type);

}  // namespace limpet::columns
