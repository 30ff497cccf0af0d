// RecordFilter: `--where` of `limpet consume`: which records to show.
//
//   const auto filter = RecordFilter::parse({"age >= 18", "address.city ~ ^Ber"});
//   if (!filter) return describe(filter.error());
//   if (filter->matches(record)) show(record);
//
// A condition is FIELD OP VALUE, or FIELD exists. Several conditions must all hold.
//
//   FIELD   names joined by points, [N] for an item: address.lines[0].city. A name with odd
//           characters stands in double quotes: "first name".given. A list without a number stands
//           for each of its items: one that fits is enough. Names of maps' keys work like fields.
//           $key, $partition, $offset, $timestamp, $schema and $version speak of the record.
//   OP      = != < <= > >= ~ exists
//   VALUE   the rest of the line; in single or double quotes to keep blanks, or to mean a text
//
// How values compare:
//   numbers     as numbers, whatever their types: 6 = 6.0; whole numbers exactly, else as 64-bit
//               floating point. Decimals as numbers
//   texts, enums, UUIDs, bytes   byte by byte, as they are printed
//   true, false, null            with = and != only. null holds also where the field is not there
//   dates and timestamps         with a time as limpet prints it (2026-01-31,
//                                2026-01-31T08:00:00Z), or as the number that is stored
//   ~           RE2's regular expression is found somewhere in the text, or in the printed value
//   exists      the field is there and not null
// A value of another type than the field's is unequal to it; it is neither less nor greater.
//
// Pure. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::app {

/// What `$NAME` speaks of. Views: for the call.
struct RecordFacts {
  value::View key{};
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = -1;
  std::string_view schema{};
  std::optional<std::uint64_t> version{};
};

class RecordFilter {
 public:
  /// Errors: InvalidInput, `where` = the condition.
  static Result<RecordFilter> parse(const std::vector<std::string>& conditions);

  bool empty() const { return conditions_.empty(); }
  bool matches(const value::View& value, const RecordFacts& facts = {}) const;

 private:
  struct Condition;
  std::vector<std::shared_ptr<const Condition>> conditions_;
};

/// A path into a value, as FIELD above, without `$`.
class FieldPath {
 public:
  struct Step {
    std::string name{};
    std::optional<std::size_t> index{};  ///< set: an item of a list, `name` is empty
  };

  /// Errors: InvalidInput.
  static Result<FieldPath> parse(std::string_view text);
  const std::vector<Step>& steps() const { return steps_; }
  /// The value there; nullptr: there is none, or a list stands in the way.
  const value::View* find(const value::View& value) const;

 private:
  friend class RecordFilter;
  std::vector<Step> steps_;
};

}  // namespace limpet::app
