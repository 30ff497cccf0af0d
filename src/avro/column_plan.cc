#include "column_plan.h"

#include "limpet/base/assert.h"

#include <unordered_map>
#include <utility>

namespace limpet::avro {
namespace {

using columns::Kind;

constexpr std::size_t kOpsMax = 1UL << 20;

// Follows the slots, which are a tree of limited depth, so recursion is safe.
class Compiler {
 public:
  Compiler(ColumnPlan::State& out, const ColumnLayout::State& layout)
      : out_(out), layout_(layout), plan_(*out.plan) {
    for (ActionId id = 0; id < out.own->size(); ++id) own_.try_emplace((*out.own)[id].writer, id);
    out_.places.emplace_back();
  }

  Status run() {
    LIMPET_CHECK(compile(plan_.root(), 0));
    emit({.code = ColumnOpCode::End});
    return full() ? Status(too_large()) : Status();
  }

 private:
  bool full() const { return out_.ops.size() + out_.targets.size() > kOpsMax; }
  static Error too_large() {
    return Error::limit_exceeded(
        "reading the writer's data into columns takes more than 2^20 steps");
  }

  std::uint32_t here() {
    label_ = out_.ops.size();
    return static_cast<std::uint32_t>(label_);
  }

  std::uint32_t emit(ColumnOp op) {
    out_.ops.push_back(op);
    out_.place_of.push_back(place_);
    return static_cast<std::uint32_t>(out_.ops.size() - 1);
  }

  // ---- values ----

  Status compile(ActionId id, SlotId slot_id) {
    if (full()) return too_large();
    const Action& action = plan_[id];
    const Slot& slot = layout_.slots[slot_id];
    if (action.wire == Wire::Union) return compile_union(action, slot_id);
    if (action.wire == Wire::Fail) {
      emit({.code = ColumnOpCode::Fail, .a = id});
      return {};
    }
    if (slot.shape == Slot::Shape::Union) {
      LIMPET_ASSERT(action.branch < slot.children.size());
      emit({.code = ColumnOpCode::BeginUnion, .column = slot.column, .a = action.branch});
      return compile_value(action, id, slot.children[action.branch]);
    }
    if (slot.shape == Slot::Shape::Optional && action.as == Type::Null) {
      emit({.code = ColumnOpCode::AppendNull, .column = slot.column});
      return {};
    }
    return compile_value(action, id, slot_id);
  }

  Status compile_union(const Action& action, SlotId slot_id) {
    const Slot& slot = layout_.slots[slot_id];
    const auto branches = plan_.branches(action);
    if (branches.size() == 2 && slot.shape == Slot::Shape::Optional) {
      const std::uint32_t null = plan_[branches[0]].wire == Wire::Null ? 0 : 1;
      if (plan_[branches[null]].wire == Wire::Null) {
        const auto op = emit({.code = ColumnOpCode::Nullable, .column = slot.column, .b = null});
        LIMPET_CHECK(compile(branches[1 - null], slot_id));
        out_.ops[op].a = here();
        return {};
      }
    }
    const auto first = static_cast<std::uint32_t>(out_.targets.size());
    const auto count = static_cast<std::uint32_t>(branches.size());
    emit({.code = ColumnOpCode::Switch, .a = first, .b = count});
    out_.targets.resize(first + count);
    std::vector<std::uint32_t> jumps;
    for (std::uint32_t i = 0; i < count; ++i) {
      out_.targets[first + i] = here();
      LIMPET_CHECK(compile(branches[i], slot_id));
      if (i + 1 < count) jumps.push_back(emit({.code = ColumnOpCode::Jump}));
    }
    for (const auto jump : jumps) out_.ops[jump].a = here();
    return {};
  }

  Status compile_value(const Action& action, ActionId id, SlotId slot_id) {
    const Slot& slot = layout_.slots[slot_id];
    const auto simple = [&](ColumnOpCode code, std::uint32_t a = 0, std::uint32_t b = 0) {
      emit({.code = code, .column = slot.column, .a = a, .b = b});
      return Status();
    };
    switch (action.wire) {
      case Wire::Null:
        return simple(ColumnOpCode::Null);
      case Wire::Boolean:
        return simple(ColumnOpCode::Boolean);
      case Wire::Int:
        if (slot.kind == Kind::Time) {
          return simple(action.as == Type::Int ? ColumnOpCode::TimeMillis
                                               : ColumnOpCode::IntAsTimeMicros);
        }
        return simple(action.as == Type::Int     ? ColumnOpCode::Int
                      : action.as == Type::Long  ? ColumnOpCode::IntAsLong
                      : action.as == Type::Float ? ColumnOpCode::IntAsFloat
                                                 : ColumnOpCode::IntAsDouble);
      case Wire::Long:
        if (slot.kind == Kind::Time) return simple(ColumnOpCode::TimeMicros);
        return simple(action.as == Type::Long    ? ColumnOpCode::Long
                      : action.as == Type::Float ? ColumnOpCode::LongAsFloat
                                                 : ColumnOpCode::LongAsDouble);
      case Wire::Float:
        return simple(action.as == Type::Float ? ColumnOpCode::Float : ColumnOpCode::FloatAsDouble);
      case Wire::Double:
        return simple(ColumnOpCode::Double);
      case Wire::String:
      case Wire::Bytes:
        switch (slot.kind) {
          case Kind::Utf8:
            return simple(ColumnOpCode::Text);
          case Kind::Binary:
            return simple(ColumnOpCode::Binary);
          case Kind::FixedBinary:
            return simple(ColumnOpCode::Uuid);
          default:
            return simple(ColumnOpCode::DecimalBytes, digits(action));
        }
      case Wire::Fixed:
        switch (slot.kind) {
          case Kind::FixedBinary:
            return simple(ColumnOpCode::Fixed, 0, action.bytes());
          case Kind::Interval:
            return simple(ColumnOpCode::Duration);
          default:
            return simple(ColumnOpCode::DecimalFixed, digits(action), action.bytes());
        }
      case Wire::Enum:
        return simple(ColumnOpCode::Enum, id);
      case Wire::Array:
      case Wire::Map: {
        const bool is_map = action.wire == Wire::Map;
        const auto op = emit({.code = is_map ? ColumnOpCode::Map : ColumnOpCode::List,
                              .column = slot.column,
                              .b = id});
        LIMPET_CHECK(compile_body(action.element(), slot.children[0]));
        out_.ops[op].a = here();
        return {};
      }
      case Wire::Record:
        // Column 0 is the row, which has begun.
        if (slot.column > 0) emit({.code = ColumnOpCode::BeginStruct, .column = slot.column});
        return compile_fields(action, slot);
      case Wire::Union:
      case Wire::Fail:
        break;
    }
    return Error::internal("a value of a column is a union or cannot be read");
  }

