// Numbers of any kind of view as the number that somebody wants; base64 as bytes.
//
//   std::int32_t age = 0;
//   if (value::to_integer(view, age) != value::Fit::Yes) …
//
// Threads: safe.
#pragma once

#include "limpet/value/arena.h"
#include "limpet/value/view.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace limpet::value {

enum class Fit : std::uint8_t {
  Yes,
  OutOfRange,  ///< a number, and not one that the type holds
  NoNumber,    ///< another kind of value
};

/// Int, Long, UnsignedLong, and Double, Float and Number where they are integers.
Fit to_long(const View& view, std::int64_t& out);
Fit to_unsigned_long(const View& view, std::uint64_t& out);
/// Any number, rounded to the nearest; the strings "NaN", "Infinity" and "-Infinity".
Fit to_double(const View& view, double& out);

template <class Integer>
Fit to_integer(const View& view, Integer& out) {
  using Wide = std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>;
  Wide wide = 0;
  Fit fit = Fit::Yes;
  if constexpr (std::is_signed_v<Integer>) {
    fit = to_long(view, wide);
  } else {
    fit = to_unsigned_long(view, wide);
  }
  if (fit != Fit::Yes) return fit;
  if (!std::in_range<Integer>(wide)) return Fit::OutOfRange;
  out = static_cast<Integer>(wide);
  return Fit::Yes;
}

/// Base64 with or without padding, of the usual and of the URL alphabet; in `arena`. nullopt: it is
/// none, or the arena's limit is reached.
std::optional<std::string_view> decode_base64(std::string_view text, Arena& arena);

}  // namespace limpet::value
