// DatumReader: Avro binary data to views, through the reader's schema where there is one.
//
//   auto reader = avro::DatumReader::make(writer_schema, {.reader = &reader_schema});
//   if (!reader) return std::move(reader).error();
//   value::Arena arena;
//   value::View record;
//   if (auto fault = reader->read(payload, arena, record)) return value::to_error(*fault);
//   record.find("name")->text();
//
// Rules: Avro 1.11.4 specification, "Binary Encoding" and "Schema Resolution"; where that leaves a
// choice, Avro Java's is taken. Texts and bytes of a view point into the payload (or the arena,
// where Utf8Policy::Replace changed them, or the reader, for defaults), so a view is valid while
// payload, arena and reader live.
// Threads: safe (nothing changes after make()).
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/value/arena.h"
#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace limpet::avro {

class ReadPlan;

/// Bytes behind the value.
enum class Trailing : std::uint8_t {
  Ignore,  ///< as all clients of AWS Glue do
  Error,   ///< Malformed
};

struct ReadOptions {
  /// The schema to read as; nullptr: the writer's own. Only looked at by make().
  const Schema* reader = nullptr;
  value::Utf8Policy utf8 = value::Utf8Policy::Validate;
  Trailing trailing = Trailing::Ignore;
  /// Records, arrays and maps within each other; at most kReadDepthMax.
  std::uint32_t max_depth = 64;
  /// A block of nulls, of empty records or of fixed(0) says how many there are and has no bytes for
  /// them. So many values of one payload may come like this.
  std::uint32_t max_empty_values = 65'536;
};
inline constexpr std::uint32_t kReadDepthMax = 1'000;

class DatumReader {
 public:
  /// Errors: InvalidInput (the reader's schema cannot read the writer's data, with field and both
  /// types; a limit out of range), LimitExceeded (schemas too large to be compared). A type of a
  /// writer's union that the reader cannot read is no error until such a value is met.
  static Result<DatumReader> make(const Schema& writer, const ReadOptions& options = {});

  DatumReader(DatumReader&&) noexcept;
  DatumReader& operator=(DatumReader&&) noexcept;
  ~DatumReader();

  /// Read one value from the start of `payload`. A union's value is that of its branch, with
  /// View::branch() = position in the reader's union. `consumed`, when given: bytes of the value,
  /// or nothing is stored if it failed.
  ///
  /// Faults: Truncated, Malformed, OutOfRange, InvalidUtf8, TooDeep; TypeMismatch (a branch or enum
  /// symbol that the reader lacks), TooLarge (the arena's limit, max_empty_values, a payload of 4
  /// GiB). When it fails, `out` is unchanged, and what was put into the arena stays there until its
  /// reset.
  ///
  /// Memory, all from the arena: 16 bytes for each value, 16 more for a record or decimal, 32 for
  /// each entry of a map, up to twice that for an array or map that comes in several blocks. A
  /// record costs as many values as the reader's schema has fields, whatever the writer's has.
  std::optional<value::Fault> read(std::span<const std::byte> payload, value::Arena& arena,
                                   value::View& out, std::size_t* consumed = nullptr) const;

  const Schema& writer() const&;
  /// Of the values: the reader's schema, or the writer's where none was given.
  const Schema& schema() const&;

 private:
  struct State;
  explicit DatumReader(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

}  // namespace limpet::avro
