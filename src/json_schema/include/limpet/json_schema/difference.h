// Difference: one way in which a reader's schema departs from a writer's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::json_schema {

/// The rules, by the names that other registries gave them; a few are ours.
enum class Rule : std::uint8_t {
  SchemaAdded,
  SchemaRemoved,
  TypeExtended,
  TypeNarrowed,
  TypeChanged,
  DialectChanged,
  MaxLengthAdded,
  MaxLengthRemoved,
  MaxLengthIncreased,
  MaxLengthDecreased,
  MinLengthAdded,
  MinLengthRemoved,
  MinLengthIncreased,
  MinLengthDecreased,
  PatternAdded,
  PatternRemoved,
  PatternChanged,
  FormatAdded,
  FormatRemoved,
  FormatChanged,
  MaximumAdded,
  MaximumRemoved,
  MaximumIncreased,
  MaximumDecreased,
  MinimumAdded,
  MinimumRemoved,
  MinimumIncreased,
  MinimumDecreased,
  ExclusiveMaximumAdded,
  ExclusiveMaximumRemoved,
  ExclusiveMaximumIncreased,
  ExclusiveMaximumDecreased,
  ExclusiveMinimumAdded,
  ExclusiveMinimumRemoved,
  ExclusiveMinimumIncreased,
  ExclusiveMinimumDecreased,
  MultipleOfAdded,
  MultipleOfRemoved,
  MultipleOfExpanded,
  MultipleOfReduced,
  MultipleOfChanged,
  EnumArrayExtended,
  EnumArrayNarrowed,
  EnumArrayChanged,
  NotTypeNarrowed,
  NotTypeExtended,
  CombinedTypeExtended,
  CombinedTypeChanged,
  ProductTypeExtended,
  ProductTypeNarrowed,
  SumTypeExtended,
  SumTypeNarrowed,
  CombinedTypeSubschemasChanged,
  ConditionChanged,
  ReferenceChanged,
  RequiredAttributeAdded,
  RequiredAttributeWithDefaultAdded,
  RequiredAttributeRemoved,
  MaxPropertiesAdded,
  MaxPropertiesRemoved,
  MaxPropertiesIncreased,
  MaxPropertiesDecreased,
  MinPropertiesAdded,
  MinPropertiesRemoved,
  MinPropertiesIncreased,
  MinPropertiesDecreased,
  DependencyArrayAdded,
  DependencyArrayRemoved,
  DependencyArrayExtended,
  DependencyArrayNarrowed,
  DependencyArrayChanged,
  DependencySchemaAdded,
  DependencySchemaRemoved,
  AdditionalPropertiesAdded,
  AdditionalPropertiesRemoved,
  AdditionalPropertiesExtended,
  AdditionalPropertiesNarrowed,
  UnevaluatedPropertiesAdded,
  UnevaluatedPropertiesRemoved,
  UnevaluatedPropertiesExtended,
  UnevaluatedPropertiesNarrowed,
  UnevaluatedPropertiesChanged,
  AdditionalItemsAdded,
  AdditionalItemsRemoved,
  AdditionalItemsExtended,
  AdditionalItemsNarrowed,
  UnevaluatedItemsAdded,
  UnevaluatedItemsRemoved,
  UnevaluatedItemsExtended,
  UnevaluatedItemsNarrowed,
  UnevaluatedItemsChanged,
  PatternPropertiesAdded,
  PropertyNamesChanged,
  PropertyWithEmptySchemaAddedToOpenContentModel,
  RequiredPropertyWithDefaultAddedToOpenContentModel,
  RequiredPropertyAddedToOpenContentModel,
  OptionalPropertyAddedToOpenContentModel,
  RequiredPropertyWithDefaultAddedToUnopenContentModel,
  RequiredPropertyAddedToUnopenContentModel,
  OptionalPropertyAddedToUnopenContentModel,
  PropertyRemovedFromOpenContentModel,
  PropertyWithFalseRemovedFromClosedContentModel,
  PropertyRemovedFromClosedContentModel,
  PropertyRemovedIsCoveredByPartiallyOpenContentModel,
  PropertyRemovedNotCoveredByPartiallyOpenContentModel,
  PropertyAddedIsCoveredByPartiallyOpenContentModel,
  PropertyAddedNotCoveredByPartiallyOpenContentModel,
  MaxItemsAdded,
  MaxItemsRemoved,
  MaxItemsIncreased,
  MaxItemsDecreased,
  MinItemsAdded,
  MinItemsRemoved,
  MinItemsIncreased,
  MinItemsDecreased,
  MaxContainsAdded,
  MaxContainsRemoved,
  MaxContainsIncreased,
  MaxContainsDecreased,
  MinContainsAdded,
  MinContainsRemoved,
  MinContainsIncreased,
  MinContainsDecreased,
  ContainsChanged,
  UniqueItemsAdded,
  UniqueItemsRemoved,
  ItemWithEmptySchemaAddedToOpenContentModel,
  ItemAddedToOpenContentModel,
  ItemAddedToClosedContentModel,
  ItemRemovedFromOpenContentModel,
  ItemWithFalseRemovedFromClosedContentModel,
  ItemRemovedFromClosedContentModel,
  ItemRemovedIsCoveredByPartiallyOpenContentModel,
  ItemRemovedNotCoveredByPartiallyOpenContentModel,
  ItemAddedIsCoveredByPartiallyOpenContentModel,
  ItemAddedNotCoveredByPartiallyOpenContentModel,
};
inline constexpr std::size_t kRuleCount = 136;

std::string_view to_string(Rule rule);  ///< "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", …
/// Does the reader still accept everything?
bool is_compatible(Rule rule, bool lenient = false);
/// Incompatible because nobody can tell in general, not because a value is known to be refused.
bool is_undecided(Rule rule);

struct Difference {
  Rule rule = Rule::TypeChanged;
  std::string reader_path;   ///< "#/properties/age/minimum"; where it would be, if it is absent
  std::string writer_path;   ///< likewise in the writer's document
  std::string field;         ///< for people: "address.lines[]"; empty = the whole value
  std::string reader_value;  ///< short JSON text, or "absent"
  std::string writer_value;  ///< likewise

  friend bool operator==(const Difference&, const Difference&) = default;
};

/// One plain sentence without full stop: `field "age": the reader's lower limit on the number is
/// above the writer's (reader: 18, writer: 0)`.
std::string describe(const Difference& difference, std::string_view reader = "the reader",
                     std::string_view writer = "the writer");

}  // namespace limpet::json_schema
