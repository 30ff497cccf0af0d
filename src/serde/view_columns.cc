#include "view_columns.h"

#include "limpet/value/json_text.h"
#include "limpet/value/number.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace limpet::serde {
namespace {

using columns::Column;
using columns::ColumnType;
using columns::Kind;
using columns::Source;
using columns::Unit;
using value::FaultKind;
using value::View;

constexpr std::size_t kMaxText = 64UL << 20;
constexpr std::size_t kFewEntries = 8;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

std::int64_t per_second(Unit unit) {
  switch (unit) {
    case Unit::Second:
      return 1;
    case Unit::Milli:
      return 1'000;
    case Unit::Micro:
      return 1'000'000;
    case Unit::Nano:
      break;
  }
  return kNanosPerSecond;
}

// Of one map, so of one kind.
bool same_key(const View& a, const View& b) {
  switch (a.kind()) {
    case value::Kind::String:
      return a.text() == b.text();
    case value::Kind::Boolean:
      return a.as_boolean() == b.as_boolean();
    case value::Kind::UnsignedLong:
      return a.as_unsigned_long() == b.as_unsigned_long();
    default:
      return a.as_long() == b.as_long();
  }
}
bool key_less(const View& a, const View& b) {
  switch (a.kind()) {
    case value::Kind::String:
      return a.text() < b.text();
    case value::Kind::Boolean:
      return a.as_boolean() < b.as_boolean();
    case value::Kind::UnsignedLong:
      return a.as_unsigned_long() < b.as_unsigned_long();
    default:
      return a.as_long() < b.as_long();
  }
}

// Of each key the last entry, where the first one stands.
std::vector<const value::MapEntry*> last_of_each(std::span<const value::MapEntry> entries) {
  std::vector<const value::MapEntry*> out;
  out.reserve(entries.size());
  if (entries.size() <= kFewEntries) {
    for (const auto& entry : entries) {
      const auto known = std::ranges::find_if(
          out, [&](const auto* other) { return same_key(other->key, entry.key); });
      if (known == out.end()) {
        out.push_back(&entry);
      } else {
        *known = &entry;
      }
    }
    return out;
  }
  std::vector<std::pair<const value::MapEntry*, const value::MapEntry*>> first_and_last;
  first_and_last.reserve(entries.size());
  for (const auto& entry : entries) out.push_back(&entry);
  std::ranges::sort(out, [](const auto* a, const auto* b) {
    return key_less(a->key, b->key) || (!key_less(b->key, a->key) && a < b);
  });
  for (const auto* entry : out) {
    if (!first_and_last.empty() && same_key(first_and_last.back().first->key, entry->key)) {
      first_and_last.back().second = entry;
    } else {
      first_and_last.emplace_back(entry, entry);
    }
  }
  std::ranges::sort(first_and_last, {}, [](const auto& pair) { return pair.first; });
  out.clear();
  for (const auto& [first, last] : first_and_last) out.push_back(last);
  return out;
}

// google.protobuf.Struct, Value and ListValue as JSON (protobuf.dev, "ProtoJSON Format").
// Recursion is safe: a view lies no deeper than its reader allowed.
class StructText {
 public:
  explicit StructText(std::string& out) : out_(out) {}

  std::optional<value::Fault> add(const View& view) {
    if (view.is_null()) return leaf(view);  // a Value of no kind
    const auto& name = view.shape().name();
    if (name.ends_with(".Struct")) return add_members(view[0]);
    if (name.ends_with(".ListValue")) return add_items(view[0]);
    constexpr std::size_t kFirstKind = 1;  // null_value comes before it
    for (std::size_t i = kFirstKind; i < view.size(); ++i) {
      if (view[i].is_null()) continue;
      return view[i].kind() == value::Kind::Record ? add(view[i]) : leaf(view[i]);
    }
    return leaf(View::null());
  }

