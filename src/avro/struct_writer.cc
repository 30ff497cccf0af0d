#include "limpet/avro/struct_writer.h"

#include "read_context.h"
#include "read_plan.h"
#include "write_context.h"

#include "limpet/base/utf8.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

using value::FaultKind;
using value::TargetKind;
using value::TargetType;

enum class Put : std::uint8_t {
  End,
  Boolean,
  Int32,  // to int or long
  Int64,  // to long
  Int64ToInt,
  UInt32,  // to long
  UInt32ToInt,
  UInt64ToLong,
  UInt64ToInt,
  Float,
  FloatToDouble,
  Double,
  DoubleToFloat,
  Int32ToDouble,
  StringView,
  String,
  BytesView,
  Bytes,
  FixedView,      // number: how many bytes
  FixedBytes,     // number
  FixedArray,     // number
  Decimal,        // small: a TargetKind; number: sizeof; the node tells the rest
  EnumValue,      // pointer: EnumTable; block: first of its ordinals
  EnumText,       // small: 1 = std::string
  Raw,            // bytes of a default: number of them from `block` on
  OptionalUnion,  // small: branch of null; number: of what it holds; pointer: OptionalAccess; block
  OptionalFull,   // pointer: OptionalAccess; block
  Variant,        // pointer: VariantAccess; block: where the blocks of its alternatives stand
  Branch,         // number: of the union; goes on
  Sequence,       // pointer: TargetType; block
  Map,            // pointer: TargetType; block
  Fail,
};

struct Op {
  Put code = Put::End;
  std::uint8_t small = 0;
  std::uint8_t levels = 0;  // of optionals and variants: 1 = what they hold is a record
  std::uint32_t offset = 0;
  std::uint32_t number = 0;
  std::uint32_t block = 0;
  const void* pointer = nullptr;
  const Node* node = nullptr;
};

/// A value of the program's enum and the ordinal of its symbol.
struct Ordinal {
  std::int64_t value;
  std::int32_t ordinal;
};

struct WritePlan {
  std::vector<Op> ops;
  std::vector<std::string> steps;  // for each: how a path leads to it from its block
  std::vector<std::uint32_t> alternatives;
  std::vector<Ordinal> ordinals;
  std::string defaults;
};

enum class Fit : std::uint8_t { No, Holds, Exact };

Fit exact_if(bool exact) { return exact ? Fit::Exact : Fit::Holds; }

bool is_text(TargetKind kind) {
  return kind == TargetKind::StringView || kind == TargetKind::String;
}
bool is_bytes(TargetKind kind) {
  return kind == TargetKind::BytesView || kind == TargetKind::Bytes;
}

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
    case Type::Null:
      return kind == TargetKind::Nothing ? Fit::Exact : Fit::No;
    case Type::Boolean:
      return kind == TargetKind::Boolean ? Fit::Exact : Fit::No;
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
    case Type::String:
      return is_text(kind) ? Fit::Exact : Fit::No;
    case Type::Bytes:
      if (kind == TargetKind::Fixed && type.logical && type.logical->name == "decimal") {
        return Fit::Holds;
      }
      return is_bytes(kind) ? Fit::Exact : Fit::No;
    case Type::Fixed:
      if (kind == TargetKind::Fixed) {
        return member.bytes == static_cast<std::uint32_t>(type.size) ? Fit::Exact : Fit::No;
      }
      return is_bytes(kind) ? Fit::Holds : Fit::No;
    case Type::Enum:
      if (kind == TargetKind::Enum) {
        return std::ranges::any_of(member.symbols->entries,
                                   [&](const auto& entry) { return type.has_symbol(entry.symbol); })
                   ? Fit::Exact
                   : Fit::No;
      }
      return is_text(kind) ? Fit::Holds : Fit::No;
    case Type::Array:
      return kind == TargetKind::Sequence ? Fit::Exact : Fit::No;
    case Type::Map:
      return kind == TargetKind::Map ? Fit::Exact : Fit::No;
    case Type::Record:
      return kind == TargetKind::Struct ? exact_if(member.record().name() == type.name.full)
                                        : Fit::No;
    case Type::Union:
      break;
  }
  return Fit::No;
}

std::optional<std::uint32_t> choose(const Node& onion, const TargetType& member) {
  std::optional<std::uint32_t> chosen;
  for (std::uint32_t i = 0; i < onion.branches.size(); ++i) {
    const Fit how = fit(*onion.branches[i], member);
    if (how == Fit::Exact) return i;
    if (how == Fit::Holds && !chosen) chosen = i;
  }
  return chosen;
}

