// The tree of a parsed Avro schema, as a plain structure to walk.
//
//   const avro::Node& order = schema.root();              // {"type":"record","name":"my.Order",…}
//   order.type == avro::Type::Record;
//   order.name.full;                                      // "my.Order"
//   for (const avro::Field& field : order.fields) visit(*field.type);
//
// A recursive type points back at itself, so the nodes form a graph: whoever walks it keeps a set
// of ids. Nodes live as long as their Schema. Threads: safe (nothing changes after parse()).
#pragma once

#include "limpet/json/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace limpet::avro {

enum class Type : std::uint8_t {
  Null,
  Boolean,
  Int,
  Long,
  Float,
  Double,
  Bytes,
  String,
  Record,
  Enum,
  Fixed,
  Array,
  Map,
  Union,
};
inline constexpr std::size_t kPrimitiveCount = 8;

/// The word that a schema writes: "null", "record", …
std::string_view to_string(Type type);
constexpr bool is_primitive(Type type) { return type <= Type::String; }
/// Record, enum, fixed.
constexpr bool is_named(Type type) { return type >= Type::Record && type <= Type::Fixed; }
/// The primitive of that word; nullopt for every other word.
std::optional<Type> primitive_of(std::string_view word);

/// Name of a record, enum or fixed.
struct Name {
  std::string full;           ///< "my.ns.Order"; without dot in the null namespace
  std::size_t simple_at = 0;  ///< where the simple name begins in `full`

  std::string_view simple() const { return std::string_view(full).substr(simple_at); }
  /// Empty = the null namespace.
  std::string_view space() const {
    return std::string_view(full).substr(0, simple_at == 0 ? 0 : simple_at - 1);
  }
  friend bool operator==(const Name& a, const Name& b) { return a.full == b.full; }
};

/// A logical type whose rules hold for the type that carries it (Avro 1.11.4 specification,
/// "Logical Types"). Unknown names and broken rules leave only the property behind.
struct LogicalType {
  std::string name;
  std::int32_t precision = 0;  ///< decimal
  std::int32_t scale = 0;      ///< decimal
};

struct Node;

enum class Order : std::uint8_t { Ascending, Descending, Ignore };
std::string_view to_string(Order order);  ///< "ascending", …

struct Field {
  std::string name;
  const Node* type = nullptr;
  std::optional<std::string> doc;
  std::optional<json::Value> default_value;
  bool default_usable = true;  ///< false: a value that cannot be encoded (no such enum symbol)
  Order order = Order::Ascending;
  std::vector<std::string> aliases;
  std::vector<json::Member> properties;
};

/// One type. Members that a type does not have are empty.
struct Node {
  Type type = Type::Null;
  std::uint32_t id = 0;   ///< 0, 1, … within the document
  bool is_error = false;  ///< a record written as "error"
  bool complete = true;   ///< false while a record's fields are being read
  Name name;              ///< record, enum, fixed
  std::vector<Name> aliases;
  std::optional<std::string> doc;
  std::vector<Field> fields;                               ///< record
  std::unordered_map<std::string_view, std::uint32_t> at;  ///< fields, symbols, branches by name
  std::vector<std::string> symbols;                        ///< enum
  std::optional<std::string> enum_default;
  std::int32_t size = 0;                ///< fixed
  std::uint32_t required_fields = 0;    ///< record: fields without a default
  std::uint32_t unusable_defaults = 0;  ///< record: fields with !default_usable
  const Node* element = nullptr;        ///< array items, map values
  std::vector<const Node*> branches;    ///< union
  std::vector<json::Member> properties;
  std::optional<LogicalType> logical;

  /// The field of that name, or nullptr.
  const Field* find_field(std::string_view wanted) const;
  bool has_symbol(std::string_view symbol) const;
  /// Where the union's branch of that type (and, for named types, full name) stands.
  std::optional<std::uint32_t> find_branch(Type wanted, std::string_view branch) const;

  Node() = default;
  Node(const Node&) = delete;  // `at` and other nodes point into it
  Node& operator=(const Node&) = delete;
};

/// What a union tells its branches apart by: the full name, else the type's word.
std::string_view branch_name(const Node& node);

/// As people write it in a sentence: "int", "enum my.ns.Color", "array of string".
std::string describe(const Node& node);

}  // namespace limpet::avro
