#include "struct_read_plan.h"

#include "member_fit.h"
#include "struct_blocks.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace limpet::avro {
namespace {

using value::TargetKind;
using value::TargetType;

constexpr std::size_t kOpsMax = 1'000'000;

/// Whether a member can hold the type, as far as one look tells.
Fit fit(const Action& action, const TargetType& target) {
  const TargetKind kind = target.kind;
  if (kind == TargetKind::Optional) {
    return action.as == Type::Null ? Fit::Holds
                                   : std::min(fit(action, target.element()), Fit::Holds);
  }
  if (kind == TargetKind::Variant) {
    const bool any = std::ranges::any_of(target.alternatives, [&](value::TargetTypeOf alternative) {
      return fit(action, alternative()) != Fit::No;
    });
    return any ? Fit::Holds : Fit::No;
  }
  switch (action.as) {
    case Type::Int:
      return kind == TargetKind::Int32                                 ? Fit::Exact
             : kind == TargetKind::Int64 || kind == TargetKind::Double ? Fit::Holds
                                                                       : Fit::No;
    case Type::Long:
      return kind == TargetKind::Int64 ? Fit::Exact : Fit::No;
    case Type::Float:
      return kind == TargetKind::Float    ? Fit::Exact
             : kind == TargetKind::Double ? Fit::Holds
                                          : Fit::No;
    case Type::Double:
      return kind == TargetKind::Double ? Fit::Exact : Fit::No;
    default:
      return fit_plain(*action.reader, target);
  }
}

class StructReadPlanMaker {
 public:
  explicit StructReadPlanMaker(StructReadPlan& out) : out_(out), plan_(*out.plan) {}

  Status make(const value::StructType& type) {
    const Action& root = plan_[plan_.root()];
    if (root.wire != Wire::Record) {
      return Error::invalid_input("the schema is " + describe(*root.writer) +
                                  ", and a struct holds "
                                  "a record: " +
                                  std::string(type.name()));
    }
    LIMPET_CHECK(emit_record(root, type, 0, ""));
    while (const auto work = blocks_.next()) {
      LIMPET_CHECK(emit(work->from, *work->member, 0, ""));
      if (blocks_.count() > kOpsMax) {
        return Error::limit_exceeded("Reading into the struct takes too many operations");
      }
    }
    blocks_.flatten([](const StructReadOp& op) { return has_block(op.code); }, out_.ops, out_.steps,
                    out_.branches);
    return {};
  }

 private:
  void put(StructReadOp op, const std::string& path) { blocks_.put(op, path); }
  std::uint32_t block_for(ActionId action, const TargetType& target, const std::string& path) {
    return blocks_.block_for(action, target, path);
  }

  Error refuse(const Node& type, const TargetType& target, const std::string& path,
               std::string_view why = {}) const {
    std::string where = blocks_.where(path);
    std::string message = "field \"" + std::string(root_name()) + where + "\": the schema has " +
                          describe(type) + ", which " + value::describe(target) + " cannot hold";
    if (!why.empty()) message.append(" (").append(why).append(")");
    return Error::invalid_input(std::move(message), where.empty() ? "" : where.substr(1));
  }
  std::string_view root_name() const { return plan_.reader().root().name.simple(); }

  Status emit(ActionId id, const TargetType& target, std::uint32_t offset,
              const std::string& path) {
    const Action& action = plan_[id];
    if (action.wire == Wire::Union) return emit_union(id, target, offset, path);
    if (action.wire == Wire::Fail) {
      put({.code = StructReadCode::Fail, .offset = offset, .number = id}, path);
      return {};
    }
    if (fit(action, target) == Fit::No) {
      return refuse(*action.reader, target, path, why_not(action, target));
    }
    if (target.kind == TargetKind::Optional) {
      if (action.as == Type::Null) {
        put({.code = StructReadCode::Reset, .offset = offset, .pointer = target.optional}, path);
        return {};
      }
      const auto block = block_for(id, target.element(), path);
      put({.code = StructReadCode::Engage,
           .small = is_level(action),
           .offset = offset,
           .block = block,
           .pointer = target.optional},
          path);
      return {};
    }
    if (target.kind == TargetKind::Variant) return emit_variant(id, target, offset, path);
    return emit_plain(id, target, offset, path);
  }

  static std::string_view why_not(const Action& action, const TargetType& target) {
    if (action.as == Type::Null) return "std::optional can";
    if (action.as == Type::Long && target.kind == TargetKind::Int32) return "std::int64_t can";
    if (action.as == Type::Enum && target.kind == TargetKind::Enum) return "no symbol is in both";
    if (target.kind == TargetKind::UInt32 || target.kind == TargetKind::UInt64) {
      return "it may be negative";
    }
    return {};
  }

  // Arrays and maps count themselves.
  static std::uint8_t is_level(const Action& action) { return action.wire == Wire::Record ? 1 : 0; }

