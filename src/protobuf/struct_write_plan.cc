#include "struct_write_plan.h"

#include "struct_read_plan.h"

#include <algorithm>
#include <map>
#include <utility>

namespace limpet::protobuf {

using value::StructField;
using value::StructType;
using value::TargetKind;
using value::TargetType;

namespace {

constexpr std::size_t kOpsMax = 1'000'000;

bool is_integer(TargetKind kind) {
  return kind == TargetKind::Int32 || kind == TargetKind::Int64 || kind == TargetKind::UInt32 ||
         kind == TargetKind::UInt64;
}

// How a value that is no message is written; nullopt: by way of a view, if at all.
std::optional<WriteCode> scalar_code(FieldType type, TargetKind kind) {
  const auto is = [&](TargetKind exact, WriteCode code) {
    return kind == exact      ? std::optional(code)
           : is_integer(kind) ? std::optional(WriteCode::Integer)
                              : std::nullopt;
  };
  const auto only = [&](TargetKind exact, WriteCode code) {
    return kind == exact ? std::optional(code) : std::nullopt;
  };
  switch (type) {
    case FieldType::Double:
      return only(TargetKind::Double, WriteCode::Fixed64);
    case FieldType::Float:
      return only(TargetKind::Float, WriteCode::Fixed32);
    case FieldType::Int64:
      return is(TargetKind::Int64, WriteCode::Varint64);
    case FieldType::UInt64:
      return is(TargetKind::UInt64, WriteCode::Varint64);
    case FieldType::Int32:
      return is(TargetKind::Int32, WriteCode::Int32);
    case FieldType::Fixed64:
      return is(TargetKind::UInt64, WriteCode::Fixed64);
    case FieldType::Fixed32:
      return is(TargetKind::UInt32, WriteCode::Fixed32);
    case FieldType::Bool:
      return only(TargetKind::Boolean, WriteCode::Boolean);
    case FieldType::UInt32:
      return is(TargetKind::UInt32, WriteCode::UInt32);
    case FieldType::SFixed32:
      return is(TargetKind::Int32, WriteCode::Fixed32);
    case FieldType::SFixed64:
      return is(TargetKind::Int64, WriteCode::Fixed64);
    case FieldType::SInt32:
      return is(TargetKind::Int32, WriteCode::Zigzag32);
    case FieldType::SInt64:
      return is(TargetKind::Int64, WriteCode::Zigzag64);
    case FieldType::String:
      if (kind == TargetKind::StringView) return WriteCode::StringView;
      return only(TargetKind::String, WriteCode::String);
    case FieldType::Bytes:
      if (kind == TargetKind::BytesView) return WriteCode::BytesView;
      if (kind == TargetKind::Fixed) return WriteCode::FixedBytes;
      return only(TargetKind::Bytes, WriteCode::Bytes);
    case FieldType::Enum:
      return only(TargetKind::Enum, WriteCode::Enum);
    case FieldType::Group:
    case FieldType::Message:
      break;
  }
  return std::nullopt;
}

bool holds(const FieldPlan& field, const TargetType& target) {
  if (field.type == FieldType::Group) return false;
  if (field.message != nullptr) return target.kind == TargetKind::Struct;
  return scalar_code(field.type, target.kind).has_value();
}

bool is_direct(const FieldPlan& field, const TargetType& target) {
  if (field.map) {
    // Keys are texts; those of other types are looked at by way of views.
    return target.kind == TargetKind::Map && field.message->find(1)->type == FieldType::String &&
           holds(*field.message->find(2), target.element());
  }
  if (field.repeated) {
    return target.kind == TargetKind::Sequence && holds(field, target.element());
  }
  if (target.kind == TargetKind::Optional) return holds(field, target.element());
  return holds(field, target);
}

void set_tag(WriteOp& op, std::uint32_t number, WireType wire) {
  std::uint32_t tag = (number << 3U) | static_cast<std::uint32_t>(wire);
  for (; tag >= 0x80; tag >>= 7U) {
    op.tag.at(op.tag_size++) = static_cast<std::uint8_t>(tag | 0x80U);
  }
  op.tag.at(op.tag_size++) = static_cast<std::uint8_t>(tag);
}

}  // namespace

class StructWritePlanMaker {
 public:
  StructWritePlanMaker(StructWritePlans& out, bool ignore_unknown)
      : out_(out), ignore_unknown_(ignore_unknown) {}

  Status make(const StructType& type) {
    plan_of(out_.messages_->root(), type);
    for (std::size_t i = 0; i < todo_.size(); ++i) {
      const auto [plan, struct_type] = todo_[i];
      fill(*plan, *struct_type);
      ops_ += plan->ops.size();
      if (ops_ > kOpsMax) {
        return Error::limit_exceeded("Writing the struct takes too many operations");
      }
    }
    return {};
  }

