#include "limpet/avro/datum_reader.h"

#include "read_context.h"
#include "read_plan.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

namespace limpet::avro {
namespace {

using value::FaultKind;
using value::MapEntry;
using value::View;

// An array whose block promises many items gets room for so many at first.
constexpr std::size_t kFirstItems = 1'024;
constexpr std::size_t kDefaultsBytes = 64UL << 20;

/// Items of an array or map in the arena; grows by doubling, from a first guess that its bytes
/// must still prove.
template <class Item>
class Items {
 public:
  explicit Items(value::Arena& arena) : arena_(arena) {}

  /// So many come in the first block. False: the arena's limit.
  bool promise(std::size_t items) { return capacity_ != 0 || grow(std::min(items, kFirstItems)); }
  /// Room for one more; nullptr: the arena's limit.
  Item* next() {
    if (size_ == capacity_ && !grow(capacity_ * 2)) return nullptr;
    return new (data_ + size_++) Item();
  }
  std::span<const Item> all() const { return {data_, size_}; }

 private:
  bool grow(std::size_t capacity) {
    auto* data = arena_.template allocate_array<Item>(capacity);
    if (data == nullptr) return false;
    std::uninitialized_copy_n(data_, size_, data);
    data_ = data;
    capacity_ = capacity;
    return true;
  }

  value::Arena& arena_;
  Item* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Reads by a plan. The defaults are views that were made before.
class ViewReader {
 public:
  ViewReader(const ReadPlan& plan, std::span<const View> defaults, ReadContext& context)
      : plan_(plan), defaults_(defaults), context_(context) {}

  Position read(const Action& action, Position at, View& out) {
    switch (action.wire) {
      case Wire::Null:
        out = View::null();
        break;
      case Wire::Boolean: {
        bool value = false;
        at = read_boolean(at, context_, value);
        out = View::boolean(value);
        break;
      }
      case Wire::Int: {
        std::int32_t value = 0;
        at = read_int(at, context_, value);
        out = action.as == Type::Int ? View::of_int(value, action.logical)
                                     : promoted(action, std::int64_t{value});
        break;
      }
      case Wire::Long: {
        std::int64_t value = 0;
        at = read_long(at, context_, value);
        out = promoted(action, value);
        break;
      }
      case Wire::Float: {
        float value = 0;
        at = read_floating(at, context_, value);
        out = action.as == Type::Float ? View::of_float(value)
                                       : View::of_double(static_cast<double>(value));
        break;
      }
      case Wire::Double: {
        double value = 0;
        at = read_floating(at, context_, value);
        out = View::of_double(value);
        break;
      }
      case Wire::String: {
        std::string_view text;
        if (action.as == Type::String) [[likely]] {
          at = read_string(at, context_, text);
          out = View::string(text, action.logical);
          break;
        }
        at = read_bytes(at, context_, text, "a string");
        if (at != nullptr) at = bytes_view(action, at, text, out);
        break;
      }
      case Wire::Bytes: {
        std::string_view bytes;
        if (action.as == Type::String) {
          at = read_string(at, context_, bytes);
          out = View::string(bytes, action.logical);
          break;
        }
        at = read_bytes(at, context_, bytes);
        if (at != nullptr) at = bytes_view(action, at, bytes, out);
        break;
      }
      case Wire::Fixed: {
        std::string_view bytes;
        at = read_fixed(at, context_, action.bytes(), bytes);
        if (at != nullptr) at = bytes_view(action, at, bytes, out);
        break;
      }
      case Wire::Enum: {
        std::uint32_t ordinal = 0;
        at = read_enum(at, context_, plan_, action, ordinal);
        if (at != nullptr) out = View::enumeration(&action.reader->symbols[ordinal], ordinal);
        break;
      }
      case Wire::Array:
        at = read_array(action, at, out);
        break;
      case Wire::Map:
        at = read_map(action, at, out);
        break;
      case Wire::Record:
        at = read_record(action, at, out);
        break;
      case Wire::Union:
        return read_union(action, at, out);
      case Wire::Fail:
        return context_.fail(FaultKind::TypeMismatch, at, plan_.why(action));
    }
    out.set_branch(action.branch);
    return at;
  }

