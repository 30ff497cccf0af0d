// How a member of a struct and a type go together, as far as reading and writing agree on it.
//
// Numbers are left to the plans: reading must not lose any, writing looks at each.
#pragma once

#include "limpet/avro/node.h"
#include "limpet/value/struct_type.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace limpet::avro {

enum class Fit : std::uint8_t { No, Holds, Exact };

constexpr Fit exact_if(bool exact) { return exact ? Fit::Exact : Fit::Holds; }

constexpr bool is_text(value::TargetKind kind) {
  return kind == value::TargetKind::StringView || kind == value::TargetKind::String;
}
constexpr bool is_bytes(value::TargetKind kind) {
  return kind == value::TargetKind::BytesView || kind == value::TargetKind::Bytes;
}

/// Of a type that is neither a number nor a union, and a member that is neither optional nor
/// variant. One look: what is within arrays, maps and records is not looked at.
Fit fit_plain(const Node& type, const value::TargetType& member);

/// The first of `count` that fits exactly, else the first that fits. `fit_of` is
/// Fit(std::uint32_t).
template <class FitOf>
std::optional<std::uint32_t> best_fit(std::size_t count, FitOf&& fit_of) {
  std::optional<std::uint32_t> chosen;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Fit how = fit_of(i);
    if (how == Fit::Exact) return i;
    if (how == Fit::Holds && !chosen) chosen = i;
  }
  return chosen;
}

}  // namespace limpet::avro
