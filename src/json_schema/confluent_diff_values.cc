// Strings, numbers, lists of values.
#include "confluent_diff.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace limpet::json_schema {
namespace {

double to_double(const Decimal& decimal) {
  const std::string text = decimal.text();
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc::result_out_of_range) return value;
  if (decimal.exponent() < 0) return 0;
  const double infinity = std::numeric_limits<double>::infinity();
  return decimal.is_negative() ? -infinity : infinity;
}

int order_of_doubles(const Decimal& a, const Decimal& b) {
  const double x = to_double(a);
  const double y = to_double(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

}  // namespace

void ConfluentDiff::compare_string(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  compare_bound(pair, "maxLength", original.maximum, update.maximum,
                {Rule::MaxLengthAdded, Rule::MaxLengthRemoved, Rule::MaxLengthIncreased,
                 Rule::MaxLengthDecreased});
  compare_bound(pair, "minLength", original.minimum, update.minimum,
                {Rule::MinLengthAdded, Rule::MinLengthRemoved, Rule::MinLengthIncreased,
                 Rule::MinLengthDecreased});
  if (original.pattern != update.pattern) {
    note(pair,
         !original.pattern ? Rule::PatternAdded
         : !update.pattern ? Rule::PatternRemoved
                           : Rule::PatternChanged,
         {"pattern"});
  }
}

void ConfluentDiff::compare_number(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  compare_bound(
      pair, "maximum", original.maximum, update.maximum,
      {Rule::MaximumAdded, Rule::MaximumRemoved, Rule::MaximumIncreased, Rule::MaximumDecreased},
      true);
  compare_bound(
      pair, "minimum", original.minimum, update.minimum,
      {Rule::MinimumAdded, Rule::MinimumRemoved, Rule::MinimumIncreased, Rule::MinimumDecreased},
      true);
  compare_bound(pair, "exclusiveMaximum", original.exclusive_maximum, update.exclusive_maximum,
                {Rule::ExclusiveMaximumAdded, Rule::ExclusiveMaximumRemoved,
                 Rule::ExclusiveMaximumIncreased, Rule::ExclusiveMaximumDecreased},
                true);
  compare_bound(pair, "exclusiveMinimum", original.exclusive_minimum, update.exclusive_minimum,
                {Rule::ExclusiveMinimumAdded, Rule::ExclusiveMinimumRemoved,
                 Rule::ExclusiveMinimumIncreased, Rule::ExclusiveMinimumDecreased},
                true);
  const auto& before = original.multiple_of;
  const auto& after = update.multiple_of;
  if (before && after) {
    if (!spend(1 + (before->digits().size() + after->digits().size()) / 8)) return;
    if (before->compare(*after) != 0) {
      note(pair,
           is_multiple(*after, *before).value_or(false)   ? Rule::MultipleOfExpanded
           : is_multiple(*before, *after).value_or(false) ? Rule::MultipleOfReduced
                                                          : Rule::MultipleOfChanged,
           {"multipleOf"});
    }
  } else if (before || after) {
    note(pair, before ? Rule::MultipleOfRemoved : Rule::MultipleOfAdded, {"multipleOf"});
  }
  if (original.integer != update.integer) {
    note(pair, original.integer ? Rule::TypeExtended : Rule::TypeNarrowed);
  }
}

void ConfluentDiff::compare_values(Pair& pair) {
  const auto& from = pair.original.values;
  const auto& to = pair.update.values;
  if (!spend(1 + (from.size() + to.size()) / 16) || from == to) return;
  const bool is_enum = pair.original.kind == PartKind::Enum;
  const auto rule = is_enum && std::ranges::includes(to, from)   ? Rule::EnumArrayExtended
                    : is_enum && std::ranges::includes(from, to) ? Rule::EnumArrayNarrowed
                                                                 : Rule::EnumArrayChanged;
  note(pair, rule, {is_enum ? "enum" : "const"});
}

void ConfluentDiff::compare_bound(Pair& pair, std::string_view keyword,
                                  const std::optional<Decimal>& original,
                                  const std::optional<Decimal>& update, const FourRules& rules,
                                  bool as_double) {
  if (!original && !update) return;
  if (!original) return note(pair, rules.added, {keyword});
  if (!update) return note(pair, rules.removed, {keyword});
  const auto order = as_double ? order_of_doubles(*update, *original) : update->compare(*original);
  if (order > 0) note(pair, rules.increased, {keyword});
  if (order < 0) note(pair, rules.decreased, {keyword});
}

}  // namespace limpet::json_schema
