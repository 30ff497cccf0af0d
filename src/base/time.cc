#include "limpet/base/time.h"

#include <array>

namespace limpet {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  int year, month, day, hour, minute, second, millisecond, weekday;
};

Parts split(Timestamp time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss<milliseconds> clock(time - day);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count()),
          static_cast<int>(std::chrono::weekday(day).c_encoding())};
}

std::optional<Timestamp> join(const Parts& p) {
  const year_month_day date{std::chrono::year(p.year), std::chrono::month(p.month),
                            std::chrono::day(p.day)};
  if (!date.ok() || p.hour > 23 || p.minute > 59 || p.second > 59) return std::nullopt;
  return Timestamp(sys_days(date).time_since_epoch()) + hours(p.hour) + minutes(p.minute) +
         seconds(p.second) + milliseconds(p.millisecond);
}

struct Digits {
  std::array<char, 20> text{};
  std::size_t size = 0;
};

// Matches `text` against a pattern in which '#' stands for one digit; digits are collected in
// order.
bool match(std::string_view text, std::string_view pattern, Digits& digits) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (pattern[i] == '#') {
      if (text[i] < '0' || text[i] > '9') return false;
      digits.text[digits.size++] = text[i];
    } else if (text[i] != pattern[i]) {
      return false;
    }
  }
  return true;
}

int number(const Digits& digits, std::size_t at, std::size_t length) {
  int value = 0;
  for (std::size_t i = at; i < at + length; ++i) value = value * 10 + (digits.text[i] - '0');
  return value;
}

std::optional<Timestamp> from_digits(const Digits& digits) {
  return join({number(digits, 0, 4), number(digits, 4, 2), number(digits, 6, 2),
               number(digits, 8, 2), number(digits, 10, 2), number(digits, 12, 2),
               digits.size > 14 ? number(digits, 14, 3) : 0, 0});
}

// Writes the numbers in turn over the digits of `pattern`'s '#' runs, with leading zeros. These
// stand in every answer and signature, and printf is slow.
template <std::size_t N>
std::string fill(std::string_view pattern, const std::array<int, N>& numbers) {
  std::string out(pattern);
  std::size_t at = 0;
  for (const int given : numbers) {
    while (at < out.size() && out[at] != '#') ++at;
    std::size_t end = at;
    while (end < out.size() && out[end] == '#') ++end;
    int rest = given;
    for (std::size_t i = end; i > at; --i, rest /= 10) {
      out[i - 1] = static_cast<char>('0' + rest % 10);
    }
    at = end;
  }
  return out;
}

}  // namespace

std::string to_iso8601(Timestamp time) {
  const auto p = split(time);
  std::string out = "0000-00-00T00:00:00.000Z";  // lists are full of these
  const auto put = [&](std::size_t at, int digits, int value) {
    for (int i = digits; i > 0; --i, value /= 10) {
      out[at + static_cast<std::size_t>(i) - 1] = static_cast<char>('0' + value % 10);
    }
  };
  put(0, 4, p.year);
  put(5, 2, p.month);
  put(8, 2, p.day);
  put(11, 2, p.hour);
  put(14, 2, p.minute);
  put(17, 2, p.second);
  put(20, 3, p.millisecond);
  return out;
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (text.size() != kForm.size()) return std::nullopt;
  for (const std::size_t at : {4, 7, 10, 13, 16, 19, 23}) {
    if (text[at] != kForm[at]) return std::nullopt;
  }
  bool all_digits = true;
  const auto take = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits)) {
      all_digits = all_digits && c >= '0' && c <= '9';
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const Parts parts{take(0, 4),  take(5, 2),  take(8, 2),  take(11, 2),
                    take(14, 2), take(17, 2), take(20, 3), 0};
  return all_digits ? join(parts) : std::nullopt;
}

std::string to_iso8601_basic(Timestamp time) {
  const auto p = split(time);
  const auto date = p.year * 10000 + p.month * 100 + p.day;
  const auto clock = p.hour * 10000 + p.minute * 100 + p.second;
  return fill("########T######Z", std::array{date, clock});
}

std::optional<Timestamp> parse_iso8601_basic(std::string_view text) {
  Digits digits;
  if (!match(text, "########T######Z", digits)) return std::nullopt;
  return from_digits(digits);
}

std::string to_http_date(Timestamp time) {
  const auto p = split(time);
  std::string pattern(kDays[static_cast<std::size_t>(p.weekday)]);
  pattern.append(", ## ").append(kMonths[static_cast<std::size_t>(p.month - 1)]);
  pattern.append(" #### ##:##:## GMT");
  return fill(pattern, std::array{p.day, p.year, p.hour, p.minute, p.second});
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
  if (text.size() != 29) return std::nullopt;
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (text.substr(8, 3) != kMonths[month]) continue;
    Digits digits;
    const std::string pattern =
        std::string(text.substr(0, 3)) + ", ## " + kMonths[month] + " #### ##:##:## GMT";
    if (!match(text, pattern, digits)) return std::nullopt;
    const auto time =
        join({number(digits, 2, 4), static_cast<int>(month) + 1, number(digits, 0, 2),
              number(digits, 6, 2), number(digits, 8, 2), number(digits, 10, 2), 0, 0});
    if (!time || to_http_date(*time) != text) return std::nullopt;
    return time;
  }
  return std::nullopt;
}

}  // namespace limpet
