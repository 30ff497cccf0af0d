#include "limpet/avro/column_reader.h"

#include "column_plan.h"
#include "column_values.h"
#include "read_context.h"

#include "limpet/base/assert.h"

#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace limpet::avro {
namespace {

using columns::Column;
using value::FaultKind;

constexpr std::int64_t kDayMillis = 86'400'000;
constexpr std::int64_t kDayMicros = kDayMillis * 1000;

/// Whether the first `size` of 16 bytes are ASCII.
inline bool is_short_ascii(const char* text, std::size_t size) {
  alignas(16) static constexpr std::array<std::uint8_t, 32> kTops = [] {
    std::array<std::uint8_t, 32> out{};
    for (std::size_t i = 0; i < 16; ++i) out[i] = 0x80;
    return out;
  }();
  std::array<std::uint64_t, 2> words;
  std::array<std::uint64_t, 2> tops;
  std::memcpy(words.data(), text, sizeof words);
  std::memcpy(tops.data(), kTops.data() + 16 - size, sizeof tops);
  return ((words[0] & tops[0]) | (words[1] & tops[1])) == 0;
}

/// Runs a plan over one record. A null position says that something is wrong: the context's fault
/// tells what, or there is none and the columns are full.
class Runner {
 public:
  Runner(const ColumnPlan::State& plan, Column* columns, ReadContext& context)
      : plan_(plan), ops_(plan.ops.data()), columns_(columns), context_(context) {}

  Position run(Position at) { return run(ops_, at); }

