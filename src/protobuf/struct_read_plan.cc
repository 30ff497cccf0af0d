#include "struct_read_plan.h"

#include <algorithm>
#include <span>
#include <string>

namespace limpet::protobuf {

using value::StructField;
using value::StructType;
using value::TargetKind;
using value::TargetType;

namespace {

constexpr std::size_t kOpsMax = 1'000'000;
constexpr std::size_t kDenseNumbers = 1024;  // above: only where the operations are about as many
constexpr std::size_t kBitsMax = StructReadPlan::kWords * 64;

bool is_integer(TargetKind kind) {
  return kind == TargetKind::Int32 || kind == TargetKind::Int64 || kind == TargetKind::UInt32 ||
         kind == TargetKind::UInt64;
}
bool is_real(TargetKind kind) { return kind == TargetKind::Float || kind == TargetKind::Double; }
bool is_text(TargetKind kind) {
  return kind == TargetKind::StringView || kind == TargetKind::String;
}

// Integers into any number, reals into reals.
std::optional<ReadCode> number_code(FieldType type, TargetKind kind) {
  const auto is = [&](TargetKind exact, ReadCode code) {
    return kind == exact                       ? std::optional(code)
           : is_integer(kind) || is_real(kind) ? std::optional(ReadCode::Number)
                                               : std::nullopt;
  };
  switch (type) {
    case FieldType::Int32:
      return is(TargetKind::Int32, ReadCode::Varint32);
    case FieldType::UInt32:
      return is(TargetKind::UInt32, ReadCode::Varint32);
    case FieldType::SInt32:
      return is(TargetKind::Int32, ReadCode::Zigzag32);
    case FieldType::Int64:
      return is(TargetKind::Int64, ReadCode::Varint64);
    case FieldType::UInt64:
      return is(TargetKind::UInt64, ReadCode::Varint64);
    case FieldType::SInt64:
      return is(TargetKind::Int64, ReadCode::Zigzag64);
    case FieldType::Fixed32:
      return is(TargetKind::UInt32, ReadCode::Fixed32);
    case FieldType::SFixed32:
      return is(TargetKind::Int32, ReadCode::Fixed32);
    case FieldType::Fixed64:
      return is(TargetKind::UInt64, ReadCode::Fixed64);
    case FieldType::SFixed64:
      return is(TargetKind::Int64, ReadCode::Fixed64);
    case FieldType::Float:
      return is_integer(kind) ? std::nullopt : is(TargetKind::Float, ReadCode::Fixed32);
    case FieldType::Double:
      return is_integer(kind) ? std::nullopt : is(TargetKind::Double, ReadCode::Fixed64);
    default:
      return std::nullopt;
  }
}

// How a value that is no message is stored; nullopt: by way of a view, if at all.
std::optional<ReadCode> scalar_code(FieldType type, const TargetType& target) {
  const auto kind = target.kind;
  switch (type) {
    case FieldType::Bool:
      if (kind == TargetKind::Boolean) return ReadCode::Boolean;
      return std::nullopt;
    case FieldType::String:
      if (kind == TargetKind::StringView) return ReadCode::StringView;
      if (kind == TargetKind::String) return ReadCode::String;
      return std::nullopt;
    case FieldType::Bytes:
      if (kind == TargetKind::BytesView) return ReadCode::BytesView;
      if (kind == TargetKind::Bytes) return ReadCode::Bytes;
      if (kind == TargetKind::Fixed) return ReadCode::FixedBytes;
      return std::nullopt;
    case FieldType::Enum:
      if (kind == TargetKind::Enum) return ReadCode::Enum;
      if (is_text(kind)) {
        return kind == TargetKind::String ? ReadCode::EnumString : ReadCode::EnumView;
      }
      return std::nullopt;
    default:
      return number_code(type, kind);
  }
}

bool holds(const FieldPlan& field, const TargetType& target) {
  if (field.type == FieldType::Group) return false;
  if (field.message != nullptr) return target.kind == TargetKind::Struct;
  return scalar_code(field.type, target).has_value();
}

bool is_exact(ReadCode code) { return code >= ReadCode::Varint32 && code <= ReadCode::Fixed64; }

// Of a oneof: when a later record set another field, the member keeps what it holds, or parts of
// that, and it must hold what it held before the message.
bool keeps_parts(const FieldPlan& field, const StructField& member) {
  const auto kind = member.type().kind;
  return !field.siblings.empty() &&
         (kind == TargetKind::Struct || (member.may_be_absent && kind != TargetKind::Optional));
}

// Whether a plan reads the field into such a member by itself.
bool is_direct(const FieldPlan& field, const TargetType& target) {
  if (field.map) {
    const FieldPlan& mapped = *field.message->find(2);
    // An entry with a symbol that a closed enum lacks is none.
    return target.kind == TargetKind::Map && !mapped.closed && holds(mapped, target.element());
  }
  if (field.repeated) {
    return target.kind == TargetKind::Sequence && holds(field, target.element());
  }
  if (target.kind == TargetKind::Optional) return holds(field, target.element());
  return holds(field, target);
}

std::uint32_t tag_of(const FieldPlan& field, WireType wire) {
  return (field.number << 3U) | static_cast<std::uint32_t>(wire);
}

}  // namespace

const ReadOp* StructReadPlan::find(std::uint32_t tag) const {
  const std::uint32_t number = tag >> 3U;
  std::uint32_t at = 0;
  if (number < dense.size()) {
    at = dense[number];
  } else if (const auto found = others.find(number); found != others.end()) {
    at = found->second;
  }
  if (at != 0) {
    for (const ReadOp* op = &ops[at]; op->tag >> 3U == number; ++op) {
      if (op->tag == tag) return op;
    }
  }
  return ops.data();
}

Status has_members(const Message& message, const StructType& type) {
  for (const auto& field : type.fields()) {
    const auto found = std::ranges::find(message.fields, field.name, &Field::name);
    if (found == message.fields.end() && !field.may_be_absent) {
      return Error::invalid_input(message.full_name + " has no field " + std::string(field.name) +
                                  ", which struct " + std::string(type.name()) + " has");
    }
  }
  return {};
}

class StructReadPlanMaker {
 public:
  StructReadPlanMaker(StructReadPlans& out, bool check_required)
      : out_(out), check_required_(check_required) {}

