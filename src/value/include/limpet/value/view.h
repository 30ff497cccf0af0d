// View: one value of a record that was read, whatever its schema; 16 bytes, copied freely.
//
//   value::View record;
//   if (auto fault = reader.read(payload, arena, record)) …
//   record.find("name")->text();                        // "John Doe"
//   for (std::size_t i = 0; i < record.size(); ++i) use(record.field_name(i), record[i]);
//
// A View owns nothing. It is valid while these live: the arena it was made in (until its reset),
// the bytes that were read (texts may point into them), and the reader (names and symbols).
// Threads: safe (nothing changes).
#pragma once

#include "limpet/base/assert.h"
#include "limpet/value/arena.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace limpet::value {

enum class Kind : std::uint8_t {
  Null,
  Boolean,
  Int,           ///< 32 bits
  Long,          ///< 64 bits
  UnsignedLong,  ///< 64 bits, above what Long holds or from a type without sign
  Float,
  Double,
  Number,  ///< the text of a JSON number that neither Long nor Double holds exactly
  String,
  Bytes,  ///< bytes and fixed
  Enum,
  Array,
  Map,
  Record,
};
std::string_view to_string(Kind kind);  ///< "null", "boolean", "int", …

/// What a value means beyond its kind (Avro 1.11.4 specification, "Logical Types"; Protobuf's
/// well-known types). Values are kept as they were written; whoever prints them looks here.
enum class Logical : std::uint8_t {
  None,
  Decimal,               ///< Bytes: big-endian two's complement; see View::decimal()
  Uuid,                  ///< String, or Bytes of 16
  Date,                  ///< Int: days since 1970-01-01
  TimeMillis,            ///< Int: milliseconds after midnight
  TimeMicros,            ///< Long
  TimestampMillis,       ///< Long since 1970-01-01T00:00:00Z
  TimestampMicros,       ///< Long
  TimestampNanos,        ///< Long
  LocalTimestampMillis,  ///< Long, in a zone that is not told
  LocalTimestampMicros,  ///< Long
  LocalTimestampNanos,   ///< Long
  Duration,              ///< Bytes of 12: months, days, milliseconds, each 32 bits little-endian
};

/// Names of a record's fields. Lives in whatever made the record.
class RecordShape {
 public:
  RecordShape(std::string name, std::vector<std::string> fields);
  RecordShape(const RecordShape&) = delete;  // `at_` points into the names
  RecordShape& operator=(const RecordShape&) = delete;

  const std::string& name() const { return name_; }
  std::span<const std::string> fields() const { return fields_; }
  std::optional<std::size_t> find(std::string_view field) const;

 private:
  std::string name_;
  std::vector<std::string> fields_;
  std::unordered_map<std::string_view, std::size_t> at_;
};

/// Of a decimal: the value is `unscaled` · 10^-scale.
struct DecimalShape {
  std::int32_t precision = 0;
  std::int32_t scale = 0;
};

struct MapEntry;

class View {
 public:
  /// What branch() answers outside of unions.
  static constexpr std::uint16_t kNoBranch = 0xFFFF;

  View() = default;  ///< null
  static View null() { return {}; }
  static View boolean(bool value);
  static View of_int(std::int32_t value, Logical logical = Logical::None);
  static View of_long(std::int64_t value, Logical logical = Logical::None);
  static View unsigned_long(std::uint64_t value);
  static View of_float(float value);
  static View of_double(double value);
  /// Requires: `text` is a JSON number, and lives as long as the view; below 4 GiB as all texts.
  static View number(std::string_view text);
  static View string(std::string_view text, Logical logical = Logical::None);
  static View bytes(std::string_view bytes, Logical logical = Logical::None);
  /// `*symbol` is the text; its position among the enum's symbols is `ordinal`.
  static View enumeration(const std::string* symbol, std::uint32_t ordinal);
  static View array(std::span<const View> items);
  static View map(std::span<const MapEntry> entries);
  /// `values` were made by make_record().
  static View record(std::span<const View> values);
  /// Bytes that mean a decimal, in `arena`; nullopt when its limit is reached.
  static std::optional<View> decimal(Arena& arena, std::string_view unscaled,
                                     const DecimalShape* shape);

  Kind kind() const { return kind_; }
  Logical logical() const { return logical_; }
  /// Which branch of a union this is, counted from 0; kNoBranch: it stands in no union.
  std::uint16_t branch() const { return branch_; }
  void set_branch(std::uint16_t branch) { branch_ = branch; }
  bool is_null() const { return kind_ == Kind::Null; }

  /// Requires: the kind that the name says.
  bool as_boolean() const;
  /// Requires: Int or Long.
  std::int64_t as_long() const;
  /// Requires: UnsignedLong.
  std::uint64_t as_unsigned_long() const;
  /// Requires: Float or Double.
  double as_double() const;
  /// Characters of a String, the symbol of an Enum, the text of a Number. Requires: one of these.
  std::string_view text() const;
  /// Bytes as characters. Requires: Bytes.
  std::string_view as_bytes() const;
  /// Precision and scale. Requires: Logical::Decimal.
  const DecimalShape& decimal_shape() const;
  /// Position among the symbols. Requires: Enum.
  std::uint32_t ordinal() const;