class WritePlanMaker {
 public:
  WritePlanMaker(const Node& root, const WriteOptions& options, WritePlan& out)
      : root_(root), options_(options), out_(out) {}

  Status make(const value::StructType& type) {
    if (root_.type != Type::Record) {
      return Error::invalid_input("the schema is " + describe(root_) +
                                  ", and a struct is a record: " + std::string(type.name()));
    }
    blocks_.emplace_back();
    LIMPET_CHECK(emit_record(root_, type, 0, ""));
    put({}, "");
    for (std::size_t next = 0; next < todo_.size(); ++next) {
      const auto work = todo_[next];
      current_ = work.block;
      context_path_ = work.path;
      LIMPET_CHECK(emit(*work.type, *work.member, 0, ""));
      put({}, "");
      if (count_ > kOpsMax) {
        return Error::limit_exceeded("Writing the struct takes too many operations");
      }
    }
    flatten();
    return {};
  }

 private:
  static constexpr std::size_t kOpsMax = 1'000'000;

  struct Block {
    std::vector<Op> ops;
    std::vector<std::string> steps;
    std::uint32_t start = 0;
  };
  struct Work {
    std::uint32_t block;
    const Node* type;
    const TargetType* member;
    std::string path;
  };
  struct KeyHash {
    std::size_t operator()(const std::pair<const Node*, const TargetType*>& key) const {
      const auto hash = std::hash<const void*>();
      return hash(key.first) * 31 + hash(key.second);
    }
  };

  void put(Op op, const std::string& path) {
    blocks_[current_].ops.push_back(op);
    blocks_[current_].steps.push_back(path);
    ++count_;
  }

  std::uint32_t block_for(const Node& type, const TargetType& member, const std::string& path) {
    const auto [known, fresh] =
        known_.try_emplace({&type, &member}, static_cast<std::uint32_t>(blocks_.size()));
    if (fresh) {
      blocks_.emplace_back();
      todo_.push_back({known->second, &type, &member, context_path_ + path});
    }
    return known->second;
  }