  Status make(const StructType& type) {
    plan_of(out_.messages_->root(), type);
    for (std::size_t i = 0; i < todo_.size(); ++i) {
      const Work work = todo_[i];
      if (work.type != nullptr) {
        fill(*work.plan, *work.type);
      } else {
        fill_entry(*work.plan, *work.mapped);
      }
      ops_ += work.plan->ops.size();
      if (ops_ > kOpsMax) {
        return Error::limit_exceeded("Reading into the struct takes too many operations");
      }
    }
    return {};
  }

 private:
  struct Work {
    StructReadPlan* plan;
    const StructType* type;    // or, of an entry:
    const TargetType* mapped;  // what the map holds
  };
  /// The member of a field, if the struct has one.
  struct Part {
    const StructField* member = nullptr;
    bool late = false;
  };

  StructReadPlan& plan_of(const MessagePlan& message, const StructType& type) {
    auto& known = plans_[{&message, &type}];
    if (known == nullptr) known = &add(message, {nullptr, &type, nullptr});
    return *known;
  }
  StructReadPlan& entry_plan_of(const MessagePlan& entry, const TargetType& mapped) {
    auto& known = plans_[{&entry, &mapped}];
    if (known == nullptr) known = &add(entry, {nullptr, nullptr, &mapped});
    return *known;
  }
  StructReadPlan& add(const MessagePlan& message, Work work) {
    work.plan = &out_.plans_.emplace_back();
    work.plan->message = &message;
    todo_.push_back(work);
    return *work.plan;
  }

