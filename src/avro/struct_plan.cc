#include "struct_plan.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace limpet::avro {
namespace {

using value::TargetKind;
using value::TargetType;

constexpr std::size_t kOpsMax = 1'000'000;

struct Key {
  ActionId action;
  const TargetType* target;

  friend bool operator==(const Key&, const Key&) = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    return std::hash<const void*>()(key.target) * 31 + key.action;
  }
};

enum class Fit : std::uint8_t { No, Holds, Exact };

Fit exact_if(bool exact) { return exact ? Fit::Exact : Fit::Holds; }

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
    case Type::Null:
      return kind == TargetKind::Nothing ? Fit::Exact : Fit::No;
    case Type::Boolean:
      return kind == TargetKind::Boolean ? Fit::Exact : Fit::No;
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
    case Type::String:
      return kind == TargetKind::StringView || kind == TargetKind::String ? Fit::Exact : Fit::No;
    case Type::Bytes:
      return kind == TargetKind::BytesView || kind == TargetKind::Bytes ? Fit::Exact : Fit::No;
    case Type::Fixed:
      if (kind == TargetKind::Fixed) {
        return target.bytes == action.bytes() ? Fit::Exact : Fit::No;
      }
      return kind == TargetKind::BytesView || kind == TargetKind::Bytes ? Fit::Holds : Fit::No;
    case Type::Enum:
      if (kind == TargetKind::Enum) {
        const auto& symbols = target.symbols->entries;
        return exact_if(std::ranges::any_of(symbols,
                                            [&](const auto& entry) {
                                              return action.reader->has_symbol(entry.symbol);
                                            })) == Fit::Exact
                   ? Fit::Exact
                   : Fit::No;
      }
      return kind == TargetKind::StringView || kind == TargetKind::String ? Fit::Holds : Fit::No;
    case Type::Array:
      return kind == TargetKind::Sequence ? Fit::Exact : Fit::No;
    case Type::Map:
      return kind == TargetKind::Map ? Fit::Exact : Fit::No;
    case Type::Record:
      return kind == TargetKind::Struct
                 ? exact_if(target.record().name() == action.reader->name.full)
                 : Fit::No;
    case Type::Union:
      break;
  }
  return Fit::No;
}

class StructPlanMaker {
 public:
  explicit StructPlanMaker(StructPlan& out) : out_(out), plan_(*out.plan) {}

  Status make(const value::StructType& type) {
    const Action& root = plan_[plan_.root()];
    if (root.wire != Wire::Record) {
      return Error::invalid_input("the schema is " + describe(*root.writer) +
                                  ", and a struct holds "
                                  "a record: " +
                                  std::string(type.name()));
    }
    blocks_.emplace_back();
    current_ = 0;
    LIMPET_CHECK(emit_record(root, type, 0, ""));
    end_block();
    for (std::size_t next = 0; next < todo_.size(); ++next) {
      auto work = std::move(todo_[next]);
      current_ = work.block;
      context_path_ = std::move(work.path);
      LIMPET_CHECK(emit(work.action, *work.target, 0, ""));
      end_block();
      if (count_ > kOpsMax) {
        return Error::limit_exceeded("Reading into the struct takes too many operations");
      }
    }
    flatten();
    return {};
  }

 private:
  struct Block {
    std::vector<StructOp> ops;
    std::vector<std::string> steps;
    std::uint32_t start = 0;
  };
  struct Work {
    std::uint32_t block;
    ActionId action;
    const TargetType* target;
    std::string path;
  };

  void put(StructOp op, const std::string& path) {
    blocks_[current_].ops.push_back(op);
    blocks_[current_].steps.push_back(path);
    ++count_;
  }
  void end_block() { put({}, ""); }

  std::uint32_t block_for(ActionId action, const TargetType& target, const std::string& path) {
    const auto [known, fresh] =
        known_.try_emplace({action, &target}, static_cast<std::uint32_t>(blocks_.size()));
    if (fresh) {
      blocks_.emplace_back();
      todo_.push_back({known->second, action, &target, context_path_ + path});
    }
    return known->second;
  }

