// Rules about arrays. Part of validator.cc.
#pragma once

#include "equality.h"
#include "validator.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

/// A text and where it stands.
using PlacedText = std::pair<std::string, std::size_t>;

/// The first of `texts` that is equal to one before it, and the first of those; nullopt when there
/// is none. Sorts them: texts can be chosen so that they share a hash.
inline std::optional<std::pair<std::size_t, std::size_t>> first_equals(
    std::vector<PlacedText>& texts) {
  // By size first, which often decides.
  std::ranges::sort(texts, [](const PlacedText& a, const PlacedText& b) {
    if (a.first.size() != b.first.size()) return a.first.size() < b.first.size();
    const int compared = a.first.compare(b.first);
    return compared != 0 ? compared < 0 : a.second < b.second;
  });
  std::optional<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t i = 1; i < texts.size(); ++i) {
    const auto& [text, place] = texts[i];
    if (found && found->second < place) continue;
    if (texts[i - 1].first == text) found.emplace(texts[i - 1].second, place);
  }
  return found;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_unique(const Rules& rules, const At& at) {
  const auto items = at.value.items();
  if (items.size() < 2) return true;
  if (!spend(size_of(at.value, effort_.steps_left() + 1))) return false;
  std::vector<PlacedText> texts;
  texts.reserve(items.size());
  for (const auto& item : items) {
    auto text = equality_text(item, effort_.options().max_depth);
    if (!text) break;
    texts.emplace_back(*std::move(text), texts.size());
  }
  const bool all = texts.size() == items.size();
  if (const auto equals = first_equals(texts)) {
    return fail(rules, at, "uniqueItems", [&] {
      return "must have no equal items; items " + std::to_string(equals->first) + " and " +
             std::to_string(equals->second) + " are equal";
    });
  }
  if (!all) effort_.stop(Effort::Limit::Depth);
  return all;
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