 private:
  // Recursion is safe: bodies lie within each other as columns do.
  Position run(const ColumnOp* op, Position at) {
    while (true) {
      Column& column = columns_[op->column];
      switch (op->code) {
        case ColumnOpCode::Null:
          if (!column.append_nulls(1)) [[unlikely]]
            return nullptr;
          break;
        case ColumnOpCode::Boolean: {
          bool value = false;
          at = read_boolean(at, context_, value);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          if (!column.append_boolean(value)) [[unlikely]]
            return nullptr;
          break;
        }
        case ColumnOpCode::Int:
          at = number<std::int32_t, std::int32_t>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::IntAsLong:
          at = number<std::int32_t, std::int64_t>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::IntAsFloat:
          at = number<std::int32_t, float>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::IntAsDouble:
          at = number<std::int32_t, double>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Long:
          at = number<std::int64_t, std::int64_t>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::LongAsFloat:
          at = number<std::int64_t, float>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::LongAsDouble:
          at = number<std::int64_t, double>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Float:
          at = number<float, float>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::FloatAsDouble:
          at = number<float, double>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Double:
          at = number<double, double>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Text:
          at = inlined_text(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Binary: {
          std::string_view bytes;
          at = read_bytes(at, context_, bytes);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          if (!column.append_text(bytes)) [[unlikely]]
            return nullptr;
          break;
        }
        case ColumnOpCode::Fixed: {
          std::string_view bytes;
          at = read_fixed(at, context_, op->b, bytes);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          if (!column.append_fixed(bytes)) [[unlikely]]
            return nullptr;
          break;
        }
        case ColumnOpCode::DecimalBytes:
        case ColumnOpCode::DecimalFixed:
          at = decimal(op, at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Uuid:
          at = uuid(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Duration:
          at = duration(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::TimeMillis:
          at = time<std::int32_t, std::int32_t, kDayMillis>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::IntAsTimeMicros:
          at = time<std::int32_t, std::int64_t, kDayMicros>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::TimeMicros:
          at = time<std::int64_t, std::int64_t, kDayMicros>(at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        case ColumnOpCode::Enum: {
          std::uint32_t ordinal = 0;
          at = read_enum(at, context_, *plan_.plan, (*plan_.plan)[op->a], ordinal);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          if (!column.append_symbol(ordinal)) [[unlikely]]
            return nullptr;
          break;
        }
        case ColumnOpCode::BeginStruct:
          if (!column.begin_struct()) [[unlikely]]
            return nullptr;
          break;
        case ColumnOpCode::BeginUnion:
          if (!column.begin_union(op->a)) [[unlikely]]
            return nullptr;
          break;
        case ColumnOpCode::AppendNull:
          if (!column.append_null()) [[unlikely]]
            return nullptr;
          break;
        case ColumnOpCode::List:
        case ColumnOpCode::Map:
          at = items(op, at, column);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          op = ops_ + op->a;
          continue;
        case ColumnOpCode::Nullable: {
          std::uint32_t branch = 0;
          at = read_branch(at, context_, 2, branch);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          if (branch != op->b) break;
          if (!column.append_null()) [[unlikely]]
            return nullptr;
          op = ops_ + op->a;
          continue;
        }
        case ColumnOpCode::Switch: {
          std::uint32_t branch = 0;
          at = read_branch(at, context_, op->b, branch);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          op = ops_ + plan_.targets[op->a + branch];
          continue;
        }
        case ColumnOpCode::Jump:
          op = ops_ + op->a;
          continue;
        case ColumnOpCode::Default:
          if (!default_value(op, at)) [[unlikely]]
            return failed(op);
          op = ops_ + op->a;
          continue;
        case ColumnOpCode::Fail:
          context_.fail(FaultKind::TypeMismatch, at, plan_.plan->why((*plan_.plan)[op->a]));
          return failed(op);
        case ColumnOpCode::End:
          return at;
        case ColumnOpCode::SkipBytes: {
          std::string_view ignored;
          at = read_bytes(at, context_, ignored);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        }
        case ColumnOpCode::SkipLong: {
          const auto ignored = codec::read_varint64(at, context_.end);
          if (!ignored) [[unlikely]] {
            context_.bad_long(at, "an int or long");
            return failed(op);
          }
          at = ignored.next;
          break;
        }
        case ColumnOpCode::SkipRaw:
          if (context_.left(at) < op->a) [[unlikely]] {
            context_.truncated(at, std::to_string(op->a) + " bytes to pass over");
            return failed(op);
          }
          at += op->a;
          break;
        case ColumnOpCode::SkipValue: {
          const ReadPlan& plan = op->b == 1 ? *plan_.own : *plan_.plan;
          at = skip(plan, plan[op->a], at, context_);
          if (at == nullptr) [[unlikely]]
            return failed(op);
          break;
        }
      }
      ++op;
    }
  }

  [[gnu::cold, gnu::noinline]] Position failed(const ColumnOp* op) {
    if (context_.fault == nullptr) return nullptr;
    for (auto at = plan_.place_of[static_cast<std::size_t>(op - ops_)]; at != 0;
         at = plan_.places[at].outside) {
      context_.in_field(plan_.places[at].field);
    }
    return nullptr;
  }

  Position read_number(Position at, std::int32_t& out) { return read_int(at, context_, out); }
  Position read_number(Position at, std::int64_t& out) { return read_long(at, context_, out); }
  template <class Number>
  Position read_number(Position at, Number& out) {
    return read_floating(at, context_, out);
  }

  /// Read a number of one type, append it as another.
  template <class From, class To>
  Position number(Position at, Column& column) {
    From value{};
    at = read_number(at, value);
    if (at == nullptr) [[unlikely]]
      return nullptr;
    return column.append(static_cast<To>(value)) ? at : nullptr;
  }

  /// A time of day: Arrow has none outside the day.
  template <class From, class To, std::int64_t Day>
  Position time(Position at, Column& column) {
    From value{};
    const Position next = read_number(at, value);
    if (next == nullptr) [[unlikely]]
      return nullptr;
    if (value < 0 || value >= Day) [[unlikely]] {
      return context_.fail(FaultKind::OutOfRange, at,
                           "expected a time of day below " + std::to_string(Day) + ", found " +
                               std::to_string(value));
    }
    return column.append(static_cast<To>(value)) ? next : nullptr;
  }

  Position text(Position at, Column& column) { return inlined_text(at, column); }

  [[gnu::always_inline]] Position inlined_text(Position at, Column& column) {
    const auto read = codec::read_varint64(at, context_.end);
    if (!read) [[unlikely]]
      return context_.bad_long(at, "a string");
    const std::int64_t length = codec::unzigzag64(read.value);
    const std::size_t left = context_.left(read.next);
    if (static_cast<std::uint64_t>(length) > left) [[unlikely]] {
      return context_.bad_length(at, length, "a string");
    }
    const auto size = static_cast<std::size_t>(length);
    const auto* data = reinterpret_cast<const char*>(read.next);  // NOLINT: as characters
    if (size <= Column::kWord && left >= Column::kWord) [[likely]] {
      if (!is_short_ascii(data, size)) [[unlikely]]
        return other_text(at, {data, size}, column);
      return column.append_short_text(data, size) ? read.next + size : nullptr;
    }
    if (!is_ascii(data, size)) [[unlikely]]
      return other_text(at, {data, size}, column);
    return column.append_text({data, size}) ? read.next + size : nullptr;
  }

  // Not ASCII. `text` lies at the value's end.
  [[gnu::noinline]] Position other_text(Position at, std::string_view text, Column& column) {
    const auto* next = reinterpret_cast<Position>(text.data() + text.size());  // NOLINT
    if (check_text(at, next, context_, text) == nullptr) return nullptr;
    return column.append_text(text) ? next : nullptr;
  }

  Position decimal(const ColumnOp* op, Position at, Column& column) {
    std::string_view bytes;
    const Position next = op->code == ColumnOpCode::DecimalFixed
                              ? read_fixed(at, context_, op->b, bytes)
                              : read_bytes(at, context_, bytes, "the bytes of a decimal");
    if (next == nullptr) [[unlikely]]
      return nullptr;
    if (bytes.empty()) [[unlikely]] {
      return context_.fail(FaultKind::Malformed, at, "expected a decimal, found no bytes of one");
    }
    const auto value = decimal_bytes(bytes, op->a);
    if (!value) [[unlikely]] {
      return context_.fail(
          FaultKind::OutOfRange, at,
          "expected a decimal of at most " + std::to_string(op->a) + " digits, found one of more");
    }
    const std::size_t width = column.kind() == columns::Kind::Decimal128 ? 16 : kDecimalBytes;
    return column.append_fixed({value->data(), width}) ? next : nullptr;
  }

  Position uuid(Position at, Column& column) {
    std::string_view text;
    const Position next = read_bytes(at, context_, text, "a UUID");
    if (next == nullptr) [[unlikely]]
      return nullptr;
    const auto value = uuid_bytes(text);
    if (!value) [[unlikely]] {
      return context_.fail(
          FaultKind::TypeMismatch, at,
          "expected a UUID of 36 characters, found " + std::to_string(text.size()) + " others");
    }
    return column.append_fixed({value->data(), value->size()}) ? next : nullptr;
  }

  Position duration(Position at, Column& column) {
    std::string_view bytes;
    const Position next = read_fixed(at, context_, 12, bytes);
    if (next == nullptr) [[unlikely]]
      return nullptr;
    const auto value = interval_bytes(bytes);
    if (!value) [[unlikely]] {
      return context_.fail(FaultKind::OutOfRange, at,
                           "expected a duration of less than 2^31 months and days, found more");
    }
    return column.append_fixed({value->data(), value->size()}) ? next : nullptr;
  }

  Position items(const ColumnOp* op, Position at, Column& column) {
    const Action& action = (*plan_.plan)[op->b];
    const Action& item = (*plan_.plan)[action.element()];
    const bool is_map = op->code == ColumnOpCode::Map;
    std::size_t done = 0;
    while (true) {
      std::size_t count = 0;
      at = read_block(at, context_, item, is_map, count);
      if (at == nullptr) [[unlikely]]
        return nullptr;
      if (count == 0) break;
      for (std::size_t i = 0; i < count; ++i, ++done) {
        const Position begin = at;
        if (is_map) {
          at = text(at, columns_[op->column + 1]);
          if (at == nullptr) [[unlikely]]
            return in_item(done);
        }
        at = run(op + 1, at);
        if (at == nullptr) [[unlikely]]
          return is_map ? in_entry(begin) : in_item(done);
      }
    }
    return column.end_list() ? at : nullptr;
  }

  [[gnu::cold]] Position in_item(std::size_t index) {
    return context_.fault == nullptr ? nullptr : context_.in_item(index);
  }
  // The entry's key lies at `begin`, and was read before.
  [[gnu::cold]] Position in_entry(Position begin) {
    if (context_.fault == nullptr) return nullptr;
    auto fault = std::move(context_.fault);
    std::string_view key;
    read_bytes(begin, context_, key);
    context_.fault = std::move(fault);
    return context_.in_entry(key);
  }

  // A default is bytes of its own, which the reader's schema wrote.
  bool default_value(const ColumnOp* op, Position at) {
    const auto bytes = plan_.defaults[op->b];
    const auto* begin = reinterpret_cast<Position>(bytes.data());  // NOLINT: as bytes
    const auto outer_begin = std::exchange(context_.begin, begin);
    const auto outer_end = std::exchange(context_.end, begin + bytes.size());
    const bool done = run(op + 1, begin) != nullptr;
    context_.begin = outer_begin;
    context_.end = outer_end;
    if (!done && context_.fault != nullptr) {
      context_.fault->offset = static_cast<std::uint64_t>(at - outer_begin);
      context_.fault->message.insert(0, "the reader's default: ");
    }
    return done;
  }

  const ColumnPlan::State& plan_;
  const ColumnOp* const ops_;
  Column* const columns_;
  ReadContext& context_;
};

}  // namespace

Result<ColumnReader> ColumnReader::make(const Schema& reader, const ColumnOptions& options,
                                        const BatchOptions& batch) {
  LIMPET_TRY(auto layout, ColumnLayout::make(reader, options));
  return make(std::move(layout), batch);
}

Result<ColumnReader> ColumnReader::make(ColumnLayout layout, const BatchOptions& batch) {
  LIMPET_CHECK(check_options(batch.read));
  LIMPET_TRY(auto builder, columns::ColumnBuilder::make(layout.type(), batch.limits));
  return ColumnReader(std::move(layout), std::move(builder), batch);
}

struct ColumnReader::State {
  value::Arena scratch;  // texts that were changed
  ReadContext context;
};

ColumnReader::ColumnReader(ColumnLayout layout, columns::ColumnBuilder builder,
                           const BatchOptions& options)
    : layout_(std::move(layout)),
      builder_(std::move(builder)),
      options_(options),
      state_(new State{.scratch = value::Arena(),
                       .context = {.begin = nullptr,
                                   .end = nullptr,
                                   .arena = nullptr,
                                   .utf8 = options.read.utf8,
                                   .depth_left = options.read.max_depth,
                                   .cells_left = options.read.max_empty_values}}) {
  state_->context.arena = &state_->scratch;
}
ColumnReader::ColumnReader(ColumnReader&&) noexcept = default;
ColumnReader& ColumnReader::operator=(ColumnReader&&) noexcept = default;
ColumnReader::~ColumnReader() = default;

/// False: the context has a fault, or the columns are full.
inline bool ColumnReader::read_row(const ColumnPlan& plan, std::span<const std::byte> payload) {
  if (!builder_.begin_row()) [[unlikely]]
    return false;
  ReadContext& context = state_->context;
  context.begin = payload.data();
  context.end = payload.data() + payload.size();
  context.cells_left = options_.read.max_empty_values;
  return read_payload(payload, options_.read, context, [&](Position at) {
           return Runner(plan.state(), builder_.columns().data(), context).run(at);
         }) != nullptr;
}

Added ColumnReader::add(const ColumnPlan& plan, std::span<const std::byte> payload) {
  LIMPET_ASSERT(plan.state().layout.get() == &layout_.state());
  const auto mark = builder_.mark();
  if (!read_row(plan, payload)) [[unlikely]]
    return take_back(plan, payload, mark);
  if (state_->scratch.used() > 0) [[unlikely]]
    state_->scratch.reset();
  return Added::Row;
}

Added ColumnReader::take_back(const ColumnPlan& plan, std::span<const std::byte> payload,
                              std::uint64_t mark) {
  ReadContext& context = state_->context;
  builder_.rollback(mark);
  state_->scratch.reset();
  if (context.fault == nullptr) {
    if (mark > 0) return Added::Full;
    // What earlier batches made it expect may be in the way of the first record.
    builder_.clear();
    if (read_row(plan, payload)) return Added::Row;
    builder_.rollback(0);
    state_->scratch.reset();
  }
  if (context.fault == nullptr) {
    context.fail(FaultKind::TooLarge, context.begin, "the record does not fit into an empty batch");
  }
  auto fault = finished(context, layout_.state().reader.root());
  context.fault = nullptr;
  return refuse(std::move(fault));
}

Added ColumnReader::refuse(value::Fault fault) {
  if (faults_.size() < options_.keep_faults) faults_.push_back({rows() + refused_, fault});
  ++refused_;
  fault_ = std::move(fault);
  return Added::Refused;
}

Status ColumnReader::finish(ArrowSchema* schema, ArrowArray* array) {
  LIMPET_CHECK(builder_.finish(schema, array));
  faults_.clear();
  refused_ = 0;
  return {};
}

}  // namespace limpet::avro
