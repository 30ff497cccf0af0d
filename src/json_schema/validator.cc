#include "validator.h"

#include "uri.h"
#include "validator_array.h"
#include "validator_in_place.h"
#include "validator_object.h"
#include "validator_scalars.h"

#include <utility>

namespace limpet::json_schema {
namespace {

std::size_t size_of_container(const auto& value) {
  return value.is_array() ? value.items().size() : value.members().size();
}

bool asks_for_marks(const Rules& rules, const auto& value) {
  return (value.is_array() && rules.array && rules.array->unevaluated != nullptr) ||
         (value.is_object() && rules.object && rules.object->unevaluated != nullptr);
}

}  // namespace

template <Wanted kWanted, class Document>
Result<bool> Validator<kWanted, Document>::run(Value value) {
  const auto& root = program_.of(program_.model->root());
  const Here place;
  const Scope scope{nullptr, root.resource};
  const bool valid = apply(root, {value, place, scope, nullptr});
  if (stopped()) return effort_.error();
  return valid;
}

template <Wanted kWanted, class Document>
void Validator<kWanted, Document>::report(const Rules& rules, const At& at,
                                          std::string_view keyword, std::string message) {
  if constexpr (kReasons) {
    ValidationError error;
    std::vector<const Place*> path;
    for (const auto* p = &at.place; p->parent != nullptr; p = p->parent) path.push_back(p);
    for (auto p = path.rbegin(); p != path.rend(); ++p) {
      append_pointer_token(error.instance_path,
                           (*p)->name.data() != nullptr ? (*p)->name : std::to_string((*p)->index));
    }
    error.keyword_location = program_.model->location(*rules.node);
    if (!keyword.empty()) append_pointer_token(error.keyword_location, keyword);
    error.keyword = keyword;
    error.message = std::move(message);
    errors_->push_back(std::move(error));
  }
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::apply_undecided(const Rules& rules, const At& at) {
  if (!kReasons && at.marks == nullptr && (rules.plain & known_type(at.value)) != 0) {
    return apply_plain(rules, at);
  }
  if (rules.target != &rules) return apply_target(rules, at);
  const bool holds_values = at.value.kind() >= json::Kind::Array;
  if (!holds_values && !rules.nests && !rules.never) return apply_each(rules, at);
  return apply_nested(rules, at);
}

// A verdict on most arrays and objects.
template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::apply_plain(const Rules& rules, const At& at) {
  const Rules& target = *rules.target;
  if (!effort_.enter(rules.schemas)) return false;
  const Scope inner{&at.scope, target.resource};
  const At here{at.value, at.place, target.resource == at.scope.resource ? at.scope : inner,
                nullptr};
  bool ok = false;
  if (at.value.is_array()) {
    const auto size = at.value.items().size();
    ok = size >= target.array->min_items && size <= target.array->max_items &&
         items_are_right(*target.array, here);
  } else {
    const auto size = at.value.members().size();
    ok = size >= target.object->min_properties && size <= target.object->max_properties &&
         members_are_right(*target.object, here);
  }
  effort_.leave(rules.schemas);
  return ok;
}

// Of a reference to another schema of the same resource.
template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::apply_target(const Rules& rules, const At& at) {
  if (!effort_.enter(rules.schemas - 1)) return false;
  bool ok = false;
  if (rules.resource == at.scope.resource) [[likely]] {
    ok = apply_undecided(*rules.target, at);
  } else {
    const Scope inner{&at.scope, rules.resource};
    ok = apply_undecided(*rules.target, {at.value, at.place, inner, at.marks});
  }
  effort_.leave(rules.schemas - 1);
  return ok && !stopped();
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::apply_nested(const Rules& rules, const At& at) {
  if (rules.never) {
    return fail(rules, at, "", [] { return std::string("nothing is allowed here"); });
  }
  if (!effort_.enter()) return false;
  bool ok = false;
  if (rules.resource == at.scope.resource) [[likely]] {
    ok = apply_here(rules, at);
  } else {
    const Scope inner{&at.scope, rules.resource};
    ok = apply_here(rules, {at.value, at.place, inner, at.marks});
  }
  effort_.leave();
  return ok && !stopped();
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::apply_here(const Rules& rules, const At& at) {
  return rules.marks && asks_for_marks(rules, at.value) ? apply_marking(rules, at)
                                                        : apply_each(rules, at);
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::apply_marking(const Rules& rules, const At& outer) {
  const auto size = size_of_container(outer.value);
  if (!spend(size / 16)) return false;
  Marks own(size);
  const At at{outer.value, outer.place, outer.scope, &own};
  if (!apply_each(rules, at) || !check_unevaluated(rules, at)) return false;
  return outer.marks == nullptr || merge(*outer.marks, own, effort_);
}

template <Wanted kWanted, class Document>
[[gnu::always_inline]] inline bool Validator<kWanted, Document>::apply_each(const Rules& rules,
                                                                            const At& at) {
  bool ok = true;
  const auto check = [&](bool passed) {
    ok &= passed;
    return ok || go_on();
  };
  if ((rules.right_types & known_type(at.value)) == 0 && !check(check_type(rules, at))) {
    return false;
  }
  if (rules.has_values && !check(check_values(rules, at))) return false;
  switch (at.value.kind()) {
    case json::Kind::Number:
      if (rules.number && !check(check_number(rules, at))) return false;
      break;
    case json::Kind::String:
      if (rules.string && !check(check_string(rules, at))) return false;
      break;
    case json::Kind::Array:
      if (rules.array && !check(check_array(rules, at))) return false;
      break;
    case json::Kind::Object:
      if (rules.object && !check(check_object(rules, at))) return false;
      break;
    default:
      break;
  }
  if (!rules.nests) return ok;
  if ((rules.ref != nullptr || rules.dynamic_ref != nullptr) &&
      !check(check_references(rules, at))) {
    return false;
  }
  if (rules.in_place && !check(check_in_place(rules, at))) return false;
  return ok;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_references(const Rules& rules, const At& at) {
  bool ok = rules.ref == nullptr || apply(*rules.ref, at);
  if (!ok && !go_on()) return false;
  if (rules.dynamic_ref != nullptr) ok &= apply(dynamic_target(rules, at.scope), at);
  return ok;
}

// The outermost resource of the dynamic scope that has the anchor decides.
template <Wanted kWanted, class Document>
const Rules& Validator<kWanted, Document>::dynamic_target(const Rules& rules, const Scope& scope) {
  const auto* found = rules.dynamic_ref;
  if (!rules.node->dynamic_name) return *found;
  const auto& name = *rules.node->dynamic_name;
  for (const auto* at = &scope; at != nullptr; at = at->parent) {
    if (!spend(1)) break;
    const auto& anchors = program_.model->resources[at->resource].dynamic_anchors;
    const auto anchor = anchors.find(name);
    if (anchor != anchors.end()) found = &program_.of(*anchor->second);
  }
  return *found;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_unevaluated(const Rules& rules, const At& at) {
  const bool is_array = at.value.is_array();
  const auto& unevaluated = is_array ? *rules.array->unevaluated : *rules.object->unevaluated;
  bool ok = true;
  for (std::size_t i = 0; i < at.marks->size(); ++i) {
    if ((*at.marks)[i]) continue;
    if (!spend(1)) return false;
    const std::string_view name = is_array ? std::string_view() : at.value.members()[i].name;
    const Here place{&at.place, name, i};
    Value value = is_array ? Value(at.value.items()[i]) : Value(at.value.members()[i].value);
    ok &= apply(unevaluated, {value, place, at.scope, nullptr});
    if (!ok && !go_on()) return false;
    (*at.marks)[i] = true;
  }
  return ok;
}

template class Validator<Wanted::Verdict, Tree>;
template class Validator<Wanted::Reasons, Tree>;
template class Validator<Wanted::Verdict, Views>;
template class Validator<Wanted::Reasons, Views>;

}  // namespace limpet::json_schema
