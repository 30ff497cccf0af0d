#include "record_filter.h"

#include "limpet/kafka/types.h"
#include "limpet/value/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <re2/re2.h>  // for people; the room json_schema's expressions are ECMA-262's
#include <utility>

namespace limpet::app {
namespace {

using value::Kind;
using value::Logical;
using value::View;

enum class Operator : std::uint8_t {
  Equal,
  Unequal,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Match,
  Exists
};
enum class Fact : std::uint8_t { Value, Key, Partition, Offset, Timestamp, Schema, Version };

constexpr std::array<std::pair<std::string_view, Fact>, 6> kFacts{{{"key", Fact::Key},
                                                                   {"partition", Fact::Partition},
                                                                   {"offset", Fact::Offset},
                                                                   {"timestamp", Fact::Timestamp},
                                                                   {"schema", Fact::Schema},
                                                                   {"version", Fact::Version}}};

// The longer ones first.
constexpr std::array<std::pair<std::string_view, Operator>, 7> kOperators{{
    {"!=", Operator::Unequal},
    {"<=", Operator::LessEqual},
    {">=", Operator::GreaterEqual},
    {"=", Operator::Equal},
    {"<", Operator::Less},
    {">", Operator::Greater},
    {"~", Operator::Match},
}};

/// A number as exactly as it can be held.
struct Number {
  enum class Form : std::uint8_t { Signed, Unsigned, Floating };
  Form form = Form::Signed;
  std::int64_t whole = 0;
  std::uint64_t unsigned_whole = 0;
  double floating = 0;

  static Number of(std::int64_t number) { return {.whole = number}; }
  static Number of(std::uint64_t number) {
    return {.form = Form::Unsigned, .unsigned_whole = number};
  }
  static Number of(double number) { return {.form = Form::Floating, .floating = number}; }

