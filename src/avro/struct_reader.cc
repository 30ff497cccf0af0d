#include "limpet/avro/struct_reader.h"

#include "read_context.h"
#include "struct_read_plan.h"

#include "limpet/avro/nullable.h"

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
  StructRun(const StructReadPlan& plan, ReadContext& context)
      : struct_plan_(plan),
        plan_(*plan.plan),
        context_(context),
        owned_left_(context.arena->limit()) {}

  /// The operations from `block` to its End, on the struct, item or value at `base`.
  Position run(std::uint32_t block, Position at, std::byte* base) {
    const StructReadOp* op = struct_plan_.ops.data() + block;
    for (;; ++op) {
      std::byte* const to = base + op->offset;
      switch (op->code) {
        case StructReadCode::End:
          return at;
        case StructReadCode::Boolean:
          at = read_value(at, as<bool>(to));
          break;
        case StructReadCode::Int32:
          at = read_value(at, as<std::int32_t>(to));
          break;
        case StructReadCode::Int64:
          at = read_value(at, as<std::int64_t>(to));
          break;
        case StructReadCode::IntToInt64:
          at = read_int_as<std::int64_t>(at, to);
          break;
        case StructReadCode::IntToFloat:
          at = read_int_as<float>(at, to);
          break;
        case StructReadCode::IntToDouble:
          at = read_int_as<double>(at, to);
          break;
        case StructReadCode::LongToFloat:
          at = read_long_as<float>(at, to);
          break;
        case StructReadCode::LongToDouble:
          at = read_long_as<double>(at, to);
          break;
        case StructReadCode::Float:
          at = read_value(at, as<float>(to));
          break;
        case StructReadCode::FloatToDouble: {
          float value = 0;
          at = read_floating(at, context_, value);
          if (at != nullptr) as<double>(to) = static_cast<double>(value);
          break;
        }
        case StructReadCode::Double:
          at = read_value(at, as<double>(to));
          break;
        case StructReadCode::StringView:
          at = read_value(at, as<std::string_view>(to));
          break;
        case StructReadCode::String:
          at = read_value(at, as<std::string>(to));
          break;
        case StructReadCode::BytesView: {
          std::string_view bytes;
          at = read_bytes(at, context_, bytes);
          if (at != nullptr) as<std::span<const std::byte>>(to) = as_bytes(bytes);
          break;
        }
        case StructReadCode::Bytes: {
          std::string_view bytes;
          at = read_bytes(at, context_, bytes);
          if (at != nullptr) assign(as<std::vector<std::byte>>(to), bytes);
          break;
        }
        case StructReadCode::FixedView: {
          std::string_view bytes;
          at = read_fixed(at, context_, op->number, bytes);
          if (at != nullptr) as<std::span<const std::byte>>(to) = as_bytes(bytes);
          break;
        }
        case StructReadCode::FixedBytes: {
          std::string_view bytes;
          at = read_fixed(at, context_, op->number, bytes);
          if (at != nullptr) assign(as<std::vector<std::byte>>(to), bytes);
          break;
        }
        case StructReadCode::FixedArray: {
          std::string_view bytes;
          at = read_fixed(at, context_, op->number, bytes);
          if (at != nullptr && !bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
          break;
        }
        case StructReadCode::EnumValue:
          at = enum_value(*op, at, to);
          break;
        case StructReadCode::EnumView: {
          const std::string* symbol = nullptr;
          at = enum_symbol(*op, at, symbol);
          if (at != nullptr) as<std::string_view>(to) = *symbol;
          break;
        }
        case StructReadCode::EnumString: {
          const std::string* symbol = nullptr;
          at = enum_symbol(*op, at, symbol);
          if (at != nullptr) as<std::string>(to) = *symbol;
          break;
        }
        case StructReadCode::SkipNumber: {
          if (op->small != 0) {
            std::int32_t ignored = 0;
            at = read_int(at, context_, ignored);
          } else {
            std::int64_t ignored = 0;
            at = read_long(at, context_, ignored);
          }
          break;
        }
        case StructReadCode::SkipBytes: {
          std::string_view ignored;
          at = read_bytes(at, context_, ignored);
          break;
        }
        case StructReadCode::SkipOther:
          at = skip(plan_, plan_[op->number], at, context_);
          break;
        case StructReadCode::NullableBoolean:
          at = nullable<bool>(*op, at, to);
          break;
        case StructReadCode::NullableInt32:
          at = nullable<std::int32_t>(*op, at, to);
          break;
        case StructReadCode::NullableInt64:
          at = nullable<std::int64_t>(*op, at, to);
          break;
        case StructReadCode::NullableFloat:
          at = nullable<float>(*op, at, to);
          break;
        case StructReadCode::NullableDouble:
          at = nullable<double>(*op, at, to);
          break;
        case StructReadCode::NullableStringView:
          at = nullable<std::string_view>(*op, at, to);
          break;
        case StructReadCode::NullableString:
          at = nullable<std::string>(*op, at, to);
          break;
        case StructReadCode::Nullable:
          at = other_nullable(*op, at, to);
          break;
        case StructReadCode::Reset:
          access<value::OptionalAccess>(*op).reset(to);
          break;
        case StructReadCode::Engage:
          at = deeper(op->block, op->small, at, access<value::OptionalAccess>(*op).engage(to));
          break;
        case StructReadCode::Emplace:
          at = deeper(op->block, op->small, at,
                      access<value::VariantAccess>(*op).emplace(to, op->number));
          break;
        case StructReadCode::Sequence:
          at = sequence(*op, at, to);
          break;
        case StructReadCode::Map:
          at = map(*op, at, to);
          break;
        case StructReadCode::Union: {
          std::uint32_t branch = 0;
          at = read_branch(at, context_, op->number, branch);
          if (at != nullptr) at = run(struct_plan_.branches[op->block + branch], at, to);
          break;
        }
        case StructReadCode::Default:
          at = default_value(*op, at, to);
          break;
        case StructReadCode::Fail:
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
  static const T& access(const StructReadOp& op) {
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

  template <class T>
  [[gnu::always_inline]] Position nullable(const StructReadOp& op, Position at, std::byte* to) {
    if (context_.left(at) >= kNullableBytes) [[likely]] {
      const Position next = read_nullable(at, context_.end, op.small, as<std::optional<T>>(to));
      if (next != nullptr) [[likely]]
        return next;
    }
    return nullable_with_care(op, at, as<std::optional<T>>(to));
  }

  // Near the end of the bytes, and wherever something is or may be wrong.
  template <class T>
  [[gnu::noinline]] Position nullable_with_care(const StructReadOp& op, Position at,
                                                std::optional<T>& to) {
    std::uint32_t branch = 0;
    at = read_branch(at, context_, 2, branch);
    if (at == nullptr) [[unlikely]]
      return nullptr;
    if (branch == op.small) {
      to.reset();
      return at;
    }
    return read_value(at, to.emplace());
  }
  [[gnu::always_inline]] Position read_value(Position at, bool& to) {
    return read_boolean(at, context_, to);
  }
  [[gnu::always_inline]] Position read_value(Position at, std::int32_t& to) {
    return read_int(at, context_, to);
  }
  [[gnu::always_inline]] Position read_value(Position at, std::int64_t& to) {
    return read_long(at, context_, to);
  }
  [[gnu::always_inline]] Position read_value(Position at, float& to) {
    return read_floating(at, context_, to);
  }
  [[gnu::always_inline]] Position read_value(Position at, double& to) {
    return read_floating(at, context_, to);
  }
  [[gnu::always_inline]] Position read_value(Position at, std::string_view& to) {
    std::string_view text;
    at = read_string(at, context_, text);
    if (at != nullptr) to = text;
    return at;
  }
  [[gnu::always_inline]] Position read_value(Position at, std::string& to) {
    std::string_view text;
    at = read_string(at, context_, text);
    if (at != nullptr) to.assign(text);
    return at;
  }

  Position other_nullable(const StructReadOp& op, Position at, std::byte* to) {
    const auto& optional = access<value::OptionalAccess>(op);
    std::uint32_t branch = 0;
    at = read_branch(at, context_, 2, branch);
    if (at == nullptr) [[unlikely]]
      return nullptr;
    if (branch == op.small) {
      optional.reset(to);
      return at;
    }
    return deeper(op.block, op.number, at, optional.engage(to));
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

  [[gnu::noinline]] Position enum_symbol(const StructReadOp& op, Position at,
                                         const std::string*& symbol) {
    const Action& action = plan_[op.number];
    std::uint32_t ordinal = 0;
    at = read_enum(at, context_, plan_, action, ordinal);
    if (at != nullptr) symbol = &action.reader->symbols[ordinal];
    return at;
  }

  [[gnu::noinline]] Position enum_value(const StructReadOp& op, Position at, std::byte* to) {
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

  [[gnu::noinline]] Position sequence(const StructReadOp& op, Position at, std::byte* to) {
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

  [[gnu::noinline]] Position map(const StructReadOp& op, Position at, std::byte* to) {
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
  [[gnu::noinline]] Position default_value(const StructReadOp& op, Position at, std::byte* to) {
    const auto bytes = std::as_bytes(std::span(plan_.all_defaults()[op.number].bytes));
    const Position begin = std::exchange(context_.begin, bytes.data());
    const Position end = std::exchange(context_.end, bytes.data() + bytes.size());
    const Position read = run(op.block, bytes.data(), to);
    context_.begin = begin;
    context_.end = end;
    return read == nullptr ? nullptr : at;
  }

  [[gnu::cold, gnu::noinline]] Position on_path(const StructReadOp& op) {
    const auto& step = struct_plan_.steps[static_cast<std::size_t>(&op - struct_plan_.ops.data())];
    return step.empty() ? nullptr : context_.in_field(std::string_view(step).substr(1));
  }

  static constexpr std::size_t kNodeBytes = 48;  // of a map, about

  const StructReadPlan& struct_plan_;
  const ReadPlan& plan_;
  ReadContext& context_;
  std::size_t owned_left_;
};

}  // namespace

struct StructReader::State {
  StructReadPlan plan;
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
  LIMPET_TRY(state->plan, StructReadPlan::make(std::move(plan), type));
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
