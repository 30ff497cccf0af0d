// Pattern: a regular expression of the API model, compiled into a table when the code is generated.
//
//   glue_model::shapes::kVersionsString.pattern->matches("5-9");   // true
//
// tools/generate.py turns each expression into a minimal deterministic automaton over ranges of
// code points, so that matching is one table step per code point: linear, no memory, no set-up.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace limpet::glue_model {

struct Pattern {
  std::string_view text;  ///< as the model writes it
  /// First code point of each range, ascending from 0.
  std::span<const char32_t> starts;
  /// Class of each range; same length as `starts`.
  std::span<const std::uint8_t> classes;
  std::uint8_t class_count;
  /// Next state by state * class_count + class. State 0 refuses for ever, state 1 is the start.
  std::span<const std::uint8_t> next;
  std::span<const bool> accepting;  ///< by state

  /// The whole text matches. A dot matches every code point, line ends included. False when `text`
  /// is not UTF-8.
  bool matches(std::string_view subject) const;
};

}  // namespace limpet::glue_model
