// StructReadPlan: what each record of a message does to the members of a struct.
//
// There is one plan for each message type and struct type that meet, and one for each kind of map
// entry. Records find their operation by their tag. What a plan does not do itself it leaves to
// views: members that are `late` are read into a record of views and converted when the message
// ends (value::read_struct); and whatever is not as a plan wants it (damage, a value that a member
// cannot hold, a message in two parts) is given up, and read again by way of views.
#pragma once

#include "message_plan.h"

#include "limpet/base/result.h"
#include "limpet/value/struct_type.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::protobuf {

struct StructReadPlan;

enum class ReadCode : std::uint8_t {
  Unknown,   ///< no such field, or not of that wire type: passed over
  Check,     ///< a field that the struct lacks: checked and passed over
  Refuse,    ///< given up
  Late,      ///< into the record of views
  Boolean,   ///< from here on: numbers into members of exactly that type
  Varint32,  ///< int32, uint32
  Varint64,  ///< int64, uint64
  Zigzag32,  ///< sint32
  Zigzag64,  ///< sint64
  Fixed32,   ///< fixed32, sfixed32, float
  Fixed64,   ///< fixed64, sfixed64, double
  Number,    ///< any number into a member of another type of numbers
  StringView,
  String,
  BytesView,
  Bytes,
  FixedBytes,  ///< bytes: how many
  Enum,        ///< detail: EnumTargets
  EnumView,    ///< its symbol
  EnumString,  ///< its symbol
  CheckEnum,   ///< of a closed enum that the struct lacks: did the field occur?
  Message,     ///< plan
  Messages,    ///< plan; items of a sequence
  Entries,     ///< plan: of an entry's value; entries of a map
  Packed,      ///< numbers into a sequence of exactly that type
  PackedEach,  ///< packed, one by one: value
};

/// What is done before a value is stored.
enum class Wrap : std::uint8_t {
  None,
  Optional,  ///< access: OptionalAccess
  Repeated,  ///< access: SequenceAccess
};

struct ReadOp {
  ReadCode code = ReadCode::Unknown;
  ReadCode value = ReadCode::Unknown;  ///< of an item (PackedEach), of an entry's value
  Wrap wrap = Wrap::None;  ///< of enums: once the symbol is known; containers see to themselves
  std::uint8_t word = 0;   ///< of the bit that says that the field occurred
  std::uint32_t tag = 0;
  std::uint64_t mask = 0;
  std::uint32_t offset = 0;  ///< of the member
  std::uint32_t bytes = 0;   ///< of an item, of an entry, of what an optional holds; of FixedBytes
  const void* access = nullptr;
  const StructReadPlan* plan = nullptr;
  const FieldPlan* field = nullptr;
  const value::TargetType* target = nullptr;  ///< of the value itself
  const void* detail = nullptr;
  std::uint32_t oneof = 0;  ///< which, counted from 1; 0 = of none
  bool unusual = false;     ///< there is something to do before the value is read
};

/// What a member gets when its field does not occur.
enum class BlankCode : std::uint8_t {
  Refuse,
  Reset,          ///< access: OptionalAccess
  ClearSequence,  ///< access: SequenceAccess
  ClearMap,       ///< access: MapAccess
  Zero,           ///< bytes: how many
  Text,           ///< detail: std::string
  StringText,     ///< likewise, into a std::string
  NoBytesView,
  NoBytes,
  Enum,         ///< number
  EmptyMessage  ///< plan
};

struct BlankOp {
  BlankCode code = BlankCode::Refuse;
  bool engage = false;  ///< access: OptionalAccess; its value is blank
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
  std::int64_t number = 0;
  const void* access = nullptr;
  const void* detail = nullptr;
  const StructReadPlan* plan = nullptr;
};

/// Values of the program's enum, by the ordinals of the schema's.
struct EnumTargets {
  struct Value {
    std::int64_t value = 0;
    bool known = false;
  };
  std::vector<Value> by_ordinal;
};

struct StructReadPlan {
  static constexpr std::size_t kNodeBytes = 48;  ///< of a map, about, beside key and value
  static constexpr std::size_t kWords = 4;
  using Bits = std::array<std::uint64_t, kWords>;

  /// Requires: a tag of more than one byte. `guess` is looked at first.
  const ReadOp* find(std::uint32_t tag, const ReadOp* guess) const {
    if (guess->tag == tag) [[likely]]
      return guess;
    return find(tag);
  }
  const ReadOp* find(std::uint32_t tag) const;

  const MessagePlan* message = nullptr;
  std::vector<ReadOp> ops;  ///< by tags, behind one for all unknown tags, before one for none
  std::array<std::uint8_t, 128> quick{};  ///< tags of one byte: which operation
  std::vector<std::uint32_t> dense;       ///< numbers: the first of their operations, or 0
  std::unordered_map<std::uint32_t, std::uint32_t> others;
  std::size_t words = 0;        ///< of the bits
  Bits wanted{};                ///< fields that do something when they do not occur:
  std::vector<BlankOp> blanks;  ///< for each bit
  std::vector<Bits> oneofs;     ///< bits of the members, by number of the oneof
  std::vector<const FieldPlan*> late;
  std::optional<value::StructType> late_members;
};

class StructReadPlans {
 public:
  /// Errors: InvalidInput (the message lacks a field of the struct that may not be absent),
  /// LimitExceeded.
  static Result<std::shared_ptr<const StructReadPlans>> make(
      std::shared_ptr<const MessagePlans> messages, const value::StructType& type,
      bool check_required);

  const StructReadPlan& root() const { return plans_.front(); }
  const MessagePlans& messages() const { return *messages_; }

 private:
  friend class StructReadPlanMaker;
  std::shared_ptr<const MessagePlans> messages_;  // the plans point into it
  std::deque<StructReadPlan> plans_;              // the root's first
  std::deque<EnumTargets> enums_;
};

/// Has the message what the struct must have?
Status has_members(const Message& message, const value::StructType& type);

}  // namespace limpet::protobuf
