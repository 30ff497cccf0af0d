#include "validator.h"

#include "equality.h"
#include "uri.h"

#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::json_schema {
namespace {

std::size_t size_of_container(const json::Value& value) {
  return value.is_array() ? value.items().size() : value.members().size();
}

void merge(std::vector<bool>& into, const std::vector<bool>& from) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i]) into[i] = true;
  }
}

// -12, not 1.0 or 1e3.
bool is_literal_integer(std::string_view text) {
  return text.find_first_of(".eE") == std::string_view::npos;
}

std::string type_names(std::uint8_t types) {
  using Row = std::pair<std::uint8_t, std::string_view>;
  static constexpr std::array kRows{Row{kNull, "null"},       Row{kBoolean, "boolean"},
                                    Row{kInteger, "integer"}, Row{kNumber, "number"},
                                    Row{kString, "string"},   Row{kArray, "array"},
                                    Row{kObject, "object"}};
  std::string out;
  for (const auto& [bit, name] : kRows) {
    if ((types & bit) == 0) continue;
    if (!out.empty()) out += " or ";
    out += name;
  }
  return out;
}

}  // namespace

Result<bool> Validator::run(const json::Value& value) {
  const auto& root = program_.of(program_.model->root());
  const Place place;
  const Scope scope{nullptr, root.node->resource};
  const bool valid = apply(root, {value, place, scope, nullptr});
  if (options_.steps_used != nullptr) *options_.steps_used = options_.max_steps - steps_left_;
  if (stopped()) return over_limit();
  return valid;
}

Error Validator::over_limit() const {
  switch (limit_) {
    case Limit::Depth:
      return Error::limit_exceeded("Checking the value applies more than " +
                                   std::to_string(options_.max_depth) +
                                   " schemas within each other");
    case Limit::Pattern:
      return Error::limit_exceeded(
          "A regular expression with lookaround or back references takes too long on this value");
    default:
      return Error::limit_exceeded("Checking the value takes more than " +
                                   std::to_string(options_.max_steps) + " steps");
  }
}

void Validator::report(const Rules& rules, const At& at, std::string_view keyword,
                       std::string message) {
  ValidationError error;
  std::vector<const Place*> path;
  for (const auto* p = &at.place; p->parent != nullptr; p = p->parent) path.push_back(p);
  for (auto p = path.rbegin(); p != path.rend(); ++p) {
    append_pointer_token(error.instance_path,
                         (*p)->name != nullptr ? *(*p)->name : std::to_string((*p)->index));
  }
  error.keyword_location = program_.model->location(*rules.node);
  if (!keyword.empty()) append_pointer_token(error.keyword_location, keyword);
  error.keyword = keyword;
  error.message = std::move(message);
  errors_->push_back(std::move(error));
}

bool Validator::apply(const Rules& rules, const At& at) {
  if (!spend(1)) return false;
  if (rules.trivial) return true;
  if (rules.never) {
    return fail(rules, at, "", [] { return std::string("nothing is allowed here"); });
  }
  if (depth_ >= options_.max_depth) {
    if (!stopped()) limit_ = Limit::Depth;
    return false;
  }
  ++depth_;
  bool ok = false;
  if (rules.node->resource != at.scope.resource) {
    const Scope inner{&at.scope, rules.node->resource};
    ok = apply_all(rules, {at.value, at.place, inner, at.marks});
  } else {
    ok = apply_all(rules, at);
  }
  --depth_;
  return ok && !stopped();
}

