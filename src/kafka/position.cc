#include "limpet/base/result.h"
#include "limpet/kafka/types.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace limpet::kafka {
namespace {

constexpr std::string_view kForms =
    "earliest, latest, an offset (1200), -N for the last N records, a time (2026-01-31T08:00:00Z, "
    "2026-01-31) or epoch milliseconds (1769846400000ms)";

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  if (!all_digits(text)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Takes exactly `digits` digits off the front; nullopt when they are not there.
std::optional<int> take(std::string_view& text, std::size_t digits) {
  if (text.size() < digits || !all_digits(text.substr(0, digits))) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) value = value * 10 + (c - '0');
  text.remove_prefix(digits);
  return value;
}

bool skip(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

/// A fraction of a second, cut to milliseconds; 0 when there is none.
std::optional<int> take_fraction(std::string_view& text) {
  if (!skip(text, '.')) return 0;
  const auto size = std::min(text.find_first_not_of("0123456789"), text.size());
  if (size == 0 || size > 9) return std::nullopt;
  int milliseconds = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    milliseconds = milliseconds * 10 + (i < size ? text[i] - '0' : 0);
  }
  text.remove_prefix(size);
  return milliseconds;
}

/// "Z" or "+01:00", in minutes east.
std::optional<int> take_zone(std::string_view& text) {
  if (skip(text, 'Z') || skip(text, 'z')) return 0;
  const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
  if (!skip(text, '+') && !skip(text, '-')) return std::nullopt;
  const auto hours = take(text, 2);
  if (!hours || !skip(text, ':')) return std::nullopt;
  const auto minutes = take(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

std::optional<Timestamp> parse_time(std::string_view text) {
  const auto year = take(text, 4);
  if (!year || !skip(text, '-')) return std::nullopt;
  const auto month = take(text, 2);
  if (!month || !skip(text, '-')) return std::nullopt;
  const auto day = take(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const Timestamp midnight{std::chrono::sys_days(date).time_since_epoch()};
  if (text.empty()) return midnight;
  if (!skip(text, 'T') && !skip(text, 't') && !skip(text, ' ')) return std::nullopt;
  const auto hour = take(text, 2);
  if (!hour || !skip(text, ':')) return std::nullopt;
  const auto minute = take(text, 2);
  if (!minute || !skip(text, ':')) return std::nullopt;
  const auto second = take(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return midnight + std::chrono::hours(*hour) + std::chrono::minutes(*minute - *zone) +
         std::chrono::seconds(*second) + std::chrono::milliseconds(*fraction);
}

}  // namespace

Result<Position> parse_position(std::string_view text) {
  if (text == "earliest") return Position::earliest();
  if (text == "latest") return Position::latest();
  if (const auto offset = number(text)) return Position::offset(*offset);
  if (text.starts_with('-')) {
    if (const auto records = number(text.substr(1))) return Position::tail(*records);
  }
  if (text.ends_with("ms")) {
    if (const auto time = number(text.substr(0, text.size() - 2))) {
      return Position{Position::Kind::Time, *time};
    }
  }
  if (const auto time = parse_time(text)) return Position::at(*time);
  return Error::invalid_input("not a place to start from: want " + std::string(kForms));
}

bool retriable(const Error& error) {
  return error.code == Code::Unavailable || error.code == Code::Throttled ||
         error.code == Code::Conflict;
}

std::string to_string(const TopicPartition& partition) {
  return partition.topic + "[" + std::to_string(partition.partition) + "]";
}

}  // namespace limpet::kafka