  double as_double() const {
    if (form == Form::Signed) return static_cast<double>(whole);
    if (form == Form::Unsigned) return static_cast<double>(unsigned_whole);
    return floating;
  }
};

/// Above every number of 64 bits with a sign.
bool beyond_signed(const Number& number) {
  return number.form == Number::Form::Unsigned && number.unsigned_whole > INT64_MAX;
}

std::partial_ordering compare(const Number& a, const Number& b) {
  if (a.form == Number::Form::Floating || b.form == Number::Form::Floating) {
    return a.as_double() <=> b.as_double();
  }
  if (beyond_signed(a) || beyond_signed(b)) {
    if (!beyond_signed(b)) return std::partial_ordering::greater;
    if (!beyond_signed(a)) return std::partial_ordering::less;
    return a.unsigned_whole <=> b.unsigned_whole;
  }
  const auto whole = [](const Number& number) {
    return number.form == Number::Form::Signed ? number.whole
                                               : static_cast<std::int64_t>(number.unsigned_whole);
  };
  return whole(a) <=> whole(b);
}

std::optional<Number> parse_number(std::string_view text) {
  if (text.empty() || text.front() == '+') return std::nullopt;
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (auto [at, error] = std::from_chars(text.data(), end, whole);
      error == std::errc() && at == end) {
    return Number::of(whole);
  }
  std::uint64_t unsigned_whole = 0;
  if (auto [at, error] = std::from_chars(text.data(), end, unsigned_whole);
      error == std::errc() && at == end) {
    return Number::of(unsigned_whole);
  }
  const char first = text.front() == '-' && text.size() > 1 ? text[1] : text.front();
  if (first < '0' || first > '9') return std::nullopt;  // "inf", "nan" are texts
  double floating = 0;
  if (auto [at, error] = std::from_chars(text.data(), end, floating);
      error == std::errc() && at == end) {
    return Number::of(floating);
  }
  return std::nullopt;
}

bool is_whole_day(Logical logical) { return logical == Logical::Date; }

/// How many of the unit make a millisecond, as a fraction; nullopt: no point in time.
std::optional<std::int64_t> units_per_millisecond(Logical logical) {
  switch (logical) {
    case Logical::TimestampMillis:
    case Logical::LocalTimestampMillis:
      return 1;
    case Logical::TimestampMicros:
    case Logical::LocalTimestampMicros:
      return 1'000;
    case Logical::TimestampNanos:
    case Logical::LocalTimestampNanos:
      return 1'000'000;
    default:
      return std::nullopt;
  }
}

constexpr std::int64_t kDayMilliseconds = 86'400'000;

std::optional<Number> number_of(const View& view) {
  switch (view.kind()) {
    case Kind::Int:
    case Kind::Long:
      return Number::of(view.as_long());
    case Kind::UnsignedLong:
      return Number::of(view.as_unsigned_long());
    case Kind::Float:
    case Kind::Double:
      return Number::of(view.as_double());
    case Kind::Number:
      return parse_number(view.text());
    case Kind::Bytes:
      if (view.logical() == Logical::Decimal) {
        std::string text;
        if (!value::append_json(view, text)) return parse_number(text);
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// The text of a value, as it is printed, without quotes. `room` holds it when it must be made.
std::string_view text_of(const View& view, std::string& room) {
  const bool plain = view.kind() == Kind::Enum || view.kind() == Kind::Number ||
                     (view.kind() == Kind::String && view.logical() == Logical::None);
  if (plain) return view.text();
  room.clear();
  if (value::append_json(view, room)) return {};
  if (room.size() >= 2 && room.front() == '"') {
    return std::string_view(room).substr(1, room.size() - 2);
  }
  return room;
}

bool is_text(const View& view) {
  return view.kind() == Kind::String || view.kind() == Kind::Enum ||
         (view.kind() == Kind::Bytes && view.logical() != Logical::Decimal);
}

bool holds(Operator op, std::partial_ordering order) {
  switch (op) {
    case Operator::Equal:
      return order == 0;
    case Operator::Unequal:
      return order != 0;
    case Operator::Less:
      return order < 0;
    case Operator::LessEqual:
      return order <= 0;
    case Operator::Greater:
      return order > 0;
    case Operator::GreaterEqual:
      return order >= 0;
    default:
      return false;
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool ends_name(char c) {
  return c == '.' || c == '[' || c == ' ' || c == '\t' || c == '=' || c == '!' || c == '<' ||
         c == '>' || c == '~';
}

Error wrong(std::string message) { return Error::invalid_input(std::move(message)); }

/// Takes one path from the front of `text`.
Result<std::vector<FieldPath::Step>> take_path(std::string_view& text) {
  std::vector<FieldPath::Step> steps;
  bool need_name = true;
  while (!text.empty()) {
    if (text.front() == '[') {
      const std::size_t close = text.find(']');
      std::size_t index = 0;
      const std::string_view digits =
          close == std::string_view::npos ? std::string_view() : text.substr(1, close - 1);
      const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
      if (digits.empty() || error != std::errc() || at != digits.data() + digits.size()) {
        return wrong("in [ ] stands the number of an item");
      }
      steps.push_back({.index = index});
      text.remove_prefix(close + 1);
      need_name = false;
    } else if (text.front() == '"') {
      const std::size_t close = text.find('"', 1);
      if (close == std::string_view::npos) return wrong("a quote is not closed");
      steps.push_back({.name = std::string(text.substr(1, close - 1))});
      text.remove_prefix(close + 1);
      need_name = false;
    } else {
      std::size_t size = 0;
      while (size < text.size() && !ends_name(text[size])) ++size;
      if (size == 0) break;
      steps.push_back({.name = std::string(text.substr(0, size))});
      text.remove_prefix(size);
      need_name = false;
    }
    if (text.empty() || (text.front() != '.' && text.front() != '[')) break;
    if (text.front() == '.') {
      text.remove_prefix(1);
      need_name = true;
    }
  }
  if (need_name) return wrong("a field's name is missing");
  return steps;
}

}  // namespace

struct RecordFilter::Condition {
  Fact fact = Fact::Value;
  std::vector<FieldPath::Step> steps{};
  Operator op = Operator::Exists;
  std::string text{};
  bool quoted = false;
  std::optional<Number> number{};
  std::optional<std::int64_t> time_ms{};
  std::unique_ptr<RE2> pattern{};

  static Result<std::shared_ptr<const Condition>> parse(std::string_view text);
  bool holds_for(const View& value, const RecordFacts& facts) const;

 private:
  Status take_value(std::string_view rest);
  bool walk(const View* view, std::size_t step) const;
  bool test(const View* view) const;
  bool compare_time(const View& view, bool& decided) const;
};

Status RecordFilter::Condition::take_value(std::string_view rest) {
  rest = trimmed(rest);
  if (rest.empty()) return wrong("the value to compare with is missing (\"\" is the empty text)");
  if (rest.size() >= 2 && (rest.front() == '"' || rest.front() == '\'') &&
      rest.back() == rest.front()) {
    quoted = true;
    rest = rest.substr(1, rest.size() - 2);
  }
  text = rest;
  if (op == Operator::Match) {
    RE2::Options options;
    options.set_log_errors(false);
    pattern = std::make_unique<RE2>(text, options);
    if (!pattern->ok()) return wrong("not a regular expression: " + pattern->error());
    return {};
  }
  if (quoted) return {};
  number = parse_number(text);
  if (!number) {
    const auto position = kafka::parse_position(text);
    if (position && position->kind == kafka::Position::Kind::Time) time_ms = position->value;
  }
  return {};
}

Result<std::shared_ptr<const RecordFilter::Condition>> RecordFilter::Condition::parse(
    std::string_view given) {
  auto condition = std::make_shared<Condition>();
  std::string_view rest = trimmed(given);
  if (rest.starts_with('$')) {
    std::size_t size = 1;
    while (size < rest.size() && !ends_name(rest[size])) ++size;
    const std::string_view name = rest.substr(1, size - 1);
    const auto* const fact = std::find_if(kFacts.begin(), kFacts.end(),
                                          [&](const auto& row) { return row.first == name; });
    if (fact == kFacts.end()) {
      return wrong("$ is followed by key, partition, offset, timestamp, schema or version");
    }
    condition->fact = fact->second;
    rest.remove_prefix(size);
    if (!rest.empty() && rest.front() == '.') rest.remove_prefix(1);
    if (condition->fact == Fact::Key && !rest.empty() && !ends_name(rest.front())) {
      LIMPET_TRY(condition->steps, take_path(rest));
    }
  } else {
    LIMPET_TRY(condition->steps, take_path(rest));
  }
  rest = trimmed(rest);
  if (rest == "exists") return std::shared_ptr<const Condition>(std::move(condition));
  for (const auto& [word, op] : kOperators) {
    if (!rest.starts_with(word)) continue;
    condition->op = op;
    LIMPET_CHECK(condition->take_value(rest.substr(word.size())));
    return std::shared_ptr<const Condition>(std::move(condition));
  }
  return wrong("behind the field stands =, !=, <, <=, >, >=, ~ or exists");
}

bool RecordFilter::Condition::compare_time(const View& view, bool& decided) const {
  decided = true;
  const auto kind = view.kind();
  if (kind != Kind::Int && kind != Kind::Long) return false;
  const auto stored = Number::of(view.as_long());
  if (is_whole_day(view.logical())) {
    // The day's beginning, so that a time within a day is behind that day.
    return holds(op, compare(Number::of(view.as_long() * kDayMilliseconds), Number::of(*time_ms)));
  }
  if (const auto units = units_per_millisecond(view.logical())) {
    std::int64_t wanted = 0;
    if (__builtin_mul_overflow(*time_ms, *units, &wanted)) return op == Operator::Unequal;
    return holds(op, compare(stored, Number::of(wanted)));
  }
  decided = false;
  return false;
}

bool RecordFilter::Condition::test(const View* view) const {
  const bool absent = view == nullptr || view->is_null();
  if (op == Operator::Exists) return !absent;
  if (!quoted && text == "null" && op != Operator::Match) {
    return (op == Operator::Equal && absent) || (op == Operator::Unequal && !absent);
  }
  if (absent) return op == Operator::Unequal;
  std::string room;
  if (op == Operator::Match) return RE2::PartialMatch(text_of(*view, room), *pattern);
  if (view->kind() == Kind::Boolean) {
    const bool named = !quoted && (text == "true" || text == "false");
    const bool equal = named && view->as_boolean() == (text == "true");
    return (op == Operator::Equal && equal) || (op == Operator::Unequal && !equal);
  }
  if (time_ms) {
    bool decided = false;
    const bool held = compare_time(*view, decided);
    if (decided && !is_text(*view)) return held;
  }
  if (is_text(*view)) {
    const auto order = text_of(*view, room) <=> std::string_view(text);
    return holds(op, order);
  }
  if (number) {
    if (const auto found = number_of(*view)) return holds(op, compare(*found, *number));
  }
  return op == Operator::Unequal;
}

bool RecordFilter::Condition::walk(const View* view, std::size_t step) const {
  for (; step < steps.size(); ++step) {
    if (view == nullptr) return test(nullptr);
    const auto& at = steps[step];
    if (at.index) {
      if (view->kind() != Kind::Array || *at.index >= view->size()) return test(nullptr);
      view = &(*view)[*at.index];
      continue;
    }
    if (view->kind() == Kind::Array) {
      for (const View& item : view->items()) {
        if (walk(&item, step)) return true;
      }
      return false;
    }
    view = view->find(at.name);
  }
  if (view != nullptr && view->kind() == Kind::Array && op != Operator::Exists) {
    for (const View& item : view->items()) {
      if (test(&item)) return true;
    }
    return false;
  }
  return test(view);
}

bool RecordFilter::Condition::holds_for(const View& value, const RecordFacts& facts) const {
  View found;
  switch (fact) {
    case Fact::Value:
      return walk(&value, 0);
    case Fact::Key:
      return walk(&facts.key, 0);
    case Fact::Partition:
      found = View::of_int(facts.partition);
      break;
    case Fact::Offset:
      found = View::of_long(facts.offset);
      break;
    case Fact::Timestamp:
      if (facts.timestamp_ms >= 0) {
        found = View::of_long(facts.timestamp_ms, Logical::TimestampMillis);
      }
      break;
    case Fact::Schema:
      if (!facts.schema.empty()) found = View::string(facts.schema);
      break;
    case Fact::Version:
      if (facts.version) found = View::unsigned_long(*facts.version);
      break;
  }
  return test(&found);
}

Result<RecordFilter> RecordFilter::parse(const std::vector<std::string>& conditions) {
  RecordFilter filter;
  for (const std::string& text : conditions) {
    auto condition = Condition::parse(text);
    if (!condition) {
      Error error = std::move(condition).error();
      error.where = text;
      return error;
    }
    filter.conditions_.push_back(*std::move(condition));
  }
  return filter;
}

bool RecordFilter::matches(const View& value, const RecordFacts& facts) const {
  for (const auto& condition : conditions_) {
    if (!condition->holds_for(value, facts)) return false;
  }
  return true;
}

Result<FieldPath> FieldPath::parse(std::string_view text) {
  FieldPath path;
  std::string_view rest = text;
  auto steps = take_path(rest);
  if (!steps) return Error::invalid_input(steps.error().message, std::string(text));
  if (!rest.empty()) {
    return Error::invalid_input("not a path of a field", std::string(text));
  }
  path.steps_ = *std::move(steps);
  return path;
}

const View* FieldPath::find(const View& value) const {
  const View* view = &value;
  for (const Step& step : steps_) {
    if (step.index) {
      if (view->kind() != Kind::Array || *step.index >= view->size()) return nullptr;
      view = &(*view)[*step.index];
    } else {
      view = view->find(step.name);
      if (view == nullptr) return nullptr;
    }
  }
  return view;
}

}  // namespace limpet::app