 private:
  static View promoted(const Action& action, std::int64_t value) {
    switch (action.as) {
      case Type::Float:
        return View::of_float(static_cast<float>(value));
      case Type::Double:
        return View::of_double(static_cast<double>(value));
      default:
        return View::of_long(value, action.logical);
    }
  }

  Position bytes_view(const Action& action, Position at, std::string_view bytes, View& out) {
    if (action.logical != value::Logical::Decimal) {
      out = View::bytes(bytes, action.logical);
      return at;
    }
    const auto decimal = View::decimal(*context_.arena, bytes, action.decimal);
    if (!decimal) return context_.no_memory(at);
    out = *decimal;
    return at;
  }

  // `out` is null already. Wide records are full of them: no step more than that.
  [[gnu::noinline]] Position read_union(const Action& action, Position at, View& out) {
    std::uint32_t branch = 0;
    at = read_branch(at, context_, action.count, branch);
    if (at == nullptr) [[unlikely]]
      return nullptr;
    const Action& part = plan_[plan_.branches(action)[branch]];
    if (part.wire != Wire::Null) return read(part, at, out);
    out.set_branch(part.branch);
    return at;
  }

  Position read_record(const Action& action, Position at, View& out) {
    if (context_.depth_left == 0) [[unlikely]]
      return context_.too_deep(at);
    const Level level(context_);
    const auto values = value::make_record(*context_.arena, *action.shape);
    if (values.data() == nullptr) [[unlikely]]
      return context_.no_memory(at);
    for (const Step& step : plan_.steps(action)) {
      const Action& part = plan_[step.action];
      if (step.field == Step::kSkip) [[unlikely]] {
        at = skip(plan_, part, at, context_);
      } else if (part.wire == Wire::Union) {
        at = read_union(part, at, values[step.field]);
      } else {
        at = read(part, at, values[step.field]);
      }
      if (at == nullptr) [[unlikely]]
        return in_field(action, step);
    }
    for (std::uint32_t i = 0; i < action.default_count; ++i) {
      const auto number = action.first_default + i;
      values[plan_.defaults(action)[i].field] = defaults_[number];
    }
    out = View::record(values);
    return at;
  }

  // The name that the reader knows, else the writer's.
  [[gnu::cold]] Position in_field(const Action& action, const Step& step) {
    const auto i = static_cast<std::size_t>(&step - plan_.steps(action).data());
    return context_.in_field(step.field == Step::kSkip ? action.writer->fields[i].name
                                                       : action.reader->fields[step.field].name);
  }

  Position read_array(const Action& action, Position at, View& out) {
    if (context_.depth_left == 0) [[unlikely]]
      return context_.too_deep(at);
    const Level level(context_);
    const Action& item = plan_[action.element()];
    Items<View> items(*context_.arena);
    while (true) {
      std::size_t count = 0;
      const Position block = at;
      at = read_block(at, context_, item, false, count);
      if (at == nullptr) [[unlikely]]
        return nullptr;
      if (count == 0) break;
      if (!items.promise(count)) return context_.no_memory(block);
      for (std::size_t i = 0; i < count; ++i) {
        View* value = items.next();
        if (value == nullptr) [[unlikely]]
          return context_.no_memory(at);
        at = read(item, at, *value);
        if (at == nullptr) [[unlikely]]
          return context_.in_item(items.all().size() - 1);
      }
    }
    if (items.all().size() > std::numeric_limits<std::uint32_t>::max()) {
      return context_.no_memory(at);
    }
    out = View::array(items.all());
    return at;
  }

