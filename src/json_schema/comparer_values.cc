// Strings, numbers, lists of values.
#include "comparer.h"

#include <algorithm>

namespace limpet::json_schema {

void Comparer::compare_string(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  compare_type_required(pair);
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
         "pattern");
  }
  if (original.format != update.format) {
    note(pair,
         !original.format ? Rule::FormatAdded
         : !update.format ? Rule::FormatRemoved
                          : Rule::FormatChanged,
         "format");
  }
}

void Comparer::compare_number(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  compare_bound(
      pair, "maximum", original.maximum, update.maximum,
      {Rule::MaximumAdded, Rule::MaximumRemoved, Rule::MaximumIncreased, Rule::MaximumDecreased});
  compare_bound(
      pair, "minimum", original.minimum, update.minimum,
      {Rule::MinimumAdded, Rule::MinimumRemoved, Rule::MinimumIncreased, Rule::MinimumDecreased});
  compare_bound(pair, "exclusiveMaximum", original.exclusive_maximum, update.exclusive_maximum,
                {Rule::ExclusiveMaximumAdded, Rule::ExclusiveMaximumRemoved,
                 Rule::ExclusiveMaximumIncreased, Rule::ExclusiveMaximumDecreased});
  compare_bound(pair, "exclusiveMinimum", original.exclusive_minimum, update.exclusive_minimum,
                {Rule::ExclusiveMinimumAdded, Rule::ExclusiveMinimumRemoved,
                 Rule::ExclusiveMinimumIncreased, Rule::ExclusiveMinimumDecreased});
  if (original.multiple_of && update.multiple_of) {
    const auto length = original.multiple_of->digits().size() + update.multiple_of->digits().size();
    if (!spend(1 + length / 8)) return;
    if (original.multiple_of->compare(*update.multiple_of) != 0) {
      const bool expanded = is_multiple(*update.multiple_of, *original.multiple_of).value_or(false);
      const bool reduced = is_multiple(*original.multiple_of, *update.multiple_of).value_or(false);
      note(pair,
           reduced    ? Rule::MultipleOfReduced
           : expanded ? Rule::MultipleOfExpanded
                      : Rule::MultipleOfChanged,
           "multipleOf");
    }
  } else if (original.multiple_of || update.multiple_of) {
    note(pair, original.multiple_of ? Rule::MultipleOfRemoved : Rule::MultipleOfAdded,
         "multipleOf");
  }
  if (original.integer && !update.integer) {
    note(pair, Rule::TypeExtended, "type");
  } else if (update.integer && !original.integer) {
    note(pair, Rule::TypeNarrowed, "type");
  } else {
    if (update.literal_integer && !original.literal_integer) {
      note(pair, Rule::DialectChanged, "type");
    }
    compare_type_required(pair);
  }
  // A reader that wants a number where the writer says nothing of the type.
  if (original.integer != update.integer && update.requires_type && !original.requires_type) {
    note(pair, Rule::TypeNarrowed, "type");
  }
}

void Comparer::compare_values(Pair& pair) {
  const auto& from = pair.original.values;
  const auto& to = pair.update.values;
  if (!spend(1 + (from.size() + to.size()) / 16) || from == to) return;
  const bool is_enum = pair.original.kind == PartKind::Enum;
  const auto rule = is_enum && std::ranges::includes(to, from)   ? Rule::EnumArrayExtended
                    : is_enum && std::ranges::includes(from, to) ? Rule::EnumArrayNarrowed
                                                                 : Rule::EnumArrayChanged;
  note(pair, rule, is_enum ? "enum" : "const");
}

}  // namespace limpet::json_schema
