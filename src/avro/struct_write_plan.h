// StructWritePlan: what StructWriter does with the members of a struct, one after the other.
//
// Operations stand in blocks, each with an End: one for the root, one for each kind of item,
// alternative and optional that cannot be written in place. Nested structs are written in place.
#pragma once

#include "limpet/avro/datum_writer.h"
#include "limpet/avro/node.h"
#include "limpet/base/result.h"
#include "limpet/value/struct_type.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::avro {

enum class StructWriteCode : std::uint8_t {
  End,
  Boolean,
  Int32,  ///< to int or long
  Int64,  ///< to long
  Int64ToInt,
  UInt32,  ///< to long
  UInt32ToInt,
  UInt64ToLong,
  UInt64ToInt,
  Float,
  FloatToDouble,
  Double,
  DoubleToFloat,
  Int32ToDouble,
  StringView,
  String,
  BytesView,
  Bytes,
  FixedView,   ///< number: how many bytes
  FixedBytes,  ///< number
  FixedArray,  ///< number
  Decimal,     ///< small: a TargetKind; number: sizeof; the node tells the rest
  EnumValue,   ///< pointer: EnumTable; block: first of its ordinals
  EnumText,    ///< small: 1 = std::string
  Raw,         ///< bytes of a default: number of them from `block` on
  /// A union of null and the type, and a std::optional; small: branch of null, 0 or 1.
  NullableBoolean,
  NullableInt32,
  NullableInt64,
  NullableFloat,
  NullableDouble,
  NullableStringView,
  NullableString,
  OptionalUnion,  ///< small: branch of null; number: of what it holds; pointer: OptionalAccess;
                  ///< block
  OptionalFull,   ///< pointer: OptionalAccess; block
  Variant,        ///< pointer: VariantAccess; block: where the blocks of its alternatives stand
  Branch,         ///< number: of the union; goes on
  Sequence,       ///< pointer: TargetType; block
  Map,            ///< pointer: TargetType; block
  Fail,
};

struct StructWriteOp {
  static constexpr std::uint32_t kNoBranch = 0xFFFFFFFF;  ///< OptionalUnion: the block writes it

  StructWriteCode code = StructWriteCode::End;
  std::uint8_t small = 0;
  std::uint8_t levels = 0;  ///< of optionals and variants: 1 = what they hold is a record
  std::uint32_t offset = 0;
  std::uint32_t number = 0;
  std::uint32_t block = 0;
  const void* pointer = nullptr;
  const Node* node = nullptr;
};

/// A value of the program's enum and the ordinal of its symbol.
struct Ordinal {
  std::int64_t value;
  std::int32_t ordinal;
};

struct StructWritePlan {
  std::vector<StructWriteOp> ops;
  std::vector<std::string> steps;  ///< for each: how a path leads to it from its block
  std::vector<std::uint32_t> alternatives;
  std::vector<Ordinal> ordinals;
  std::string defaults;  ///< bytes of all of them

  /// Requires: `schema` lives as long as the plan.
  /// Errors: InvalidInput, `where` = path of the member; LimitExceeded.
  static Result<StructWritePlan> make(const Node& schema, const value::StructType& type,
                                      const WriteOptions& options);
};

}  // namespace limpet::avro
