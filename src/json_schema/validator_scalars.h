// Rules about types, listed values, numbers and strings. Part of validator.cc.
#pragma once

#include "equality.h"
#include "validator.h"

#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::json_schema {

// Small numbers are divided faster.
inline bool is_multiple_of(std::int64_t value, std::int64_t divisor) {
  if (((value | divisor) >> 31) == 0) {
    return static_cast<std::uint32_t>(value) % static_cast<std::uint32_t>(divisor) == 0;
  }
  return value % divisor == 0;
}

inline std::string type_names(std::uint8_t types) {
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

// Requires: the kind of the value is not one of the types, unless as an integer.
template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_type(const Rules& rules, const At& at) {
  if (at.value.is_number() && (rules.types & kInteger) != 0) {
    if (plain_number(at.value).form == PlainNumber::Form::Whole) return true;
    NumberRoom room;
    const std::string_view text = number_text(at.value, room);
    if (!spend(text.size() / 16)) return false;
    if (rules.literal_integers ? text.find_first_of(".eE") == std::string_view::npos
                               : Decimal::read(text).is_integer()) {
      return true;
    }
  }
  return fail(rules, at, "type", [&] {
    return "must be " + type_names(rules.types) + ", not " +
           std::string(json::to_string(at.value.kind()));
  });
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_values(const Rules& rules, const At& at) {
  bool ok = true;
  if (rules.allowed && !is_one_of(*rules.allowed, at)) {
    ok = fail(rules, at, "enum", [] { return std::string("is none of the values allowed"); });
    if (!go_on()) return false;
  }
  if (rules.constant && !is_one_of(*rules.constant, at)) {
    ok = fail(rules, at, "const",
              [&] { return "must be " + std::string(truncate_utf8(rules.constant->shown, 200)); });
  }
  return ok;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::is_one_of(const ValueSet& set, const At& at) {
  const auto& value = at.value;
  if (value.is_string()) {
    return spend(1 + value.text().size() / 16) && set.has_string(value.text());
  }
  if ((value.is_array() || value.is_object()) && !set.has_containers) return false;
  if (!spend(size_of(value, effort_.steps_left() + 1))) return false;
  const auto text = equality_text(value, limits::kSchemaDepth);
  return text && set.texts.contains(*text);  // else it is deeper than any value of a schema
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_number(const Rules& rules, const At& at) {
  const auto& number = *rules.number;
  if (!number.whole) return check_bounds(rules, at);
  const auto plain = plain_number(at.value);
  if (plain.form == PlainNumber::Form::Whole) {
    const bool ok =
        plain.whole >= number.least && plain.whole <= number.greatest &&
        (!number.whole_multiple_of || is_multiple_of(plain.whole, *number.whole_multiple_of));
    if (ok || !kReasons) return ok;
  } else if (plain.form == PlainNumber::Form::Fraction && !number.multiple_of &&
             plain.whole - (plain.negative ? 1 : 0) >= number.least &&
             plain.whole + (plain.negative ? 0 : 1) <= number.greatest) {
    return true;  // so are the whole numbers around it
  }
  return check_bounds(rules, at);
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_bounds(const Rules& rules, const At& at) {
  NumberRoom room;
  const std::string_view text = number_text(at.value, room);
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
      effort_.stop(Effort::Limit::Steps);
      return false;
    }
    multiple = *known;
  }
  if (multiple) return ok;
  return fail(rules, at, "multipleOf",
              [&] { return "must be a multiple of " + number.multiple_of->text(); });
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::matches(const Pattern& pattern, std::string_view text) {
  const auto found = pattern.found_in(text, effort_.steps_left());
  if (found == Found::TooMuchWork) effort_.stop(Effort::Limit::Pattern);
  if (effort_.steps_left() == 0) spend(1);
  return found == Found::Yes;
}

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_string(const Rules& rules, const At& at) {
  const auto& string = *rules.string;
  const auto& text = at.value.text();
  bool ok = true;
  // A code point has one to four bytes.
  if (text.size() > string.max_length || text.size() / 4 < string.min_length) {
    ok = check_length(rules, at);
    if (!ok && !go_on()) return false;
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

template <Wanted kWanted, class Document>
bool Validator<kWanted, Document>::check_length(const Rules& rules, const At& at) {
  const auto& string = *rules.string;
  const auto& text = at.value.text();
  if (!spend(text.size() / 16)) return false;
  const auto length = code_points(text);
  bool ok = true;
  if (length < string.min_length) {
    ok = fail(rules, at, "minLength", [&] {
      return "must have at least " + std::to_string(string.min_length) + " characters, not " +
             std::to_string(length);
    });
    if (!go_on()) return false;
  }
  if (length > string.max_length) {
    ok = fail(rules, at, "maxLength", [&] {
      return "must have at most " + std::to_string(string.max_length) + " characters, not " +
             std::to_string(length);
    });
  }
  return ok;
}

}  // namespace limpet::json_schema