  Status emit_variant(ActionId id, const TargetType& target, std::uint32_t offset,
                      const std::string& path) {
    const Action& action = plan_[id];
    const auto chosen = best_fit(target.alternatives.size(), [&](std::uint32_t i) {
      return fit(action, target.alternatives[i]());
    });
    const auto block = block_for(id, target.alternatives[*chosen](), path);  // fit() said so
    put({.code = StructReadCode::Emplace,
         .small = is_level(action),
         .offset = offset,
         .number = *chosen,
         .block = block,
         .pointer = target.variant},
        path);
    return {};
  }

  // Of what lies in place: a std::optional of exactly what the bytes hold.
  static StructReadCode nullable_code(const Action& action, const TargetType& target) {
    if (!target.optional->is_std) return StructReadCode::Nullable;
    const TargetKind kind = target.element().kind;
    const auto if_both = [&](Wire wire, TargetKind held, StructReadCode code) {
      return action.wire == wire && kind == held ? code : StructReadCode::Nullable;
    };
    switch (action.as) {
      case Type::Boolean:
        return if_both(Wire::Boolean, TargetKind::Boolean, StructReadCode::NullableBoolean);
      case Type::Int:
        return if_both(Wire::Int, TargetKind::Int32, StructReadCode::NullableInt32);
      case Type::Long:
        return if_both(Wire::Long, TargetKind::Int64, StructReadCode::NullableInt64);
      case Type::Float:
        return if_both(Wire::Float, TargetKind::Float, StructReadCode::NullableFloat);
      case Type::Double:
        return if_both(Wire::Double, TargetKind::Double, StructReadCode::NullableDouble);
      case Type::String:
        return kind == TargetKind::String
                   ? if_both(Wire::String, kind, StructReadCode::NullableString)
                   : if_both(Wire::String, TargetKind::StringView,
                             StructReadCode::NullableStringView);
      default:
        return StructReadCode::Nullable;
    }
  }

  Status emit_union(ActionId id, const TargetType& target, std::uint32_t offset,
                    const std::string& path) {
    const Action& action = plan_[id];
    const auto branches = plan_.branches(action);
    if (target.kind == TargetKind::Optional && branches.size() == 2) {
      const auto is_null = [&](std::size_t i) {
        return plan_[branches[i]].wire == Wire::Null && plan_[branches[i]].as == Type::Null;
      };
      const std::size_t null_at = is_null(0) ? 0 : 1;
      const ActionId other = branches[1 - null_at];
      if (is_null(null_at) && plan_[other].wire != Wire::Fail &&
          fit(plan_[other], target.element()) != Fit::No) {
        StructReadOp op{.code = nullable_code(plan_[other], target),
                        .small = static_cast<std::uint8_t>(null_at),
                        .offset = offset,
                        .pointer = target.optional};
        if (op.code == StructReadCode::Nullable) {
          op.number = is_level(plan_[other]);
          op.block = block_for(other, target.element(), path);
        }
        put(op, path);
        return {};
      }
    }
    std::vector<std::uint32_t> blocks;
    for (const ActionId branch : branches) {
      const Action& part = plan_[branch];
      if (part.wire != Wire::Fail && fit(part, target) == Fit::No) {
        return refuse(*action.reader, target, path, "its branch " + describe(*part.reader));
      }
      blocks.push_back(block_for(branch, target, path));
    }
    const auto first = static_cast<std::uint32_t>(out_.branches.size());
    out_.branches.insert(out_.branches.end(), blocks.begin(), blocks.end());
    put({.code = StructReadCode::Union,
         .offset = offset,
         .number = static_cast<std::uint32_t>(blocks.size()),
         .block = first},
        path);
    return {};
  }

  // `target` is neither optional nor variant, and fits.
  Status emit_plain(ActionId id, const TargetType& target, std::uint32_t offset,
                    const std::string& path) {
    const Action& action = plan_[id];
    StructReadOp op{.offset = offset};
    switch (action.as) {
      case Type::Null:
        return {};
      case Type::Boolean:
        op.code = StructReadCode::Boolean;
        break;
      case Type::Int:
        op.code = target.kind == TargetKind::Int32   ? StructReadCode::Int32
                  : target.kind == TargetKind::Int64 ? StructReadCode::IntToInt64
                                                     : StructReadCode::IntToDouble;
        break;
      case Type::Long:
        op.code = action.wire == Wire::Int ? StructReadCode::IntToInt64 : StructReadCode::Int64;
        break;
      case Type::Float:
      case Type::Double:
        op.code = floating(action, target);
        if (op.code == StructReadCode::End) {
          return refuse(*action.writer, target, path, "by way of float");
        }
        break;
      case Type::String:
        op.code =
            target.kind == TargetKind::String ? StructReadCode::String : StructReadCode::StringView;
        break;
      case Type::Bytes:
        op.code =
            target.kind == TargetKind::Bytes ? StructReadCode::Bytes : StructReadCode::BytesView;
        break;
      case Type::Fixed:
        op.code = target.kind == TargetKind::Fixed   ? StructReadCode::FixedArray
                  : target.kind == TargetKind::Bytes ? StructReadCode::FixedBytes
                                                     : StructReadCode::FixedView;
        op.number = action.bytes();
        break;
      case Type::Enum:
        op.code = target.kind == TargetKind::Enum     ? StructReadCode::EnumValue
                  : target.kind == TargetKind::String ? StructReadCode::EnumString
                                                      : StructReadCode::EnumView;
        op.number = id;
        if (op.code == StructReadCode::EnumValue) {
          op.pointer = target.symbols;
          op.block = symbols_of(action, *target.symbols);
        }
        break;
      case Type::Array:
      case Type::Map:
        op.code = action.as == Type::Array ? StructReadCode::Sequence : StructReadCode::Map;
        op.number = action.element();
        op.pointer = &target;
        op.block = block_for(action.element(), target.element(), path + "[]");
        break;
      case Type::Record:
        return emit_record(action, target.record(), offset, path);
      case Type::Union:
        break;
    }
    put(op, path);
    return {};
  }