 private:
  const StructWritePlan& plan_of(const MessagePlan& message, const StructType& type) {
    auto& known = plans_[{&message, &type}];
    if (known == nullptr) {
      known = &out_.plans_.emplace_back();
      known->message = &message;
      todo_.emplace_back(known, &type);
    }
    return *known;
  }

  void fill(StructWritePlan& plan, const StructType& type) {
    const MessagePlan& message = *plan.message;
    std::vector<const StructField*> members(message.fields.size());
    plan.by_view = message.oneofs.size() > StructWritePlan::kOneofsMax;
    for (const auto& member : type.fields()) {
      const auto at = message.find(member.name);
      if (at) {
        // Of two members for one field the last counts.
        plan.by_view |= members[*at] != nullptr;
        members[*at] = &member;
      } else if (!ignore_unknown_) {
        const TargetType& target = member.type();
        plan.by_view |= target.kind != TargetKind::Optional;
        plan.ops.push_back(
            {.offset = static_cast<std::uint32_t>(member.offset), .access = target.optional});
      }
    }
    std::vector<StructField> late;
    for (auto at = message.by_number.rbegin(); at != message.by_number.rend(); ++at) {
      const FieldPlan& field = message.fields[*at];
      const StructField* member = members[*at];
      plan.by_view |= member == nullptr && field.required;
      if (member == nullptr) continue;
      WriteOp op = member_op(field, *member);
      if (op.code == WriteCode::Late) {
        op.index = static_cast<std::uint32_t>(late.size());
        late.push_back(*member);
      }
      if (!field.siblings.empty()) op.oneof = *field.field->oneof + 1;
      plan.ops.push_back(op);
    }
    if (late.empty()) return;
    plan.late_members.emplace(type.name(), type.bytes(), std::move(late));
    plan.late = std::make_unique<value::StructViews>(*plan.late_members);
  }

  WriteOp member_op(const FieldPlan& field, const StructField& member) {
    const TargetType& target = member.type();
    WriteOp op{.offset = static_cast<std::uint32_t>(member.offset), .field = &field};
    if (!is_direct(field, target)) {
      op.code = WriteCode::Late;
      return op;
    }
    op.presence = field.presence || field.repeated;
    if (field.map) {
      set_tag(op, field.number, WireType::Length);
      const FieldPlan& mapped = *field.message->find(2);
      op.wrap = WriteWrap::Entries;
      op.access = target.map;
      set_value(op, mapped, target.element());
    } else if (field.repeated) {
      set_tag(op, field.number, field.packed ? WireType::Length : field.wire);
      op.wrap = field.packed ? WriteWrap::Packed : WriteWrap::Repeated;
      op.access = target.sequence;
      set_value(op, field, target.element());
    } else {
      set_tag(op, field.number, field.wire);
      const bool optional = target.kind == TargetKind::Optional;
      if (optional) {
        op.wrap = WriteWrap::Optional;
        op.access = target.optional;
      }
      set_value(op, field, optional ? target.element() : target);
    }
    return op;
  }

  void set_value(WriteOp& op, const FieldPlan& field, const TargetType& target) {
    op.field = &field;
    op.target = &target;
    if (field.message != nullptr) {
      op.code = WriteCode::Message;
      op.plan = &plan_of(*field.message, target.record());
      return;
    }
    op.code = *scalar_code(field.type, target.kind);  // is_direct() said so
    if (op.code == WriteCode::Enum) op.numbers = numbers_of(*field.enumeration, *target.symbols);
  }

  std::span<const EnumNumber> numbers_of(const EnumPlan& plan, const value::EnumTable& table) {
    auto& known = enums_[{&plan, &table}];
    if (known == nullptr) {
      known = &out_.enums_.emplace_back();
      for (const auto& entry : table.entries) {
        const auto number = plan.number_of(entry.symbol);
        known->push_back({entry.value, number.value_or(0), number.has_value()});
      }
    }
    return *known;
  }

  StructWritePlans& out_;
  bool ignore_unknown_;
  std::map<std::pair<const void*, const void*>, StructWritePlan*> plans_;
  std::map<std::pair<const void*, const void*>, std::vector<EnumNumber>*> enums_;
  std::deque<std::pair<StructWritePlan*, const StructType*>> todo_;
  std::size_t ops_ = 0;
};

Result<std::shared_ptr<const StructWritePlans>> StructWritePlans::make(
    std::shared_ptr<const MessagePlans> messages, const StructType& type, bool ignore_unknown) {
  if (!ignore_unknown) LIMPET_CHECK(has_members(*messages->root().message, type));
  auto plans = std::make_shared<StructWritePlans>();
  plans->messages_ = std::move(messages);
  LIMPET_CHECK(StructWritePlanMaker(*plans, ignore_unknown).make(type));
  return std::shared_ptr<const StructWritePlans>(std::move(plans));
}

}  // namespace limpet::protobuf