  Error refuse(const Node& type, const TargetType& target, const std::string& path,
               std::string_view why = {}) const {
    std::string where = context_path_ + path;
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
      put({.code = StructOpCode::Fail, .offset = offset, .number = id}, path);
      return {};
    }
    if (fit(action, target) == Fit::No) {
      return refuse(*action.reader, target, path, why_not(action, target));
    }
    if (target.kind == TargetKind::Optional) {
      if (action.as == Type::Null) {
        put({.code = StructOpCode::Reset, .offset = offset, .pointer = target.optional}, path);
        return {};
      }
      const auto block = block_for(id, target.element(), path);
      put({.code = StructOpCode::Engage,
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
    std::optional<std::uint32_t> chosen;
    for (std::uint32_t i = 0; i < target.alternatives.size(); ++i) {
      const Fit how = fit(action, target.alternatives[i]());
      if (how == Fit::Exact) {
        chosen = i;
        break;
      }
      if (how == Fit::Holds && !chosen) chosen = i;
    }
    const auto block = block_for(id, target.alternatives[*chosen](), path);  // fit() said so
    put({.code = StructOpCode::Emplace,
         .small = is_level(action),
         .offset = offset,
         .number = *chosen,
         .block = block,
         .pointer = target.variant},
        path);
    return {};
  }

  static std::optional<StructOpCode> optional_code(const Action& action,
                                                   const TargetType& element) {
    if (static_cast<int>(action.wire) != static_cast<int>(action.as)) return std::nullopt;
    switch (element.kind) {
      case TargetKind::Boolean:
        return StructOpCode::OptionalBoolean;
      case TargetKind::Int32:
        return StructOpCode::OptionalInt32;
      case TargetKind::Int64:
        if (action.wire == Wire::Long) return StructOpCode::OptionalInt64;
        return std::nullopt;
      case TargetKind::Double:
        if (action.wire == Wire::Double) return StructOpCode::OptionalDouble;
        return std::nullopt;
      case TargetKind::StringView:
        if (action.wire == Wire::String) return StructOpCode::OptionalStringView;
        return std::nullopt;
      case TargetKind::String:
        if (action.wire == Wire::String) return StructOpCode::OptionalString;
        return std::nullopt;
      default:
        return std::nullopt;
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
        StructOp op{.code = StructOpCode::OptionalOther,
                    .small = static_cast<std::uint8_t>(null_at),
                    .offset = offset,
                    .pointer = target.optional};
        if (const auto code = optional_code(plan_[other], target.element())) {
          op.code = *code;
        } else {
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
    put({.code = StructOpCode::Union,
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
    StructOp op{.offset = offset};
    switch (action.as) {
      case Type::Null:
        return {};
      case Type::Boolean:
        op.code = StructOpCode::Boolean;
        break;
      case Type::Int:
        op.code = target.kind == TargetKind::Int32   ? StructOpCode::Int32
                  : target.kind == TargetKind::Int64 ? StructOpCode::IntToInt64
                                                     : StructOpCode::IntToDouble;
        break;
      case Type::Long:
        op.code = action.wire == Wire::Int ? StructOpCode::IntToInt64 : StructOpCode::Int64;
        break;
      case Type::Float:
      case Type::Double:
        op.code = floating(action, target);
        if (op.code == StructOpCode::End) {
          return refuse(*action.writer, target, path, "by way of float");
        }
        break;
      case Type::String:
        op.code =
            target.kind == TargetKind::String ? StructOpCode::String : StructOpCode::StringView;
        break;
      case Type::Bytes:
        op.code = target.kind == TargetKind::Bytes ? StructOpCode::Bytes : StructOpCode::BytesView;
        break;
      case Type::Fixed:
        op.code = target.kind == TargetKind::Fixed   ? StructOpCode::FixedArray
                  : target.kind == TargetKind::Bytes ? StructOpCode::FixedBytes
                                                     : StructOpCode::FixedView;
        op.number = action.bytes();
        break;
      case Type::Enum:
        op.code = target.kind == TargetKind::Enum     ? StructOpCode::EnumValue
                  : target.kind == TargetKind::String ? StructOpCode::EnumString
                                                      : StructOpCode::EnumView;
        op.number = id;
        if (op.code == StructOpCode::EnumValue) {
          op.pointer = target.symbols;
          op.block = symbols_of(action, *target.symbols);
        }
        break;
      case Type::Array:
      case Type::Map:
        op.code = action.as == Type::Array ? StructOpCode::Sequence : StructOpCode::Map;
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
  static StructOpCode floating(const Action& action, const TargetType& target) {
    const bool as_float = action.as == Type::Float;
    const bool into_float = target.kind == TargetKind::Float;
    switch (action.wire) {
      case Wire::Int:
        if (as_float != into_float) return StructOpCode::End;
        return into_float ? StructOpCode::IntToFloat : StructOpCode::IntToDouble;
      case Wire::Long:
        if (as_float != into_float) return StructOpCode::End;
        return into_float ? StructOpCode::LongToFloat : StructOpCode::LongToDouble;
      case Wire::Float:
        return into_float ? StructOpCode::Float : StructOpCode::FloatToDouble;
      default:
        return StructOpCode::Double;
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
        const std::string where = context_path_ + path + "." + std::string(member.name);
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
      put({.code = StructOpCode::Default, .offset = offset, .number = number, .block = block},
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
        put({.code = StructOpCode::SkipNumber, .small = action.wire == Wire::Int}, path);
        return;
      case Wire::String:
      case Wire::Bytes:
        put({.code = StructOpCode::SkipBytes}, path);
        return;
      default:
        put({.code = StructOpCode::SkipOther, .number = id}, path);
    }
  }

  static bool has_block(StructOpCode code) {
    switch (code) {
      case StructOpCode::OptionalOther:
      case StructOpCode::Engage:
      case StructOpCode::Emplace:
      case StructOpCode::Sequence:
      case StructOpCode::Map:
      case StructOpCode::Default:
        return true;
      default:
        return false;
    }
  }

  void flatten() {
    std::uint32_t start = 0;
    for (auto& block : blocks_) {
      block.start = start;
      start += static_cast<std::uint32_t>(block.ops.size());
    }
    out_.ops.reserve(start);
    out_.steps.reserve(start);
    for (auto& block : blocks_) {
      for (StructOp op : block.ops) {
        if (has_block(op.code)) op.block = blocks_[op.block].start;
        out_.ops.push_back(op);
      }
      for (auto& step : block.steps) out_.steps.push_back(std::move(step));
    }
    for (auto& branch : out_.branches) branch = blocks_[branch].start;
  }

  StructPlan& out_;
  const ReadPlan& plan_;
  std::deque<Block> blocks_;
  std::uint32_t current_ = 0;
  std::size_t count_ = 0;
  std::unordered_map<Key, std::uint32_t, KeyHash> known_;
  std::deque<Work> todo_;
  std::string context_path_;  // of the block that is being made
};

}  // namespace

Result<StructPlan> StructPlan::make(std::shared_ptr<const ReadPlan> plan,
                                    const value::StructType& type) {
  StructPlan out;
  out.plan = std::move(plan);
  LIMPET_CHECK(StructPlanMaker(out).make(type));
  return out;
}

}  // namespace limpet::avro
