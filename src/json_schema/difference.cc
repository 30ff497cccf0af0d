#include "limpet/json_schema/difference.h"

#include <array>

namespace limpet::json_schema {
namespace {

enum class Verdict : std::uint8_t { Yes, No, Lenient, Undecided };

struct Row {
  std::string_view name;
  Verdict compatible;
  std::string_view sentence;
};

// By Rule.
constexpr std::array<Row, kRuleCount> kRows{
    Row{"SCHEMA_ADDED", Verdict::No, "the reader has rules where the writer has none"},
    Row{"SCHEMA_REMOVED", Verdict::Yes, "the reader has no rules where the writer has some"},
    Row{"TYPE_EXTENDED", Verdict::Yes, "the reader takes more types than the writer writes"},
    Row{"TYPE_NARROWED", Verdict::No, "the reader takes fewer types than the writer writes"},
    Row{"TYPE_CHANGED", Verdict::No, "the reader expects another type than the writer writes"},
    Row{"DIALECT_CHANGED", Verdict::Undecided,
        "the two schemas are of dialects that read this differently"},
    Row{"MAX_LENGTH_ADDED", Verdict::No,
        "the reader has an upper limit on the length of the string, the writer has none"},
    Row{"MAX_LENGTH_REMOVED", Verdict::Yes,
        "the reader has no upper limit on the length of the string"},
    Row{"MAX_LENGTH_INCREASED", Verdict::Yes,
        "the reader has a higher upper limit on the length of the string"},
    Row{"MAX_LENGTH_DECREASED", Verdict::No,
        "the reader's upper limit on the length of the string is below the writer's"},
    Row{"MIN_LENGTH_ADDED", Verdict::No,
        "the reader has a lower limit on the length of the string, the writer has none"},
    Row{"MIN_LENGTH_REMOVED", Verdict::Yes,
        "the reader has no lower limit on the length of the string"},
    Row{"MIN_LENGTH_INCREASED", Verdict::No,
        "the reader's lower limit on the length of the string is above the writer's"},
    Row{"MIN_LENGTH_DECREASED", Verdict::Yes,
        "the reader has a lower lower limit on the length of the string"},
    Row{"PATTERN_ADDED", Verdict::No, "the reader has a regular expression, the writer has none"},
    Row{"PATTERN_REMOVED", Verdict::Yes, "the reader has no regular expression"},
    Row{"PATTERN_CHANGED", Verdict::Undecided,
        "the reader has another regular expression than the writer"},
    Row{"FORMAT_ADDED", Verdict::No, "the reader asks for a format, the writer does not"},
    Row{"FORMAT_REMOVED", Verdict::Yes, "the reader asks for no format"},
    Row{"FORMAT_CHANGED", Verdict::No, "the reader asks for another format than the writer"},
    Row{"MAXIMUM_ADDED", Verdict::No,
        "the reader has an upper limit on the number, the writer has none"},
    Row{"MAXIMUM_REMOVED", Verdict::Yes, "the reader has no upper limit on the number"},
    Row{"MAXIMUM_INCREASED", Verdict::Yes, "the reader has a higher upper limit on the number"},
    Row{"MAXIMUM_DECREASED", Verdict::No,
        "the reader's upper limit on the number is below the writer's"},
    Row{"MINIMUM_ADDED", Verdict::No,
        "the reader has a lower limit on the number, the writer has none"},
    Row{"MINIMUM_REMOVED", Verdict::Yes, "the reader has no lower limit on the number"},
    Row{"MINIMUM_INCREASED", Verdict::No,
        "the reader's lower limit on the number is above the writer's"},
    Row{"MINIMUM_DECREASED", Verdict::Yes, "the reader has a lower lower limit on the number"},
    Row{"EXCLUSIVE_MAXIMUM_ADDED", Verdict::No,
        "the reader has an upper limit on the number (itself excluded), the writer has none"},
    Row{"EXCLUSIVE_MAXIMUM_REMOVED", Verdict::Yes,
        "the reader has no upper limit on the number (itself excluded)"},
    Row{"EXCLUSIVE_MAXIMUM_INCREASED", Verdict::Yes,
        "the reader has a higher upper limit on the number (itself excluded)"},
    Row{"EXCLUSIVE_MAXIMUM_DECREASED", Verdict::No,
        "the reader's upper limit on the number (itself excluded) is below the writer's"},
    Row{"EXCLUSIVE_MINIMUM_ADDED", Verdict::No,
        "the reader has a lower limit on the number (itself excluded), the writer has none"},
    Row{"EXCLUSIVE_MINIMUM_REMOVED", Verdict::Yes,
        "the reader has no lower limit on the number (itself excluded)"},
    Row{"EXCLUSIVE_MINIMUM_INCREASED", Verdict::No,
        "the reader's lower limit on the number (itself excluded) is above the writer's"},
    Row{"EXCLUSIVE_MINIMUM_DECREASED", Verdict::Yes,
        "the reader has a lower lower limit on the number (itself excluded)"},
    Row{"MULTIPLE_OF_ADDED", Verdict::No, "the reader asks for multiples, the writer does not"},
    Row{"MULTIPLE_OF_REMOVED", Verdict::Yes, "the reader asks for no multiples"},
    Row{"MULTIPLE_OF_EXPANDED", Verdict::No,
        "the reader asks for multiples of a multiple of the writer's number"},
    Row{"MULTIPLE_OF_REDUCED", Verdict::Yes,
        "the reader asks for multiples of a divisor of the writer's number"},
    Row{"MULTIPLE_OF_CHANGED", Verdict::No, "the reader asks for multiples of another number"},
    Row{"ENUM_ARRAY_EXTENDED", Verdict::Yes, "the reader allows more values"},
    Row{"ENUM_ARRAY_NARROWED", Verdict::No, "the reader lacks values that the writer may write"},
    Row{"ENUM_ARRAY_CHANGED", Verdict::No, "the reader lacks values that the writer may write"},
    Row{"NOT_TYPE_NARROWED", Verdict::Yes, "the reader excludes no more than the writer"},
    Row{"NOT_TYPE_EXTENDED", Verdict::Undecided,
        "the reader may exclude values that the writer allows"},
    Row{"COMBINED_TYPE_EXTENDED", Verdict::Yes, "the reader combines schemas less strictly"},
    Row{"COMBINED_TYPE_CHANGED", Verdict::No, "the reader combines schemas in another way"},
    Row{"PRODUCT_TYPE_EXTENDED", Verdict::No, "the reader has more schemas under allOf"},
    Row{"PRODUCT_TYPE_NARROWED", Verdict::Yes, "the reader has fewer schemas under allOf"},
    Row{"SUM_TYPE_EXTENDED", Verdict::Yes, "the reader has more alternatives"},
    Row{"SUM_TYPE_NARROWED", Verdict::No, "the reader has fewer alternatives"},
    Row{"COMBINED_TYPE_SUBSCHEMAS_CHANGED", Verdict::No,
        "the reader has no counterpart for each schema that the writer combines"},
    Row{"CONDITION_CHANGED", Verdict::Undecided,
        "the reader has another condition (if, then, else), whose effect cannot be decided"},
    Row{"REFERENCE_CHANGED", Verdict::Undecided,
        "a dynamic reference makes that the effect cannot be decided"},
    Row{"REQUIRED_ATTRIBUTE_ADDED", Verdict::No,
        "the reader requires a property that the writer may leave out"},
    Row{"REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", Verdict::Yes,
        "the reader requires a property, and has a default for it"},
    Row{"REQUIRED_ATTRIBUTE_REMOVED", Verdict::Yes, "the reader requires a property no longer"},
    Row{"MAX_PROPERTIES_ADDED", Verdict::No,
        "the reader has an upper limit on the number of properties, the writer has none"},
    Row{"MAX_PROPERTIES_REMOVED", Verdict::Yes,
        "the reader has no upper limit on the number of properties"},
    Row{"MAX_PROPERTIES_INCREASED", Verdict::Yes,
        "the reader has a higher upper limit on the number of properties"},
    Row{"MAX_PROPERTIES_DECREASED", Verdict::No,
        "the reader's upper limit on the number of properties is below the writer's"},
    Row{"MIN_PROPERTIES_ADDED", Verdict::No,
        "the reader has a lower limit on the number of properties, the writer has none"},
    Row{"MIN_PROPERTIES_REMOVED", Verdict::Yes,
        "the reader has no lower limit on the number of properties"},
    Row{"MIN_PROPERTIES_INCREASED", Verdict::No,
        "the reader's lower limit on the number of properties is above the writer's"},
    Row{"MIN_PROPERTIES_DECREASED", Verdict::Yes,
        "the reader has a lower lower limit on the number of properties"},
    Row{"DEPENDENCY_ARRAY_ADDED", Verdict::No, "with this property the reader requires others"},
    Row{"DEPENDENCY_ARRAY_REMOVED", Verdict::Yes,
        "with this property the reader requires no others"},
    Row{"DEPENDENCY_ARRAY_EXTENDED", Verdict::No,
        "with this property the reader requires more others than the writer"},
    Row{"DEPENDENCY_ARRAY_NARROWED", Verdict::Yes,
        "with this property the reader requires fewer others"},
    Row{"DEPENDENCY_ARRAY_CHANGED", Verdict::No,
        "with this property the reader requires others than the writer"},
    Row{"DEPENDENCY_SCHEMA_ADDED", Verdict::No, "with this property the reader has further rules"},
    Row{"DEPENDENCY_SCHEMA_REMOVED", Verdict::Yes,
        "with this property the reader has no further rules"},
    Row{"ADDITIONAL_PROPERTIES_ADDED", Verdict::Yes, "the reader allows undeclared properties"},
    Row{"ADDITIONAL_PROPERTIES_REMOVED", Verdict::Lenient,
        "the reader allows no undeclared properties, the writer does"},
    Row{"ADDITIONAL_PROPERTIES_EXTENDED", Verdict::Yes,
        "the reader has no rules for undeclared properties"},
    Row{"ADDITIONAL_PROPERTIES_NARROWED", Verdict::Lenient,
        "the reader has rules for undeclared properties, the writer has none"},
    Row{"UNEVALUATED_PROPERTIES_ADDED", Verdict::Yes, "the reader allows unevaluated properties"},
    Row{"UNEVALUATED_PROPERTIES_REMOVED", Verdict::Lenient,
        "the reader allows no unevaluated properties, the writer does"},
    Row{"UNEVALUATED_PROPERTIES_EXTENDED", Verdict::Yes,
        "the reader has no rules for unevaluated properties"},
    Row{"UNEVALUATED_PROPERTIES_NARROWED", Verdict::Lenient,
        "the reader has rules for unevaluated properties, the writer has none"},
    Row{"UNEVALUATED_PROPERTIES_CHANGED", Verdict::Undecided,
        "the reader refuses unevaluated properties and what is evaluated has changed, so that the "
        "effect cannot be decided"},
    Row{"ADDITIONAL_ITEMS_ADDED", Verdict::Yes, "the reader allows undeclared items"},
    Row{"ADDITIONAL_ITEMS_REMOVED", Verdict::No,
        "the reader allows no undeclared items, the writer does"},
    Row{"ADDITIONAL_ITEMS_EXTENDED", Verdict::Yes, "the reader has no rules for undeclared items"},
    Row{"ADDITIONAL_ITEMS_NARROWED", Verdict::No,
        "the reader has rules for undeclared items, the writer has none"},
    Row{"UNEVALUATED_ITEMS_ADDED", Verdict::Yes, "the reader allows unevaluated items"},
    Row{"UNEVALUATED_ITEMS_REMOVED", Verdict::No,
        "the reader allows no unevaluated items, the writer does"},
    Row{"UNEVALUATED_ITEMS_EXTENDED", Verdict::Yes,
        "the reader has no rules for unevaluated items"},
    Row{"UNEVALUATED_ITEMS_NARROWED", Verdict::No,
        "the reader has rules for unevaluated items, the writer has none"},
    Row{"UNEVALUATED_ITEMS_CHANGED", Verdict::Undecided,
        "the reader refuses unevaluated items and what is evaluated has changed, so that the "
        "effect cannot be decided"},
    Row{"PATTERN_PROPERTIES_ADDED", Verdict::No,
        "the reader has rules for property names of a pattern, which the writer may break"},
    Row{"PROPERTY_NAMES_CHANGED", Verdict::Undecided,
        "the reader has other rules for property names"},
    Row{"PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader has a property without rules"},
    Row{"REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", Verdict::Lenient,
        "the writer's values may already hold this property with anything in it, because it allows "
        "undeclared properties"},
    Row{"REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", Verdict::No,
        "the reader requires a property that the writer does not know"},
    Row{"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", Verdict::Lenient,
        "the writer's values may already hold this property with anything in it, because it allows "
        "undeclared properties"},
    Row{"REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader has a new property with a default"},
    Row{"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", Verdict::No,
        "the reader requires a property that the writer does not know"},
    Row{"OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader has a new optional property"},
    Row{"PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader has no rules for this property"},
    Row{"PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", Verdict::Yes,
        "no value has this property"},
    Row{"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", Verdict::Lenient,
        "the reader does not allow this property, because it has no such property and allows no "
        "undeclared ones"},
    Row{"PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader's rules for undeclared properties accept this one"},
    Row{"PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::Lenient,
        "the reader has no such property, and its rules for undeclared ones refuse some of its "
        "values"},
    Row{"PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the writer's rules for undeclared properties fit this one"},
    Row{"PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::Lenient,
        "the writer may already write this property by its rules for undeclared ones, and the "
        "reader refuses some of those values"},
    Row{"MAX_ITEMS_ADDED", Verdict::No,
        "the reader has an upper limit on the number of items, the writer has none"},
    Row{"MAX_ITEMS_REMOVED", Verdict::Yes, "the reader has no upper limit on the number of items"},
    Row{"MAX_ITEMS_INCREASED", Verdict::Yes,
        "the reader has a higher upper limit on the number of items"},
    Row{"MAX_ITEMS_DECREASED", Verdict::No,
        "the reader's upper limit on the number of items is below the writer's"},
    Row{"MIN_ITEMS_ADDED", Verdict::No,
        "the reader has a lower limit on the number of items, the writer has none"},
    Row{"MIN_ITEMS_REMOVED", Verdict::Yes, "the reader has no lower limit on the number of items"},
    Row{"MIN_ITEMS_INCREASED", Verdict::No,
        "the reader's lower limit on the number of items is above the writer's"},
    Row{"MIN_ITEMS_DECREASED", Verdict::Yes,
        "the reader has a lower lower limit on the number of items"},
    Row{"MAX_CONTAINS_ADDED", Verdict::No,
        "the reader has an upper limit on the number of items that match \"contains\", the writer "
        "has none"},
    Row{"MAX_CONTAINS_REMOVED", Verdict::Yes,
        "the reader has no upper limit on the number of items that match \"contains\""},
    Row{"MAX_CONTAINS_INCREASED", Verdict::Yes,
        "the reader has a higher upper limit on the number of items that match \"contains\""},
    Row{"MAX_CONTAINS_DECREASED", Verdict::No,
        "the reader's upper limit on the number of items that match \"contains\" is below the "
        "writer's"},
    Row{"MIN_CONTAINS_ADDED", Verdict::No,
        "the reader has a lower limit on the number of items that match \"contains\", the writer "
        "has none"},
    Row{"MIN_CONTAINS_REMOVED", Verdict::Yes,
        "the reader has no lower limit on the number of items that match \"contains\""},
    Row{"MIN_CONTAINS_INCREASED", Verdict::No,
        "the reader's lower limit on the number of items that match \"contains\" is above the "
        "writer's"},
    Row{"MIN_CONTAINS_DECREASED", Verdict::Yes,
        "the reader has a lower lower limit on the number of items that match \"contains\""},
    Row{"CONTAINS_CHANGED", Verdict::Undecided,
        "the reader has another \"contains\", whose effect cannot be decided"},
    Row{"UNIQUE_ITEMS_ADDED", Verdict::No, "the reader refuses equal items, the writer does not"},
    Row{"UNIQUE_ITEMS_REMOVED", Verdict::Yes, "the reader allows equal items"},
    Row{"ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader has an item without rules"},
    Row{"ITEM_ADDED_TO_OPEN_CONTENT_MODEL", Verdict::No,
        "the writer's arrays may already hold anything in this place"},
    Row{"ITEM_ADDED_TO_CLOSED_CONTENT_MODEL", Verdict::Yes,
        "the writer writes nothing in this place"},
    Row{"ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader has no rules for this item"},
    Row{"ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", Verdict::Yes,
        "no array has this item"},
    Row{"ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", Verdict::No,
        "the reader allows no item in this place"},
    Row{"ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the reader's rules for further items accept this one"},
    Row{"ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::No,
        "the reader's rules for further items refuse some values of this one"},
    Row{"ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::Yes,
        "the writer's rules for further items fit this one"},
    Row{"ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Verdict::No,
        "the writer may already write this item by its rules for further ones, and the reader "
        "refuses some of those values"},
};

constexpr const Row& row_of(Rule rule) { return kRows[static_cast<std::size_t>(rule)]; }
static_assert(row_of(Rule::SchemaAdded).name == "SCHEMA_ADDED");
static_assert(row_of(Rule::ItemAddedNotCoveredByPartiallyOpenContentModel).name ==
              "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL");

/// How the sentences name the two sides.
constexpr std::string_view kReader = "the reader";
constexpr std::string_view kWriter = "the writer";

std::string_view without_article(std::string_view side) {
  return side.starts_with("the ") ? side.substr(4) : side;
}

}  // namespace

std::string_view to_string(Rule rule) { return row_of(rule).name; }

bool is_compatible(Rule rule, bool lenient) {
  const auto verdict = row_of(rule).compatible;
  return verdict == Verdict::Yes || (lenient && verdict == Verdict::Lenient);
}

bool is_undecided(Rule rule) { return row_of(rule).compatible == Verdict::Undecided; }

std::string describe(const Difference& difference, std::string_view reader,
                     std::string_view writer) {
  std::string out = difference.field.empty() ? "" : "field \"" + difference.field + "\": ";
  std::string_view rest = row_of(difference.rule).sentence;
  while (!rest.empty()) {
    const bool names_reader = rest.starts_with(kReader);
    if (names_reader || rest.starts_with(kWriter)) {
      out.append(names_reader ? reader : writer);
      rest.remove_prefix(names_reader ? kReader.size() : kWriter.size());
      continue;
    }
    out.push_back(rest.front());
    rest.remove_prefix(1);
  }
  if (!difference.reader_value.empty() || !difference.writer_value.empty()) {
    out.append(" (").append(without_article(reader)).append(": ").append(difference.reader_value);
    out.append(", ").append(without_article(writer)).append(": ").append(difference.writer_value);
    out.append(")");
  }
  return out;
}

}  // namespace limpet::json_schema
