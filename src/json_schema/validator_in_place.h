// Schemas applied to the same value: allOf, anyOf, oneOf, not, if. Part of validator.cc.
#pragma once

#include "validator.h"

#include <string>
#include <utility>

namespace limpet::json_schema {

/// What `from` has marked is marked in `into` as well; false when that costs too much.
inline bool merge(Marks& into, const Marks& from, Effort& effort) {
  if (!effort.spend(from.size() / 16)) return false;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i]) into[i] = true;
  }
  return true;
}

/// What one branch may mark, nothing yet; false when that costs too much.
inline bool clear(Marks& marks, std::size_t size, Effort& effort) {
  if (!effort.spend(1 + size / 16)) return false;
  marks.assign(size, false);
  return true;
}

// Whether a branch fails is all that is asked.
template <Wanted kWanted, class Document>
[[gnu::always_inline]] inline bool Validator<kWanted, Document>::quietly(const Rules& rules,
                                                                         const At& at,
                                                                         Marks* marks) {
  if constexpr (kReasons) {
    const NoPlace nowhere;
    Validator<Wanted::Verdict, Document> validator(program_, effort_);
    const bool ok = validator.apply(rules, {at.value, nowhere, at.scope, marks});
    effort_ = validator.effort_;
    return ok;
  } else {
    return apply(rules, {at.value, at.place, at.scope, marks});
  }
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_in_place(const Rules& rules, const At& at) {
  const auto& in_place = *rules.in_place;
  bool ok = true;
  for (const auto* part : in_place.all_of) {
    ok &= apply(*part, at);
    if (!ok && !go_on()) return false;
  }
  if (!in_place.any_of.empty()) {
    ok &= check_any_of(rules, at);
    if (!ok && !go_on()) return false;
  }
  if (!in_place.one_of.empty()) {
    ok &= check_one_of(rules, at);
    if (!ok && !go_on()) return false;
  }
  if (in_place.negated != nullptr) {
    if (quietly(*in_place.negated, at, nullptr)) {
      ok = fail(rules, at, "not", [] { return std::string("matches a schema that it must not"); });
    }
    if (stopped() || (!ok && !go_on())) return false;
  }
  if (in_place.condition != nullptr) ok &= check_condition(rules, at);
  return ok;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_any_of(const Rules& rules, const At& at) {
  const auto& branches = rules.in_place->any_of;
  bool any = false;
  Marks marks;
  for (const auto* branch : branches) {
    if (at.marks == nullptr) {
      if (quietly(*branch, at, nullptr)) return true;
      if (stopped()) return false;
      continue;
    }
    if (!clear(marks, at.marks->size(), effort_)) return false;
    const bool ok = quietly(*branch, at, &marks);
    if (stopped()) return false;
    if (!ok) continue;
    any = true;
    if (!merge(*at.marks, marks, effort_)) return false;
  }
  if (any) return true;
  return fail(rules, at, "anyOf", [&] {
    return "must match at least one of " + std::to_string(branches.size()) +
           " schemas, and matches none";
  });
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_one_of(const Rules& rules, const At& at) {
  const auto& branches = rules.in_place->one_of;
  Marks marks;
  Marks matched;
  std::size_t count = 0;
  for (const auto* branch : branches) {
    if (at.marks == nullptr) {
      count += quietly(*branch, at, nullptr) ? 1 : 0;
    } else {
      if (!clear(marks, at.marks->size(), effort_)) return false;
      if (quietly(*branch, at, &marks)) {
        ++count;
        std::swap(matched, marks);
      }
    }
    if (stopped()) return false;
    if (count > 1) break;
  }
  if (count == 1) return at.marks == nullptr || merge(*at.marks, matched, effort_);
  return fail(rules, at, "oneOf", [&] {
    return "must match exactly one of " + std::to_string(branches.size()) +
           " schemas, and matches " + (count == 0 ? "none" : "more than one");
  });
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_condition(const Rules& rules, const At& at) {
  const auto& in_place = *rules.in_place;
  Marks marks;
  if (at.marks != nullptr && !clear(marks, at.marks->size(), effort_)) return false;
  const bool holds = quietly(*in_place.condition, at, at.marks != nullptr ? &marks : nullptr);
  if (stopped()) return false;
  if (holds && at.marks != nullptr && !merge(*at.marks, marks, effort_)) return false;
  const auto* next = holds ? in_place.then : in_place.otherwise;
  return next == nullptr || apply(*next, at);
}

}  // namespace limpet::json_schema
