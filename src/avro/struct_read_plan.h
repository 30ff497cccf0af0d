// StructReadPlan: a ReadPlan turned into operations on the members of a struct.
//
// Operations stand in blocks, each with an End: one for the root, one for each kind of item, branch
// and optional that cannot be written in place. Nested structs are written in place.
#pragma once

#include "read_plan.h"

#include "limpet/base/result.h"
#include "limpet/value/struct_type.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace limpet::avro {

enum class StructReadCode : std::uint8_t {
  End,
  Boolean,
  Int32,
  Int64,
  IntToInt64,
  IntToFloat,
  IntToDouble,
  LongToFloat,
  LongToDouble,
  Float,
  FloatToDouble,
  Double,
  StringView,
  String,
  BytesView,
  Bytes,
  FixedView,           ///< number: how many bytes
  FixedBytes,          ///< number
  FixedArray,          ///< number
  EnumValue,           ///< number: action; pointer: EnumTable; block: first of its values
  EnumView,            ///< number: action
  EnumString,          ///< number: action
  SkipNumber,          ///< an int or a long
  SkipBytes,           ///< a string or bytes
  SkipOther,           ///< number: action
  NullableBoolean,     ///< std::optional<bool>, filled in place; small: the null branch, 0 or 1
  NullableInt32,       ///< likewise
  NullableInt64,       ///< likewise
  NullableFloat,       ///< likewise
  NullableDouble,      ///< likewise
  NullableStringView,  ///< likewise
  NullableString,      ///< likewise
  Nullable,  ///< small: likewise; pointer: OptionalAccess; block; number: 1 = a level deeper
  Reset,     ///< pointer: OptionalAccess
  Engage,    ///< pointer: OptionalAccess; block; small: 1 = a level deeper
  Emplace,   ///< number: alternative; pointer: VariantAccess; block; small: likewise
  Sequence,  ///< number: action of the item; pointer: TargetType; block
  Map,       ///< likewise
  Union,     ///< number: how many branches; block: where their blocks stand in a table
  Default,   ///< number: which of the plan's defaults; block
  Fail,      ///< number: action
};

/// What it needs of these; 24 bytes, so that one look at a line of the cache is enough.
struct StructReadOp {
  StructReadCode code = StructReadCode::End;
  std::uint8_t small = 0;
  std::uint32_t offset = 0;  ///< of the member, in the struct of the block
  std::uint32_t number = 0;
  std::uint32_t block = 0;  ///< where its operations begin
  const void* pointer = nullptr;
};
static_assert(sizeof(StructReadOp) == 24);

/// A value of the program's enum for a symbol of the writer's.
struct EnumTarget {
  std::int64_t value = 0;
  bool known = false;
};

struct StructReadPlan {
  std::shared_ptr<const ReadPlan> plan;
  std::vector<StructReadOp> ops;   ///< the root's block first
  std::vector<std::string> steps;  ///< for each: how a path leads to it from its block, ".a.b"
  std::vector<std::uint32_t> branches;
  std::vector<EnumTarget> symbols;

  /// Errors: InvalidInput, `where` = path of the member.
  static Result<StructReadPlan> make(std::shared_ptr<const ReadPlan> plan,
                                     const value::StructType& type);
};

}  // namespace limpet::avro
