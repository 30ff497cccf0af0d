#include "struct_write_plan.h"

#include "member_fit.h"
#include "read_plan.h"
#include "struct_blocks.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace limpet::avro {
namespace {

using value::TargetKind;
using value::TargetType;

constexpr std::size_t kOpsMax = 1'000'000;

/// Whether the type (no union) can take what the member holds, as far as one look tells.
Fit fit(const Node& type, const TargetType& member) {
  const TargetKind kind = member.kind;
  if (kind == TargetKind::Optional) return std::min(fit(type, member.element()), Fit::Holds);
  if (kind == TargetKind::Variant) {
    const bool any = std::ranges::any_of(member.alternatives, [&](value::TargetTypeOf alternative) {
      return fit(type, alternative()) != Fit::No;
    });
    return any ? Fit::Holds : Fit::No;
  }
  const bool small = kind == TargetKind::Int32;
  const bool integer = small || kind == TargetKind::Int64 || kind == TargetKind::UInt32 ||
                       kind == TargetKind::UInt64;
  switch (type.type) {
    case Type::Int:
      return integer ? exact_if(small) : Fit::No;
    case Type::Long:
      return integer ? exact_if(kind == TargetKind::Int64) : Fit::No;
    case Type::Float:
      return kind == TargetKind::Float || kind == TargetKind::Double
                 ? exact_if(kind == TargetKind::Float)
                 : Fit::No;
    case Type::Double:
      return kind == TargetKind::Float || kind == TargetKind::Double || small
                 ? exact_if(kind == TargetKind::Double)
                 : Fit::No;
    case Type::Bytes:
      if (kind == TargetKind::Fixed && type.logical && type.logical->name == "decimal") {
        return Fit::Holds;
      }
      return fit_plain(type, member);
    default:
      return fit_plain(type, member);
  }
}

std::optional<std::uint32_t> choose(const Node& onion, const TargetType& member) {
  return best_fit(onion.branches.size(),
                  [&](std::uint32_t i) { return fit(*onion.branches[i], member); });
}

class StructWritePlanMaker {
 public:
  StructWritePlanMaker(const Node& root, const WriteOptions& options, StructWritePlan& out)
      : root_(root), options_(options), out_(out) {}

  Status make(const value::StructType& type) {
    if (root_.type != Type::Record) {
      return Error::invalid_input("the schema is " + describe(root_) +
                                  ", and a struct is a record: " + std::string(type.name()));
    }
    LIMPET_CHECK(emit_record(root_, type, 0, ""));
    while (const auto work = blocks_.next()) {
      LIMPET_CHECK(emit(*work->from, *work->member, 0, ""));
      if (blocks_.count() > kOpsMax) {
        return Error::limit_exceeded("Writing the struct takes too many operations");
      }
    }
    blocks_.flatten([](const StructWriteOp& op) { return has_block(op.code); }, out_.ops,
                    out_.steps, out_.alternatives);
    return {};
  }

 private:
  void put(StructWriteOp op, const std::string& path) { blocks_.put(op, path); }
  std::uint32_t block_for(const Node& type, const TargetType& member, const std::string& path) {
    return blocks_.block_for(&type, member, path);
  }

  Error refuse(const Node& type, const TargetType& member, const std::string& path) const {
    const std::string where = blocks_.where(path);
    return Error::invalid_input("field \"" + std::string(root_.name.simple()) + where +
                                    "\": the schema has " + describe(type) +
                                    ", which cannot hold " + value::describe(member),
                                where.empty() ? "" : where.substr(1));
  }

  Status emit(const Node& type, const TargetType& member, std::uint32_t offset,
              const std::string& path) {
    if (type.type == Type::Union) return emit_union(type, member, offset, path);
    if (fit(type, member) == Fit::No) return refuse(type, member, path);
    if (member.kind == TargetKind::Optional) {
      put({.code = StructWriteCode::OptionalFull,
           .levels = is_level(member.element()),
           .offset = offset,
           .block = block_for(type, member.element(), path),
           .pointer = member.optional,
           .node = &type},
          path);
      return {};
    }
    if (member.kind == TargetKind::Variant) {
      return emit_variant(type, member, offset, path);
    }
    return emit_plain(type, member, offset, path);
  }

  static std::uint8_t is_level(const TargetType& held) {
    return held.kind == TargetKind::Struct ? 1 : 0;
  }