  Position read_map(const Action& action, Position at, View& out) {
    if (context_.depth_left == 0) [[unlikely]]
      return context_.too_deep(at);
    const Level level(context_);
    const Action& item = plan_[action.element()];
    Items<MapEntry> entries(*context_.arena);
    while (true) {
      std::size_t count = 0;
      const Position block = at;
      at = read_block(at, context_, item, true, count);
      if (at == nullptr) [[unlikely]]
        return nullptr;
      if (count == 0) break;
      if (!entries.promise(count)) return context_.no_memory(block);
      for (std::size_t i = 0; i < count; ++i) {
        MapEntry* entry = entries.next();
        if (entry == nullptr) [[unlikely]]
          return context_.no_memory(at);
        std::string_view key;
        at = read_string(at, context_, key);
        if (at == nullptr) [[unlikely]]
          return context_.in_item(entries.all().size() - 1);
        entry->key = View::string(key);
        at = read(item, at, entry->value);
        if (at == nullptr) [[unlikely]]
          return context_.in_entry(key);
      }
    }
    out = View::map(entries.all());
    return at;
  }

  const ReadPlan& plan_;
  const std::span<const View> defaults_;
  ReadContext& context_;
};

}  // namespace

struct DatumReader::State {
  std::shared_ptr<const ReadPlan> plan;
  ReadOptions options;
  value::Arena arena{kDefaultsBytes};  // of the defaults
  std::vector<View> defaults;          // in the order of the plan's
};

DatumReader::DatumReader(std::unique_ptr<const State> state) : state_(std::move(state)) {}
DatumReader::DatumReader(DatumReader&&) noexcept = default;
DatumReader& DatumReader::operator=(DatumReader&&) noexcept = default;
DatumReader::~DatumReader() = default;

const Schema& DatumReader::writer() const& { return state_->plan->writer(); }
const Schema& DatumReader::schema() const& { return state_->plan->reader(); }

Result<DatumReader> DatumReader::make(const Schema& writer, const ReadOptions& options) {
  LIMPET_CHECK(check_options(options));
  auto state = std::make_unique<State>();
  LIMPET_TRY(state->plan, ReadPlan::make(writer, options.reader));
  state->options = options;
  state->options.reader = nullptr;
  const ReadPlan& plan = *state->plan;
  std::unordered_map<const char*, View> made;  // by the bytes of the default
  for (const DefaultStep& step : plan.all_defaults()) {
    const auto [known, fresh] = made.try_emplace(step.bytes.data());
    if (fresh) {
      const auto bytes = std::as_bytes(std::span(step.bytes));
      ReadContext context{.begin = bytes.data(),
                          .end = bytes.data() + bytes.size(),
                          .arena = &state->arena,
                          .utf8 = value::Utf8Policy::Trust,
                          .depth_left = kReadDepthMax,
                          .cells_left = std::numeric_limits<std::uint32_t>::max()};
      ViewReader reader(plan, {}, context);
      if (reader.read(plan[step.action], context.begin, known->second) == nullptr) {
        return Error::limit_exceeded("the schema's default values are too large");
      }
    }
    state->defaults.push_back(known->second);
  }
  return DatumReader(std::move(state));
}

std::optional<value::Fault> DatumReader::read(std::span<const std::byte> payload,
                                              value::Arena& arena, View& out,
                                              std::size_t* consumed) const {
  const ReadPlan& plan = *state_->plan;
  ReadContext context = context_of(payload, arena, state_->options);
  View value;
  ViewReader reader(plan, state_->defaults, context);
  const Position next = read_payload(payload, state_->options, context, [&](Position at) {
    return reader.read(plan[plan.root()], at, value);
  });
  if (next == nullptr) [[unlikely]]
    return finished(context, plan.reader().root());
  out = value;
  if (consumed != nullptr) *consumed = static_cast<std::size_t>(next - context.begin);
  return std::nullopt;
}

}  // namespace limpet::avro
