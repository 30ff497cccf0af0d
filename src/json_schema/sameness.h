// Do two schemas mean the same because they are written the same?
#pragma once

#include "model.h"

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace limpet::json_schema {

struct Written {
  const Model& model;
  const Node& node;
};

/// The same members with equal values, and references that lead to schemas of which that is true.
/// With `keywords` only those members of the two are looked at. false as well when `steps_left` is
/// used up.
bool same_text(const Written& a, const Written& b, std::uint64_t& steps_left,
               std::initializer_list<std::string_view> keywords = {});

}  // namespace limpet::json_schema