  // End: a number that two steps would round twice.
  static StructReadCode floating(const Action& action, const TargetType& target) {
    const bool as_float = action.as == Type::Float;
    const bool into_float = target.kind == TargetKind::Float;
    switch (action.wire) {
      case Wire::Int:
        if (as_float != into_float) return StructReadCode::End;
        return into_float ? StructReadCode::IntToFloat : StructReadCode::IntToDouble;
      case Wire::Long:
        if (as_float != into_float) return StructReadCode::End;
        return into_float ? StructReadCode::LongToFloat : StructReadCode::LongToDouble;
      case Wire::Float:
        return into_float ? StructReadCode::Float : StructReadCode::FloatToDouble;
      default:
        return StructReadCode::Double;
    }
  }

  std::uint32_t symbols_of(const Action& action, const value::EnumTable& table) {
    const auto first = static_cast<std::uint32_t>(out_.symbols.size());
    for (const auto& symbol : action.reader->symbols) {
      const auto entry = std::ranges::find(table.entries, symbol, &value::EnumTable::Entry::symbol);
      out_.symbols.push_back(entry == table.entries.end() ? EnumTarget{}
                                                          : EnumTarget{entry->value, true});
    }
    return first;
  }

  Status emit_record(const Action& action, const value::StructType& type, std::uint32_t base,
                     const std::string& path) {
    const Node& record = *action.reader;
    std::vector<const value::StructField*> members(record.fields.size(), nullptr);
    for (const auto& member : type.fields()) {
      const auto at = record.at.find(member.name);
      if (at == record.at.end()) {
        if (member.may_be_absent) continue;
        const std::string where = blocks_.where(path) + "." + std::string(member.name);
        return Error::invalid_input("field \"" + std::string(root_name()) + where + "\": " +
                                        describe(record) + " has no such field, and the member " +
                                        value::describe(member.type()) + " needs one",
                                    where.substr(1));
      }
      members[at->second] = &member;
    }
    for (const Step& step : plan_.steps(action)) {
      const auto i = static_cast<std::size_t>(&step - plan_.steps(action).data());
      const auto* member = step.field == Step::kSkip ? nullptr : members[step.field];
      if (member == nullptr) {
        skip(step.action, path + "." + action.writer->fields[i].name);
        continue;
      }
      LIMPET_CHECK(emit(step.action, member->type(),
                        base + static_cast<std::uint32_t>(member->offset),
                        path + "." + std::string(member->name)));
    }
    for (const DefaultStep& step : plan_.defaults(action)) {
      const auto* member = members[step.field];
      if (member == nullptr) continue;
      const TargetType& target = member->type();
      const auto offset = base + static_cast<std::uint32_t>(member->offset);
      const auto name = path + "." + std::string(member->name);
      const auto number = static_cast<std::uint32_t>(&step - plan_.all_defaults().data());
      const auto block = block_for(step.action, target, name);
      put({.code = StructReadCode::Default, .offset = offset, .number = number, .block = block},
          name);
    }
    return {};
  }

  void skip(ActionId id, const std::string& path) {
    const Action& action = plan_[id];
    switch (action.wire) {
      case Wire::Null:
        return;
      case Wire::Int:
      case Wire::Long:
        put({.code = StructReadCode::SkipNumber, .small = action.wire == Wire::Int}, path);
        return;
      case Wire::String:
      case Wire::Bytes:
        put({.code = StructReadCode::SkipBytes}, path);
        return;
      default:
        put({.code = StructReadCode::SkipOther, .number = id}, path);
    }
  }

  static bool has_block(StructReadCode code) {
    switch (code) {
      case StructReadCode::Nullable:
      case StructReadCode::Engage:
      case StructReadCode::Emplace:
      case StructReadCode::Sequence:
      case StructReadCode::Map:
      case StructReadCode::Default:
        return true;
      default:
        return false;
    }
  }

  StructReadPlan& out_;
  const ReadPlan& plan_;
  StructBlocks<StructReadOp, ActionId> blocks_;
};

}  // namespace

Result<StructReadPlan> StructReadPlan::make(std::shared_ptr<const ReadPlan> plan,
                                            const value::StructType& type) {
  StructReadPlan out;
  out.plan = std::move(plan);
  LIMPET_CHECK(StructReadPlanMaker(out).make(type));
  return out;
}

}  // namespace limpet::avro
