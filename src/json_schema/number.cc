#include "number.h"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <charconv>

namespace limpet::json_schema {
namespace {

constexpr std::int64_t kMaxExponent = 100'000'000'000'000'000;
// Integers up to this length are written out; longer ones with an exponent.
constexpr std::int64_t kPlainDigits = 21;

std::int64_t read_exponent(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc::result_out_of_range) {
    return text.front() == '-' ? -kMaxExponent : kMaxExponent;
  }
  return std::clamp(value, -kMaxExponent, kMaxExponent);
}

}  // namespace

Decimal Decimal::read(std::string_view text) {
  Decimal result;
  if (!text.empty() && text.front() == '-') {
    result.negative_ = true;
    text.remove_prefix(1);
  }
  const auto e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    result.exponent_ = read_exponent(text.substr(e + 1));
    text = text.substr(0, e);
  }
  const auto dot = text.find('.');
  result.digits_ = text.substr(0, dot);
  if (dot != std::string_view::npos) {
    const auto fraction = text.substr(dot + 1);
    result.digits_ += fraction;
    result.exponent_ -= static_cast<std::int64_t>(fraction.size());
  }
  const auto last = result.digits_.find_last_not_of('0');
  if (last == std::string::npos) return {};  // -0 and 0e5 are zero
  result.exponent_ += static_cast<std::int64_t>(result.digits_.size() - last - 1);
  result.digits_.resize(last + 1);
  result.digits_.erase(0, result.digits_.find_first_not_of('0'));
  return result;
}

std::optional<std::uint64_t> Decimal::as_count() const {
  if (is_zero()) return 0;
  if (negative_ || !is_integer() || exponent_ > 18) return std::nullopt;
  const auto whole = digits_ + std::string(static_cast<std::size_t>(exponent_), '0');
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (failure != std::errc() || value > INT64_MAX) return std::nullopt;
  return value;
}

int Decimal::compare(const Decimal& other) const {
  const auto sign = [](const Decimal& d) { return d.is_zero() ? 0 : d.negative_ ? -1 : 1; };
  if (sign(*this) != sign(other)) return sign(*this) < sign(other) ? -1 : 1;
  if (is_zero()) return 0;
  const int bigger = negative_ ? -1 : 1;
  const auto magnitude = static_cast<std::int64_t>(digits_.size()) + exponent_;
  const auto other_magnitude = static_cast<std::int64_t>(other.digits_.size()) + other.exponent_;
  if (magnitude != other_magnitude) return magnitude > other_magnitude ? bigger : -bigger;
  // Same place of the first digit: without zeros at the end, digits order as text does.
  const auto order = digits_.compare(other.digits_);
  return order == 0 ? 0 : order > 0 ? bigger : -bigger;
}

std::string Decimal::text() const {
  if (is_zero()) return "0";
  std::string out = negative_ ? "-" : "";
  out += digits_;
  if (exponent_ == 0) return out;
  if (exponent_ > 0 && static_cast<std::int64_t>(digits_.size()) + exponent_ <= kPlainDigits) {
    return out.append(static_cast<std::size_t>(exponent_), '0');
  }
  return out + "e" + std::to_string(exponent_);
}

std::optional<bool> is_multiple(const Decimal& value, const Decimal& divisor) {
  if (value.is_zero()) return true;
  // The value's last digit is not 0, so no multiple of a coarser power of ten.
  if (value.exponent() < divisor.exponent()) return false;
  if (divisor.digits() == "1") return true;
  if (value.digits().size() > kDivisionDigits || divisor.digits().size() > kDivisionDigits) {
    return std::nullopt;
  }
  namespace mp = boost::multiprecision;
  const mp::cpp_int modulus(divisor.digits());
  const mp::cpp_int shift(value.exponent() - divisor.exponent());
  const mp::cpp_int power = mp::powm(mp::cpp_int(10), shift, modulus);
  return (mp::cpp_int(value.digits()) * power) % modulus == 0;
}

}  // namespace limpet::json_schema
