// ObjectView against parse(): both must say the same of any text.
#pragma once

#include "limpet/json/object_view.h"
#include "limpet/json/parse.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace limpet::json::testing {

inline bool same(const ObjectView::Field& field, const Member& member) {
  const Value& value = member.value;
  if (field.name() != member.name || field.kind() != value.kind()) return false;
  if (!(field.value() == value) || field.as_int64() != value.as_int64()) return false;
  if (value.is_bool()) return field.as_bool() == value.as_bool();
  if (!value.is_string() && !value.is_number()) return true;
  std::string room;
  return field.text() == value.text() && field.text(room) == value.text();
}

inline bool says_the_same(std::string_view text, const ParseLimits& limits = {}) {
  const auto tree = parse(text, limits);
  const auto view = ObjectView::read(text, limits);
  if (!tree || !tree->is_object()) return !view;
  if (!view || view->fields().size() != tree->members().size()) return false;
  for (std::size_t i = 0; i < view->fields().size(); ++i) {
    const auto& field = view->fields()[i];
    if (!same(field, tree->members()[i]) || view->find(field.name()) != &field) return false;
  }
  return true;
}

}  // namespace limpet::json::testing