  Error refuse(const Node& type, const TargetType& member, const std::string& path) const {
    const std::string where = context_path_ + path;
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
      put({.code = Put::OptionalFull,
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
      blocks.push_back(fits ? block_for(type, held, path) : fail_block(type));
    }
    const auto first = static_cast<std::uint32_t>(out_.alternatives.size());
    out_.alternatives.insert(out_.alternatives.end(), blocks.begin(), blocks.end());
    put({.code = Put::Variant,
         .levels = 1,
         .offset = offset,
         .block = first,
         .pointer = member.variant},
        path);
    return {};
  }

  // For an alternative that the type has no use for.
  std::uint32_t fail_block(const Node& type) {
    const auto block = static_cast<std::uint32_t>(blocks_.size());
    blocks_.emplace_back();
    blocks_.back().ops.push_back({.code = Put::Fail, .node = &type});
    blocks_.back().steps.emplace_back();
    return block;
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
      if (null && *null <= 0xFF && !several) {
        put({.code = Put::OptionalUnion,
             .small = static_cast<std::uint8_t>(*null),
             .levels = is_level(held),
             .offset = offset,
             .number = *branch,
             .block = block_for(*type.branches[*branch], held, path),
             .pointer = member.optional},
            path);
        return {};
      }
      if (null && *null <= 0xFF) {
        put({.code = Put::OptionalUnion,
             .small = static_cast<std::uint8_t>(*null),
             .levels = is_level(held),
             .offset = offset,
             .number = kNoNumber,
             .block = block_for(type, held, path),
             .pointer = member.optional},
            path);
        return {};
      }
      put({.code = Put::OptionalFull,
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
    put({.code = Put::Branch, .number = *branch}, path);
    return emit(*type.branches[*branch], member, offset, path);
  }

  // `member` is neither optional nor variant, and fits.
  Status emit_plain(const Node& type, const TargetType& member, std::uint32_t offset,
                    const std::string& path) {
    Op op{.offset = offset, .node = &type};
    const TargetKind kind = member.kind;
    const bool decimal = type.logical && type.logical->name == "decimal";
    switch (type.type) {
      case Type::Null:
        return {};
      case Type::Boolean:
        op.code = Put::Boolean;
        break;
      case Type::Int:
        op.code = kind == TargetKind::Int32    ? Put::Int32
                  : kind == TargetKind::Int64  ? Put::Int64ToInt
                  : kind == TargetKind::UInt32 ? Put::UInt32ToInt
                                               : Put::UInt64ToInt;
        break;
      case Type::Long:
        op.code = kind == TargetKind::Int32    ? Put::Int32
                  : kind == TargetKind::Int64  ? Put::Int64
                  : kind == TargetKind::UInt32 ? Put::UInt32
                                               : Put::UInt64ToLong;
        break;
      case Type::Float:
        op.code = kind == TargetKind::Float ? Put::Float : Put::DoubleToFloat;
        break;
      case Type::Double:
        op.code = kind == TargetKind::Double  ? Put::Double
                  : kind == TargetKind::Float ? Put::FloatToDouble
                                              : Put::Int32ToDouble;
        break;
      case Type::String:
        op.code = kind == TargetKind::String ? Put::String : Put::StringView;
        break;
      case Type::Bytes:
      case Type::Fixed:
        op.number = type.type == Type::Fixed ? static_cast<std::uint32_t>(type.size) : member.bytes;
        if (decimal) {
          op.code = Put::Decimal;
          op.small = static_cast<std::uint8_t>(kind);
          op.number = member.bytes;
        } else if (type.type == Type::Bytes) {
          op.code = kind == TargetKind::Bytes ? Put::Bytes : Put::BytesView;
        } else {
          op.code = kind == TargetKind::Fixed   ? Put::FixedArray
                    : kind == TargetKind::Bytes ? Put::FixedBytes
                                                : Put::FixedView;
        }
        break;
      case Type::Enum:
        if (kind == TargetKind::Enum) {
          op.code = Put::EnumValue;
          op.pointer = member.symbols;
          op.block = static_cast<std::uint32_t>(out_.ordinals.size());
          for (const auto& entry : member.symbols->entries) {
            const auto symbol = type.at.find(entry.symbol);
            if (symbol == type.at.end()) continue;
            out_.ordinals.push_back({entry.value, static_cast<std::int32_t>(symbol->second)});
          }
          op.number = static_cast<std::uint32_t>(out_.ordinals.size()) - op.block;
        } else {
          op.code = Put::EnumText;
          op.small = kind == TargetKind::String ? 1 : 0;
        }
        break;
      case Type::Array:
      case Type::Map:
        op.code = type.type == Type::Array ? Put::Sequence : Put::Map;
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
      const std::string where = context_path_ + path + "." + std::string(member.name);
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
      const std::string where = context_path_ + name;
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
      put({.code = Put::Raw,
           .number = static_cast<std::uint32_t>(out_.defaults.size() - from),
           .block = static_cast<std::uint32_t>(from)},
          name);
    }
    return {};
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
      for (Op op : block.ops) {
        switch (op.code) {
          case Put::OptionalUnion:
          case Put::OptionalFull:
          case Put::Sequence:
          case Put::Map:
            op.block = blocks_[op.block].start;
            break;
          default:
            break;
        }
        out_.ops.push_back(op);
      }
      for (auto& step : block.steps) out_.steps.push_back(std::move(step));
    }
    for (auto& block : out_.alternatives) block = blocks_[block].start;
  }

 public:
  static constexpr std::uint32_t kNoNumber = 0xFFFFFFFF;

 private:
  const Node& root_;
  const WriteOptions& options_;
  WritePlan& out_;
  std::deque<Block> blocks_;
  std::uint32_t current_ = 0;
  std::size_t count_ = 0;
  std::unordered_map<std::pair<const Node*, const TargetType*>, std::uint32_t, KeyHash> known_;
  std::deque<Work> todo_;
  std::string context_path_;
};

/// Writes at a position that is passed by value, so that it stays in a register; nullptr: something
/// is wrong, see the context.
class WriteRun {
 public:
  WriteRun(const WritePlan& plan, WriteContext& context)
      : plan_(plan), context_(context), out_(context.out) {}

  bool write(const std::byte* source) {
    std::byte* at = out_.room(kRoom);
    limit_ = out_.data() + out_.capacity();
    at = run(0, at, source);
    if (at == nullptr) return false;
    out_.end_at(at);
    return true;
  }

 private:
  static constexpr std::size_t kRoom = 64;

  std::byte* run(std::uint32_t block, std::byte* at, const std::byte* base) {
    const Op* op = plan_.ops.data() + block;
    for (;; ++op) {
      const std::byte* const from = base + op->offset;
      if (static_cast<std::size_t>(limit_ - at) < codec::kVarint64Bytes) [[unlikely]] {
        at = grow(at, codec::kVarint64Bytes);
      }
      switch (op->code) {
        case Put::End:
          return at;
        case Put::Boolean:
          *at++ = static_cast<std::byte>(as<bool>(from) ? 1 : 0);
          break;
        case Put::Int32:
          at = codec::write_varint32(at, codec::zigzag32(as<std::int32_t>(from)));
          break;
        case Put::Int64:
          at = number(at, as<std::int64_t>(from));
          break;
        case Put::Int64ToInt:
          at = ranged(*op, at, as<std::int64_t>(from));
          break;
        case Put::UInt32:
          at = number(at, std::int64_t{as<std::uint32_t>(from)});
          break;
        case Put::UInt32ToInt:
          at = ranged(*op, at, std::int64_t{as<std::uint32_t>(from)});
          break;
        case Put::UInt64ToLong:
        case Put::UInt64ToInt:
          at = unsigned_number(*op, at, as<std::uint64_t>(from));
          break;
        case Put::Float:
          at = floating(at, as<float>(from));
          break;
        case Put::FloatToDouble:
          at = floating(at, static_cast<double>(as<float>(from)));
          break;
        case Put::Double:
          at = floating(at, as<double>(from));
          break;
        case Put::DoubleToFloat:
          at = floating(at, static_cast<float>(as<double>(from)));
          break;
        case Put::Int32ToDouble:
          at = floating(at, static_cast<double>(as<std::int32_t>(from)));
          break;
        case Put::StringView:
          at = text(at, as<std::string_view>(from));
          break;
        case Put::String:
          at = text(at, as<std::string>(from));
          break;
        case Put::BytesView:
          at = sized(at, as_text(as<std::span<const std::byte>>(from)));
          break;
        case Put::Bytes:
          at = sized(at, as_text(as<std::vector<std::byte>>(from)));
          break;
        case Put::FixedView:
          at = fixed(*op, at, as_text(as<std::span<const std::byte>>(from)));
          break;
        case Put::FixedBytes:
          at = fixed(*op, at, as_text(as<std::vector<std::byte>>(from)));
          break;
        case Put::FixedArray:
          at = raw(at, {reinterpret_cast<const char*>(from), op->number});  // NOLINT
          break;
        case Put::Decimal:
          at = decimal(*op, at, from);
          break;
        case Put::EnumValue:
          at = enum_value(*op, at, from);
          break;
        case Put::EnumText:
          at = enum_text(*op, at,
                         op->small != 0 ? std::string_view(as<std::string>(from))
                                        : as<std::string_view>(from));
          break;
        case Put::Raw:
          at = raw(at, std::string_view(plan_.defaults).substr(op->block, op->number));
          break;
        case Put::OptionalUnion: {
          const void* held = access<value::OptionalAccess>(*op).peek(from);
          if (held == nullptr) {
            at = number(at, op->small);
          } else {
            if (op->number != WritePlanMaker::kNoNumber) {
              at = number(at, std::int64_t{op->number});
            }
            at = deeper(op->block, op->levels, at, held);
          }
          break;
        }
        case Put::OptionalFull: {
          const void* held = access<value::OptionalAccess>(*op).peek(from);
          if (held != nullptr) {
            at = deeper(op->block, op->levels, at, held);
          } else {
            at = mismatch(*op, "an empty optional");
          }
          break;
        }
        case Put::Variant:
          at = variant(*op, at, from);
          break;
        case Put::Branch:
          at = number(at, std::int64_t{op->number});
          break;
        case Put::Sequence:
          at = sequence(*op, at, from);
          break;
        case Put::Map:
          at = map(*op, at, from);
          break;
        case Put::Fail:
          at = mismatch(*op, "another alternative of the variant");
          break;
      }
      if (at == nullptr) [[unlikely]]
        return on_path(*op);
    }
  }

  std::byte* deeper(std::uint32_t block, std::uint32_t levels, std::byte* at, const void* from) {
    if (context_.depth_left < levels) [[unlikely]] {
      context_.too_deep();
      return nullptr;
    }
    context_.depth_left -= levels;
    at = run(block, at, static_cast<const std::byte*>(from));
    context_.depth_left += levels;
    return at;
  }

  template <class T>
  static const T& as(const void* at) {
    return *static_cast<const T*>(at);
  }
  template <class T>
  static const T& access(const Op& op) {
    return *static_cast<const T*>(op.pointer);
  }
  static std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT
  }

  [[gnu::noinline]] std::byte* grow(std::byte* at, std::size_t bytes) {
    out_.end_at(at);
    at = out_.room(std::max(bytes, kRoom));
    limit_ = out_.data() + out_.capacity();
    return at;
  }

  static std::byte* number(std::byte* at, std::int64_t value) {
    return codec::write_varint64(at, codec::zigzag64(value));
  }

  template <class Number>
  static std::byte* floating(std::byte* at, Number value) {
    auto bytes = std::bit_cast<std::array<std::byte, sizeof(Number)>>(value);
    if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(bytes);
    std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
  }

  std::byte* raw(std::byte* at, std::string_view bytes) {
    if (static_cast<std::size_t>(limit_ - at) < bytes.size()) [[unlikely]] {
      at = grow(at, bytes.size());
    }
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
  }

  std::byte* sized(std::byte* at, std::string_view bytes) {
    if (static_cast<std::size_t>(limit_ - at) < bytes.size() + codec::kVarint64Bytes) [[unlikely]] {
      at = grow(at, bytes.size() + codec::kVarint64Bytes);
    }
    at = number(at, static_cast<std::int64_t>(bytes.size()));
    return copy_short(at, bytes.data(), bytes.size());
  }

  std::byte* text(std::byte* at, std::string_view text) {
    if (!is_ascii(text.data(), text.size())) [[unlikely]]
      return other_text(at, text);
    return sized(at, text);
  }

  [[gnu::noinline]] std::byte* other_text(std::byte* at, std::string_view text) {
    const bool good = context_.options.utf8 == value::Utf8Policy::Trust || is_valid_utf8(text);
    if (good) return sized(at, text);
    out_.end_at(at);
    if (!put_text(context_, text)) return nullptr;
    return grow(out_.room(0), codec::kVarint64Bytes);
  }

  [[gnu::noinline]] std::byte* ranged(const Op& op, std::byte* at, std::int64_t value) {
    if (value < std::numeric_limits<std::int32_t>::min() ||
        value > std::numeric_limits<std::int32_t>::max()) {
      return out_of_range(op, std::to_string(value));
    }
    return number(at, value);
  }

  [[gnu::noinline]] std::byte* unsigned_number(const Op& op, std::byte* at, std::uint64_t value) {
    const auto most = op.code == Put::UInt64ToInt
                          ? static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())
                          : static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > most) return out_of_range(op, std::to_string(value));
    return number(at, static_cast<std::int64_t>(value));
  }

  std::byte* out_of_range(const Op& op, const std::string& value) {
    context_.fail(FaultKind::OutOfRange,
                  "expected " + describe(*op.node) + ", found the number " + value);
    return nullptr;
  }

  [[gnu::cold, gnu::noinline]] std::byte* mismatch(const Op& op, std::string_view found) {
    context_.mismatch(*op.node, found);
    return nullptr;
  }

  [[gnu::noinline]] std::byte* fixed(const Op& op, std::byte* at, std::string_view bytes) {
    if (bytes.size() != op.number) {
      return mismatch(
          op, std::to_string(bytes.size()) + " bytes instead of " + std::to_string(op.number));
    }
    return raw(at, bytes);
  }

  [[gnu::noinline]] std::byte* decimal(const Op& op, std::byte* at, const std::byte* from) {
    std::string_view bytes;
    switch (static_cast<TargetKind>(op.small)) {
      case TargetKind::BytesView:
        bytes = as_text(as<std::span<const std::byte>>(from));
        break;
      case TargetKind::Bytes:
        bytes = as_text(as<std::vector<std::byte>>(from));
        break;
      default:
        bytes = as_text({from, op.number});
        break;
    }
    out_.end_at(at);
    if (!put_decimal(context_, *op.node, bytes)) return nullptr;
    return grow(out_.room(0), codec::kVarint64Bytes);
  }

  [[gnu::noinline]] std::byte* enum_value(const Op& op, std::byte* at, const std::byte* from) {
    const std::int64_t value = access<value::EnumTable>(op).load(from);
    for (std::uint32_t i = 0; i < op.number; ++i) {
      const Ordinal& symbol = plan_.ordinals[op.block + i];
      if (symbol.value == value) return number(at, std::int64_t{symbol.ordinal});
    }
    return mismatch(op, "the value " + std::to_string(value) + " of the program's enum");
  }

  [[gnu::noinline]] std::byte* enum_text(const Op& op, std::byte* at, std::string_view text) {
    const auto symbol = op.node->at.find(text);
    if (symbol != op.node->at.end()) return number(at, std::int64_t{symbol->second});
    return mismatch(op,
                    "\"" + std::string(truncate_utf8(text, 60)) + "\", which is no symbol of it");
  }

  [[gnu::noinline]] std::byte* variant(const Op& op, std::byte* at, const std::byte* from) {
    const auto& variant = access<value::VariantAccess>(op);
    const std::size_t index = variant.index(from);
    if (index == static_cast<std::size_t>(-1)) {
      context_.fail(FaultKind::TypeMismatch, "expected a value, found a variant without one");
      return nullptr;
    }
    return deeper(plan_.alternatives[op.block + index], op.levels, at, variant.peek(from));
  }

  [[gnu::noinline]] std::byte* sequence(const Op& op, std::byte* at, const std::byte* from) {
    if (!enter()) return nullptr;
    const auto& member = access<TargetType>(op);
    const std::size_t size = member.sequence->size(from);
    const auto* items = static_cast<const std::byte*>(member.sequence->data(from));
    if (size > 0) at = number(at, static_cast<std::int64_t>(size));
    for (std::size_t i = 0; i < size; ++i) {
      at = run(op.block, at, items + i * member.item_bytes);
      if (at == nullptr) [[unlikely]] {
        context_.in_item(i);
        return nullptr;
      }
    }
    ++context_.depth_left;
    return raw(at, std::string_view("\0", 1));
  }

  [[gnu::noinline]] std::byte* map(const Op& op, std::byte* at, const std::byte* from) {
    if (!enter()) return nullptr;
    const auto& member = access<TargetType>(op);
    const std::size_t size = member.map->size(from);
    if (size > 0) at = number(at, static_cast<std::int64_t>(size));
    struct Visit {
      WriteRun& run;
      const Op& op;
      std::byte* at;
    } visit{*this, op, at};
    member.map->for_each(from, &visit, [](void* context, std::string_view key, const void* value) {
      auto& [run, entry_op, next] = *static_cast<Visit*>(context);
      next = run.text(next, key);
      if (next == nullptr) {
        run.context_.in_entry(key);
        return false;
      }
      next = run.run(entry_op.block, next, static_cast<const std::byte*>(value));
      if (next == nullptr) run.context_.in_entry(key);
      return next != nullptr;
    });
    if (visit.at == nullptr) return nullptr;
    ++context_.depth_left;
    return raw(visit.at, std::string_view("\0", 1));
  }

  bool enter() {
    if (context_.depth_left == 0) return context_.too_deep();
    --context_.depth_left;
    return true;
  }

  [[gnu::cold, gnu::noinline]] std::byte* on_path(const Op& op) {
    const auto& step = plan_.steps[static_cast<std::size_t>(&op - plan_.ops.data())];
    if (!step.empty()) context_.in_field(std::string_view(step).substr(1));
    return nullptr;
  }

  const WritePlan& plan_;
  WriteContext& context_;
  codec::ByteBuffer& out_;
  std::byte* limit_ = nullptr;
};

}  // namespace

struct StructWriter::State {
  Schema schema;
  WritePlan plan;
  WriteOptions options;
};

StructWriter::StructWriter(std::unique_ptr<const State> state) : state_(std::move(state)) {}
StructWriter::StructWriter(StructWriter&&) noexcept = default;
StructWriter& StructWriter::operator=(StructWriter&&) noexcept = default;
StructWriter::~StructWriter() = default;

Result<StructWriter> StructWriter::make(const Schema& schema, const value::StructType& type,
                                        const WriteOptions& options) {
  LIMPET_CHECK(check_options(options));
  auto state = std::make_unique<State>(State{schema, {}, options});
  LIMPET_CHECK(WritePlanMaker(schema.root(), options, state->plan).make(type));
  return StructWriter(std::move(state));
}

std::optional<value::Fault> StructWriter::write(const void* source, codec::ByteBuffer& out) const {
  const std::size_t before = out.size();
  WriteContext context{
      .out = out, .options = state_->options, .depth_left = state_->options.max_depth};
  if (WriteRun(state_->plan, context).write(static_cast<const std::byte*>(source))) [[likely]] {
    return std::nullopt;
  }
  out.shrink(before);
  return finished(context, state_->schema.root());
}

}  // namespace limpet::avro
