// How the types of a reader's schema lie in columns.
#pragma once

#include "limpet/avro/column_reader.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::avro {

using SlotId = std::uint32_t;

/// One type of the reader at one place: where its values go.
struct Slot {
  static constexpr SlotId kNone = 0xFFFFFFFF;

  enum class Shape : std::uint8_t {
    Value,     ///< one type, also a union of one
    Optional,  ///< a union of null and one other: `type` is the other
    Union,     ///< any other union: one child a branch
  };
  Shape shape = Shape::Value;
  columns::Kind kind = columns::Kind::Null;
  std::uint32_t column = 0;  ///< of the ColumnBuilder
  const Node* type = nullptr;
  /// Record: by field, kNone where it is not wanted. Array, map: the items'. Union: by branch.
  std::vector<SlotId> children = {};
};

struct ColumnLayout::State {
  explicit State(Schema schema) : reader(std::move(schema)) {}

  Schema reader;
  columns::ColumnType row;
  std::vector<Slot> slots;  ///< the first is the root's
  bool wrapped = false;     ///< the root is no record: it is the row's only column
  bool projected = false;
};

}  // namespace limpet::avro
