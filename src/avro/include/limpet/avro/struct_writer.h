// StructWriter: C++ structs to Avro binary data, by a plan made once.
//
//   auto writer = avro::TypedWriter<User>::make(schema);    // User and its Binding:
//   struct_reader.h if (!writer) return std::move(writer).error(); codec::ByteBuffer out; if (auto
//   fault = writer->write(User{"John Doe", 6}, out)) return value::to_error(*fault);
//
// Which type takes which member: the table of struct_reader.h, read from right to left, and
//
//   int               std::int64_t, std::uint32_t, std::uint64_t in range
//   long              std::int32_t, std::uint32_t; std::uint64_t in range
//   float / double    float, double (rounded) / float, double, std::int32_t
//   enum              texts that are one of its symbols
//   union             std::optional<T>, std::variant with a branch for each alternative, or a T
//   that
//                     has a branch; exactly its type before one that can hold it
//   anything          std::optional<T>, std::unique_ptr<T> that is not empty
//
// Fields are written in the schema's order, whatever the struct's. A decimal is its unscaled value,
// big-endian two's complement, and its precision is checked.
// Threads: safe (nothing changes after make()).
#pragma once

#include "limpet/avro/datum_writer.h"
#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/value/binding.h"
#include "limpet/value/fault.h"
#include "limpet/value/struct_type.h"

#include <memory>
#include <optional>
#include <utility>

namespace limpet::avro {

class StructWriter {
 public:
  /// The root of the schema is a record. Errors: InvalidInput (a member that its field cannot take;
  /// a field without member, unless `missing` fills in its default; a member without field, unless
  /// it is kMayBeAbsent or `unknown` says to ignore it: the message names field and types),
  /// LimitExceeded (defaults too large).
  static Result<StructWriter> make(const Schema& schema, const value::StructType& type,
                                   const WriteOptions& options = {});

  StructWriter(StructWriter&&) noexcept;
  StructWriter& operator=(StructWriter&&) noexcept;
  ~StructWriter();

  /// Append what `source` holds. Faults, with a path and without offset: OutOfRange (a number that
  /// the type cannot hold), TypeMismatch (an empty optional where the type has no null, text that
  /// is no symbol, an enum's value without symbol, bytes of another size than the fixed),
  /// InvalidUtf8, TooDeep. `out` is then as it was.
  ///
  /// Requires: `source` is an object of the struct that `type` describes.
  std::optional<value::Fault> write(const void* source, codec::ByteBuffer& out) const;

 private:
  struct State;
  explicit StructWriter(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

/// The same for one struct.
template <value::Bound T>
class TypedWriter {
 public:
  static Result<TypedWriter> make(const Schema& schema, const WriteOptions& options = {}) {
    LIMPET_TRY(auto writer, StructWriter::make(schema, value::struct_type<T>(), options));
    return TypedWriter(std::move(writer));
  }

  std::optional<value::Fault> write(const T& source, codec::ByteBuffer& out) const {
    return writer_.write(&source, out);
  }

 private:
  explicit TypedWriter(StructWriter writer) : writer_(std::move(writer)) {}
  StructWriter writer_;
};

}  // namespace limpet::avro
