// Objects: properties against what the other side says of properties that it does not declare.
#include "comparer.h"
#include "sameness.h"

#include <algorithm>
#include <iterator>

namespace limpet::json_schema {

void Comparer::compare_object(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  compare_type_required(pair);
  compare_required(pair);
  compare_properties(pair);
  compare_patterns(pair);
  compare_dependencies(pair);
  compare_names(pair);
  compare_rest(
      pair, original.additional, update.additional,
      {"additionalProperties", Rule::AdditionalPropertiesAdded, Rule::AdditionalPropertiesRemoved,
       Rule::AdditionalPropertiesExtended, Rule::AdditionalPropertiesNarrowed},
      field_of(pair, "*"));
  compare_rest(pair, original.unevaluated, update.unevaluated,
               {"unevaluatedProperties", Rule::UnevaluatedPropertiesAdded,
                Rule::UnevaluatedPropertiesRemoved, Rule::UnevaluatedPropertiesExtended,
                Rule::UnevaluatedPropertiesNarrowed},
               field_of(pair, "*"));
  compare_unevaluated(pair, Rule::UnevaluatedPropertiesChanged);
  compare_bound(pair, "maxProperties", original.maximum, update.maximum,
                {Rule::MaxPropertiesAdded, Rule::MaxPropertiesRemoved, Rule::MaxPropertiesIncreased,
                 Rule::MaxPropertiesDecreased});
  compare_bound(pair, "minProperties", original.minimum, update.minimum,
                {Rule::MinPropertiesAdded, Rule::MinPropertiesRemoved, Rule::MinPropertiesIncreased,
                 Rule::MinPropertiesDecreased});
}

// Names that the reader declares and the writer does not are judged where they are added.
void Comparer::compare_required(Pair& pair) {
  for (const auto& name : pair.update.required) {
    if (!spend()) return;
    if (pair.original.required.contains(name)) continue;
    const auto declared = pair.update.properties.find(name);
    const bool here = declared != pair.update.properties.end();
    if (here && !pair.original.properties.contains(name)) continue;
    const bool has_default = here && declared->second->find("default") != nullptr;
    note(pair, has_default ? Rule::RequiredAttributeWithDefaultAdded : Rule::RequiredAttributeAdded,
         "required", name);
  }
  for (const auto& name : pair.original.required) {
    if (!pair.update.required.contains(name)) {
      note(pair, Rule::RequiredAttributeRemoved, "required", name);
    }
  }
}

bool Comparer::has_pattern_match(const Part& part, std::string_view pattern,
                                 std::string_view name) {
  if (!spend()) return false;
  const auto found = model_of(part).pattern(std::string(pattern)).found_in(name, steps_left_);
  if (found == Found::TooMuchWork) spend(steps_left_ + 1);
  return found == Found::Yes;
}

// `as_original`: what `part` certainly says; otherwise what it says at most.
Comparer::Undeclared Comparer::undeclared(const Part& part, std::string_view name,
                                          bool as_original) {
  Undeclared out;
  for (const auto& [pattern, schema] : part.patterns) {
    if (has_pattern_match(part, pattern, name)) out.schemas.push_back(schema);
  }
  const auto use = [&](const Rest& rest) {
    if (!rest.allowed) {
      out.model = Undeclared::Model::Closed;
    } else if (rest.schema != nullptr) {
      out.schemas.push_back(rest.schema);
    }
  };
  if (out.schemas.empty()) use(part.additional);
  if (out.schemas.empty() && out.model == Undeclared::Model::Open &&
      !(as_original && part.evaluates_elsewhere)) {
    use(part.unevaluated);
  }
  if (!out.schemas.empty()) out.model = Undeclared::Model::Partial;
  return out;
}

void Comparer::compare_properties(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  // Patterns hold for declared properties too; those that both have are compared by themselves.
  std::vector<std::pair<std::string_view, const Node*>> own_patterns;
  std::ranges::copy_if(update.patterns, std::back_inserter(own_patterns),
                       [&](const auto& own) { return !original.patterns.contains(own.first); });
  if (!spend(update.patterns.size())) return;
  for (const auto& [name, schema] : original.properties) {
    if (!spend()) return;
    const auto counterpart = update.properties.find(name);
    if (counterpart == update.properties.end()) {
      property_removed(pair, name, *schema);
      continue;
    }
    sub(pair, *schema, *counterpart->second, field_of(pair, name));
    for (const auto& [pattern, rules] : own_patterns) {
      if (!has_pattern_match(update, pattern, name)) continue;
      if (!quiet(pair, *schema, *rules)) {
        note(pair, Rule::PatternPropertiesAdded, "patternProperties", pattern);
      }
    }
  }
  for (const auto& [name, schema] : update.properties) {
    if (!spend()) return;
    if (!original.properties.contains(name)) property_added(pair, name, *schema);
  }
}

void Comparer::property_removed(Pair& pair, std::string_view name, const Node& schema) {
  const auto rest = undeclared(pair.update, name, false);
  switch (rest.model) {
    case Undeclared::Model::Open:
      return note(pair, Rule::PropertyRemovedFromOpenContentModel, "properties", name);
    case Undeclared::Model::Closed: {
      const bool never = dereferenced(part_of(pair.original, schema)).kind == PartKind::False;
      return note(pair,
                  never ? Rule::PropertyWithFalseRemovedFromClosedContentModel
                        : Rule::PropertyRemovedFromClosedContentModel,
                  "properties", name);
    }
    case Undeclared::Model::Partial: {
      const bool covered = std::ranges::all_of(
          rest.schemas, [&](const Node* other) { return quiet(pair, schema, *other); });
      return note(pair,
                  covered ? Rule::PropertyRemovedIsCoveredByPartiallyOpenContentModel
                          : Rule::PropertyRemovedNotCoveredByPartiallyOpenContentModel,
                  "properties", name);
    }
  }
}

void Comparer::property_added(Pair& pair, std::string_view name, const Node& schema) {
  const auto rest = undeclared(pair.original, name, true);
  const bool required =
      pair.update.required.contains(name) && !pair.original.required.contains(name);
  const bool has_default = schema.find("default") != nullptr;
  if (rest.model == Undeclared::Model::Open) {
    if (is_trivial(pair.update, schema)) {
      return note(pair,
                  !required     ? Rule::PropertyWithEmptySchemaAddedToOpenContentModel
                  : has_default ? Rule::RequiredAttributeWithDefaultAdded
                                : Rule::RequiredPropertyAddedToOpenContentModel,
                  "properties", name);
    }
    return note(pair,
                !required     ? Rule::OptionalPropertyAddedToOpenContentModel
                : has_default ? Rule::RequiredPropertyWithDefaultAddedToOpenContentModel
                              : Rule::RequiredPropertyAddedToOpenContentModel,
                "properties", name);
  }
  if (rest.model == Undeclared::Model::Partial) {
    const bool covered = std::ranges::any_of(
        rest.schemas, [&](const Node* other) { return quiet(pair, *other, schema); });
    note(pair,
         covered ? Rule::PropertyAddedIsCoveredByPartiallyOpenContentModel
                 : Rule::PropertyAddedNotCoveredByPartiallyOpenContentModel,
         "properties", name);
  }
  note(pair,
       !required     ? Rule::OptionalPropertyAddedToUnopenContentModel
       : has_default ? Rule::RequiredPropertyWithDefaultAddedToUnopenContentModel
                     : Rule::RequiredPropertyAddedToUnopenContentModel,
       "properties", name);
}

void Comparer::compare_patterns(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  for (const auto& [pattern, schema] : update.patterns) {
    if (!spend()) return;
    const auto counterpart = original.patterns.find(pattern);
    if (counterpart != original.patterns.end()) {
      sub(pair, *counterpart->second, *schema, field_of(pair, "/" + std::string(pattern) + "/"));
      continue;
    }
    if (is_trivial(update, *schema)) continue;
    // Whatever the writer puts into properties that it does not declare must be right for it.
    bool covered = std::ranges::all_of(
        original.patterns, [&](const auto& other) { return quiet(pair, *other.second, *schema); });
    const auto& rest = original.additional.present || original.evaluates_elsewhere
                           ? original.additional
                           : original.unevaluated;
    if (rest.allowed) covered &= rest.schema != nullptr && quiet(pair, *rest.schema, *schema);
    if (!covered) note(pair, Rule::PatternPropertiesAdded, "patternProperties", pattern);
  }
  // A pattern that the reader lacks: its properties fall to the reader's rest.
  const auto& rest = update.additional.present ? update.additional : update.unevaluated;
  for (const auto& [pattern, schema] : original.patterns) {
    if (!spend()) return;
    if (update.patterns.contains(pattern)) continue;
    const bool never = dereferenced(part_of(original, *schema)).kind == PartKind::False;
    if (!rest.allowed && !never) {
      note(pair, Rule::PropertyRemovedFromClosedContentModel, "patternProperties", pattern);
    } else if (rest.schema != nullptr && !quiet(pair, *schema, *rest.schema)) {
      note(pair, Rule::PropertyRemovedNotCoveredByPartiallyOpenContentModel, "patternProperties",
           pattern);
    }
  }
}

void Comparer::compare_dependencies(Pair& pair) {
  const auto& original = pair.original.dependencies;
  const auto& update = pair.update.dependencies;
  const auto keyword_of = [](const Part& part) -> std::string_view {
    return part.node->find("dependentRequired") != nullptr ? "dependentRequired" : "dependencies";
  };
  for (const auto& [name, needed] : update.names) {
    if (!spend(1 + needed.size() / 16)) return;
    const auto counterpart = original.names.find(name);
    const auto keyword = keyword_of(pair.update);
    if (counterpart == original.names.end()) {
      if (!needed.empty()) note(pair, Rule::DependencyArrayAdded, keyword, name);
    } else if (counterpart->second != needed) {
      note(pair,
           std::ranges::includes(needed, counterpart->second)   ? Rule::DependencyArrayExtended
           : std::ranges::includes(counterpart->second, needed) ? Rule::DependencyArrayNarrowed
                                                                : Rule::DependencyArrayChanged,
           keyword, name);
    }
  }
  for (const auto& [name, needed] : original.names) {
    if (!update.names.contains(name)) {
      note(pair, Rule::DependencyArrayRemoved, keyword_of(pair.original), name);
    }
  }
  for (const auto& [which, schema] : update.schemas) {
    if (!spend()) return;
    const auto& [name, keyword] = which;
    auto counterpart = original.schemas.find(which);
    if (counterpart == original.schemas.end()) {
      counterpart = original.schemas.find(
          {name, keyword == "dependencies" ? "dependentSchemas" : "dependencies"});
    }
    if (counterpart != original.schemas.end()) {
      sub(pair, *counterpart->second, *schema, pair.field);
    } else if (!is_trivial(pair.update, *schema)) {
      note(pair, Rule::DependencySchemaAdded, keyword, name);
    }
  }
}

void Comparer::compare_names(Pair& pair) {
  const auto* names = pair.update.names;
  if (names == nullptr || is_trivial(pair.update, *names)) return;
  const auto* before = pair.original.names;
  if (before == nullptr || !quiet(pair, *before, *names)) {
    note(pair, Rule::PropertyNamesChanged, "propertyNames");
  }
}

void Comparer::compare_rest(Pair& pair, const Rest& original, const Rest& update,
                            const RestRules& rules, const std::string& field) {
  if (original.allowed != update.allowed) {
    return note(pair, update.allowed ? rules.added : rules.removed, rules.keyword);
  }
  if (original.schema == nullptr && update.schema == nullptr) return;
  if (original.schema == nullptr) {
    if (update.allowed && !is_trivial(pair.update, *update.schema)) {
      note(pair, rules.narrowed, rules.keyword);
    }
    return;
  }
  if (update.schema == nullptr) return note(pair, rules.extended, rules.keyword);
  sub(pair, *original.schema, *update.schema, field);
}

// What stays unevaluated depends on the schemas beside: those must then be the very same.
void Comparer::compare_unevaluated(Pair& pair, Rule changed) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  const bool restricts = !update.unevaluated.allowed || update.unevaluated.schema != nullptr;
  if (!restricts || !(original.evaluates_elsewhere || update.evaluates_elsewhere)) return;
  if (!same_text({model_of(original), *original.node}, {model_of(update), *update.node},
                 steps_left_,
                 {"$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "if", "then",
                  "else", "dependencies", "dependentSchemas", "contains"})) {
    note(pair, changed);
  }
}

}  // namespace limpet::json_schema
