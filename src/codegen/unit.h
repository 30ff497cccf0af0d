// Unit: what will be written, whatever language the schema was in.
#pragma once

#include "limpet/base/result.h"
#include "limpet/codegen/cpp.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::codegen {

enum class Shape : std::uint8_t {
  Nothing,  // std::monostate
  Boolean,
  Int32,
  Int64,
  UInt32,
  UInt64,
  Float,
  Double,
  String,
  Bytes,
  Fixed,
  Enum,
  Struct,
  Optional,  // of elements[0]
  Boxed,     // std::unique_ptr of elements[0], a struct that is not complete yet
  Sequence,
  Map,
  Variant,
};

struct TypeRef {
  Shape shape = Shape::Nothing;
  std::size_t size = 0;             // Fixed
  std::size_t index = 0;            // Enum, Struct: position in the unit
  bool null_first = true;           // Optional of an Avro union: null is branch 0
  std::vector<TypeRef> elements{};  // Optional, Boxed, Sequence, Map: one; Variant: its branches
};

struct Member {
  std::string name;         // in C++
  std::string schema_name;  // in the schema
  std::string comment{};    // may be empty
  TypeRef type{};
  bool may_be_absent = false;
};

struct Struct {
  std::string name_space;  // "shop::v1"; empty = global
  std::string name;
  std::string schema_name;  // full
  std::string comment;
  std::string where;  // in the schema, for errors
  std::vector<Member> members;
  bool comparable = true;  // no member is a pointer
};

struct Enumerator {
  std::string name;
  std::string symbol;
  std::optional<std::int64_t> value;
};

struct Enum {
  std::string name_space;
  std::string name;
  std::string comment;
  std::string where;
  std::vector<Enumerator> values;
  bool unsigned_byte = true;  // small and without numbers of its own
};

struct Unit {
  std::vector<Enum> enums;
  std::vector<Struct> structs;
  std::vector<std::size_t> order;  // structs so that each stands behind those it holds by value
  std::vector<std::size_t> ahead;  // structs to declare first
  std::size_t root = 0;
  bool avro = false;  // write the straight-line codec
};

/// A word as a C++ identifier: letters and digits of ASCII kept, everything else "_", never a word
/// of the language.
std::string identifier(std::string_view word);
/// "a.b.c" as "a::b::c".
std::string namespace_of(std::string_view dotted);
/// As a C++ string literal, quotes included.
std::string quoted(std::string_view text);
/// `text` as lines of a comment, each with `indent` in front.
std::string comment_lines(std::string_view text, std::string_view indent);

/// Errors: InvalidInput: two types or two members of one name; an array of booleans.
Status check_unit(const Unit& unit);

/// The whole header.
std::string print(const Unit& unit, std::string_view schema_text, const CppOptions& options);

}  // namespace limpet::codegen