  Status emit_variant(const Node& type, const TargetType& member, std::uint32_t offset,
                      const std::string& path) {
    std::vector<std::uint32_t> blocks;
    for (const auto alternative : member.alternatives) {
      const TargetType& held = alternative();
      const bool fits =
          type.type == Type::Union ? choose(type, held).has_value() : fit(type, held) != Fit::No;
      if (!fits && type.type == Type::Union) return refuse(type, held, path);
      blocks.push_back(fits ? block_for(type, held, path)
                            : blocks_.block_of({.code = StructWriteCode::Fail, .node = &type}));
    }
    const auto first = static_cast<std::uint32_t>(out_.alternatives.size());
    out_.alternatives.insert(out_.alternatives.end(), blocks.begin(), blocks.end());
    put({.code = StructWriteCode::Variant,
         .levels = 1,
         .offset = offset,
         .block = first,
         .pointer = member.variant},
        path);
    return {};
  }

  // Of what lies in place: a std::optional of what the type takes as it is.
  static StructWriteCode nullable_code(const Node& type, const TargetType& member) {
    if (!member.optional->is_std) return StructWriteCode::OptionalUnion;
    const TargetKind kind = member.element().kind;
    const auto if_kind = [&](TargetKind held, StructWriteCode code) {
      return kind == held ? code : StructWriteCode::OptionalUnion;
    };
    switch (type.type) {
      case Type::Boolean:
        return if_kind(TargetKind::Boolean, StructWriteCode::NullableBoolean);
      case Type::Int:
        return if_kind(TargetKind::Int32, StructWriteCode::NullableInt32);
      case Type::Long:
        return kind == TargetKind::Int32
                   ? StructWriteCode::NullableInt32
                   : if_kind(TargetKind::Int64, StructWriteCode::NullableInt64);
      case Type::Float:
        return if_kind(TargetKind::Float, StructWriteCode::NullableFloat);
      case Type::Double:
        return if_kind(TargetKind::Double, StructWriteCode::NullableDouble);
      case Type::String:
        return kind == TargetKind::String
                   ? StructWriteCode::NullableString
                   : if_kind(TargetKind::StringView, StructWriteCode::NullableStringView);
      default:
        return StructWriteCode::OptionalUnion;
    }
  }

  Status emit_union(const Node& type, const TargetType& member, std::uint32_t offset,
                    const std::string& path) {
    if (member.kind == TargetKind::Variant) return emit_variant(type, member, offset, path);
    if (member.kind == TargetKind::Optional) {
      const auto null = type.find_branch(Type::Null, "null");
      const TargetType& held = member.element();
      const bool several = held.kind == TargetKind::Variant;
      const auto branch = several ? std::nullopt : choose(type, held);
      if (!several && !branch) return refuse(type, member, path);
      if (null && *null <= 0xFF) {
        StructWriteOp op{.code = StructWriteCode::OptionalUnion,
                         .small = static_cast<std::uint8_t>(*null),
                         .levels = is_level(held),
                         .offset = offset,
                         .number = branch.value_or(StructWriteOp::kNoBranch),
                         .pointer = member.optional};
        if (branch && type.branches.size() == 2) {
          op.code = nullable_code(*type.branches[*branch], member);
        }
        if (op.code == StructWriteCode::OptionalUnion) {
          op.block = block_for(branch ? *type.branches[*branch] : type, held, path);
        }
        put(op, path);
        return {};
      }
      put({.code = StructWriteCode::OptionalFull,
           .levels = is_level(held),
           .offset = offset,
           .block = block_for(type, held, path),
           .pointer = member.optional,
           .node = &type},
          path);
      return {};
    }
    const auto branch = choose(type, member);
    if (!branch) return refuse(type, member, path);
    put({.code = StructWriteCode::Branch, .number = *branch}, path);
    return emit(*type.branches[*branch], member, offset, path);
  }

