// StructWritePlan: how the members of a struct become the fields of a message, from the field of
// the greatest number to that of the least.
//
// What a plan cannot write itself goes by way of views: a member that is Late, and the whole struct
// when something is wrong with it, which then says what.
#pragma once

#include "message_plan.h"

#include "limpet/base/result.h"
#include "limpet/value/struct_type.h"
#include "limpet/value/struct_view.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace limpet::protobuf {

struct StructWritePlan;

enum class WriteCode : std::uint8_t {
  Boolean,  ///< numbers from members of exactly their type
  Int32,
  UInt32,
  Varint64,  ///< int64, uint64
  Zigzag32,
  Zigzag64,
  Fixed32,
  Fixed64,
  Integer,  ///< any integer of another type
  StringView,
  String,
  BytesView,
  Bytes,
  FixedBytes,
  Enum,     ///< numbers
  Message,  ///< plan
  Late,     ///< index: of its view
  Nothing,  ///< there is no such field: the member must be empty
};

enum class WriteWrap : std::uint8_t {
  None,
  Optional,  ///< access: OptionalAccess
  Repeated,  ///< access: SequenceAccess
  Packed,    ///< likewise
  Entries,   ///< access: MapAccess
};

struct EnumNumber {
  std::int64_t value = 0;  ///< in the program
  std::int32_t number = 0;
  bool known = false;
};

struct WriteOp {
  WriteCode code = WriteCode::Nothing;
  WriteWrap wrap = WriteWrap::None;
  bool presence = false;  ///< written even if it is the default
  std::uint8_t tag_size = 0;
  std::array<std::uint8_t, 5> tag{};
  std::uint32_t offset = 0;
  std::uint32_t index = 0;
  std::uint32_t oneof = 0;  ///< which, counted from 1; 0 = of none
  const void* access = nullptr;
  const StructWritePlan* plan = nullptr;
  const FieldPlan* field = nullptr;
  const value::TargetType* target = nullptr;  ///< of the value itself
  std::span<const EnumNumber> numbers{};
};

struct StructWritePlan {
  static constexpr std::size_t kOneofsMax = 64;

  const MessagePlan* message = nullptr;
  bool by_view = false;      ///< nothing of it can be written
  std::vector<WriteOp> ops;  ///< from the greatest number to the least
  std::optional<value::StructType> late_members;
  std::unique_ptr<value::StructViews> late;  ///< of these
};

class StructWritePlans {
 public:
  /// Errors: InvalidInput (the message lacks a field of the struct), LimitExceeded.
  static Result<std::shared_ptr<const StructWritePlans>> make(
      std::shared_ptr<const MessagePlans> messages, const value::StructType& type,
      bool ignore_unknown);

  const StructWritePlan& root() const { return plans_.front(); }

 private:
  friend class StructWritePlanMaker;
  std::shared_ptr<const MessagePlans> messages_;  // the plans point into it
  std::deque<StructWritePlan> plans_;             // the root's first
  std::deque<std::vector<EnumNumber>> enums_;
};

}  // namespace limpet::protobuf