  /// Items of an Array, values of a Record, entries of a Map; bytes of a String or of Bytes.
  std::size_t size() const { return size_; }
  /// Empty unless Array or Record.
  std::span<const View> items() const;
  /// Empty unless Map; in the order of the writer, keys may repeat.
  std::span<const MapEntry> entries() const;
  /// Requires: Array or Record, i < size().
  const View& operator[](std::size_t i) const;
  /// Requires: Record.
  const RecordShape& shape() const;
  /// Requires: Record, i < size().
  const std::string& field_name(std::size_t i) const { return shape().fields()[i]; }
  /// A Record's field or a Map's last entry of that name; nullptr when there is none, and for
  /// every other kind.
  const View* find(std::string_view name) const;

 private:
  struct Decimal {
    const char* bytes;
    const DecimalShape* shape;
  };
  union Payload {
    bool boolean;
    std::int64_t integer;
    std::uint64_t unsigned_integer;
    double number;
    const char* text;
    const std::string* symbol;
    const View* items;
    const MapEntry* entries;
    const Decimal* decimal;
  };
  View(Kind kind, Logical logical, std::size_t size, Payload payload)
      : kind_(kind),
        logical_(logical),
        size_(static_cast<std::uint32_t>(size)),
        payload_(payload) {}

  Kind kind_ = Kind::Null;
  Logical logical_ = Logical::None;
  std::uint16_t branch_ = kNoBranch;
  std::uint32_t size_ = 0;  // of an enum: the ordinal
  Payload payload_{.integer = 0};
};
static_assert(sizeof(View) == 16);

struct MapEntry {
  View key;  ///< String; Protobuf also has Boolean, Long and UnsignedLong
  View value;
};

/// Room for a record's values, all null, in `arena`; nullptr data when its limit is reached.
/// `shape` must outlive the views. Fill it, then View::record(values).
std::span<View> make_record(Arena& arena, const RecordShape& shape);

/// A copy, with its shape, of values that make_record() made; nullptr data when the limit is
/// reached.
std::span<View> copy_record(Arena& arena, std::span<const View> values);

// What walks a record asks these for every value.

inline View View::boolean(bool value) {
  return {Kind::Boolean, Logical::None, 0, {.boolean = value}};
}
inline View View::of_int(std::int32_t value, Logical logical) {
  return {Kind::Int, logical, 0, {.integer = value}};
}
inline View View::of_long(std::int64_t value, Logical logical) {
  return {Kind::Long, logical, 0, {.integer = value}};
}
inline View View::unsigned_long(std::uint64_t value) {
  return {Kind::UnsignedLong, Logical::None, 0, {.unsigned_integer = value}};
}
inline View View::of_float(float value) {
  return {Kind::Float, Logical::None, 0, {.number = value}};
}
inline View View::of_double(double value) {
  return {Kind::Double, Logical::None, 0, {.number = value}};
}
inline View View::number(std::string_view text) {
  return {Kind::Number, Logical::None, text.size(), {.text = text.data()}};
}
inline View View::string(std::string_view text, Logical logical) {
  return {Kind::String, logical, text.size(), {.text = text.data()}};
}
inline View View::bytes(std::string_view bytes, Logical logical) {
  return {Kind::Bytes, logical, bytes.size(), {.text = bytes.data()}};
}
inline View View::enumeration(const std::string* symbol, std::uint32_t ordinal) {
  return {Kind::Enum, Logical::None, ordinal, {.symbol = symbol}};
}
inline View View::array(std::span<const View> items) {
  return {Kind::Array, Logical::None, items.size(), {.items = items.data()}};
}
inline View View::map(std::span<const MapEntry> entries) {
  return {Kind::Map, Logical::None, entries.size(), {.entries = entries.data()}};
}
inline View View::record(std::span<const View> values) {
  return {Kind::Record, Logical::None, values.size(), {.items = values.data()}};
}
inline bool View::as_boolean() const {
  LIMPET_ASSERT(kind_ == Kind::Boolean);
  return payload_.boolean;
}
inline std::int64_t View::as_long() const {
  LIMPET_ASSERT(kind_ == Kind::Int || kind_ == Kind::Long);
  return payload_.integer;
}
inline std::uint64_t View::as_unsigned_long() const {
  LIMPET_ASSERT(kind_ == Kind::UnsignedLong);
  return payload_.unsigned_integer;
}
inline double View::as_double() const {
  LIMPET_ASSERT(kind_ == Kind::Float || kind_ == Kind::Double);
  return payload_.number;
}
inline std::string_view View::text() const {
  if (kind_ == Kind::Enum) return *payload_.symbol;
  LIMPET_ASSERT(kind_ == Kind::String || kind_ == Kind::Number);
  return {payload_.text, size_};
}
inline std::string_view View::as_bytes() const {
  LIMPET_ASSERT(kind_ == Kind::Bytes);
  if (logical_ == Logical::Decimal) return {payload_.decimal->bytes, size_};
  return {payload_.text, size_};
}
inline std::uint32_t View::ordinal() const {
  LIMPET_ASSERT(kind_ == Kind::Enum);
  return size_;
}
inline std::span<const View> View::items() const {
  if (kind_ != Kind::Array && kind_ != Kind::Record) return {};
  return {payload_.items, size_};
}
inline std::span<const MapEntry> View::entries() const {
  if (kind_ != Kind::Map) return {};
  return {payload_.entries, size_};
}
inline const View& View::operator[](std::size_t i) const {
  LIMPET_ASSERT(i < items().size());
  return payload_.items[i];
}

}  // namespace limpet::value