  // `member` is neither optional nor variant, and fits.
  Status emit_plain(const Node& type, const TargetType& member, std::uint32_t offset,
                    const std::string& path) {
    StructWriteOp op{.offset = offset, .node = &type};
    const TargetKind kind = member.kind;
    const bool decimal = type.logical && type.logical->name == "decimal";
    switch (type.type) {
      case Type::Null:
        return {};
      case Type::Boolean:
        op.code = StructWriteCode::Boolean;
        break;
      case Type::Int:
        op.code = kind == TargetKind::Int32    ? StructWriteCode::Int32
                  : kind == TargetKind::Int64  ? StructWriteCode::Int64ToInt
                  : kind == TargetKind::UInt32 ? StructWriteCode::UInt32ToInt
                                               : StructWriteCode::UInt64ToInt;
        break;
      case Type::Long:
        op.code = kind == TargetKind::Int32    ? StructWriteCode::Int32
                  : kind == TargetKind::Int64  ? StructWriteCode::Int64
                  : kind == TargetKind::UInt32 ? StructWriteCode::UInt32
                                               : StructWriteCode::UInt64ToLong;
        break;
      case Type::Float:
        op.code =
            kind == TargetKind::Float ? StructWriteCode::Float : StructWriteCode::DoubleToFloat;
        break;
      case Type::Double:
        op.code = kind == TargetKind::Double  ? StructWriteCode::Double
                  : kind == TargetKind::Float ? StructWriteCode::FloatToDouble
                                              : StructWriteCode::Int32ToDouble;
        break;
      case Type::String:
        op.code =
            kind == TargetKind::String ? StructWriteCode::String : StructWriteCode::StringView;
        break;
      case Type::Bytes:
      case Type::Fixed:
        op.number = type.type == Type::Fixed ? static_cast<std::uint32_t>(type.size) : member.bytes;
        if (decimal) {
          op.code = StructWriteCode::Decimal;
          op.small = static_cast<std::uint8_t>(kind);
          op.number = member.bytes;
        } else if (type.type == Type::Bytes) {
          op.code = kind == TargetKind::Bytes ? StructWriteCode::Bytes : StructWriteCode::BytesView;
        } else {
          op.code = kind == TargetKind::Fixed   ? StructWriteCode::FixedArray
                    : kind == TargetKind::Bytes ? StructWriteCode::FixedBytes
                                                : StructWriteCode::FixedView;
        }
        break;
      case Type::Enum:
        if (kind == TargetKind::Enum) {
          op.code = StructWriteCode::EnumValue;
          op.pointer = member.symbols;
          op.block = static_cast<std::uint32_t>(out_.ordinals.size());
          for (const auto& entry : member.symbols->entries) {
            const auto symbol = type.at.find(entry.symbol);
            if (symbol == type.at.end()) continue;
            out_.ordinals.push_back({entry.value, static_cast<std::int32_t>(symbol->second)});
          }
          op.number = static_cast<std::uint32_t>(out_.ordinals.size()) - op.block;
        } else {
          op.code = StructWriteCode::EnumText;
          op.small = kind == TargetKind::String ? 1 : 0;
        }
        break;
      case Type::Array:
      case Type::Map:
        op.code = type.type == Type::Array ? StructWriteCode::Sequence : StructWriteCode::Map;
        op.pointer = &member;
        op.block = block_for(*type.element, member.element(), path + "[]");
        break;
      case Type::Record:
        return emit_record(type, member.record(), offset, path);
      case Type::Union:
        break;
    }
    put(op, path);
    return {};
  }

  Status emit_record(const Node& record, const value::StructType& type, std::uint32_t base,
                     const std::string& path) {
    for (const auto& member : type.fields()) {
      if (record.at.contains(member.name) || member.may_be_absent ||
          options_.unknown == UnknownFields::Ignore) {
        continue;
      }
      const std::string where = blocks_.where(path) + "." + std::string(member.name);
      return Error::invalid_input(
          "field \"" + std::string(root_.name.simple()) + where + "\": " + describe(record) +
              " has no such field for the member " + value::describe(member.type()),
          where.substr(1));
    }
    for (const Field& field : record.fields) {
      const std::string name = path + "." + field.name;
      if (const auto at = type.find(field.name)) {
        const auto& member = type.fields()[*at];
        LIMPET_CHECK(emit(*field.type, member.type(),
                          base + static_cast<std::uint32_t>(member.offset), name));
        continue;
      }
      const std::string where = blocks_.where(name);
      const bool fills = options_.missing == MissingFields::FillDefaults;
      if (!fills || !field.default_value) {
        return Error::invalid_input("field \"" + std::string(root_.name.simple()) + where +
                                        "\": the schema has " + describe(*field.type) +
                                        ", and the struct has no member for it" +
                                        (fills ? ", nor has the field a default" : ""),
                                    where.substr(1));
      }
      const auto from = out_.defaults.size();
      std::size_t values = ReadPlan::kDefaultValuesMax;
      LIMPET_CHECK(encode_default(*field.type, *field.default_value, ReadPlan::kDefaultBytesMax,
                                  values, out_.defaults));
      put({.code = StructWriteCode::Raw,
           .number = static_cast<std::uint32_t>(out_.defaults.size() - from),
           .block = static_cast<std::uint32_t>(from)},
          name);
    }
    return {};
  }

  static bool has_block(StructWriteCode code) {
    return code == StructWriteCode::OptionalUnion || code == StructWriteCode::OptionalFull ||
           code == StructWriteCode::Sequence || code == StructWriteCode::Map;
  }

  const Node& root_;
  const WriteOptions& options_;
  StructWritePlan& out_;
  StructBlocks<StructWriteOp, const Node*> blocks_;
};

}  // namespace

Result<StructWritePlan> StructWritePlan::make(const Node& schema, const value::StructType& type,
                                              const WriteOptions& options) {
  StructWritePlan out;
  LIMPET_CHECK(StructWritePlanMaker(schema, options, out).make(type));
  return out;
}

}  // namespace limpet::avro