bool Validator::apply_all(const Rules& rules, const At& outer) {
  const auto& value = outer.value;
  const bool is_array = value.is_array();
  const bool is_object = value.is_object();
  const bool asks = (is_array && rules.array && rules.array->unevaluated != nullptr) ||
                    (is_object && rules.object && rules.object->unevaluated != nullptr);
  Marks own;
  if (asks) {
    const auto size = size_of_container(value);
    if (!spend(size / 16)) return false;
    own.resize(size);
  }
  const At at{value, outer.place, outer.scope, asks ? &own : outer.marks};
  bool ok = true;
  const auto check = [&](bool passed) {
    ok &= passed;
    return ok || go_on();
  };
  if (rules.types != 0 && !check(check_type(rules, at))) return false;
  if ((rules.allowed || rules.constant) && !check(check_values(rules, at))) return false;
  if (rules.number && value.is_number() && !check(check_number(rules, at))) return false;
  if (rules.string && value.is_string() && !check(check_string(rules, at))) return false;
  if (rules.array && is_array && !check(check_array(rules, at))) return false;
  if (rules.object && is_object && !check(check_object(rules, at))) return false;
  if ((rules.ref != nullptr || rules.dynamic_ref != nullptr) &&
      !check(check_references(rules, at))) {
    return false;
  }
  if (rules.in_place && !check(check_in_place(rules, at))) return false;
  if (!asks) return ok;
  if (ok) ok = check_unevaluated(rules, at);
  if (ok && outer.marks != nullptr) {
    if (!spend(own.size() / 16)) return false;
    merge(*outer.marks, own);
  }
  return ok;
}

bool Validator::quietly(const Rules& rules, const At& at) {
  auto* const errors = std::exchange(errors_, nullptr);
  const bool ok = apply(rules, at);
  errors_ = errors;
  return ok;
}

bool Validator::check_references(const Rules& rules, const At& at) {
  bool ok = rules.ref == nullptr || apply(*rules.ref, at);
  if (!ok && !go_on()) return false;
  if (rules.dynamic_ref != nullptr) ok &= apply(dynamic_target(rules, at.scope), at);
  return ok;
}

