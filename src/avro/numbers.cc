#include "numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

namespace limpet::avro {
namespace {

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Consumes [0-9]* and says whether there were any.
bool digits(std::string_view& text, std::string_view allowed) {
  std::size_t count = 0;
  while (count < text.size() && is_one_of(text[count], allowed)) ++count;
  text.remove_prefix(count);
  return count > 0;
}

// Consumes the marker (one of `marks`) with sign and decimal digits; false when it is malformed.
bool exponent(std::string_view& text, std::string_view marks) {
  if (text.empty() || !is_one_of(text.front(), marks)) return false;
  text.remove_prefix(1);
  if (!text.empty() && is_one_of(text.front(), "+-")) text.remove_prefix(1);
  return digits(text, "0123456789");
}

}  // namespace

std::optional<double> java_double(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto sign = negative ? -1.0 : 1.0;
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return sign * std::numeric_limits<double>::infinity();

  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view allowed = hex ? "0123456789abcdefABCDEF" : "0123456789";
  auto rest = hex ? text.substr(2) : text;
  bool any = digits(rest, allowed);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    any = digits(rest, allowed) || any;
  }
  if (!any) return std::nullopt;
  if (hex || (!rest.empty() && is_one_of(rest.front(), "eE"))) {
    if (!exponent(rest, hex ? "pP" : "eE")) return std::nullopt;
  }
  const auto length = text.size() - rest.size();
  if (rest.size() > 1 || (rest.size() == 1 && !is_one_of(rest.front(), "fFdD"))) {
    return std::nullopt;
  }
  // The grammar is a subset of strtod's; the program never leaves the C locale.
  return sign * std::strtod(std::string(text.substr(0, length)).c_str(), nullptr);
}

json::Value double_value(double number) {
  if (std::isnan(number)) return json::Value::string("NaN");
  if (std::isinf(number)) return json::Value::string(number < 0 ? "-Infinity" : "Infinity");
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return json::Value::number(std::move(text));
}

json::Value normal_number(const json::Value& number) {
  const auto& text = number.text();
  if (text.find_first_of(".eE") != std::string::npos) return double_value(*number.as_double());
  return text == "-0" ? json::Value::integer(0) : number;
}

}  // namespace limpet::avro