  void fill(StructReadPlan& plan, const StructType& type) {
    const MessagePlan& message = *plan.message;
    std::vector<Part> parts(message.fields.size());
    std::vector<StructField> late;
    for (const auto& member : type.fields()) {
      const auto at = message.shape.find(member.name);
      if (!at) {
        // What becomes of it value::read_struct knows.
        if (!member.may_be_absent) late.push_back(member);
        continue;
      }
      Part& part = parts[*at];
      const FieldPlan& field = message.fields[*at];
      part.late = part.member != nullptr || !is_direct(field, member.type()) ||
                  keeps_parts(field, member) || holds_kept(field, member);
      part.member = &member;
    }
    choose_late(message, parts);
    for (const auto& member : type.fields()) {
      const auto at = message.shape.find(member.name);
      if (at && parts[*at].late) late.push_back(member);
    }
    plan.oneofs.resize(message.oneofs.size() + 1);
    plan.ops.emplace_back();
    for (const auto position : message.by_number) {
      emit(plan, message.fields[position], parts[position]);
    }
    finish(plan);
    if (!late.empty() || !plan.late.empty()) {
      plan.late_members.emplace(type.name(), type.bytes(), std::move(late));
    }
  }

  // A struct by value with members that keep parts: they must not be set before the last of the
  // message's parts is read. Containers and optionals hold fresh ones.
  bool holds_kept(const FieldPlan& field, const StructField& member) {
    const TargetType& target = member.type();
    if (field.message == nullptr || field.repeated || target.kind != TargetKind::Struct) {
      return false;
    }
    const StructType& type = target.record();
    const auto [known, fresh] = holds_kept_.try_emplace({field.message, &type}, false);
    if (!fresh) return known->second;
    bool& out = known->second;
    for (const auto& inner : type.fields()) {
      const auto at = field.message->shape.find(inner.name);
      if (!at) continue;
      const FieldPlan& inner_field = field.message->fields[*at];
      if (keeps_parts(inner_field, inner) || holds_kept(inner_field, inner)) out = true;
    }
    return out;
  }

  // Members of a oneof are either all late or none; so are several members of one field.
  void choose_late(const MessagePlan& message, std::vector<Part>& parts) const {
    std::size_t bits = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const FieldPlan& field = message.fields[i];
      Part& part = parts[i];
      const bool checked = check_required_ && field.message != nullptr &&
                           field.message->reaches_required && part.member == nullptr;
      const bool has_bit = part.member != nullptr || field.required || !field.siblings.empty();
      if (checked || (has_bit && bits >= kBitsMax)) part.late = true;
      if (has_bit && !part.late) ++bits;
    }
    for (const auto& oneof : message.oneofs) {
      const bool late = std::ranges::any_of(oneof, [&](auto at) { return parts[at].late; });
      if (!late) continue;
      for (const auto at : oneof) parts[at].late = true;
    }
  }

  void fill_entry(StructReadPlan& plan, const TargetType& mapped) {
    const MessagePlan& entry = *plan.message;
    plan.ops.emplace_back();
    plan.oneofs.resize(1);
    const FieldPlan& key = *entry.find(1);
    plan.ops.push_back({.code = ReadCode::Refuse, .tag = tag_of(key, key.wire)});
    const FieldPlan& value = *entry.find(2);
    ReadOp op = value_op(value, mapped, 0);
    plan.wanted[0] = op.mask = 1;
    plan.ops.push_back(op);
    plan.blanks.push_back(blank_of(value, mapped, 0));
    finish(plan);
  }

