// Protobuf messages as Arrow columns: which ones, of which types.
//
//   auto layout = protobuf::column_layout(*schema.find_message("shop.Order"));
//   if (!layout) return std::move(layout).error();
//   columns::describe(layout->row);     // struct<id: int64, lines: list<item: struct<…>>, …>
//
// What Protobuf's types become (protobuf.dev, "Scalar Value Types", "Field Presence"; Arrow
// Columnar Format):
//   double, float, bool, string, bytes           double, float, boolean, utf8, binary
//   int32, sint32, sfixed32; uint32, fixed32     int32; uint32
//   int64, sint64, sfixed64; uint64, fixed64     int64; uint64
//   enum                                         dictionary of utf8, in the order of the text; or,
//                                                if asked for, int32: the numbers
//   message, group                               struct
//   repeated; map                                list; map (of a key that repeats the last counts)
//   google.protobuf.Timestamp; Duration          timestamp in UTC; duration
//   google.protobuf.Int32Value and its like      what they wrap, nullable
//   google.protobuf.Struct, Value, ListValue     utf8, the JSON that they mean; extension
//   arrow.json
// Any, Empty, FieldMask and google.type.* are messages as any others.
//
// The message's fields are the columns, in the order of the text. Nullable are fields with
// presence: messages, members of oneofs, `optional` ones; not items of lists and values of maps,
// nor what proto2 says is `required`. A message that holds itself has no columns: leave it out.
// Metadata: "protobuf.name" (full) of what came from a message or an enum.
#pragma once

#include "limpet/base/result.h"
#include "limpet/columns/row_layout.h"
#include "limpet/protobuf/model.h"

#include <string>
#include <vector>

namespace limpet::protobuf {

struct ColumnOptions {
  /// Fields to read: "id", "address.city" (through messages, also those in lists and maps).
  /// Empty: all.
  std::vector<std::string> projection = {};
  /// Enums become their numbers, so that those that the schema lacks are kept. Otherwise such a
  /// record has no row.
  bool enum_numbers = false;
  /// Of Timestamp and Duration. Nanoseconds in 64 bits reach from 1677 to 2262, and 292 years; in
  /// what is coarser all fit, and what is finer is cut off.
  columns::Unit time_unit = columns::Unit::Nano;
};

/// A cell's position is that of the field in Message::fields.
/// Limits: columns::kMaxColumns, kMaxDepth, kMaxLayoutText. Errors: InvalidInput (a message that
/// holds itself, a projection that names no field), LimitExceeded; `where` is the field's path.
/// Threads: safe.
Result<columns::RowLayout> column_layout(const Message& message, const ColumnOptions& options = {});

}  // namespace limpet::protobuf
