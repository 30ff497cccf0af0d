#include "iso_time.h"

#include <array>
#include <chrono>
#include <cstddef>

namespace limpet::avro {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// So many digits from the front.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || *year == 0 || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> take_time(std::string_view& text, std::int64_t per_second) {
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  std::int64_t units = (*hours * 3600 + *minutes * 60) * per_second;
  if (!take(text, ':')) return units;
  const auto seconds = take_digits(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  units += *seconds * per_second;
  if (!take(text, '.')) return units;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  for (std::int64_t unit = per_second / 10; !text.empty() && is_digit(text.front()); unit /= 10) {
    const std::int64_t digit = text.front() - '0';
    if (unit == 0 && digit != 0) return std::nullopt;
    units += digit * unit;
    text.remove_prefix(1);
  }
  return units;
}

/// Minutes east of Greenwich.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool east = take(text, '+');
  if (!east && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23) return std::nullopt;
  take(text, ':');
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::int64_t offset = *hours * 60 + *minutes;
  return east ? offset : -offset;
}

void append_padded(std::string& out, std::int64_t value, std::size_t digits) {
  const std::string text = std::to_string(value);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out += text;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  const auto days = take_date(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<std::string> date_text(std::int64_t days) {
  constexpr std::int64_t kFirst = -719'162;  // 0001-01-01
  constexpr std::int64_t kLast = 2'932'896;  // 9999-12-31
  if (days < kFirst || days > kLast) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  std::string out;
  append_padded(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  return out;
}

std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t per_second) {
  const auto units = take_time(text, per_second);
  return text.empty() ? units : std::nullopt;
}

std::optional<std::string> time_text(std::int64_t units, std::int64_t per_second) {
  if (units < 0 || units >= kDaySeconds * per_second) return std::nullopt;
  const std::int64_t seconds = units / per_second;
  std::string out;
  append_padded(out, seconds / 3600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  out += '.';
  append_padded(out, units % per_second, per_second == 1'000 ? 3 : 6);
  return out;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text, std::int64_t per_second,
                                            bool local) {
  const auto days = take_date(text);
  if (!days || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
  const auto time = take_time(text, per_second);
  if (!time) return std::nullopt;
  std::int64_t east = 0;
  if (!local) {
    const auto zone = take_zone(text);
    if (!zone) return std::nullopt;
    east = *zone;
  }
  if (!text.empty()) return std::nullopt;
  return (*days * kDaySeconds - east * 60) * per_second + *time;
}

std::optional<std::string> timestamp_text(std::int64_t units, std::int64_t per_second, bool local) {
  const std::int64_t per_day = kDaySeconds * per_second;
  std::int64_t days = units / per_day;
  std::int64_t rest = units % per_day;
  if (rest < 0) {
    rest += per_day;
    --days;
  }
  auto out = date_text(days);
  if (out) *out += "T" + *time_text(rest, per_second) + (local ? "" : "Z");
  return out;
}

}  // namespace limpet::avro
