// Objects and arrays: what one side declares against what the other says of all else.
#include "confluent_diff.h"

#include <algorithm>
#include <map>

namespace limpet::json_schema {
namespace {

bool has_default(const Node& node) { return node.find("default") != nullptr; }

}  // namespace

void ConfluentDiff::compare_object(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  compare_required(pair);
  compare_properties(pair);
  compare_dependencies(pair);
  compare_additional(
      pair, original.additional, update.additional,
      {"additionalProperties", Rule::AdditionalPropertiesAdded, Rule::AdditionalPropertiesRemoved,
       Rule::AdditionalPropertiesExtended, Rule::AdditionalPropertiesNarrowed});
  compare_unevaluated(pair, original.unevaluated, update.unevaluated,
                      {"unevaluatedProperties", Rule::UnevaluatedPropertiesAdded,
                       Rule::UnevaluatedPropertiesRemoved, Rule::UnevaluatedPropertiesExtended,
                       Rule::UnevaluatedPropertiesNarrowed});
  compare_bound(pair, "maxProperties", original.maximum, update.maximum,
                {Rule::MaxPropertiesAdded, Rule::MaxPropertiesRemoved, Rule::MaxPropertiesIncreased,
                 Rule::MaxPropertiesDecreased});
  compare_bound(pair, "minProperties", original.minimum, update.minimum,
                {Rule::MinPropertiesAdded, Rule::MinPropertiesRemoved, Rule::MinPropertiesIncreased,
                 Rule::MinPropertiesDecreased});
}

// Of properties that both declare; names that are required and not declared are passed over.
void ConfluentDiff::compare_required(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  for (const auto& name : update.required) {
    if (!spend()) return;
    const auto declared = update.properties.find(name);
    if (declared == update.properties.end() || !original.properties.contains(name) ||
        original.required.contains(name)) {
      continue;
    }
    note(pair,
         has_default(*declared->second) ? Rule::RequiredAttributeWithDefaultAdded
                                        : Rule::RequiredAttributeAdded,
         {"required", name});
  }
}

void ConfluentDiff::compare_properties(Pair& pair) {
  auto before = pair.original.properties.begin();
  auto after = pair.update.properties.begin();
  const auto no_more_before = pair.original.properties.end();
  const auto no_more_after = pair.update.properties.end();
  while (before != no_more_before || after != no_more_after) {
    if (!spend()) return;
    if (after == no_more_after || (before != no_more_before && before->first < after->first)) {
      property_removed(pair, before->first, *before->second);
      ++before;
    } else if (before == no_more_before || after->first < before->first) {
      property_added(pair, after->first, *after->second);
      ++after;
    } else {
      sub(pair, *before->second, *after->second, {"properties", before->first});
      ++before;
      ++after;
    }
  }
}

// Leaves patterns aside.
ConfluentDiff::Content ConfluentDiff::content(const Part& part) {
  const auto* unevaluated = part.unevaluated.schema;
  const auto kind = unevaluated == nullptr ? PartKind::True : kind_of(part, *unevaluated);
  if (!part.additional.allowed) return {Content::Model::Closed};
  if (part.additional.schema != nullptr) {
    return {Content::Model::Partial, part.additional.schema};
  }
  if (kind == PartKind::True) return {};
  if (kind == PartKind::False) return {Content::Model::Closed};
  return {Content::Model::Partial, unevaluated};
}

// Patterns close what would be open: a quirk.
ConfluentDiff::Content ConfluentDiff::content_for(const Part& part, std::string_view name) {
  if (!part.patterns.empty()) {
    const auto* patterns = part.node->find("patternProperties");
    for (const auto& [pattern, schema] : patterns->members()) {
      if (!spend()) return {};
      const auto found = model_of(part).pattern(pattern).found_in(name, steps_left_);
      if (found == Found::TooMuchWork) spend(steps_left_ + 1);
      if (found == Found::Yes) return {Content::Model::Partial, part.patterns.at(pattern)};
    }
  }
  auto rest = content(part);
  if (!part.patterns.empty() && rest.model == Content::Model::Open) {
    rest.model = Content::Model::Closed;
  }
  return rest;
}

void ConfluentDiff::property_removed(Pair& pair, std::string_view name, const Node& schema) {
  const auto rest = content_for(pair.update, name);
  const At at{"properties", name};
  switch (rest.model) {
    case Content::Model::Open:
      return note(pair, Rule::PropertyRemovedFromOpenContentModel, at);
    case Content::Model::Partial: {
      const bool covered = sub(pair, schema, *rest.schema, at);
      return note(pair,
                  covered ? Rule::PropertyRemovedIsCoveredByPartiallyOpenContentModel
                          : Rule::PropertyRemovedNotCoveredByPartiallyOpenContentModel,
                  at);
    }
    case Content::Model::Closed:
      return note(pair,
                  kind_of(pair.original, schema) == PartKind::False
                      ? Rule::PropertyWithFalseRemovedFromClosedContentModel
                      : Rule::PropertyRemovedFromClosedContentModel,
                  at);
  }
}

void ConfluentDiff::property_added(Pair& pair, std::string_view name, const Node& schema) {
  const auto rest = content_for(pair.original, name);
  const At at{"properties", name};
  const bool required = pair.update.required.contains(name);
  const bool with_default = required && has_default(schema);
  if (rest.model == Content::Model::Open) {
    return note(pair,
                is_anything(pair.update, schema)
                    ? Rule::PropertyWithEmptySchemaAddedToOpenContentModel
                : with_default ? Rule::RequiredPropertyWithDefaultAddedToOpenContentModel
                : required     ? Rule::RequiredPropertyAddedToOpenContentModel
                               : Rule::OptionalPropertyAddedToOpenContentModel,
                at);
  }
  if (rest.model == Content::Model::Partial) {
    const bool covered = sub(pair, *rest.schema, schema, at);
    note(pair,
         covered ? Rule::PropertyAddedIsCoveredByPartiallyOpenContentModel
                 : Rule::PropertyAddedNotCoveredByPartiallyOpenContentModel,
         at);
  }
  note(pair,
       with_default ? Rule::RequiredPropertyWithDefaultAddedToUnopenContentModel
       : required   ? Rule::RequiredPropertyAddedToUnopenContentModel
                    : Rule::OptionalPropertyAddedToUnopenContentModel,
       at);
}

void ConfluentDiff::compare_dependencies(Pair& pair) {
  const auto& before = pair.original.dependencies;
  const auto& after = pair.update.dependencies;
  for (const auto& [name, needed] : after.names) {
    if (!spend(1 + needed.size() / 16)) return;
    const At at{"dependencies", name};
    const auto counterpart = before.names.find(name);
    if (counterpart == before.names.end()) {
      note(pair, Rule::DependencyArrayAdded, at);
    } else if (counterpart->second != needed) {
      note(pair,
           std::ranges::includes(needed, counterpart->second)   ? Rule::DependencyArrayExtended
           : std::ranges::includes(counterpart->second, needed) ? Rule::DependencyArrayNarrowed
                                                                : Rule::DependencyArrayChanged,
           at);
    }
  }
  std::map<std::string_view, const Node*> schemas;
  for (const auto& [which, schema] : before.schemas) schemas.emplace(which.first, schema);
  for (const auto& [which, schema] : after.schemas) {
    if (!spend()) return;
    const At at{"dependencies", which.first};
    const auto counterpart = schemas.find(which.first);
    if (counterpart == schemas.end()) {
      note(pair, Rule::DependencySchemaAdded, at);
    } else {
      sub(pair, *counterpart->second, *schema, at);
    }
  }
}

void ConfluentDiff::compare_additional(Pair& pair, const Rest& original, const Rest& update,
                                       const RestRules& rules) {
  const At at{rules.keyword};
  if (original.allowed != update.allowed) {
    return note(pair, update.allowed ? rules.added : rules.removed, at);
  }
  if (original.schema != nullptr && update.schema != nullptr) {
    sub(pair, *original.schema, *update.schema, at);
  } else if (original.schema != nullptr || update.schema != nullptr) {
    note(pair, original.schema == nullptr ? rules.narrowed : rules.extended, at);
  }
}

void ConfluentDiff::compare_unevaluated(Pair& pair, const Rest& original, const Rest& update,
                                        const RestRules& rules) {
  const auto* before = original.schema;
  const auto* after = update.schema;
  if (before == nullptr && after == nullptr) return;
  const At at{rules.keyword};
  const bool was_false = before != nullptr && kind_of(pair.original, *before) == PartKind::False;
  const bool is_false = after != nullptr && kind_of(pair.update, *after) == PartKind::False;
  if (before == nullptr) return note(pair, is_false ? rules.removed : rules.narrowed, at);
  if (after == nullptr) return note(pair, was_false ? rules.added : rules.extended, at);
  if (was_false != is_false) return note(pair, was_false ? rules.added : rules.removed, at);
  const bool was_anything = is_anything(pair.original, *before);
  const bool anything = is_anything(pair.update, *after);
  if (was_anything != anything) {
    return note(pair, was_anything ? rules.narrowed : rules.extended, at);
  }
  sub(pair, *before, *after, at);
}

void ConfluentDiff::compare_array(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  if (original.items != nullptr && update.items != nullptr) {
    sub(pair, *original.items, *update.items, {"items"});
  } else if (original.items != nullptr || update.items != nullptr) {
    note(pair, original.items == nullptr ? Rule::SchemaAdded : Rule::SchemaRemoved, {"items"});
  }
  compare_tuple(pair);
  compare_additional(pair, original.additional, update.additional,
                     {"additionalItems", Rule::AdditionalItemsAdded, Rule::AdditionalItemsRemoved,
                      Rule::AdditionalItemsExtended, Rule::AdditionalItemsNarrowed});
  compare_unevaluated(
      pair, original.unevaluated, update.unevaluated,
      {"unevaluatedItems", Rule::UnevaluatedItemsAdded, Rule::UnevaluatedItemsRemoved,
       Rule::UnevaluatedItemsExtended, Rule::UnevaluatedItemsNarrowed});
  compare_bound(pair, "maxItems", original.maximum, update.maximum,
                {Rule::MaxItemsAdded, Rule::MaxItemsRemoved, Rule::MaxItemsIncreased,
                 Rule::MaxItemsDecreased});
  compare_bound(pair, "minItems", original.minimum, update.minimum,
                {Rule::MinItemsAdded, Rule::MinItemsRemoved, Rule::MinItemsIncreased,
                 Rule::MinItemsDecreased});
  if (original.unique != update.unique) {
    note(pair, update.unique ? Rule::UniqueItemsAdded : Rule::UniqueItemsRemoved, {"uniqueItems"});
  }
  compare_bound(pair, "maxContains", original.max_contains, update.max_contains,
                {Rule::MaxContainsAdded, Rule::MaxContainsRemoved, Rule::MaxContainsIncreased,
                 Rule::MaxContainsDecreased});
  compare_bound(pair, "minContains", original.min_contains, update.min_contains,
                {Rule::MinContainsAdded, Rule::MinContainsRemoved, Rule::MinContainsIncreased,
                 Rule::MinContainsDecreased});
}

void ConfluentDiff::compare_tuple(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  const auto common = std::min(original.tuple.size(), update.tuple.size());
  for (std::size_t i = 0; i < std::max(original.tuple.size(), update.tuple.size()); ++i) {
    if (!spend()) return;
    const auto number = std::to_string(i);
    const At at{"items", number};
    if (i < common) {
      sub(pair, *original.tuple[i], *update.tuple[i], at);
    } else if (i < original.tuple.size()) {
      item_removed(pair, *original.tuple[i], at);
    } else {
      item_added(pair, *update.tuple[i], at);
    }
  }
}

void ConfluentDiff::item_removed(Pair& pair, const Node& item, const At& at) {
  const auto rest = content(pair.update);
  switch (rest.model) {
    case Content::Model::Open:
      return note(pair, Rule::ItemRemovedFromOpenContentModel, at);
    case Content::Model::Partial: {
      const bool covered = sub(pair, item, *rest.schema, at);
      return note(pair,
                  covered ? Rule::ItemRemovedIsCoveredByPartiallyOpenContentModel
                          : Rule::ItemRemovedNotCoveredByPartiallyOpenContentModel,
                  at);
    }
    case Content::Model::Closed:
      return note(pair,
                  kind_of(pair.original, item) == PartKind::False
                      ? Rule::ItemWithFalseRemovedFromClosedContentModel
                      : Rule::ItemRemovedFromClosedContentModel,
                  at);
  }
}

void ConfluentDiff::item_added(Pair& pair, const Node& item, const At& at) {
  const auto rest = content(pair.original);
  switch (rest.model) {
    case Content::Model::Open:
      return note(pair,
                  is_anything(pair.update, item) ? Rule::ItemWithEmptySchemaAddedToOpenContentModel
                                                 : Rule::ItemAddedToOpenContentModel,
                  at);
    case Content::Model::Partial: {
      const bool covered = sub(pair, *rest.schema, item, at);
      return note(pair,
                  covered ? Rule::ItemAddedIsCoveredByPartiallyOpenContentModel
                          : Rule::ItemAddedNotCoveredByPartiallyOpenContentModel,
                  at);
    }
    case Content::Model::Closed:
      return note(pair, Rule::ItemAddedToClosedContentModel, at);
  }
}

}  // namespace limpet::json_schema
