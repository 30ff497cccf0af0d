// Exact numbers: a JSON number as the decimal that it writes, however long.
//
//   Decimal::read("1.50") == Decimal::read("15e-1");
//   Decimal::read("1e400").compare(Decimal::read("2")) > 0;
//   *is_multiple(Decimal::read("0.3"), Decimal::read("0.1"));     // true: no binary rounding
//
// Exponents beyond ±10^17 are cut to that. Threads: compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::json_schema {

class Decimal {
 public:
  /// Zero.
  Decimal() = default;
  /// Requires: `text` is a JSON number.
  static Decimal read(std::string_view text);

  bool is_integer() const { return digits_.empty() || exponent_ >= 0; }
  bool is_zero() const { return digits_.empty(); }
  bool is_negative() const { return negative_; }
  /// The value when it is an integer from 0 to 2^63 - 1.
  std::optional<std::uint64_t> as_count() const;
  /// < 0, 0, > 0 as this is less than, equal to, more than `other`.
  int compare(const Decimal& other) const;
  /// One spelling for each value, itself a JSON number: "0", "-15", "15e-1", "1e400".
  std::string text() const;

  /// value = ± digits × 10^exponent; digits without zeros at either end, empty for zero.
  const std::string& digits() const { return digits_; }
  std::int64_t exponent() const { return exponent_; }

  friend bool operator==(const Decimal&, const Decimal&) = default;

 private:
  bool negative_ = false;
  std::string digits_;
  std::int64_t exponent_ = 0;
};

/// Is `value` an integer times `divisor`? nullopt: the numbers are too long to tell
/// (kDivisionDigits). Requires: !divisor.is_zero().
std::optional<bool> is_multiple(const Decimal& value, const Decimal& divisor);
inline constexpr std::size_t kDivisionDigits = 4096;

}  // namespace limpet::json_schema
