// Shape: one type of the API model at run time: name, kind, constraints, members.
//
//   using glue_model::shapes::kSchemaRegistryNameString;
//   if (!fits_bytes(kSchemaRegistryNameString, name)) return too_many_or_too_few("registryName");
//   if (!matches_pattern(kSchemaRegistryNameString, name)) return not_valid("registryName");
//
// The model's constraints are data; a handler asks them one at a time, in the order that its
// operation prescribes. Codecs walk the same tables. All of it is constant. Threads: safe.
#pragma once

#include "limpet/glue_model/pattern.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace limpet::glue_model {

struct Shape;

/// The model's types, and the C++ type that holds each of them.
enum class Kind : std::uint8_t {
  Structure,     ///< a generated struct
  List,          ///< std::vector<T>
  Map,           ///< std::map<std::string, T>
  String,        ///< std::string
  Integer,       ///< std::int32_t
  Long,          ///< std::int64_t
  Double,        ///< double
  Boolean,       ///< bool
  Timestamp,     ///< double, seconds since 1970
  IsoTimestamp,  ///< std::string, ISO 8601
  Blob,          ///< std::string, raw bytes
  Document,      ///< json::Value, anything
};

/// The value inside a member of an object, or nullptr when absent; `make` creates it first.
using Slot = void* (*)(void* object, bool make);

/// A member of a structure.
struct Member {
  std::string_view name;  ///< "RegistryName", as on the wire
  const Shape* shape;
  Slot slot;
  bool required = false;
  bool sensitive = false;  ///< of itself; its shape may be, too
};

/// How to reach the items of a C++ container without knowing its type.
struct Container {
  using Visit = void (*)(void* context, const std::string* key, const void* item);
  std::size_t item_bytes;                             ///< memory of one item
  void* (*append)(void* container, std::string key);  ///< a new item; lists ignore the key
  void (*each)(const void* container, void* context, Visit visit);
};

/// Bounds on length (strings, lists, maps) or value (numbers).
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

struct Shape {
  std::string_view name;  ///< "SchemaRegistryNameString"
  Kind kind;
  bool sensitive = false;  ///< never to be logged
  bool is_union = false;   ///< exactly one member is set
  Range range{};
  const Pattern* pattern = nullptr;
  std::span<const std::string_view> values{};  ///< of an enumeration
  std::span<const Member> members{};           ///< of a structure
  std::size_t bytes = 0;                       ///< memory of a structure, members not followed
  const Shape* item = nullptr;                 ///< of a list or map
  const Container* container = nullptr;        ///< of a list or map

  /// The member of that wire name, or nullptr.
  const Member* find(std::string_view member_name) const;
};

/// Length within the model's bounds, in bytes of UTF-8.
bool fits_bytes(const Shape& shape, std::string_view text);
/// Length within the model's bounds, in code points. False when `text` is not UTF-8.
bool fits_characters(const Shape& shape, std::string_view text);
/// Number of items within the model's bounds.
bool fits_count(const Shape& shape, std::size_t items);
/// Value within the model's bounds.
bool in_range(const Shape& shape, double value);
/// The whole text matches the model's pattern; true when there is none. Linear time.
bool matches_pattern(const Shape& shape, std::string_view text);
/// One of the enumeration's values; true when the shape is no enumeration.
bool is_enum_value(const Shape& shape, std::string_view text);

}  // namespace limpet::glue_model
