// Rules about arrays. Part of validator.cc.
#pragma once

#include "equality.h"
#include "validator.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace limpet::json_schema {

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_array(const Rules& rules, const At& at) {
  const auto& array = *rules.array;
  const auto size = at.value.items().size();
  bool ok = true;
  if (size < array.min_items) {
    ok = fail(rules, at, "minItems", [&] {
      return "must have at least " + std::to_string(array.min_items) + " items, not " +
             std::to_string(size);
    });
    if (!go_on()) return false;
  }
  if (size > array.max_items) {
    ok = fail(rules, at, "maxItems", [&] {
      return "must have at most " + std::to_string(array.max_items) + " items, not " +
             std::to_string(size);
    });
    if (!go_on()) return false;
  }
  ok &= check_items(rules, at);
  if (!ok && !go_on()) return false;
  if (array.unique) {
    ok &= check_unique(rules, at);
    if (!ok && !go_on()) return false;
  }
  if (array.contains != nullptr) ok &= check_contains(rules, at);
  return ok;
}

// check_items() for the common case: a verdict, and nobody asks what was looked at.
template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::items_are_right(const ArrayRules& array, const At& at) {
  const auto items = at.value.items();
  const auto in_prefix = std::min(items.size(), array.prefix.size());
  for (std::size_t i = 0; i < in_prefix; ++i) {
    if (!apply_within(at, *array.prefix[i], items[i], 0)) return false;
  }
  if (array.rest == nullptr) return true;
  for (const auto& item : items.subspan(in_prefix)) {
    if (!apply_within(at, *array.rest, item, 0)) return false;
  }
  return true;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_items(const Rules& rules, const At& at) {
  if (!kReasons && at.marks == nullptr) return items_are_right(*rules.array, at);
  const auto& array = *rules.array;
  const auto items = at.value.items();
  const auto in_prefix = std::min(items.size(), array.prefix.size());
  const auto looked_at = array.rest != nullptr ? items.size() : in_prefix;
  bool ok = true;
  for (std::size_t i = 0; i < looked_at; ++i) {
    const auto& item_rules = i < in_prefix ? *array.prefix[i] : *array.rest;
    const Here place{&at.place, {}, i};
    ok &= apply(item_rules, {items[i], place, at.scope, nullptr});
    if (!ok && !go_on()) return false;
    if (at.marks != nullptr) (*at.marks)[i] = true;
  }
  return ok;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_unique(const Rules& rules, const At& at) {
  const auto items = at.value.items();
  if (items.size() < 2) return true;
  if (!spend(size_of(at.value, effort_.steps_left() + 1))) return false;
  std::unordered_map<std::string, std::size_t> seen;
  seen.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto text = equality_text(items[i], effort_.options().max_depth);
    if (!text) {
      effort_.stop(Effort::Limit::Depth);
      return false;
    }
    const auto [first, fresh] = seen.emplace(*std::move(text), i);
    if (fresh) continue;
    return fail(rules, at, "uniqueItems", [&] {
      return "must have no equal items; items " + std::to_string(first->second) + " and " +
             std::to_string(i) + " are equal";
    });
  }
  return true;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_contains(const Rules& rules, const At& at) {
  const auto& array = *rules.array;
  const auto items = at.value.items();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Here place{&at.place, {}, i};
    if (!quietly(*array.contains, {items[i], place, at.scope, nullptr}, nullptr)) {
      if (stopped()) return false;
      continue;
    }
    ++count;
    if (array.contains_evaluates && at.marks != nullptr) {
      (*at.marks)[i] = true;
    } else if (count >= array.min_contains && !array.max_contains) {
      break;
    }
  }
  bool ok = true;
  if (count < array.min_contains) {
    ok = fail(rules, at, "contains", [&] {
      return "must contain at least " + std::to_string(array.min_contains) +
             " items that match, not " + std::to_string(count);
    });
    if (!go_on()) return false;
  }
  if (array.max_contains && count > *array.max_contains) {
    ok = fail(rules, at, "maxContains", [&] {
      return "must contain at most " + std::to_string(*array.max_contains) +
             " items that match, not " + std::to_string(count);
    });
  }
  return ok;
}

}  // namespace limpet::json_schema