 private:
  std::optional<value::Fault> leaf(const View& view) {
    if (out_.size() > kMaxText) {
      return value::Fault{FaultKind::TooLarge, 0, "",
                          "the JSON text is longer than " + std::to_string(kMaxText) + " bytes"};
    }
    return value::append_json(view, out_, {.max_bytes = kMaxText});
  }
  std::optional<value::Fault> add_members(const View& map) {
    char before = '{';
    for (const auto* entry : last_of_each(map.entries())) {
      out_ += std::exchange(before, ',');
      if (auto fault = leaf(entry->key)) return fault;
      out_ += ':';
      if (auto fault = add(entry->value)) return fault;
    }
    out_ += before == '{' ? "{}" : "}";
    return std::nullopt;
  }
  std::optional<value::Fault> add_items(const View& items) {
    char before = '[';
    for (const auto& item : items.items()) {
      out_ += std::exchange(before, ',');
      if (auto fault = add(item)) return fault;
    }
    out_ += before == '[' ? "[]" : "]";
    return std::nullopt;
  }

  std::string& out_;
};

}  // namespace

Result<ViewColumns> ViewColumns::make(columns::RowLayout layout, columns::BatchLimits limits,
                                      std::string root) {
  LIMPET_TRY(auto builder, columns::ColumnBuilder::make(layout.row, limits));
  return ViewColumns(std::move(layout), std::move(builder), std::move(root));
}

ViewColumns::ViewColumns(columns::RowLayout layout, columns::ColumnBuilder builder,
                         std::string root)
    : builder_(std::move(builder)), root_(std::move(root)), wrapped_(layout.wrapped) {
  LIMPET_ASSERT(layout.cells.size() == builder_.size());
  steps_.reserve(layout.cells.size());
  add_step(builder_.type(), layout.cells);
}

// In the order of the columns. Recursion is safe: columns are at most kMaxDepth deep.
void ViewColumns::add_step(const ColumnType& type, std::vector<columns::Cell>& cells) {
  const auto at = steps_.size();
  steps_.push_back({.kind = type.kind,
                    .source = cells[at].source,
                    .unit = type.unit,
                    .nullable = type.nullable || type.kind == Kind::Null,
                    .numbers = std::move(cells[at].numbers)});
  for (const auto& child : type.children) {
    const auto number = static_cast<std::uint32_t>(steps_.size());
    const auto rank = static_cast<std::uint32_t>(steps_[at].children.size());
    steps_[at].children.push_back(number);
    if (type.kind == Kind::Struct) {
      steps_[at].positions.push_back(cells[number].position);
      steps_[at].names.emplace_back(child.name);
      steps_[at].by_name.emplace(child.name, rank);
    }
    add_step(child, cells);
  }
}

ViewColumns::Added ViewColumns::add(const View& record) {
  const auto mark = builder_.mark();
  if (add_whole_row(record)) [[likely]]
    return Added::Row;
  if (!failed_) {
    if (mark > 0) return Added::Full;
    // What earlier batches made it expect may be in the way of the first record.
    builder_.clear();
    if (add_whole_row(record)) return Added::Row;
    if (!failed_) fail(FaultKind::TooLarge, "the record does not fit into an empty batch");
  }
  if (!root_.empty()) within(root_);
  return Added::Refused;
}

bool ViewColumns::add_whole_row(const View& record) {
  // Also when there is no memory for a text on the way.
  struct Undo {
    columns::ColumnBuilder* builder;
    std::uint64_t mark;
    ~Undo() {
      if (builder != nullptr) builder->rollback(mark);
    }
  } undo{&builder_, builder_.mark()};
  if (!add_row(record)) return false;
  undo.builder = nullptr;
  return true;
}

bool ViewColumns::add_row(const View& record) {
  failed_ = false;
  members_.clear();
  if (!wrapped_) return builder_.rows() < builder_.limits().max_rows && fill(0, record);
  return builder_.begin_row() && fill(steps_[0].children[0], record);
}

bool ViewColumns::fill(std::uint32_t at, const View& view) {
  const Step& step = steps_[at];
  Column& column = builder_.column(at);
  if (step.source == Source::JsonText) return fill_text(step, column, view);
  if (view.is_null()) {
    return step.nullable ? column.append_null() : mismatch(step, view);
  }
  switch (step.source) {
    case Source::Value:
      return fill_value(step, column, view);
    case Source::EnumNumber:
      return fill_enum(step, column, view);
    case Source::Wrapper:
      LIMPET_ASSERT(view.size() == 1);
      return fill_value(step, column, view[0]);
    case Source::Time:
      return fill_time(step, column, view);
    case Source::JsonText:
    case Source::JsonValue:
      break;
  }
  return fill_text(step, column, view);
}

