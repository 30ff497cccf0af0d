// Structs from views and views of structs, by their bindings (binding.h).
//
//   value::View record;                                   // from any reader
//   User user;
//   if (auto fault = value::read_struct(record, user, arena)) …
//
//   const value::StructViews views(value::struct_type<User>());      // once
//   if (auto fault = views.view(&user, arena, record)) …             // for any writer
//
// What a member takes: integers any integer that fits, also 1.0; float and double any number, and
// the strings NaN, Infinity, -Infinity; strings also symbols of enums and numbers that no double
// holds; bytes also base64 text, as JSON has it; enums their symbols; structs records and maps
// (JSON objects); variants the first alternative that takes the kind of value. Null: std::optional,
// std::unique_ptr, std::monostate, and members that may be absent, which keep what they have.
// Texts and bytes of std::string_view and std::span point where the view's do, or into the arena.
// Threads: safe.
#pragma once

#include "limpet/value/arena.h"
#include "limpet/value/binding.h"
#include "limpet/value/fault.h"
#include "limpet/value/struct_type.h"
#include "limpet/value/view.h"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace limpet::value {

/// Fill the struct at `out`, of that type. Fields that the struct lacks are passed over; what the
/// view lacks is a fault unless the member may be absent or is optional. Limits: values nested
/// 1,000 deep. Faults: TypeMismatch, OutOfRange, MissingField, TooDeep, TooLarge (the arena's
/// limit).
std::optional<Fault> read_struct(const View& view, const StructType& type, void* out, Arena& arena);

template <Bound T>
std::optional<Fault> read_struct(const View& view, T& out, Arena& arena) {
  return read_struct(view, struct_type<T>(), &out, arena);
}

/// Names of a struct type and of those within it, ready for views. Threads: safe.
class StructViews {
 public:
  explicit StructViews(const StructType& type);
  StructViews(const StructViews&) = delete;  // views point into it
  StructViews& operator=(const StructViews&) = delete;

  /// A Record of the struct at `object`. It is valid while the object, the arena and this live.
  /// Limits: structs nested 1,000 deep. Faults: OutOfRange (an enum without symbol), TooDeep,
  /// TooLarge (the arena's limit).
  std::optional<Fault> view(const void* object, Arena& arena, View& out) const;

 private:
  friend class StructViewer;
  void add(const StructType& type);
  void add(const TargetType& type);

  const StructType* root_;
  std::unordered_map<const StructType*, RecordShape> shapes_;
  std::unordered_map<const EnumTable*, std::vector<std::string>> symbols_;
  std::vector<const StructType*> open_;
};

}  // namespace limpet::value
