#include "limpet/avro/struct_writer.h"

#include "read_context.h"
#include "struct_write_plan.h"
#include "write_context.h"

#include "limpet/avro/nullable.h"
#include "limpet/base/utf8.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

using value::FaultKind;
using value::TargetKind;
using value::TargetType;

/// Writes at a position that is passed by value, so that it stays in a register; nullptr: something
/// is wrong, see the context.
class WriteRun {
 public:
  WriteRun(const StructWritePlan& plan, WriteContext& context)
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
    const StructWriteOp* op = plan_.ops.data() + block;
    for (;; ++op) {
      const std::byte* const from = base + op->offset;
      if (static_cast<std::size_t>(limit_ - at) < kNullableBytes) [[unlikely]] {
        at = grow(at, kNullableBytes);
      }
      switch (op->code) {
        case StructWriteCode::End:
          return at;
        case StructWriteCode::Boolean:
          at = plain(at, as<bool>(from));
          break;
        case StructWriteCode::Int32:
          at = plain(at, as<std::int32_t>(from));
          break;
        case StructWriteCode::Int64:
          at = number(at, as<std::int64_t>(from));
          break;
        case StructWriteCode::Int64ToInt:
          at = ranged(*op, at, as<std::int64_t>(from));
          break;
        case StructWriteCode::UInt32:
          at = number(at, std::int64_t{as<std::uint32_t>(from)});
          break;
        case StructWriteCode::UInt32ToInt:
          at = ranged(*op, at, std::int64_t{as<std::uint32_t>(from)});
          break;
        case StructWriteCode::UInt64ToLong:
        case StructWriteCode::UInt64ToInt:
          at = unsigned_number(*op, at, as<std::uint64_t>(from));
          break;
        case StructWriteCode::Float:
          at = floating(at, as<float>(from));
          break;
        case StructWriteCode::FloatToDouble:
          at = floating(at, static_cast<double>(as<float>(from)));
          break;
        case StructWriteCode::Double:
          at = floating(at, as<double>(from));
          break;
        case StructWriteCode::DoubleToFloat:
          at = floating(at, static_cast<float>(as<double>(from)));
          break;
        case StructWriteCode::Int32ToDouble:
          at = floating(at, static_cast<double>(as<std::int32_t>(from)));
          break;
        case StructWriteCode::StringView:
          at = text(at, as<std::string_view>(from));
          break;
        case StructWriteCode::String:
          at = text(at, as<std::string>(from));
          break;
        case StructWriteCode::BytesView:
          at = sized(at, as_text(as<std::span<const std::byte>>(from)));
          break;
        case StructWriteCode::Bytes:
          at = sized(at, as_text(as<std::vector<std::byte>>(from)));
          break;
        case StructWriteCode::FixedView:
          at = fixed(*op, at, as_text(as<std::span<const std::byte>>(from)));
          break;
        case StructWriteCode::FixedBytes:
          at = fixed(*op, at, as_text(as<std::vector<std::byte>>(from)));
          break;
        case StructWriteCode::FixedArray:
          at = raw(at, {reinterpret_cast<const char*>(from), op->number});  // NOLINT
          break;
        case StructWriteCode::Decimal:
          at = decimal(*op, at, from);
          break;
        case StructWriteCode::EnumValue:
          at = enum_value(*op, at, from);
          break;
        case StructWriteCode::EnumText:
          at = enum_text(*op, at,
                         op->small != 0 ? std::string_view(as<std::string>(from))
                                        : as<std::string_view>(from));
          break;
        case StructWriteCode::Raw:
          at = raw(at, std::string_view(plan_.defaults).substr(op->block, op->number));
          break;
        case StructWriteCode::NullableBoolean:
          at = nullable<bool>(*op, at, from);
          break;
        case StructWriteCode::NullableInt32:
          at = nullable<std::int32_t>(*op, at, from);
          break;
        case StructWriteCode::NullableInt64:
          at = nullable<std::int64_t>(*op, at, from);
          break;
        case StructWriteCode::NullableFloat:
          at = nullable<float>(*op, at, from);
          break;
        case StructWriteCode::NullableDouble:
          at = nullable<double>(*op, at, from);
          break;
        case StructWriteCode::NullableStringView:
          at = nullable<std::string_view>(*op, at, from);
          break;
        case StructWriteCode::NullableString:
          at = nullable<std::string>(*op, at, from);
          break;
        case StructWriteCode::OptionalUnion: {
          const void* held = access<value::OptionalAccess>(*op).peek(from);
          if (held == nullptr) {
            at = number(at, op->small);
          } else {
            if (op->number != StructWriteOp::kNoBranch) {
              at = number(at, std::int64_t{op->number});
            }
            at = deeper(op->block, op->levels, at, held);
          }
          break;
        }
        case StructWriteCode::OptionalFull: {
          const void* held = access<value::OptionalAccess>(*op).peek(from);
          if (held != nullptr) {
            at = deeper(op->block, op->levels, at, held);
          } else {
            at = mismatch(*op, "an empty optional");
          }
          break;
        }
        case StructWriteCode::Variant:
          at = variant(*op, at, from);
          break;
        case StructWriteCode::Branch:
          at = number(at, std::int64_t{op->number});
          break;
        case StructWriteCode::Sequence:
          at = sequence(*op, at, from);
          break;
        case StructWriteCode::Map:
          at = map(*op, at, from);
          break;
        case StructWriteCode::Fail:
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
  static const T& access(const StructWriteOp& op) {
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

  template <class T>
  [[gnu::always_inline]] std::byte* nullable(const StructWriteOp& op, std::byte* at,
                                             const std::byte* from) {
    const auto& held = as<std::optional<T>>(from);
    // A branch is zig-zag: 00 or 02.
    const unsigned null = 2U * op.small;
    *at++ = static_cast<std::byte>(held ? 2 - null : null);
    return held ? plain(at, *held) : at;
  }
  static std::byte* plain(std::byte* at, bool value) {
    *at = static_cast<std::byte>(value ? 1 : 0);
    return at + 1;
  }
  static std::byte* plain(std::byte* at, std::int32_t value) {
    return codec::write_varint32(at, codec::zigzag32(value));
  }
  static std::byte* plain(std::byte* at, std::int64_t value) { return number(at, value); }
  static std::byte* plain(std::byte* at, float value) { return floating(at, value); }
  static std::byte* plain(std::byte* at, double value) { return floating(at, value); }
  std::byte* plain(std::byte* at, std::string_view value) { return text(at, value); }

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

  [[gnu::noinline]] std::byte* ranged(const StructWriteOp& op, std::byte* at, std::int64_t value) {
    if (value < std::numeric_limits<std::int32_t>::min() ||
        value > std::numeric_limits<std::int32_t>::max()) {
      return out_of_range(op, std::to_string(value));
    }
    return number(at, value);
  }

  [[gnu::noinline]] std::byte* unsigned_number(const StructWriteOp& op, std::byte* at,
                                               std::uint64_t value) {
    const auto most = op.code == StructWriteCode::UInt64ToInt
                          ? static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())
                          : static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > most) return out_of_range(op, std::to_string(value));
    return number(at, static_cast<std::int64_t>(value));
  }

  std::byte* out_of_range(const StructWriteOp& op, const std::string& value) {
    context_.fail(FaultKind::OutOfRange,
                  "expected " + describe(*op.node) + ", found the number " + value);
    return nullptr;
  }

  [[gnu::cold, gnu::noinline]] std::byte* mismatch(const StructWriteOp& op,
                                                   std::string_view found) {
    context_.mismatch(*op.node, found);
    return nullptr;
  }

  [[gnu::noinline]] std::byte* fixed(const StructWriteOp& op, std::byte* at,
                                     std::string_view bytes) {
    if (bytes.size() != op.number) {
      return mismatch(
          op, std::to_string(bytes.size()) + " bytes instead of " + std::to_string(op.number));
    }
    return raw(at, bytes);
  }

  [[gnu::noinline]] std::byte* decimal(const StructWriteOp& op, std::byte* at,
                                       const std::byte* from) {
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

  [[gnu::noinline]] std::byte* enum_value(const StructWriteOp& op, std::byte* at,
                                          const std::byte* from) {
    const std::int64_t value = access<value::EnumTable>(op).load(from);
    for (std::uint32_t i = 0; i < op.number; ++i) {
      const Ordinal& symbol = plan_.ordinals[op.block + i];
      if (symbol.value == value) return number(at, std::int64_t{symbol.ordinal});
    }
    return mismatch(op, "the value " + std::to_string(value) + " of the program's enum");
  }

  [[gnu::noinline]] std::byte* enum_text(const StructWriteOp& op, std::byte* at,
                                         std::string_view text) {
    const auto symbol = op.node->at.find(text);
    if (symbol != op.node->at.end()) return number(at, std::int64_t{symbol->second});
    return mismatch(op,
                    "\"" + std::string(truncate_utf8(text, 60)) + "\", which is no symbol of it");
  }

  [[gnu::noinline]] std::byte* variant(const StructWriteOp& op, std::byte* at,
                                       const std::byte* from) {
    const auto& variant = access<value::VariantAccess>(op);
    const std::size_t index = variant.index(from);
    if (index == static_cast<std::size_t>(-1)) {
      context_.fail(FaultKind::TypeMismatch, "expected a value, found a variant without one");
      return nullptr;
    }
    return deeper(plan_.alternatives[op.block + index], op.levels, at, variant.peek(from));
  }

  [[gnu::noinline]] std::byte* sequence(const StructWriteOp& op, std::byte* at,
                                        const std::byte* from) {
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

  [[gnu::noinline]] std::byte* map(const StructWriteOp& op, std::byte* at, const std::byte* from) {
    if (!enter()) return nullptr;
    const auto& member = access<TargetType>(op);
    const std::size_t size = member.map->size(from);
    if (size > 0) at = number(at, static_cast<std::int64_t>(size));
    struct Visit {
      WriteRun& run;
      const StructWriteOp& op;
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

  [[gnu::cold, gnu::noinline]] std::byte* on_path(const StructWriteOp& op) {
    const auto& step = plan_.steps[static_cast<std::size_t>(&op - plan_.ops.data())];
    if (!step.empty()) context_.in_field(std::string_view(step).substr(1));
    return nullptr;
  }

  const StructWritePlan& plan_;
  WriteContext& context_;
  codec::ByteBuffer& out_;
  std::byte* limit_ = nullptr;
};

}  // namespace

struct StructWriter::State {
  Schema schema;
  StructWritePlan plan;
  WriteOptions options;
};

StructWriter::StructWriter(std::unique_ptr<const State> state) : state_(std::move(state)) {}
StructWriter::StructWriter(StructWriter&&) noexcept = default;
StructWriter& StructWriter::operator=(StructWriter&&) noexcept = default;
StructWriter::~StructWriter() = default;

Result<StructWriter> StructWriter::make(const Schema& schema, const value::StructType& type,
                                        const WriteOptions& options) {
  LIMPET_CHECK(check_options(options));
  LIMPET_TRY(auto plan, StructWritePlan::make(schema.root(), type, options));
  auto state = std::make_unique<State>(State{schema, std::move(plan), options});
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
