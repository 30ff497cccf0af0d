// BatchReader: many Kafka messages, of Avro, JSON or Protobuf, as Arrow columns.
//
//   auto rows = serde::BatchReader::make(source, reader_schema, {.projection = {"id", "address"}});
//   if (!rows) return std::move(rows).error();
//   for (const auto& message : messages) {
//     auto pushed = rows->push({.topic = "orders"}, message);
//     if (pushed == serde::Pushed::Full) {
//       LIMPET_CHECK(rows->finish(schema.get(), array.get()));     // hand the batch out …
//       pushed = rows->push({.topic = "orders"}, message);        // … and begin the next with it
//     }
//     if (pushed == serde::Pushed::Refused) skip(rows->failure());
//   }
//   LIMPET_CHECK(rows->finish(schema.get(), array.get()));
//
// The columns are those of the reader's schema; avro/column_reader.h, json_schema/column_layout.h
// and protobuf/column_layout.h say which types they have. Messages of other versions are read as
// their format does it:
//   Avro       resolved (Avro 1.11.4 specification, "Schema Resolution")
//   Protobuf   field by field, by number, with the reader's message; the writer's must have the
//              same full name
//   JSON       member by member, by name; unknown members have no column
// Messages of another format than the reader's are refused. A message that is refused leaves
// nothing in any column, at any depth.
//
// What is handed out owns its memory and outlives this. Nothing points into the messages.
// Threads: confined.
#pragma once

#include "limpet/base/result.h"
#include "limpet/columns/arrow_abi.h"
#include "limpet/columns/column_builder.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/error.h"
#include "limpet/serde/schema.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace limpet::serde {

struct BatchOptions {
  /// Which messages are taken, and how. Requires: no `reader`, which is the schema of make().
  DeserializerOptions reading = {};
  columns::BatchLimits limits = {};
  /// Fields to read: "id", "address.city". Empty: all. Others are not looked at.
  std::vector<std::string> projection = {};
  /// Protobuf: which message of the reader's file; full name. Empty: its first.
  std::string message = {};
  /// Protobuf: enums become their numbers, so that unknown ones are kept.
  bool enum_numbers = false;
  /// Protobuf: of Timestamp and Duration.
  columns::Unit time_unit = columns::Unit::Nano;
  /// Avro: UUIDs of a string stay texts.
  bool uuid_as_text = false;
  /// How many failures failures() keeps for a batch; later ones are only counted.
  std::size_t keep_failures = 0;
};

enum class Pushed : std::uint8_t {
  Row,      ///< it is the batch's last row
  Refused,  ///< see failure(); the batch is as it was before
  Full,     ///< the batch can take no more: finish(), then push it again
};

/// A message that was refused.
struct RefusedMessage {
  std::uint64_t message = 0;  ///< how many of the batch were pushed or refused before it
  Failure failure;
};

class BatchReader {
 public:
  /// Asks nothing yet. Errors: InvalidInput (options that contradict each other; a schema or a
  /// projection that has no columns), LimitExceeded (too many of them).
  static Result<BatchReader> make(std::shared_ptr<SchemaSource> source, SchemaPointer reader,
                                  BatchOptions options = {});

  BatchReader(BatchReader&&) noexcept;
  BatchReader& operator=(BatchReader&&) noexcept;
  ~BatchReader();

  /// Read one message into the columns. Failures: those of Deserializer::read; Tombstone;
  /// Incompatible (another format, another Protobuf message, schemas that do not resolve);
  /// TypeMismatch and MissingField (JSON that is not what the columns are); OutOfRange (what Arrow
  /// does not hold, a Protobuf enum's unknown number); TooLarge (an empty batch cannot hold it).
  Pushed push(const Context& context, std::span<const std::byte> message);

  /// Why the last message was refused. Requires: push() answered Refused.
  const Failure& failure() const;
  /// Of this batch, the first `keep_failures`.
  std::span<const RefusedMessage> failures() const;
  /// Messages of this batch that were refused.
  std::uint64_t refused() const;
  std::uint64_t rows() const;   ///< of this batch
  std::uint64_t bytes() const;  ///< that it holds
  /// The row: a struct of the columns. Valid while this lives.
  const columns::ColumnType& type() const;

  /// Hand out the batch, possibly of no rows, and begin the next; what was refused is forgotten.
  /// Errors: Unavailable (no memory); the rows are kept.
  Status finish(ArrowSchema* schema, ArrowArray* array);

 private:
  struct State;
  explicit BatchReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace limpet::serde
