// Rules about objects. Part of validator.cc.
#pragma once

#include "validator.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json_schema {

/// The names of an object's members. Sorted: names can be chosen so that they share a hash.
class MemberNames {
 public:
  explicit MemberNames(const auto& members) {
    names_.reserve(members.size());
    for (const auto& member : members) names_.push_back(member.name);
    std::ranges::sort(names_, before);
  }
  bool contains(std::string_view name) const {
    return std::ranges::binary_search(names_, name, before);
  }

 private:
  // By size first, which often decides.
  static bool before(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
  std::vector<std::string_view> names_;
};

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_object(const Rules& rules, const At& at) {
  const auto& object = *rules.object;
  const auto size = at.value.members().size();
  bool ok = true;
  if (size < object.min_properties) {
    ok = fail(rules, at, "minProperties", [&] {
      return "must have at least " + std::to_string(object.min_properties) + " members, not " +
             std::to_string(size);
    });
    if (!go_on()) return false;
  }
  if (size > object.max_properties) {
    ok = fail(rules, at, "maxProperties", [&] {
      return "must have at most " + std::to_string(object.max_properties) + " members, not " +
             std::to_string(size);
    });
    if (!go_on()) return false;
  }
  ok &= check_members(rules, at);
  if (!ok && !go_on()) return false;
  if (!object.dependencies.empty()) ok &= check_dependencies(rules, at);
  return ok;
}

// check_members() for the common case: a verdict on an object without regular expressions.
template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::members_are_right(const ObjectRules& object, const At& at) {
  PropertyTable::Finder properties(object.properties);
  std::size_t missing = object.required.size();
  const bool right = all_members(
      at.value, [&](std::string_view name, const auto& value) __attribute__((always_inline)) {
        const std::uint64_t steps = 1 + name.size() / 16;
        const auto* property = properties.find(name);
        const auto* rules = object.additional;
        if (property != nullptr) {
          missing -= property->required ? 1 : 0;
          if (property->rules != nullptr) rules = property->rules;
        }
        return rules == nullptr ? spend(steps) : apply_within(at, *rules, value, steps);
      });
  return right && missing == 0;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_members(const Rules& rules, const At& at) {
  const auto& object = *rules.object;
  if (!kReasons && object.plain && at.marks == nullptr) return members_are_right(object, at);
  const auto members = at.value.members();
  PropertyTable::Finder properties(object.properties);
  std::size_t required = 0;
  bool ok = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto* property = properties.find(members[i].name);
    if (property != nullptr && property->required) ++required;
    ok &= check_member(rules, at, i, property);
    if (!ok && !go_on()) return false;
  }
  if (required < object.required.size()) ok &= check_missing(rules, at);
  return ok;
}

template <Wanted kWanted, class Document>
[[gnu::always_inline]] inline bool Validator<kWanted, Document>::check_member(
    const Rules& rules, const At& at, std::size_t index, const PropertyRule* property) {
  const auto& object = *rules.object;
  const auto& [name, value] = at.value.members()[index];
  if (!spend(1 + name.size() / 16)) return false;
  const Here place{&at.place, name, 0};
  const At inside{value, place, at.scope, nullptr};
  bool known = false;
  bool ok = true;
  const auto use = [&](const Rules& member_rules) {
    known = true;
    ok &= apply(member_rules, inside);
    return ok || go_on();
  };
  if (property != nullptr && property->rules != nullptr && !use(*property->rules)) return false;
  for (const auto& [pattern, pattern_rules] : object.patterns) {
    if (matches(*pattern, name) && !use(*pattern_rules)) return false;
  }
  if (stopped()) return false;
  if (!known && object.additional != nullptr && !use(*object.additional)) return false;
  if (known && at.marks != nullptr) (*at.marks)[index] = true;
  if (object.names != nullptr) {
    const auto text = Document::text(name);
    ok &= apply(*object.names, {text, place, at.scope, nullptr});
  }
  return ok;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_missing(const Rules& rules, const At& at) {
  if constexpr (kReasons) {
    const MemberNames names(at.value.members());
    for (const auto& name : rules.object->required) {
      if (names.contains(name)) continue;
      fail(rules, at, "required",
           [&] { return "must have the member \"" + std::string(name) + "\""; });
      if (!go_on()) break;
    }
  }
  return false;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_dependencies(const Rules& rules, const At& at) {
  const auto members = at.value.members();
  if (!spend(members.size() + rules.object->dependencies.size())) return false;
  const MemberNames names(members);
  bool ok = true;
  for (const auto& dependency : rules.object->dependencies) {
    if (!names.contains(dependency.name)) continue;
    if (dependency.rules != nullptr) {
      ok &= apply(*dependency.rules, at);
      if (!ok && !go_on()) return false;
      continue;
    }
    if (!spend(dependency.required.size())) return false;
    for (const auto& needed : dependency.required) {
      if (names.contains(needed)) continue;
      ok = fail(rules, at, dependency.keyword, [&] {
        return "must have the member \"" + std::string(needed) + "\", because it has \"" +
               std::string(dependency.name) + "\"";
      });
      if (!go_on()) return false;
    }
  }
  return ok;
}

}  // namespace limpet::json_schema
