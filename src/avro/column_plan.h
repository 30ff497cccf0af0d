// ColumnPlan's inside: a flat list of small steps, each of which reads one thing of a writer and
// appends it to one column.
//
// Records lie flat; unions jump; arrays, maps and defaults have a body, which ends with End and is
// run for each item. So a record without arrays is read without a call.
#pragma once

#include "column_layout.h"
#include "read_plan.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace limpet::avro {

enum class ColumnOpCode : std::uint8_t {
  // Read one value, append it to `column`. The names say what was written, then what it becomes.
  Null,
  Boolean,
  Int,
  IntAsLong,
  IntAsFloat,
  IntAsDouble,
  Long,
  LongAsFloat,
  LongAsDouble,
  Float,
  FloatAsDouble,
  Double,
  Text,          // string or bytes as utf8
  Binary,        // string or bytes as binary
  Fixed,         // b: bytes
  DecimalBytes,  // a: digits
  DecimalFixed,  // a: digits, b: bytes
  Uuid,          // text
  Duration,
  TimeMillis,  // int
  IntAsTimeMicros,
  TimeMicros,  // long
  Enum,        // a: the action
  // Structure.
  BeginStruct,
  BeginUnion,  // a: branch
  AppendNull,  // reads nothing
  List,        // a: behind the body, b: the action
  Map,         // likewise; `column` is the map's, the keys' is the next
  Nullable,    // a: behind the value, b: which branch is the null, 0 or 1
  Switch,      // a: where its targets begin, b: how many
  Jump,        // a: where to
  Default,     // a: behind the body, b: which
  Fail,        // a: the action
  End,
  // Read, and forget.
  SkipBytes,  // string or bytes
  SkipLong,   // int or long
  SkipRaw,    // a: bytes
  SkipValue,  // a: the action, b: 1 of the writer's own plan
};

struct ColumnOp {
  ColumnOpCode code = ColumnOpCode::End;
  std::uint32_t column = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};
static_assert(sizeof(ColumnOp) == 16);

struct ColumnPlan::State {
  std::shared_ptr<const ColumnLayout::State> layout;
  std::shared_ptr<const ReadPlan> plan;
  std::shared_ptr<const ReadPlan> own;  ///< of the writer alone: how to skip
  std::vector<ColumnOp> ops;
  std::vector<std::uint32_t> targets;  ///< of Switch
  std::vector<std::string_view> defaults;

  /// Which field an op is about, for faults: its name, and the field around it within the same
  /// body.
  struct Place {
    std::uint32_t outside = 0;  ///< 0: none
    std::string_view field;     ///< lives in one of the schemas
  };
  std::vector<std::uint32_t> place_of;  ///< by op
  std::vector<Place> places;            ///< the first is no field
};

}  // namespace limpet::avro