bool ViewColumns::fill_value(const Step& step, Column& column, const View& view) {
  switch (step.kind) {
    case Kind::Null:
      return mismatch(step, view);
    case Kind::Boolean:
      return view.kind() == value::Kind::Boolean ? column.append_boolean(view.as_boolean())
                                                 : mismatch(step, view);
    case Kind::Int32:
      return fill_number<std::int32_t>(column, view);
    case Kind::Int64:
      return fill_number<std::int64_t>(column, view);
    case Kind::UInt32:
      return fill_number<std::uint32_t>(column, view);
    case Kind::UInt64:
      return fill_number<std::uint64_t>(column, view);
    case Kind::Float:
      return fill_number<float>(column, view);
    case Kind::Double:
      return fill_number<double>(column, view);
    case Kind::Utf8:
      return view.kind() == value::Kind::String ? column.append_text(view.text())
                                                : mismatch(step, view);
    case Kind::Binary:
      return view.kind() == value::Kind::Bytes ? column.append_text(view.as_bytes())
                                               : mismatch(step, view);
    case Kind::Enum:
      return fill_enum(step, column, view);
    case Kind::List:
      return view.kind() == value::Kind::Array ? fill_list(step, column, view)
                                               : mismatch(step, view);
    case Kind::Map:
      return view.kind() == value::Kind::Map ? fill_map(step, column, view) : mismatch(step, view);
    case Kind::Struct:
      if (view.kind() == value::Kind::Record) return fill_record(step, column, view);
      if (view.kind() == value::Kind::Map) return fill_members(step, column, view);
      return mismatch(step, view);
    default:
      break;
  }
  LIMPET_ASSERT(false);  // no layout has others
  return false;
}

template <class Number>
bool ViewColumns::fill_number(Column& column, const View& view) {
  constexpr bool kFloating = std::is_floating_point_v<Number>;
  value::Fit fit = value::Fit::NoNumber;
  Number number{};
  if constexpr (kFloating) {
    double wide = 0;
    // The words "NaN" and "Infinity" are no numbers here.
    if (view.kind() != value::Kind::String) fit = value::to_double(view, wide);
    number = static_cast<Number>(wide);
    const bool was_finite = view.kind() != value::Kind::Double && view.kind() != value::Kind::Float;
    if (fit == value::Fit::Yes && was_finite && !std::isfinite(number)) {
      fit = value::Fit::OutOfRange;
    }
  } else {
    fit = value::to_integer(view, number);
  }
  if (fit == value::Fit::Yes) [[likely]]
    return column.append(number);
  const std::string wanted(columns::to_string(column.kind()));
  if (fit == value::Fit::NoNumber) {
    return fail(FaultKind::TypeMismatch,
                "expected " + wanted + ", found " + std::string(value::to_string(view.kind())));
  }
  return fail(FaultKind::OutOfRange,
              "expected a number that " + wanted + " holds, found another one");
}

bool ViewColumns::fill_enum(const Step& step, Column& column, const View& view) {
  const bool as_number = step.source == Source::EnumNumber;
  if (view.kind() == value::Kind::Enum) {
    const auto ordinal = view.ordinal();
    return as_number ? column.append(step.numbers[ordinal]) : column.append_symbol(ordinal);
  }
  if (view.kind() != value::Kind::Int) return mismatch(step, view);
  if (as_number) return column.append(static_cast<std::int32_t>(view.as_long()));
  return fail(FaultKind::OutOfRange,
              "the enum of the columns' schema has no number " + std::to_string(view.as_long()));
}

