// StructType: a C++ struct as data, so that a reader can be compiled for it at run time.
//
// Most people want binding.h, which makes these from a table of members. Here is what the format
// rooms walk: kinds, offsets, and a few functions for what only the compiler knows (how a vector
// grows, how an optional is filled).
// Threads: safe (nothing changes after it is made).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::value {

enum class TargetKind : std::uint8_t {
  Nothing,     ///< std::monostate, in a variant
  Boolean,     ///< bool
  Int32,       ///< std::int32_t
  Int64,       ///< std::int64_t
  UInt32,      ///< std::uint32_t
  UInt64,      ///< std::uint64_t
  Float,       ///< float
  Double,      ///< double
  StringView,  ///< std::string_view: may point into the message or the arena
  String,      ///< std::string
  BytesView,   ///< std::span<const std::byte>: likewise
  Bytes,       ///< std::vector<std::byte>
  Fixed,       ///< std::array<std::byte, N>
  Enum,        ///< an enum class with a table of symbols
  Optional,    ///< std::optional<T>; std::unique_ptr<T>
  Sequence,    ///< std::vector<T>
  Map,         ///< std::map or std::unordered_map from std::string
  Struct,      ///< a bound struct
  Variant,     ///< std::variant<T...>
};
std::string_view to_string(TargetKind kind);  ///< "bool", "std::int32_t", …

struct TargetType;
class StructType;

/// Deferred, because a struct can hold itself.
using TargetTypeOf = const TargetType& (*)();
using StructTypeOf = const StructType& (*)();

struct OptionalAccess {
  void* (*engage)(void* optional);  ///< make it hold a fresh value; where that is
  void (*reset)(void* optional);
  const void* (*peek)(const void* optional);  ///< what it holds, or nullptr
  bool is_std = false;                        ///< a std::optional, to be used as one
};

struct SequenceAccess {
  void* (*append)(void* sequence);  ///< a fresh item at the end; valid until the next append
  void (*clear)(void* sequence);
  void (*reserve)(void* sequence, std::size_t items);
  std::size_t (*size)(const void* sequence);
  const void* (*data)(const void* sequence);  ///< items lie TargetType::item_bytes apart
};

struct MapAccess {
  void* (*insert)(void* map, std::string_view key);  ///< the value of that key, fresh; never null
  void (*clear)(void* map);
  std::size_t (*size)(const void* map);
  /// Calls `visit(context, key, value)` for each entry until it answers false.
  void (*for_each)(const void* map, void* context,
                   bool (*visit)(void* context, std::string_view key, const void* value));
};

struct VariantAccess {
  void* (*emplace)(void* variant, std::size_t alternative);
  std::size_t (*index)(const void* variant);
  const void* (*peek)(const void* variant);
};

/// Symbols of an enum and the values that stand for them.
struct EnumTable {
  struct Entry {
    std::string_view symbol;
    std::int64_t value = 0;
  };
  std::span<const Entry> entries;
  void (*store)(void* target, std::int64_t value) = nullptr;
  std::int64_t (*load)(const void* target) = nullptr;
};

/// The type of one member.
struct TargetType {
  TargetKind kind = TargetKind::Nothing;
  std::uint32_t bytes = 0;                       ///< sizeof; of Fixed also how many it holds
  std::uint32_t item_bytes = 0;                  ///< Sequence: sizeof an item
  TargetTypeOf element = nullptr;                ///< Optional, Sequence, Map
  StructTypeOf record = nullptr;                 ///< Struct
  std::span<const TargetTypeOf> alternatives{};  ///< Variant
  const OptionalAccess* optional = nullptr;
  const SequenceAccess* sequence = nullptr;
  const MapAccess* map = nullptr;
  const VariantAccess* variant = nullptr;
  const EnumTable* symbols = nullptr;
};

/// As people write it: "std::optional<std::int32_t>".
std::string describe(const TargetType& type);

struct StructField {
  std::string_view name;
  std::size_t offset = 0;
  TargetTypeOf type = nullptr;
  /// The writer may lack the field; the member then keeps what a fresh struct has there.
  bool may_be_absent = false;
};

class StructType {
 public:
  StructType(std::string_view name, std::size_t bytes, std::vector<StructField> fields)
      : name_(name), bytes_(bytes), fields_(std::move(fields)) {}

  /// Full name of the record: "my.namespace.User".
  std::string_view name() const { return name_; }
  std::size_t bytes() const { return bytes_; }
  std::span<const StructField> fields() const { return fields_; }
  std::optional<std::size_t> find(std::string_view field) const;

 private:
  std::string_view name_;
  std::size_t bytes_;
  std::vector<StructField> fields_;
};

}  // namespace limpet::value
