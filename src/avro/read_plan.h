// ReadPlan: what to do with each type of a writer, so that a reader gets its own types; made once
// per pair of schemas.
//
//   auto plan = ReadPlan::make(writer, &reader);
//   const Action& root = (**plan)[(*plan)->root()];
//   switch (root.wire) { case Wire::Record: for (const Step& step : (*plan)->steps(root)) … }
//
// A graph of actions; a recursive type points back at its action. Whoever reads follows it along
// the bytes: `Action::wire` says what the writer wrote, `as` what the reader sees. Rules:
// Avro 1.11.4 specification, "Schema Resolution", with the choices of Avro Java 1.11.4 (see
// matcher.h, renames.h). Threads: safe (nothing changes after it is made).
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/value/view.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::avro {

/// What stands in the bytes. The first fourteen are those of Type, in its order.
enum class Wire : std::uint8_t {
  Null,
  Boolean,
  Int,
  Long,
  Float,
  Double,
  Bytes,
  String,
  Record,
  Enum,
  Fixed,
  Array,
  Map,
  Union,
  Fail,  ///< a type that the reader has no use for: reading it is a TypeMismatch, see why()
};
static_assert(static_cast<int>(Wire::Union) == static_cast<int>(Type::Union));

using ActionId = std::uint32_t;

struct Action {
  Wire wire = Wire::Null;
  Type as = Type::Null;  ///< of the reader; differs from `wire` where a type is promoted; no union
  value::Logical logical = value::Logical::None;  ///< of the reader
  std::uint16_t branch = value::View::kNoBranch;  ///< of the reader's union it stands in
  std::uint32_t first = 0;                        ///< where its part of a table begins; see below
  std::uint32_t count = 0;                        ///< how long that part is
  std::uint32_t first_default = 0;                ///< Record
  std::uint32_t default_count = 0;                ///< Record
  std::uint32_t min_bytes = 0;                    ///< no value is shorter; 0: all values are empty
  std::uint32_t cells = 1;  ///< of a value of no bytes: how many values are in it (at most 2^20)
  const Node* writer = nullptr;  ///< never nullptr
  const Node* reader =
      nullptr;  ///< the branch, where the reader has a union; Union, Fail: any type
  const value::RecordShape* shape = nullptr;     ///< Record: of the reader
  const value::DecimalShape* decimal = nullptr;  ///< Logical::Decimal: of the reader

  /// Array, Map: what to do with each item.
  ActionId element() const { return first; }
  /// Fixed: how many bytes.
  std::uint32_t bytes() const { return first; }
};

/// One field of the writer's record, in the writer's order.
struct Step {
  static constexpr std::uint32_t kSkip = 0xFFFFFFFF;
  ActionId action = 0;
  std::uint32_t field = kSkip;  ///< of the reader's record; kSkip: read and forget
};

/// A field of the reader's record that the writer lacks.
struct DefaultStep {
  std::uint32_t field = 0;  ///< of the reader's record
  ActionId action = 0;      ///< reads `bytes` into the field
  std::string_view bytes;   ///< its default as the reader's schema encodes it; lives with the plan
};

class ReadPlan {
 public:
  /// Bounds on one plan: fields, branches and symbols of all its actions; bytes and values of all
  /// its defaults (a default may repeat others many times over).
  static constexpr std::size_t kStepsMax = 2'000'000;
  static constexpr std::size_t kDefaultBytesMax = 1UL << 20;
  static constexpr std::size_t kDefaultValuesMax = 200'000;

  /// `reader` nullptr: the writer's own. Branches of the writer's unions that the reader cannot
  /// read fail when such a value is met, and so do symbols of enums; everything else fails here.
  /// Errors: InvalidInput (`where` = place in the reader's schema, "/fields/2/type"; the message
  /// names the field and both types), LimitExceeded.
  static Result<std::shared_ptr<const ReadPlan>> make(const Schema& writer,
                                                      const Schema* reader = nullptr);

  ActionId root() const { return 0; }
  const Action& operator[](ActionId id) const { return actions_[id]; }
  std::size_t size() const { return actions_.size(); }

  /// Record: each field of the writer.
  std::span<const Step> steps(const Action& record) const {
    return {steps_.data() + record.first, record.count};
  }
  /// Record: each field of the reader that the writer lacks.
  std::span<const DefaultStep> defaults(const Action& record) const {
    return {defaults_.data() + record.first_default, record.default_count};
  }
  /// Of all records, one after the other: those of a record are at Action::first_default.
  std::span<const DefaultStep> all_defaults() const { return defaults_; }
  /// Union: the action of each branch of the writer.
  std::span<const ActionId> branches(const Action& onion) const {
    return {branches_.data() + onion.first, onion.count};
  }
  /// Enum: the reader's ordinal of each symbol of the writer; -1: the reader has none for it.
  std::span<const std::int32_t> symbols(const Action& enumeration) const {
    return {symbols_.data() + enumeration.first, enumeration.count};
  }
  /// Fail: one sentence without full stop.
  const std::string& why(const Action& fail) const { return reasons_[fail.first]; }

  const Schema& writer() const { return writer_; }
  const Schema& reader() const { return reader_; }

 private:
  friend class PlanMaker;
  ReadPlan(Schema writer, Schema reader) : writer_(std::move(writer)), reader_(std::move(reader)) {}

  Schema writer_;
  Schema reader_;
  std::vector<Action> actions_;
  std::vector<Step> steps_;
  std::vector<DefaultStep> defaults_;
  std::vector<ActionId> branches_;
  std::vector<std::int32_t> symbols_;
  std::vector<std::string> reasons_;
  std::deque<std::string> default_bytes_;
  std::deque<value::RecordShape> shapes_;
  std::deque<value::DecimalShape> decimals_;
};

/// The logical type of a node as values carry it; None for "big-decimal", which is only known to
/// newer readers.
value::Logical logical_of(const Node& node);

/// Encode a default as `type` writes it: a union takes its first branch, a record's missing fields
/// their own defaults, bytes and fixed the characters U+0000 to U+00FF (fixed cut or filled with 0,
/// greater characters are "?", as Avro Java). Requires: check_default() says Valid.
/// Errors: InvalidInput (an enum symbol that does not exist); LimitExceeded (`values_left`, or
/// `bytes_max` of `out`).
Status encode_default(const Node& type, const json::Value& value, std::size_t bytes_max,
                      std::size_t& values_left, std::string& out);

}  // namespace limpet::avro
