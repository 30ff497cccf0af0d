#include "limpet/avro/struct_reader.h"

#include "read_context.h"
#include "struct_plan.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

using value::FaultKind;
using value::TargetType;

constexpr std::size_t kReserved = 1'024;

class StructRun {
 public:
  StructRun(const StructPlan& plan, ReadContext& context)
      : struct_plan_(plan),
        plan_(*plan.plan),
        context_(context),
        owned_left_(context.arena->limit()) {}

  Position run(std::uint32_t block, Position at, std::byte* base) {
    const StructOp* op = struct_plan_.ops.data() + block;
    for (;; ++op) {
      std::byte* const to = base + op->offset;
      switch (op->code) {
        case StructOpCode::End:
          return at;
        case StructOpCode::Boolean:
          at = read_boolean(at, context_, as<bool>(to));
          break;
        case StructOpCode::Int32:
          at = read_int(at, context_, as<std::int32_t>(to));
          break;
        case StructOpCode::Int64:
          at = read_long(at, context_, as<std::int64_t>(to));
          break;
        case StructOpCode::IntToInt64:
          at = read_int_as<std::int64_t>(at, to);
          break;
        case StructOpCode::IntToFloat:
          at = read_int_as<float>(at, to);
          break;
        case StructOpCode::IntToDouble:
          at = read_int_as<double>(at, to);
          break;
        case StructOpCode::LongToFloat:
          at = read_long_as<float>(at, to);
          break;
        case StructOpCode::LongToDouble:
          at = read_long_as<double>(at, to);
          break;
        case StructOpCode::Float:
          at = read_floating(at, context_, as<float>(to));
          break;
        case StructOpCode::FloatToDouble: {
          float value = 0;
          at = read_floating(at, context_, value);
          if (at != nullptr) as<double>(to) = static_cast<double>(value);
          break;
        }
        case StructOpCode::Double:
          at = read_floating(at, context_, as<double>(to));
          break;
        case StructOpCode::StringView: {
          std::string_view text;
          at = read_string(at, context_, text);
          if (at != nullptr) as<std::string_view>(to) = text;
          break;
        }
        case StructOpCode::String: {
          std::string_view text;
          at = read_string(at, context_, text);
          if (at != nullptr) as<std::string>(to).assign(text);
          break;
        }
        case StructOpCode::BytesView: {
          std::string_view bytes;
          at = read_bytes(at, context_, bytes);
          if (at != nullptr) as<std::span<const std::byte>>(to) = as_bytes(bytes);
          break;
        }
        case StructOpCode::Bytes: {
          std::string_view bytes;
          at = read_bytes(at, context_, bytes);
          if (at != nullptr) assign(as<std::vector<std::byte>>(to), bytes);
          break;
        }
        case StructOpCode::FixedView: {
          std::string_view bytes;
          at = read_fixed(at, context_, op->number, bytes);
          if (at != nullptr) as<std::span<const std::byte>>(to) = as_bytes(bytes);
          break;
        }
        case StructOpCode::FixedBytes: {
          std::string_view bytes;
          at = read_fixed(at, context_, op->number, bytes);
          if (at != nullptr) assign(as<std::vector<std::byte>>(to), bytes);
          break;
        }
        case StructOpCode::FixedArray: {
          std::string_view bytes;
          at = read_fixed(at, context_, op->number, bytes);
          if (at != nullptr && !bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
          break;
        }
        case StructOpCode::EnumValue:
          at = enum_value(*op, at, to);
          break;
        case StructOpCode::EnumView: {
          const std::string* symbol = nullptr;
          at = enum_symbol(*op, at, symbol);
          if (at != nullptr) as<std::string_view>(to) = *symbol;
          break;
        }
        case StructOpCode::EnumString: {
          const std::string* symbol = nullptr;
          at = enum_symbol(*op, at, symbol);
          if (at != nullptr) as<std::string>(to) = *symbol;
          break;
        }
        case StructOpCode::SkipNumber: {
          if (op->small != 0) {
            std::int32_t ignored = 0;
            at = read_int(at, context_, ignored);
          } else {
            std::int64_t ignored = 0;
            at = read_long(at, context_, ignored);
          }
          break;
        }
        case StructOpCode::SkipBytes: {
          std::string_view ignored;
          at = read_bytes(at, context_, ignored);
          break;
        }
        case StructOpCode::SkipOther:
          at = skip(plan_, plan_[op->number], at, context_);
          break;
        case StructOpCode::OptionalBoolean: {
          void* value = nullptr;
          at = optional(*op, at, to, value);
          if (value != nullptr) at = read_boolean(at, context_, as<bool>(value));
          break;
        }
        case StructOpCode::OptionalInt32: {
          void* value = nullptr;
          at = optional(*op, at, to, value);
          if (value != nullptr) at = read_int(at, context_, as<std::int32_t>(value));
          break;
        }
        case StructOpCode::OptionalInt64: {
          void* value = nullptr;
          at = optional(*op, at, to, value);
          if (value != nullptr) at = read_long(at, context_, as<std::int64_t>(value));
          break;
        }
        case StructOpCode::OptionalDouble: {
          void* value = nullptr;
          at = optional(*op, at, to, value);
          if (value != nullptr) at = read_floating(at, context_, as<double>(value));
          break;
        }
        case StructOpCode::OptionalStringView: {
          void* value = nullptr;
          at = optional(*op, at, to, value);
          if (value != nullptr) at = read_string(at, context_, as<std::string_view>(value));
          break;
        }
        case StructOpCode::OptionalString: {
          void* value = nullptr;
          at = optional(*op, at, to, value);
          if (value == nullptr) break;
          std::string_view text;
          at = read_string(at, context_, text);
          if (at != nullptr) as<std::string>(value).assign(text);
          break;
        }
        case StructOpCode::OptionalOther: {
          void* value = nullptr;
          at = optional(*op, at, to, value);
          if (value != nullptr) at = deeper(op->block, op->number, at, value);
          break;
        }
        case StructOpCode::Reset:
          access<value::OptionalAccess>(*op).reset(to);
          break;
        case StructOpCode::Engage:
          at = deeper(op->block, op->small, at, access<value::OptionalAccess>(*op).engage(to));
          break;
        case StructOpCode::Emplace:
          at = deeper(op->block, op->small, at,
                      access<value::VariantAccess>(*op).emplace(to, op->number));
          break;
        case StructOpCode::Sequence:
          at = sequence(*op, at, to);
          break;
        case StructOpCode::Map:
          at = map(*op, at, to);
          break;
        case StructOpCode::Union: {
          std::uint32_t branch = 0;
          at = read_branch(at, context_, op->number, branch);
          if (at != nullptr) at = run(struct_plan_.branches[op->block + branch], at, to);
          break;
        }
        case StructOpCode::Default:
          at = default_value(*op, at, to);
          break;
        case StructOpCode::Fail:
          at = context_.fail(FaultKind::TypeMismatch, at, plan_.why(plan_[op->number]));
          break;
      }
      if (at == nullptr) [[unlikely]]
        return on_path(*op);
    }
  }

 private:
  template <class T>
  static T& as(void* at) {
    return *static_cast<T*>(at);
  }
  template <class T>
  static const T& access(const StructOp& op) {
    return *static_cast<const T*>(op.pointer);
  }
  static std::span<const std::byte> as_bytes(std::string_view bytes) {
    return std::as_bytes(std::span(bytes));
  }
  static void assign(std::vector<std::byte>& to, std::string_view bytes) {
    const auto from = as_bytes(bytes);
    to.assign(from.begin(), from.end());
  }

  template <class T>
  Position read_int_as(Position at, std::byte* to) {
    std::int32_t value = 0;
    at = read_int(at, context_, value);
    if (at != nullptr) as<T>(to) = static_cast<T>(value);
    return at;
  }
  template <class T>
  Position read_long_as(Position at, std::byte* to) {
    std::int64_t value = 0;
    at = read_long(at, context_, value);
    if (at != nullptr) as<T>(to) = static_cast<T>(value);
    return at;
  }

  // `value`: where it is to be read; stays nullptr for a null or when something is wrong.
  Position optional(const StructOp& op, Position at, std::byte* to, void*& value) {
    const auto& optional = access<value::OptionalAccess>(op);
    std::uint32_t branch = 0;
    at = read_branch(at, context_, 2, branch);
    if (at == nullptr) [[unlikely]]
      return nullptr;
    if (branch == op.small) {
      optional.reset(to);
    } else {
      value = optional.engage(to);
    }
    return at;
  }

  [[gnu::noinline]] Position deeper(std::uint32_t block, std::uint32_t levels, Position at,
                                    void* to) {
    if (context_.depth_left < levels) [[unlikely]]
      return context_.too_deep(at);
    context_.depth_left -= levels;
    at = run(block, at, static_cast<std::byte*>(to));
    context_.depth_left += levels;
    return at;
  }

  [[gnu::noinline]] Position enum_symbol(const StructOp& op, Position at,
                                         const std::string*& symbol) {
    const Action& action = plan_[op.number];
    std::uint32_t ordinal = 0;
    at = read_enum(at, context_, plan_, action, ordinal);
    if (at != nullptr) symbol = &action.reader->symbols[ordinal];
    return at;
  }

  [[gnu::noinline]] Position enum_value(const StructOp& op, Position at, std::byte* to) {
    const Action& action = plan_[op.number];
    std::uint32_t ordinal = 0;
    const Position next = read_enum(at, context_, plan_, action, ordinal);
    if (next == nullptr) [[unlikely]]
      return nullptr;
    const EnumTarget& symbol = struct_plan_.symbols[op.block + ordinal];
    if (!symbol.known) [[unlikely]] {
      return context_.fail(FaultKind::TypeMismatch, at,
                           "expected a symbol that the program's enum has, found " +
                               action.reader->symbols[ordinal]);
    }
    access<value::EnumTable>(op).store(to, symbol.value);
    return next;
  }

  // Memory that is not the arena's.
  bool own(std::size_t bytes) {
    if (bytes > owned_left_) return false;
    owned_left_ -= bytes;
    return true;
  }

  [[gnu::noinline]] Position sequence(const StructOp& op, Position at, std::byte* to) {
    if (context_.depth_left == 0) [[unlikely]]
      return context_.too_deep(at);
    const Level level(context_);
    const auto& target = access<TargetType>(op);
    const auto& items = *target.sequence;
    const Action& item = plan_[op.number];
    items.clear(to);
    std::size_t done = 0;
    while (true) {
      std::size_t count = 0;
      at = read_block(at, context_, item, false, count);
      if (at == nullptr) [[unlikely]]
        return nullptr;
      if (count == 0) return at;
      if (done == 0) items.reserve(to, std::min(count, kReserved));
      for (std::size_t i = 0; i < count; ++i) {
        if (!own(target.item_bytes)) [[unlikely]]
          return context_.no_memory(at);
        at = run(op.block, at, static_cast<std::byte*>(items.append(to)));
        if (at == nullptr) [[unlikely]]
          return context_.in_item(done);
        ++done;
      }
    }
  }

  [[gnu::noinline]] Position map(const StructOp& op, Position at, std::byte* to) {
    if (context_.depth_left == 0) [[unlikely]]
      return context_.too_deep(at);
    const Level level(context_);
    const auto& target = access<TargetType>(op);
    const std::size_t entry_bytes = target.element().bytes + sizeof(std::string) + kNodeBytes;
    const auto& entries = *target.map;
    const Action& item = plan_[op.number];
    entries.clear(to);
    std::size_t done = 0;
    while (true) {
      std::size_t count = 0;
      at = read_block(at, context_, item, true, count);
      if (at == nullptr) [[unlikely]]
        return nullptr;
      if (count == 0) return at;
      for (std::size_t i = 0; i < count; ++i, ++done) {
        if (!own(entry_bytes)) [[unlikely]]
          return context_.no_memory(at);
        std::string_view key;
        at = read_string(at, context_, key);
        if (at == nullptr) [[unlikely]]
          return context_.in_item(done);
        at = run(op.block, at, static_cast<std::byte*>(entries.insert(to, key)));
        if (at == nullptr) [[unlikely]]
          return context_.in_entry(key);
      }
    }
  }

  // The bytes are the plan's own; the payload's wait.
  [[gnu::noinline]] Position default_value(const StructOp& op, Position at, std::byte* to) {
    const auto bytes = std::as_bytes(std::span(plan_.all_defaults()[op.number].bytes));
    const Position begin = std::exchange(context_.begin, bytes.data());
    const Position end = std::exchange(context_.end, bytes.data() + bytes.size());
    const Position read = run(op.block, bytes.data(), to);
    context_.begin = begin;
    context_.end = end;
    return read == nullptr ? nullptr : at;
  }

  [[gnu::cold, gnu::noinline]] Position on_path(const StructOp& op) {
    const auto& step = struct_plan_.steps[static_cast<std::size_t>(&op - struct_plan_.ops.data())];
    return step.empty() ? nullptr : context_.in_field(std::string_view(step).substr(1));
  }

  static constexpr std::size_t kNodeBytes = 48;  // of a map, about

  const StructPlan& struct_plan_;
  const ReadPlan& plan_;
  ReadContext& context_;
  std::size_t owned_left_;
};

}  // namespace

