// StructReader: Avro binary data straight into C++ structs, by a plan made once.
//
//   struct User { std::string_view name; std::int32_t age = 0; };
//   template <> struct limpet::value::Binding<User> {
//     static constexpr auto type = limpet::value::record("my.namespace.User",
//         limpet::value::field<"name">(&User::name), limpet::value::field<"age">(&User::age)); };
//
//   auto reader = avro::TypedReader<User>::make(writer_schema);
//   if (!reader) return std::move(reader).error();         // a member cannot hold the schema's
//   type value::Arena arena; User user; if (auto fault = reader->read(payload, arena, user)) return
//   value::to_error(*fault);
//
// Which member takes which type (of the reader's schema, where one is given):
//
//   null                    std::monostate; std::optional<T> and std::unique_ptr<T> (left empty)
//   boolean                 bool
//   int                     std::int32_t, std::int64_t, double
//   long                    std::int64_t
//   float / double          float, double / double
//   string                  std::string_view, std::string
//   bytes                   std::span<const std::byte>, std::vector<std::byte>
//   fixed                   std::array<std::byte, N> of the same size, or as bytes
//   enum                    an enum with an EnumBinding, std::string_view, std::string
//   array / map             std::vector<T> / std::map, std::unordered_map from std::string
//   record                  a bound struct
//   union                   std::variant; std::optional<T> where one branch is null; T where it can
//                           hold every branch
//   anything                std::optional<T>, std::unique_ptr<T>, std::variant with a T for it
//
// Nothing is cut: a long into std::int32_t is an error of make(), and no unsigned member can hold
// what Avro has. Of a variant the alternative of exactly the branch's type is taken (of structs,
// the one bound to the record's name), else the first that can hold it. Symbols that an enum of the
// program lacks are a TypeMismatch when they are met.
// Threads: safe (nothing changes after make()).
#pragma once

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/value/arena.h"
#include "limpet/value/binding.h"
#include "limpet/value/fault.h"
#include "limpet/value/struct_type.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace limpet::avro {

class StructReader {
 public:
  /// The root of the schema is a record. Its fields that the struct lacks are read over; members
  /// that it lacks must be kMayBeAbsent, and are never touched.
  /// Errors: InvalidInput (the schemas do not resolve; a member that cannot hold its field's type,
  /// or has no field: the message names the field and both types), LimitExceeded.
  static Result<StructReader> make(const Schema& writer, const value::StructType& type,
                                   const ReadOptions& options = {});

  StructReader(StructReader&&) noexcept;
  StructReader& operator=(StructReader&&) noexcept;
  ~StructReader();

  /// Read one value into `target`, which may be used again and again: containers and optionals are
  /// emptied first, strings keep their memory. Views point into the payload; into the arena where
  /// Utf8Policy::Replace changed them; into this reader for enum symbols and defaults.
  ///
  /// Faults: as DatumReader's. When it fails, members whose fields stand before the place of the
  /// fault hold what was read, those behind it what they held before, and a container at that place
  /// its items so far; all may be used, and the target be read into again.
  ///
  /// Memory: the arena's only for replaced text; containers grow with the items that were read, not
  /// with what a count promises, and the size of their items in memory is bounded by the arena's
  /// limit too (TooLarge).
  ///
  /// Requires: `target` is an object of the struct that `type` describes.
  std::optional<value::Fault> read(std::span<const std::byte> payload, value::Arena& arena,
                                   void* target, std::size_t* consumed = nullptr) const;

  const Schema& writer() const&;

 private:
  struct State;
  explicit StructReader(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

/// The same for one struct.
template <value::Bound T>
class TypedReader {
 public:
  static Result<TypedReader> make(const Schema& writer, const ReadOptions& options = {}) {
    LIMPET_TRY(auto reader, StructReader::make(writer, value::struct_type<T>(), options));
    return TypedReader(std::move(reader));
  }

  std::optional<value::Fault> read(std::span<const std::byte> payload, value::Arena& arena,
                                   T& target, std::size_t* consumed = nullptr) const {
    return reader_.read(payload, arena, &target, consumed);
  }

 private:
  explicit TypedReader(StructReader reader) : reader_(std::move(reader)) {}
  StructReader reader_;
};

}  // namespace limpet::avro
