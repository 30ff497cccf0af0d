// DatumWriter: views to Avro binary data.
//
//   auto writer = avro::DatumWriter::make(schema);
//   if (!writer) return std::move(writer).error();
//   codec::ByteBuffer out;
//   if (auto fault = writer->write(record, out)) return value::to_error(*fault);
//
// Rules: Avro 1.11.4 specification, "Binary Encoding"; an array or map is one block and 00, as all
// clients of AWS Glue write them. Threads: safe (nothing changes after make()).
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace limpet::avro {

/// A field of the schema that the value, or the struct, lacks.
enum class MissingFields : std::uint8_t {
  Refuse,
  FillDefaults,  ///< its default is written; without one it is refused all the same
};

/// A field of the value, or of the struct, that the schema lacks.
enum class UnknownFields : std::uint8_t { Refuse, Ignore };

struct WriteOptions {
  MissingFields missing = MissingFields::Refuse;
  UnknownFields unknown = UnknownFields::Refuse;
  /// Replace writes U+FFFD for each part of a text that is not UTF-8.
  value::Utf8Policy utf8 = value::Utf8Policy::Validate;
  std::uint32_t max_depth = 64;  ///< records, arrays and maps within each other; at most 1,000
};

class DatumWriter {
 public:
  /// Errors: InvalidInput (max_depth out of range).
  static Result<DatumWriter> make(const Schema& schema, const WriteOptions& options = {});

  /// Append `value`. What each type takes, besides its own kind:
  ///
  ///   int, long        Int, Long and UnsignedLong that fit
  ///   float, double    any number (rounded to what the type can hold)
  ///   bytes, fixed     Bytes; a fixed its own size. A decimal: Bytes within its precision, and
  ///                    where the view knows a scale, the schema's; in a fixed the sign is extended
  ///   enum             String of a symbol
  ///   record           Map from names to values
  ///   union            see below
  ///
  /// Of a union the branch that View::branch() names is written, if there is one and it can take
  /// the value. Otherwise the first branch of exactly the value's kind (of records the one of its
  /// name, as Avro Java chooses), else the first that can take it as far as one look tells; for a
  /// record or map that is a record that has all its fields (as fastavro chooses).
  ///
  /// Faults, with a path and without offset: TypeMismatch, OutOfRange, MissingField, UnknownField,
  /// InvalidUtf8, TooDeep, TooLarge (a default of more than 1 MiB). `out` is then as it was.
  std::optional<value::Fault> write(const value::View& value, codec::ByteBuffer& out) const;

  const Schema& schema() const& { return schema_; }

 private:
  DatumWriter(Schema schema, const WriteOptions& options)
      : schema_(std::move(schema)), options_(options) {}

  Schema schema_;
  WriteOptions options_;
};

}  // namespace limpet::avro