  static std::uint32_t digits(const Action& action) {
    return static_cast<std::uint32_t>(action.decimal->precision);
  }

  Status compile_body(ActionId id, SlotId slot) {
    const auto outside = std::exchange(place_, 0);
    here();
    LIMPET_CHECK(compile(id, slot));
    emit({.code = ColumnOpCode::End});
    place_ = outside;
    return {};
  }

  Status compile_fields(const Action& action, const Slot& slot) {
    const auto outside = place_;
    const auto& fields = action.reader->fields;
    const auto steps = plan_.steps(action);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto field = steps[i].field;
      const bool wanted = field != Step::kSkip && slot.children[field] != Slot::kNone;
      place_ =
          place(outside, field == Step::kSkip ? action.writer->fields[i].name : fields[field].name);
      if (wanted) {
        LIMPET_CHECK(compile(steps[i].action, slot.children[field]));
      } else {
        LIMPET_CHECK(compile_skip(*action.writer->fields[i].type, steps[i].action));
      }
    }
    for (const auto& step : plan_.defaults(action)) {
      if (slot.children[step.field] == Slot::kNone) continue;
      place_ = place(outside, fields[step.field].name);
      LIMPET_CHECK(compile_default(step, slot.children[step.field]));
    }
    place_ = outside;
    return {};
  }

  Status compile_default(const DefaultStep& step, SlotId slot_id) {
    // A union's default is its first branch's (its bytes: 00), and mostly null.
    const Slot& slot = layout_.slots[slot_id];
    const Action& action = plan_[step.action];
    if (slot.shape == Slot::Shape::Optional && action.wire == Wire::Union &&
        plan_[plan_.branches(action)[0]].wire == Wire::Null) {
      emit({.code = ColumnOpCode::AppendNull, .column = slot.column});
      return {};
    }
    const auto number = static_cast<std::uint32_t>(out_.defaults.size());
    out_.defaults.push_back(step.bytes);
    const auto op = emit({.code = ColumnOpCode::Default, .b = number});
    LIMPET_CHECK(compile_body(step.action, slot_id));
    out_.ops[op].a = here();
    return {};
  }

  std::uint32_t place(std::uint32_t outside, std::string_view field) {
    out_.places.push_back({outside, field});
    return static_cast<std::uint32_t>(out_.places.size() - 1);
  }

  // ---- what nobody wants ----

  Status compile_skip(const Node& writer, ActionId id) {
    if (full()) return too_large();
    switch (writer.type) {
      case Type::Null:
        return {};
      case Type::Int:
      case Type::Long:
        emit({.code = ColumnOpCode::SkipLong});
        return {};
      case Type::Float:
        return skip_raw(4);
      case Type::Double:
        return skip_raw(8);
      case Type::Fixed:
        return skip_raw(static_cast<std::uint32_t>(writer.size));
      case Type::Bytes:
      case Type::String:
        emit({.code = ColumnOpCode::SkipBytes});
        return {};
      default:
        if (const auto own = own_.find(&writer); own != own_.end()) {
          emit({.code = ColumnOpCode::SkipValue, .a = own->second, .b = 1});
        } else {
          emit({.code = ColumnOpCode::SkipValue,
                .a = id});  // within a default, which the reader wrote
        }
        return {};
    }
  }

  // One look at the end of the bytes for neighbours, unless something jumps between them.
  Status skip_raw(std::uint32_t bytes) {
    if (out_.ops.size() > label_ && out_.ops.back().code == ColumnOpCode::SkipRaw &&
        bytes <= INT32_MAX - out_.ops.back().a) {
      out_.ops.back().a += bytes;
    } else {
      emit({.code = ColumnOpCode::SkipRaw, .a = bytes});
    }
    return {};
  }

  ColumnPlan::State& out_;
  const ColumnLayout::State& layout_;
  const ReadPlan& plan_;
  std::unordered_map<const Node*, ActionId> own_;  // what the writer's own plan does with a type
  std::size_t label_ = 0;                          // something jumps to here
  std::uint32_t place_ = 0;
};

}  // namespace

Result<ColumnPlan> ColumnLayout::plan(const Schema& writer) const {
  auto state = std::make_shared<ColumnPlan::State>();
  state->layout = state_;
  LIMPET_TRY(state->plan, ReadPlan::make(writer, &state_->reader));
  LIMPET_TRY(state->own, ReadPlan::make(writer));
  LIMPET_CHECK(Compiler(*state, *state_).run());
  return ColumnPlan(std::move(state));
}

}  // namespace limpet::avro
