// Arrays: items by place against what the other side says of further items.
#include "comparer.h"

#include <algorithm>

namespace limpet::json_schema {

void Comparer::compare_array(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  compare_type_required(pair);
  const auto item = field_of(pair, "[]");
  if (original.items != nullptr && update.items != nullptr) {
    sub(pair, *original.items, *update.items, item);
  } else if (update.items != nullptr) {
    note(pair, Rule::SchemaAdded, "items");
  } else if (original.items != nullptr) {
    note(pair, Rule::SchemaRemoved, "items");
  }
  compare_tuple(pair);
  compare_rest(pair, original.additional, update.additional,
               {"additionalItems", Rule::AdditionalItemsAdded, Rule::AdditionalItemsRemoved,
                Rule::AdditionalItemsExtended, Rule::AdditionalItemsNarrowed},
               item);
  compare_rest(pair, original.unevaluated, update.unevaluated,
               {"unevaluatedItems", Rule::UnevaluatedItemsAdded, Rule::UnevaluatedItemsRemoved,
                Rule::UnevaluatedItemsExtended, Rule::UnevaluatedItemsNarrowed},
               item);
  compare_unevaluated(pair, Rule::UnevaluatedItemsChanged);
  compare_bound(pair, "maxItems", original.maximum, update.maximum,
                {Rule::MaxItemsAdded, Rule::MaxItemsRemoved, Rule::MaxItemsIncreased,
                 Rule::MaxItemsDecreased});
  compare_bound(pair, "minItems", original.minimum, update.minimum,
                {Rule::MinItemsAdded, Rule::MinItemsRemoved, Rule::MinItemsIncreased,
                 Rule::MinItemsDecreased});
  if (original.unique != update.unique) {
    note(pair, update.unique ? Rule::UniqueItemsAdded : Rule::UniqueItemsRemoved, "uniqueItems");
  }
  compare_contains(pair);
}

void Comparer::compare_tuple(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  const auto common = std::min(original.tuple.size(), update.tuple.size());
  const auto keyword = [](const Part& part) -> std::string_view {
    return part.node->find("prefixItems") != nullptr ? "prefixItems" : "items";
  };
  const auto rest_of = [](const Part& part, bool as_original) -> Rest {
    if (part.items != nullptr) return {true, part.items, true};
    if (part.additional.present || (as_original && part.evaluates_elsewhere)) {
      return part.additional;
    }
    return part.unevaluated;
  };
  for (std::size_t i = 0; i < common; ++i) {
    if (!spend()) return;
    sub(pair, *original.tuple[i], *update.tuple[i], field_of(pair, "[]"));
  }
  for (std::size_t i = common; i < original.tuple.size(); ++i) {
    if (!spend()) return;
    const auto rest = rest_of(update, false);
    const auto& item = *original.tuple[i];
    const bool never = dereferenced(part_of(original, item)).kind == PartKind::False;
    note(pair,
         !rest.allowed            ? (never ? Rule::ItemWithFalseRemovedFromClosedContentModel
                                           : Rule::ItemRemovedFromClosedContentModel)
         : rest.schema == nullptr ? Rule::ItemRemovedFromOpenContentModel
         : quiet(pair, item, *rest.schema) ? Rule::ItemRemovedIsCoveredByPartiallyOpenContentModel
                                           : Rule::ItemRemovedNotCoveredByPartiallyOpenContentModel,
         keyword(original), std::to_string(i));
  }
  for (std::size_t i = common; i < update.tuple.size(); ++i) {
    if (!spend()) return;
    const auto rest = rest_of(original, true);
    const auto& item = *update.tuple[i];
    note(pair,
         !rest.allowed ? Rule::ItemAddedToClosedContentModel
         : rest.schema == nullptr
             ? (is_trivial(update, item) ? Rule::ItemWithEmptySchemaAddedToOpenContentModel
                                         : Rule::ItemAddedToOpenContentModel)
         : quiet(pair, *rest.schema, item) ? Rule::ItemAddedIsCoveredByPartiallyOpenContentModel
                                           : Rule::ItemAddedNotCoveredByPartiallyOpenContentModel,
         keyword(update), std::to_string(i));
  }
}

void Comparer::compare_contains(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  if (update.contains == nullptr) return;
  if (original.contains == nullptr) {
    if (update.max_contains || !update.min_contains->is_zero()) {
      note(pair, Rule::ContainsChanged, "contains");
    }
    return;
  }
  // Where more items match than before, an upper limit may be passed; where fewer do, a lower one.
  bool same = quiet(pair, *original.contains, *update.contains);
  if (update.max_contains) {
    same &= in(part_of(update, *update.contains), part_of(original, *original.contains));
  }
  if (!same) return note(pair, Rule::ContainsChanged, "contains");
  compare_bound(pair, "maxContains", original.max_contains, update.max_contains,
                {Rule::MaxContainsAdded, Rule::MaxContainsRemoved, Rule::MaxContainsIncreased,
                 Rule::MaxContainsDecreased});
  compare_bound(pair, "minContains", original.min_contains, update.min_contains,
                {Rule::MinContainsAdded, Rule::MinContainsRemoved, Rule::MinContainsIncreased,
                 Rule::MinContainsDecreased});
}

}  // namespace limpet::json_schema