struct StructReader::State {
  StructPlan plan;
  ReadOptions options;
};

StructReader::StructReader(std::unique_ptr<const State> state) : state_(std::move(state)) {}
StructReader::StructReader(StructReader&&) noexcept = default;
StructReader& StructReader::operator=(StructReader&&) noexcept = default;
StructReader::~StructReader() = default;

const Schema& StructReader::writer() const& { return state_->plan.plan->writer(); }

Result<StructReader> StructReader::make(const Schema& writer, const value::StructType& type,
                                        const ReadOptions& options) {
  LIMPET_CHECK(check_options(options));
  LIMPET_TRY(auto plan, ReadPlan::make(writer, options.reader));
  auto state = std::make_unique<State>();
  LIMPET_TRY(state->plan, StructPlan::make(std::move(plan), type));
  state->options = options;
  state->options.reader = nullptr;
  return StructReader(std::move(state));
}

std::optional<value::Fault> StructReader::read(std::span<const std::byte> payload,
                                               value::Arena& arena, void* target,
                                               std::size_t* consumed) const {
  ReadContext context = context_of(payload, arena, state_->options);
  StructRun run(state_->plan, context);
  const Position next = read_payload(payload, state_->options, context, [&](Position at) {
    return run.run(0, at, static_cast<std::byte*>(target));
  });
  if (next == nullptr) [[unlikely]] {
    return finished(context, state_->plan.plan->reader().root());
  }
  if (consumed != nullptr) *consumed = static_cast<std::size_t>(next - context.begin);
  return std::nullopt;
}

}  // namespace limpet::avro