  void emit(StructReadPlan& plan, const FieldPlan& field, const Part& part) {
    ReadOp op{.code = ReadCode::Check, .tag = tag_of(field, field.wire), .field = &field};
    const bool required = check_required_ && field.required;
    if (part.late) {
      op.code = ReadCode::Late;
      plan.late.push_back(&field);
    } else if (part.member != nullptr) {
      op = member_op(field, *part.member);
    }
    if (!part.late && (part.member != nullptr || required || !field.siblings.empty())) {
      const auto bit = plan.blanks.size();
      op.word = static_cast<std::uint8_t>(bit / 64);
      op.mask = std::uint64_t{1} << (bit % 64);
      BlankOp blank;
      bool wanted = required;
      if (part.member != nullptr && !required) wanted = member_blank(field, *part.member, blank);
      if (wanted) plan.wanted.at(op.word) |= op.mask;
      plan.blanks.push_back(blank);
      // A number that a closed enum lacks is an unknown field.
      if (op.code == ReadCode::Check && field.closed) op.code = ReadCode::CheckEnum;
      if (!field.siblings.empty()) {
        op.oneof = *field.field->oneof + 1;
        plan.oneofs[op.oneof].at(op.word) |= op.mask;
      }
    }
    plan.ops.push_back(op);
    if (!field.packable) return;
    op.tag = tag_of(field, WireType::Length);
    if (op.wrap == Wrap::Repeated) {
      op.value = op.code;
      op.code = is_exact(op.code) ? ReadCode::Packed : ReadCode::PackedEach;
    }
    plan.ops.push_back(op);
  }

  ReadOp member_op(const FieldPlan& field, const StructField& member) {
    const TargetType& target = member.type();
    const auto offset = static_cast<std::uint32_t>(member.offset);
    if (field.map) {
      const TargetType& mapped = target.element();
      const auto code = scalar_code(field.message->find(2)->type, mapped);
      return {.code = ReadCode::Entries,
              .value = code.value_or(ReadCode::Unknown),
              .tag = tag_of(field, field.wire),
              .offset = offset,
              .bytes = mapped.bytes +
                       static_cast<std::uint32_t>(sizeof(std::string) + StructReadPlan::kNodeBytes),
              .access = target.map,
              .plan = &entry_plan_of(*field.message, mapped),
              .field = &field,
              .target = &mapped};
    }
    if (field.repeated) {
      ReadOp op = value_op(field, target.element(), offset);
      op.wrap = Wrap::Repeated;
      if (op.code == ReadCode::Message) op.code = ReadCode::Messages;
      op.bytes = target.item_bytes;
      op.access = target.sequence;
      return op;
    }
    if (target.kind != TargetKind::Optional) return value_op(field, target, offset);
    ReadOp op = value_op(field, target.element(), offset);
    op.wrap = Wrap::Optional;
    op.access = target.optional;
    return op;
  }

  // Of one value, for a member that holds() it.
  ReadOp value_op(const FieldPlan& field, const TargetType& target, std::uint32_t offset) {
    ReadOp op{.tag = tag_of(field, field.wire),
              .offset = offset,
              .bytes = target.bytes,
              .field = &field,
              .target = &target};
    if (field.message != nullptr) {
      op.code = ReadCode::Message;
      op.plan = &plan_of(*field.message, target.record());
      return op;
    }
    op.code = *scalar_code(field.type, target);  // holds() said so
    if (op.code == ReadCode::Enum) op.detail = &enum_targets(*field.enumeration, *target.symbols);
    return op;
  }

  const EnumTargets& enum_targets(const EnumPlan& plan, const value::EnumTable& table) {
    auto& known = enums_[{&plan, &table}];
    if (known != nullptr) return *known;
    auto& made = out_.enums_.emplace_back();
    for (const auto& symbol : plan.enumeration().values) {
      const auto entry =
          std::ranges::find(table.entries, symbol.name, &value::EnumTable::Entry::symbol);
      made.by_ordinal.push_back(entry == table.entries.end()
                                    ? EnumTargets::Value{}
                                    : EnumTargets::Value{entry->value, true});
    }
    known = &made;
    return made;
  }