bool ViewColumns::fill_time(const Step& step, Column& column, const View& view) {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  if (view.kind() != value::Kind::Record || view.size() != 2 ||
      value::to_long(view[0], seconds) != value::Fit::Yes ||
      value::to_long(view[1], nanos) != value::Fit::Yes) {
    return mismatch(step, view);
  }
  const bool is_timestamp = step.kind == Kind::Timestamp;
  const bool is_mixed = (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0);
  if (nanos >= kNanosPerSecond || nanos <= -kNanosPerSecond ||
      (is_timestamp ? nanos < 0 : is_mixed)) {
    return fail(FaultKind::OutOfRange,
                "expected nanoseconds within a second, found " + std::to_string(nanos));
  }
  const auto units = per_second(step.unit);
  std::int64_t out = 0;
  std::int64_t most = 0;
  const std::int64_t fraction = nanos / (kNanosPerSecond / units);
  // The fraction brings a time before 1970 nearer to what 64 bits hold.
  const bool fits = seconds < 0 ? !__builtin_mul_overflow(seconds + 1, units, &most) &&
                                      !__builtin_add_overflow(most, fraction - units, &out)
                                : !__builtin_mul_overflow(seconds, units, &most) &&
                                      !__builtin_add_overflow(most, fraction, &out);
  if (!fits) {
    return fail(FaultKind::OutOfRange, "expected a time that 64 bits hold, found one of " +
                                           std::to_string(seconds) + " seconds");
  }
  return column.append(out);
}

bool ViewColumns::fill_text(const Step& step, Column& column, const View& view) {
  text_.clear();
  auto fault = step.source == Source::JsonValue
                   ? StructText(text_).add(view)
                   : value::append_json(view, text_, {.max_bytes = kMaxText});
  if (fault) return fail(fault->kind, std::move(fault->message));
  return column.append_text(text_);
}

bool ViewColumns::fill_list(const Step& step, Column& column, const View& view) {
  const auto items = view.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (fill(step.children[0], items[i])) [[likely]]
      continue;
    if (failed_) within("[" + std::to_string(i) + "]");
    return false;
  }
  return column.end_list();
}

bool ViewColumns::fill_map(const Step& step, Column& column, const View& view) {
  for (const auto* entry : last_of_each(view.entries())) {
    if (!fill(step.children[0], entry->key) || !fill(step.children[1], entry->value)) [[unlikely]] {
      text_.clear();
      if (failed_ && !value::append_json(entry->key, text_)) within("[" + text_ + "]");
      return false;
    }
  }
  return column.end_list();
}

bool ViewColumns::fill_record(const Step& step, Column& column, const View& view) {
  if (!column.begin_struct()) return false;
  for (std::size_t i = 0; i < step.children.size(); ++i) {
    if (fill(step.children[i], view[step.positions[i]])) [[likely]]
      continue;
    if (failed_) within(step.names[i]);
    return false;
  }
  return true;
}

bool ViewColumns::fill_members(const Step& step, Column& column, const View& view) {
  if (!column.begin_struct()) return false;
  const auto begin = members_.size();
  const auto count = step.children.size();
  members_.resize(begin + count, nullptr);
  // Members mostly stand in the order of their schema.
  std::size_t next = 0;
  for (const auto& entry : view.entries()) {
    const auto name = entry.key.text();
    if (next >= count || step.names[next] != name) {
      const auto found = step.by_name.find(name);
      if (found == step.by_name.end()) continue;
      next = found->second;
    }
    members_[begin + next++] = &entry.value;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const View* member = members_[begin + i];
    const auto child = step.children[i];
    bool done = false;
    if (member != nullptr) {
      done = fill(child, *member);
    } else if (steps_[child].nullable) {
      done = builder_.column(child).append_null();
    } else {
      fail(FaultKind::MissingField, "the member is required, and not there");
    }
    if (done) [[likely]]
      continue;
    if (failed_) within(step.names[i]);
    return false;
  }
  members_.resize(begin);
  return true;
}

bool ViewColumns::fail(FaultKind kind, std::string message) {
  failed_ = true;
  fault_ = {.kind = kind, .offset = 0, .path = "", .message = std::move(message)};
  return false;
}

bool ViewColumns::mismatch(const Step& step, const View& view) {
  return fail(FaultKind::TypeMismatch, "expected " + std::string(columns::to_string(step.kind)) +
                                           ", found " + std::string(value::to_string(view.kind())));
}

void ViewColumns::within(std::string_view step) {
  std::string before(step);
  if (!fault_.path.empty() && fault_.path.front() != '[') before += '.';
  fault_.path.insert(0, before);
}

}  // namespace limpet::serde
