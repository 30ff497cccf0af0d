// ColumnReader: many Avro records, written with whatever versions of a schema, as Arrow columns.
//
//   auto reader = avro::ColumnReader::make(reader_schema, {.projection = {"id", "address.city"}});
//   if (!reader) return std::move(reader).error();
//   auto plan = reader->layout().plan(writer_schema);          // once for each writer's version
//   if (!plan) return std::move(plan).error();
//   for (const auto& payload : payloads) {
//     if (reader->add(*plan, payload) == avro::Added::Full) {
//       LIMPET_CHECK(reader->finish(schema.get(), array.get()));   // hand the batch out …
//       reader->add(*plan, payload);                              // … and begin the next with it
//     }
//   }
//   LIMPET_CHECK(reader->finish(schema.get(), array.get()));
//
// A record that cannot be read is taken back from every column, at any depth, and told by fault().
//
// What Avro's types become (Avro 1.11.4 specification; Arrow Columnar Format):
//   null, boolean, int, long, float, double      the same
//   string; bytes; fixed                         utf8; binary; fixed_binary
//   enum                                         dictionary of utf8, in the order of the symbols
//   array, map                                   list, map (the writer's order, keys may repeat)
//   record                                       struct
//   union of null and one other                  the other, nullable
//   union of one                                 that one
//   any other union                              dense union, one child a branch; null is a branch
//   decimal                                      decimal128 up to 38 digits, decimal256 up to 76,
//                                                beyond these the bytes
//   date; time-*                                 date32; time32[ms], time64[us]
//   timestamp-*; local-timestamp-*               timestamp in UTC; timestamp without zone
//   uuid, of a string or fixed                   fixed_binary[16], extension arrow.uuid
//   duration                                     month_day_nano_interval
// The record's fields are the columns, in the order of the reader's schema; a schema that is no
// record becomes one column, "value". A type that holds itself has no columns: leave it out.
// Metadata: "avro.doc" of a field, "avro.name" (full) of a record, enum or fixed.
#pragma once

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/columns/column_builder.h"
#include "limpet/value/fault.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace limpet::avro {

struct ColumnOptions {
  /// Fields to read: "id", "address.city" (through records, also those within arrays, maps and
  /// nullable unions). Empty: all. Others are passed over without being built.
  std::vector<std::string> projection = {};
  /// uuids of a string stay the text they are.
  bool uuid_as_text = false;
};

/// How to read one writer's data into one layout. Immutable; copies share one.
/// Threads: safe.
class ColumnPlan {
 public:
  struct State;
  explicit ColumnPlan(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

/// Which columns a reader's schema has. Immutable; copies share one. Threads: safe.
class ColumnLayout {
 public:
  struct State;

  /// Limits: columns::kMaxColumns, columns::kMaxDepth; 16 MiB of names, docs and symbols, counted
  /// for each column. Errors: InvalidInput (a type that holds itself, a projection that names no
  /// field), LimitExceeded; `where` is the field's path.
  static Result<ColumnLayout> make(const Schema& reader, const ColumnOptions& options = {});

  /// The row: a struct of the columns.
  const columns::ColumnType& type() const;

  /// The plan for data of that writer. Fields that are not in the projection must be readable, too,
  /// as far as their types go; their values are not looked at.
  /// Errors: InvalidInput (the reader's schema cannot read the writer's data, with field and both
  /// types), LimitExceeded (schemas too large to be compared; more than 2^20 steps).
  Result<ColumnPlan> plan(const Schema& writer) const;

  const State& state() const { return *state_; }

 private:
  explicit ColumnLayout(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

struct BatchOptions {
  columns::BatchLimits limits = {};
  /// `reader` is not looked at.
  ReadOptions read = {};
  /// How many faults faults() keeps for a batch; later ones are only counted.
  std::size_t keep_faults = 0;
};

enum class Added : std::uint8_t {
  Row,      ///< it is the batch's last row
  Refused,  ///< it could not be read, see fault(); the batch is as it was before
  Full,     ///< the batch can take no more: finish(), then add it again
};

/// A record that was refused.
struct RefusedRecord {
  std::uint64_t record = 0;  ///< how many records of the batch were added or refused before it
  value::Fault fault;
};

/// Threads: confined.
class ColumnReader {
 public:
  /// Errors: those of ColumnLayout::make; InvalidInput (a limit out of range).
  static Result<ColumnReader> make(const Schema& reader, const ColumnOptions& options = {},
                                   const BatchOptions& batch = {});
  static Result<ColumnReader> make(ColumnLayout layout, const BatchOptions& batch = {});

  ColumnReader(ColumnReader&&) noexcept;
  ColumnReader& operator=(ColumnReader&&) noexcept;
  ~ColumnReader();

  const ColumnLayout& layout() const& { return layout_; }

  /// Read one record from the start of `payload` into the columns. Nothing points into `payload`
  /// afterwards. Requires: `plan` is of this reader's layout (or a copy of it).
  ///
  /// Faults: those of DatumReader::read; TypeMismatch (a string that is no UUID), OutOfRange (what
  /// Arrow does not hold: a decimal of more digits than its schema says, a time outside the day, a
  /// duration of 2^31 months or days), TooLarge (a record that an empty batch cannot hold).
  ///
  /// Memory: a record's values in their columns, one for each column below a value, whatever the
  /// payload holds; all of it within the batch's limits. Time is linear in the payload, the number
  /// of columns, and ReadOptions::max_empty_values.
  Added add(const ColumnPlan& plan, std::span<const std::byte> payload);

  /// Why the last record was refused. Requires: add() answered Refused.
  const value::Fault& fault() const { return fault_; }
  /// Of this batch, the first `keep_faults`.
  std::span<const RefusedRecord> faults() const { return faults_; }
  /// Records of this batch that were refused.
  std::uint64_t refused() const { return refused_; }
  /// Rows of this batch.
  std::uint64_t rows() const { return builder_.rows(); }
  /// Bytes that this batch holds.
  std::uint64_t bytes() const { return builder_.bytes(); }

  /// Hand out the batch, possibly of no rows, and begin the next. See ColumnBuilder::finish(). The
  /// refused records and their number are forgotten.
  Status finish(ArrowSchema* schema, ArrowArray* array);

 private:
  struct State;
  ColumnReader(ColumnLayout layout, columns::ColumnBuilder builder, const BatchOptions& options);

  bool read_row(const ColumnPlan& plan, std::span<const std::byte> payload);
  Added take_back(const ColumnPlan& plan, std::span<const std::byte> payload, std::uint64_t mark);
  Added refuse(value::Fault fault);

  ColumnLayout layout_;
  columns::ColumnBuilder builder_;
  BatchOptions options_;
  std::unique_ptr<State> state_;  // of the record that is being read
  value::Fault fault_;
  std::vector<RefusedRecord> faults_;
  std::uint64_t refused_ = 0;
};

}  // namespace limpet::avro