  // False: nothing is to be done.
  bool member_blank(const FieldPlan& field, const StructField& member, BlankOp& out) {
    const TargetType& target = member.type();
    const auto offset = static_cast<std::uint32_t>(member.offset);
    out.offset = offset;
    if (field.map) {
      out.code = BlankCode::ClearMap;
      out.access = target.map;
    } else if (field.repeated) {
      out.code = BlankCode::ClearSequence;
      out.access = target.sequence;
    } else if (target.kind == TargetKind::Optional) {
      out.code = BlankCode::Reset;
      if (!field.presence) {
        out = blank_of(field, target.element(), offset);
        out.engage = true;
      }
      out.access = target.optional;
    } else if (field.presence) {
      return !member.may_be_absent;  // else Refuse
    } else {
      out = blank_of(field, target, offset);
    }
    return true;
  }

  // The default of a field without presence.
  BlankOp blank_of(const FieldPlan& field, const TargetType& target, std::uint32_t offset) {
    BlankOp out{.code = BlankCode::Zero, .offset = offset, .bytes = target.bytes};
    if (field.message != nullptr) {
      out.code = BlankCode::EmptyMessage;
      out.plan = &plan_of(*field.message, target.record());
      return out;
    }
    if (field.enumeration != nullptr) {
      const auto& first = field.enumeration->enumeration().values.front();
      if (target.kind == TargetKind::Enum) {
        const auto& value = enum_targets(*field.enumeration, *target.symbols).by_ordinal.front();
        out.code = value.known ? BlankCode::Enum : BlankCode::Refuse;
        out.number = value.value;
        out.detail = target.symbols;
        return out;
      }
      out.detail = &first.name;
    }
    static const std::string kNoText;
    if (out.detail == nullptr) out.detail = &kNoText;
    switch (target.kind) {
      case TargetKind::StringView:
        out.code = BlankCode::Text;
        break;
      case TargetKind::String:
        out.code = BlankCode::StringText;
        break;
      case TargetKind::BytesView:
        out.code = BlankCode::NoBytesView;
        break;
      case TargetKind::Bytes:
        out.code = BlankCode::NoBytes;
        break;
      case TargetKind::Fixed:
        if (target.bytes != 0) out.code = BlankCode::Refuse;
        break;
      default:
        break;
    }
    return out;
  }

  static void finish(StructReadPlan& plan) {
    std::ranges::sort(plan.ops, {}, &ReadOp::tag);
    const auto dense = std::max(kDenseNumbers, 4 * plan.ops.size());
    std::size_t end = 0;
    for (const auto& op : plan.ops) {
      if (op.tag >> 3U < dense) end = std::max<std::size_t>(end, (op.tag >> 3U) + 1);
    }
    plan.dense.assign(end, 0);
    for (std::size_t i = plan.ops.size() - 1; i > 0; --i) {
      const auto& op = plan.ops[i];
      const auto at = static_cast<std::uint32_t>(i);
      if (op.tag < plan.quick.size()) plan.quick.at(op.tag) = static_cast<std::uint8_t>(i);
      if (op.tag >> 3U < end) {
        plan.dense[op.tag >> 3U] = at;
      } else {
        plan.others[op.tag >> 3U] = at;
      }
    }
    for (auto& op : plan.ops) op.unusual = op.wrap != Wrap::None || op.oneof != 0;
    plan.ops.emplace_back();
    plan.words = (plan.blanks.size() + 63) / 64;
  }

  StructReadPlans& out_;
  bool check_required_;
  std::map<std::pair<const void*, const void*>, StructReadPlan*> plans_;
  std::map<std::pair<const void*, const void*>, EnumTargets*> enums_;
  std::map<std::pair<const void*, const void*>, bool> holds_kept_;
  std::deque<Work> todo_;
  std::size_t ops_ = 0;
};

Result<std::shared_ptr<const StructReadPlans>> StructReadPlans::make(
    std::shared_ptr<const MessagePlans> messages, const StructType& type, bool check_required) {
  LIMPET_CHECK(has_members(*messages->root().message, type));
  auto plans = std::make_shared<StructReadPlans>();
  plans->messages_ = std::move(messages);
  LIMPET_CHECK(StructReadPlanMaker(*plans, check_required).make(type));
  return std::shared_ptr<const StructReadPlans>(std::move(plans));
}

}  // namespace limpet::protobuf