// The outermost resource of the dynamic scope that has the anchor decides.
const Rules& Validator::dynamic_target(const Rules& rules, const Scope& scope) {
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

bool Validator::check_type(const Rules& rules, const At& at) {
  static constexpr std::array<std::uint8_t, 6> kBits{kNull,   kBoolean, kNumber,
                                                     kString, kArray,   kObject};
  const auto bit = kBits[static_cast<std::size_t>(at.value.kind())];
  if ((rules.types & bit) != 0) return true;
  if (bit == kNumber && (rules.types & kInteger) != 0) {
    const auto& text = at.value.text();
    if (is_literal_integer(text)) return true;
    if (!spend(text.size() / 16)) return false;
    if (!rules.literal_integers && Decimal::read(text).is_integer()) return true;
  }
  return fail(rules, at, "type", [&] {
    return "must be " + type_names(rules.types) + ", not " +
           std::string(json::to_string(at.value.kind()));
  });
}

bool Validator::check_values(const Rules& rules, const At& at) {
  const bool container = at.value.is_array() || at.value.is_object();
  std::optional<std::string> text;
  const auto is_in = [&](const ValueSet& set) {
    if (container && !set.has_containers) return false;
    if (!text) {
      const auto size = size_of(at.value, steps_left_ + 1);
      if (!spend(size)) return false;
      text = equality_text(at.value, limits::kSchemaDepth);
      if (!text) return false;  // deeper than any value of a schema
    }
    return set.texts.contains(*text);
  };
  bool ok = true;
  if (rules.allowed && !is_in(*rules.allowed)) {
    ok = fail(rules, at, "enum", [] { return std::string("is none of the values allowed"); });
    if (!go_on()) return false;
  }
  if (rules.constant && !is_in(*rules.constant)) {
    ok = fail(rules, at, "const", [&] {
      return "must be " + std::string(truncate_utf8(*rules.constant->texts.begin(), 200));
    });
  }
  return ok;
}

bool Validator::check_number(const Rules& rules, const At& at) {
  const auto& text = at.value.text();
  const auto whole = at.value.as_int64();
  std::optional<Decimal> decimal;
  if (!whole) {
    if (!spend(text.size() / 16)) return false;
    decimal = Decimal::read(text);
  }
  const auto exact = [&]() -> const Decimal& {
    if (!decimal) decimal = Decimal::read(text);
    return *decimal;
  };
  const auto compare = [&](const Bound& bound) {
    if (whole && bound.whole) return *whole < *bound.whole ? -1 : *whole > *bound.whole ? 1 : 0;
    return exact().compare(bound.value);
  };
  bool ok = true;
  const auto check = [&](const std::optional<Bound>& bound, int wrong_side, const char* words,
                         const char* exclusive_words) {
    if (!bound || (!ok && !go_on())) return;
    const auto order = compare(*bound);
    if (order != wrong_side && (order != 0 || !bound->exclusive)) return;
    ok = fail(rules, at, bound->keyword, [&] {
      return std::string("must be ") + (bound->exclusive ? exclusive_words : words) + " " +
             bound->value.text() + ", not " + std::string(text.substr(0, 100));
    });
  };
  const auto& number = *rules.number;
  check(number.minimum, -1, "at least", "more than");
  check(number.exclusive_minimum, -1, "at least", "more than");
  check(number.maximum, 1, "at most", "less than");
  check(number.exclusive_maximum, 1, "at most", "less than");
  if (!number.multiple_of || (!ok && !go_on())) return ok;
  bool multiple = false;
  if (whole && number.whole_multiple_of) {
    multiple = *whole % *number.whole_multiple_of == 0;
  } else {
    if (!spend(1 + (text.size() + number.multiple_of->digits().size()) / 4)) return false;
    const auto known = is_multiple(exact(), *number.multiple_of);
    if (!known) {
      if (!stopped()) limit_ = Limit::Steps;
      return false;
    }
    multiple = *known;
  }
  if (multiple) return ok;
  return fail(rules, at, "multipleOf",
              [&] { return "must be a multiple of " + number.multiple_of->text(); });
}

bool Validator::matches(const Pattern& pattern, std::string_view text) {
  const auto found = pattern.found_in(text, steps_left_);
  if (found == Found::TooMuchWork && !stopped()) limit_ = Limit::Pattern;
  if (steps_left_ == 0) spend(1);
  return found == Found::Yes;
}

bool Validator::check_string(const Rules& rules, const At& at) {
  const auto& string = *rules.string;
  const auto& text = at.value.text();
  bool ok = true;
  if (string.min_length || string.max_length) {
    if (!spend(text.size() / 16)) return false;
    const auto length = code_points(text);
    if (string.min_length && length < *string.min_length) {
      ok = fail(rules, at, "minLength", [&] {
        return "must have at least " + std::to_string(*string.min_length) + " characters, not " +
               std::to_string(length);
      });
      if (!go_on()) return false;
    }
    if (string.max_length && length > *string.max_length) {
      ok = fail(rules, at, "maxLength", [&] {
        return "must have at most " + std::to_string(*string.max_length) + " characters, not " +
               std::to_string(length);
      });
      if (!go_on()) return false;
    }
  }
  if (string.pattern != nullptr && !matches(*string.pattern, text)) {
    ok = fail(rules, at, "pattern", [&] {
      return "must match the regular expression " +
             std::string(truncate_utf8(*string.pattern_text, 200));
    });
    if (!go_on()) return false;
  }
  if (string.format != nullptr) {
    if (!spend(1 + text.size() / 16)) return false;
    if (!string.format(text)) {
      ok = fail(rules, at, "format",
                [&] { return "must have the format " + std::string(string.format_name); });
    }
  }
  return ok;
}

bool Validator::check_array(const Rules& rules, const At& at) {
  const auto& array = *rules.array;
  const auto items = at.value.items();
  bool ok = true;
  if (array.min_items && items.size() < *array.min_items) {
    ok = fail(rules, at, "minItems", [&] {
      return "must have at least " + std::to_string(*array.min_items) + " items, not " +
             std::to_string(items.size());
    });
    if (!go_on()) return false;
  }
  if (array.max_items && items.size() > *array.max_items) {
    ok = fail(rules, at, "maxItems", [&] {
      return "must have at most " + std::to_string(*array.max_items) + " items, not " +
             std::to_string(items.size());
    });
    if (!go_on()) return false;
  }
  const auto looked_at =
      array.rest != nullptr ? items.size() : std::min(items.size(), array.prefix.size());
  for (std::size_t i = 0; i < looked_at; ++i) {
    const auto& item_rules = i < array.prefix.size() ? *array.prefix[i] : *array.rest;
    const Place place{&at.place, nullptr, i};
    ok &= apply(item_rules, {items[i], place, at.scope, nullptr});
    if (!ok && !go_on()) return false;
    if (at.marks != nullptr) (*at.marks)[i] = true;
  }
  if (array.unique) {
    ok &= check_unique(rules, at);
    if (!ok && !go_on()) return false;
  }
  if (array.contains != nullptr) ok &= check_contains(rules, at);
  return ok;
}

bool Validator::check_unique(const Rules& rules, const At& at) {
  const auto items = at.value.items();
  if (items.size() < 2) return true;
  if (!spend(size_of(at.value, steps_left_ + 1))) return false;
  std::unordered_map<std::string, std::size_t> seen;
  seen.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto text = equality_text(items[i], options_.max_depth);
    if (!text) {
      if (!stopped()) limit_ = Limit::Depth;
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

bool Validator::check_contains(const Rules& rules, const At& at) {
  const auto& array = *rules.array;
  const auto items = at.value.items();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Place place{&at.place, nullptr, i};
    if (!quietly(*array.contains, {items[i], place, at.scope, nullptr})) {
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

bool Validator::check_object(const Rules& rules, const At& at) {
  const auto& object = *rules.object;
  const auto size = at.value.members().size();
  bool ok = true;
  if (object.min_properties && size < *object.min_properties) {
    ok = fail(rules, at, "minProperties", [&] {
      return "must have at least " + std::to_string(*object.min_properties) + " members, not " +
             std::to_string(size);
    });
    if (!go_on()) return false;
  }
  if (object.max_properties && size > *object.max_properties) {
    ok = fail(rules, at, "maxProperties", [&] {
      return "must have at most " + std::to_string(*object.max_properties) + " members, not " +
             std::to_string(size);
    });
    if (!go_on()) return false;
  }
  ok &= check_members(rules, at);
  if (!ok && !go_on()) return false;
  if (!object.dependencies.empty()) ok &= check_dependencies(rules, at);
  return ok;
}

bool Validator::check_members(const Rules& rules, const At& at) {
  const auto& object = *rules.object;
  const auto members = at.value.members();
  std::size_t required = 0;
  bool ok = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto& [name, value] = members[i];
    if (!spend(1 + name.size() / 16)) return false;
    const Place place{&at.place, &name, 0};
    const At inside{value, place, at.scope, nullptr};
    bool known = false;
    const auto use = [&](const Rules& member_rules) {
      known = true;
      ok &= apply(member_rules, inside);
      return ok || go_on();
    };
    const auto property = object.properties.find(name);
    if (property != object.properties.end()) {
      if (property->second.required) ++required;
      if (property->second.rules != nullptr && !use(*property->second.rules)) return false;
    }
    for (const auto& [pattern, pattern_rules] : object.patterns) {
      if (matches(*pattern, name) && !use(*pattern_rules)) return false;
    }
    if (stopped()) return false;
    if (!known && object.additional != nullptr && !use(*object.additional)) return false;
    if (known && at.marks != nullptr) (*at.marks)[i] = true;
    if (object.names != nullptr) {
      const auto text = json::Value::string(name);
      ok &= apply(*object.names, {text, place, at.scope, nullptr});
      if (!ok && !go_on()) return false;
    }
  }
  if (required < object.required.size()) ok &= check_missing(rules, at);
  return ok;
}

bool Validator::check_missing(const Rules& rules, const At& at) {
  if (errors_ == nullptr) return false;
  std::unordered_set<std::string_view> names;
  for (const auto& member : at.value.members()) names.insert(member.name);
  for (const auto& name : rules.object->required) {
    if (names.contains(name)) continue;
    fail(rules, at, "required",
         [&] { return "must have the member \"" + std::string(name) + "\""; });
    if (!go_on()) break;
  }
  return false;
}

bool Validator::check_dependencies(const Rules& rules, const At& at) {
  const auto members = at.value.members();
  std::unordered_set<std::string_view> names;
  for (const auto& member : members) names.insert(member.name);
  if (!spend(members.size() + rules.object->dependencies.size())) return false;
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

bool Validator::check_in_place(const Rules& rules, const At& at) {
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
    if (quietly(*in_place.negated, {at.value, at.place, at.scope, nullptr})) {
      ok = fail(rules, at, "not", [] { return std::string("matches a schema that it must not"); });
    }
    if (stopped() || (!ok && !go_on())) return false;
  }
  if (in_place.condition != nullptr) ok &= check_condition(rules, at);
  return ok;
}

bool Validator::check_any_of(const Rules& rules, const At& at) {
  const auto& branches = rules.in_place->any_of;
  bool any = false;
  for (const auto* branch : branches) {
    Marks marks;
    if (at.marks != nullptr) marks.resize(at.marks->size());
    const bool ok =
        quietly(*branch, {at.value, at.place, at.scope, at.marks != nullptr ? &marks : nullptr});
    if (stopped()) return false;
    if (!ok) continue;
    any = true;
    if (at.marks == nullptr) return true;
    if (!spend(marks.size() / 16)) return false;
    merge(*at.marks, marks);
  }
  if (any) return true;
  return fail(rules, at, "anyOf", [&] {
    return "must match at least one of " + std::to_string(branches.size()) +
           " schemas, and matches none";
  });
}

bool Validator::check_one_of(const Rules& rules, const At& at) {
  const auto& branches = rules.in_place->one_of;
  Marks matched;
  std::size_t count = 0;
  for (const auto* branch : branches) {
    Marks marks;
    if (at.marks != nullptr) marks.resize(at.marks->size());
    const bool ok =
        quietly(*branch, {at.value, at.place, at.scope, at.marks != nullptr ? &marks : nullptr});
    if (stopped()) return false;
    if (!ok) continue;
    if (++count > 1) break;
    matched = std::move(marks);
  }
  if (count == 1) {
    if (at.marks != nullptr) {
      if (!spend(matched.size() / 16)) return false;
      merge(*at.marks, matched);
    }
    return true;
  }
  return fail(rules, at, "oneOf", [&] {
    return "must match exactly one of " + std::to_string(branches.size()) +
           " schemas, and matches " + (count == 0 ? "none" : "more than one");
  });
}

bool Validator::check_condition(const Rules& rules, const At& at) {
  const auto& in_place = *rules.in_place;
  Marks marks;
  if (at.marks != nullptr) marks.resize(at.marks->size());
  const bool holds = quietly(
      *in_place.condition, {at.value, at.place, at.scope, at.marks != nullptr ? &marks : nullptr});
  if (stopped()) return false;
  if (holds && at.marks != nullptr) {
    if (!spend(marks.size() / 16)) return false;
    merge(*at.marks, marks);
  }
  const auto* next = holds ? in_place.then : in_place.otherwise;
  return next == nullptr || apply(*next, at);
}

bool Validator::check_unevaluated(const Rules& rules, const At& at) {
  const bool is_array = at.value.is_array();
  const auto& unevaluated = is_array ? *rules.array->unevaluated : *rules.object->unevaluated;
  bool ok = true;
  for (std::size_t i = 0; i < at.marks->size(); ++i) {
    if ((*at.marks)[i]) continue;
    if (!spend(1)) return false;
    const auto* name = is_array ? nullptr : &at.value.members()[i].name;
    const Place place{&at.place, name, i};
    const auto& value = is_array ? at.value.items()[i] : at.value.members()[i].value;
    ok &= apply(unevaluated, {value, place, at.scope, nullptr});
    if (!ok && !go_on()) return false;
    (*at.marks)[i] = true;
  }
  return ok;
}

}  // namespace limpet::json_schema
