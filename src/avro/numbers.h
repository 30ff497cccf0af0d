// Numbers as Avro Java reads and prints them.
#pragma once

#include "limpet/json/value.h"

#include <optional>
#include <string_view>

namespace limpet::avro {

/// What java.lang.Double.valueOf makes of the text ("1e2", " -Infinity ", "0x1p3", "2f"); nullopt
/// where it throws.
std::optional<double> java_double(std::string_view text);

/// A double as a JSON value that reads back the same and never looks like an integer; NaN and the
/// infinities become the strings "NaN", "Infinity", "-Infinity", as Jackson prints them.
json::Value double_value(double number);

/// One spelling for numbers that Java's tree of JSON nodes holds as equal: integers keep their
/// digits
/// (-0 is 0), everything with a fraction or an exponent is a double. Requires: number.is_number().
json::Value normal_number(const json::Value& number);

}  // namespace limpet::avro
