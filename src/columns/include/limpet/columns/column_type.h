// ColumnType: what a column holds, and how Arrow writes that down.
//
//   columns::ColumnType row{.kind = Kind::Struct};
//   row.children.push_back({.kind = Kind::Utf8, .name = "name"});
//   row.children.push_back({.kind = Kind::Int32, .name = "age", .nullable = true});
//   columns::describe(row);                          // struct<name: utf8, age: int32?>
//   columns::arrow_format(row.children[1]);          // "i"
//
// A plain tree of values. Source of the formats: Arrow Columnar Format, "The Arrow C data
// interface", "Data type description -- format strings". Threads: compatible.
#pragma once

#include "limpet/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::columns {

enum class Kind : std::uint8_t {
  Null,  ///< only nulls
  Boolean,
  Int32,
  Int64,
  UInt32,
  UInt64,
  Float,
  Double,
  Utf8,
  Binary,
  FixedBinary,  ///< `width` bytes
  Decimal128,   ///< `precision` up to 38
  Decimal256,   ///< `precision` up to 76
  Date,         ///< days, 32 bits
  Time,         ///< since midnight; milliseconds in 32 bits, finer `unit`s in 64
  Timestamp,    ///< `unit`s since 1970; in `zone`, or local where that is empty
  Duration,     ///< `unit`s of time that passed, 64 bits
  Interval,     ///< months, days (32 bits each), nanoseconds (64)
  Enum,         ///< one of `symbols`: a dictionary, its indices 32 bits
  List,         ///< one child: the item
  Map,          ///< two children: key and value
  Struct,       ///< any number of children
  Union,        ///< one of its children, told by a number from 0: a dense union
};
std::string_view to_string(Kind kind);  ///< "null", "int32", "utf8", …

enum class Unit : std::uint8_t { Second, Milli, Micro, Nano };

/// Members that a kind does not have keep their defaults. A Map's children are key and value
/// directly; the struct that Arrow has between them is added when it is exported.
struct ColumnType {
  Kind kind = Kind::Null;
  std::string name = {};
  bool nullable = false;  ///< a null may stand here; a Union has none, but may have a Null child
  std::vector<ColumnType> children = {};
  std::uint32_t width = 0;
  std::int32_t precision = 0;
  std::int32_t scale = 0;
  Unit unit = Unit::Milli;
  std::string zone = {};
  std::vector<std::string> symbols = {};
  std::vector<std::pair<std::string, std::string>> metadata = {};

  friend bool operator==(const ColumnType&, const ColumnType&) = default;
};

inline constexpr std::size_t kMaxDepth = 128;
inline constexpr std::size_t kMaxColumns = 32'768;  ///< of all depths together
inline constexpr std::size_t kMaxUnionBranches = 128;

/// Whether that is a type: numbers of children, precisions, depth, names without NUL, an Enum
/// without symbols only where it is nullable.
/// Errors: InvalidInput, LimitExceeded; `where` is the column's path: "address.lines".
Status check(const ColumnType& type);

/// Columns of all depths: the type itself, its children, theirs, …
std::size_t count(const ColumnType& type);

/// Arrow's word for it: "i", "tsm:UTC", "+ud:0,1"; of an Enum that of its indices.
/// Requires: check(type).
std::string arrow_format(const ColumnType& type);

/// Bytes of one value in the column's first buffer after validity: of a Utf8 or List its offset, of
/// a Union its type number; 0 for Null, Struct, and Boolean, which takes a bit.
std::size_t value_bytes(const ColumnType& type);

/// As people write it: "list<item: int32?>", "timestamp[ms, UTC]".
std::string describe(const ColumnType& type);

}  // namespace limpet::columns
