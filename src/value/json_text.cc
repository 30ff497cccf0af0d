#include "limpet/value/json_text.h"

#include "limpet/value/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace limpet::value {
namespace {

constexpr int kMaxDepth = 1000;
constexpr std::size_t kNumberRoom = 40;  // the longest double has 24 characters
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::size_t kFirstRoom = 256;
constexpr std::size_t kMaxDecimalBytes = 4096;

/// Text that grows at the end of a string, a piece at a time.
class Out {
 public:
  Out(std::string& text, std::size_t max_bytes)
      : text_(text), start_(text.size()), max_bytes_(std::min(max_bytes, kNoBound)) {
    text_.resize(start_ + kFirstRoom);  // zeroed, so not all that the string could hold
    at_ = text_.data() + start_;
    end_ = text_.data() + text_.size();
  }

  /// Room for `bytes` more; nullptr when that is too much. Then put_end() what was used.
  char* room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) >= bytes) [[likely]]
      return at_;
    return grow(bytes);
  }
  void put_end(char* at) { at_ = at; }

  bool put(char c) {
    char* to = room(1);
    if (to == nullptr) return false;
    *to = c;
    at_ = to + 1;
    return true;
  }
  bool put(std::string_view text) {
    char* to = room(text.size());
    if (to == nullptr) return false;
    std::memcpy(to, text.data(), text.size());
    at_ = to + text.size();
    return true;
  }

  /// False: it became longer than allowed. The string is cut to what was written, or to what it
  /// was.
  bool finish(bool ok) {
    const auto size = static_cast<std::size_t>(at_ - text_.data());
    ok = ok && size - start_ <= max_bytes_;
    text_.resize(ok ? size : start_);
    return ok;
  }

 private:
  static constexpr std::size_t kNoBound = SIZE_MAX / 2;  // to be added to

  [[gnu::noinline]] char* grow(std::size_t bytes) {
    const auto size = static_cast<std::size_t>(at_ - text_.data());
    if (size - start_ + bytes > max_bytes_ + 2 * kNumberRoom) return nullptr;
    text_.resize(size + bytes + (size - start_) + kFirstRoom);
    at_ = text_.data() + size;
    end_ = text_.data() + text_.size();
    return at_;
  }

  std::string& text_;
  std::size_t start_;
  std::size_t max_bytes_;
  char* at_;
  char* end_;
};

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

#if defined(__SSE2__)
/// The bits of those of the bytes that need an escape; `high` collects the bits of those that are
/// no ASCII.
unsigned escapes(__m128i bytes, unsigned& high) {
  const __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  high |= static_cast<unsigned>(_mm_movemask_epi8(bytes));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(quotes, controls)));
}
#endif

/// How many characters at the start need no escape; whether they are ASCII, unless it stops early.
std::size_t plain_prefix(const char* p, std::size_t size, bool& ascii) {
  std::size_t at = 0;
#if defined(__SSE2__)
  // Most texts are short. What is left of a longer one is looked at with some of what was before.
  unsigned high = 0;
  unsigned found = 0;
  const auto look = [&](std::size_t from, __m128i bytes) {
    at = from;
    found = escapes(bytes, high);
    return found != 0;
  };
  const auto sixteen = [p](std::size_t from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + from));  // NOLINT: as it is meant
  };
  const auto fewer = [p](std::size_t from, auto number) {
    std::memcpy(&number, p + from, sizeof number);
    return number;
  };
  // Blanks, which are plain, in front of the eight or four bytes.
  const auto eight = [&](std::size_t from) {
    return _mm_set_epi64x(0x2020202020202020, fewer(from, std::int64_t{}));
  };
  const auto four = [&](std::size_t from) {
    return _mm_set_epi32(0x20202020, 0x20202020, 0x20202020, fewer(from, std::int32_t{}));
  };
  bool stopped = false;
  if (size >= 16) {
    for (std::size_t from = 0; from + 16 <= size && !stopped; from += 16) {
      stopped = look(from, sixteen(from));
    }
    stopped = stopped || look(size - 16, sixteen(size - 16));
  } else if (size >= 8) {
    stopped = look(0, eight(0)) || look(size - 8, eight(size - 8));
  } else if (size >= 4) {
    stopped = look(0, four(0)) || look(size - 4, four(size - 4));
  }
  if (high != 0) ascii = false;
  if (stopped) return at + static_cast<std::size_t>(__builtin_ctz(found));
  if (size >= 4) return size;
#endif
  for (; at < size; ++at) {
    if (!is_plain(p[at])) return at;
    if (static_cast<unsigned char>(p[at]) >= 0x80) ascii = false;
  }
  return size;
}

char* put_digits(char* to, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + digits;
}

struct Civil {
  std::int64_t year;
  unsigned month;
  unsigned day;
};
// The proleptic Gregorian calendar, by 400 years of 146,097 days that begin in March.
Civil civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<std::uint64_t>(days - era * 146'097);
  const auto year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto from_march = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<unsigned>(day_of_year - (153 * from_march + 2) / 5 + 1);
  const auto month = static_cast<unsigned>(from_march < 10 ? from_march + 3 : from_march - 9);
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

class JsonPrinter {
 public:
  JsonPrinter(std::string& out, const JsonTextOptions& options)
      : out_(out, options.max_bytes), options_(options) {}

  std::optional<Fault> run(const View& view) {
    const bool ok = out_.finish(value(view, 0));
    if (ok) return std::nullopt;
    if (too_deep_) {
      return Fault{FaultKind::TooDeep, 0, "",
                   "values are nested deeper than " + std::to_string(kMaxDepth)};
    }
    return Fault{FaultKind::TooLarge, 0, "",
                 "the JSON text is longer than " + std::to_string(options_.max_bytes) + " bytes"};
  }

 private:
  bool value(const View& view, int depth) {
    switch (view.kind()) {
      case Kind::Null:
        return out_.put("null");
      case Kind::Boolean:
        return out_.put(view.as_boolean() ? std::string_view("true") : std::string_view("false"));
      case Kind::Int:
      case Kind::Long:
        if (view.logical() != Logical::None && options_.logical) return time(view);
        return integer(view.as_long());
      case Kind::UnsignedLong:
        return integer(view.as_unsigned_long());
      case Kind::Float:
        return real(static_cast<float>(view.as_double()));
      case Kind::Double:
        return real(view.as_double());
      case Kind::Number:
        return out_.put(view.text());
      case Kind::String:
      case Kind::Enum:
        return string(view.text());
      case Kind::Bytes:
        return bytes(view);
      case Kind::Array:
        return array(view, depth);
      case Kind::Map:
        return map(view, depth);
      case Kind::Record:
        return record(view, depth);
    }
    return false;
  }

  bool enter(int depth) {
    if (depth < kMaxDepth) [[likely]]
      return true;
    too_deep_ = true;
    return false;
  }

  bool new_line(int depth) {
    if (!options_.pretty) [[likely]]
      return true;
    const auto spaces = 2 * static_cast<std::size_t>(depth);
    char* to = out_.room(1 + spaces);
    if (to == nullptr) return false;
    *to++ = '\n';
    std::memset(to, ' ', spaces);
    out_.put_end(to + spaces);
    return true;
  }
  bool colon() {
    return out_.put(options_.pretty ? std::string_view(": ") : std::string_view(":"));
  }

  bool array(const View& view, int depth) {
    if (!enter(depth)) return false;
    if (view.size() == 0) return out_.put("[]");
    char before = '[';
    for (const View& item : view.items()) {
      if (!out_.put(before) || !new_line(depth + 1) || !value(item, depth + 1)) return false;
      before = ',';
    }
    return new_line(depth) && out_.put(']');
  }

  bool map(const View& view, int depth) {
    if (!enter(depth)) return false;
    if (view.size() == 0) return out_.put("{}");
    char before = '{';
    for (const MapEntry& entry : view.entries()) {
      if (!out_.put(before) || !new_line(depth + 1) || !key(entry.key) || !colon() ||
          !value(entry.value, depth + 1)) {
        return false;
      }
      before = ',';
    }
    return new_line(depth) && out_.put('}');
  }

  // Of a map: text, or the text of a number or boolean in quotes.
  bool key(const View& key) {
    if (key.kind() == Kind::String || key.kind() == Kind::Enum) return string(key.text());
    return out_.put('"') && value(key, 0) && out_.put('"');
  }

  bool record(const View& view, int depth) {
    if (!enter(depth)) return false;
    const RecordShape& shape = view.shape();
    if (options_.logical && shape.name().starts_with("google.protobuf.")) [[unlikely]] {
      bool written = false;
      if (!well_known(view, std::string_view(shape.name()).substr(16), depth, written)) {
        return false;
      }
      if (written) return true;
    }
    if (view.size() == 0) return out_.put("{}");
    const std::string* name = shape.fields().data();
    char before = '{';
    for (const View& field : view.items()) {
      if (!out_.put(before) || !new_line(depth + 1)) return false;
      if (!string(*name++) || !colon() || !value(field, depth + 1)) return false;
      before = ',';
    }
    return new_line(depth) && out_.put('}');
  }

  bool integer(auto number) {
    char* to = out_.room(kNumberRoom);
    if (to == nullptr) return false;
    out_.put_end(std::to_chars(to, to + kNumberRoom, number).ptr);
    return true;
  }

  bool real(auto number) {
    if (!std::isfinite(number)) [[unlikely]] {
      return out_.put(std::isnan(number) ? "\"NaN\""
                      : number > 0       ? "\"Infinity\""
                                         : "\"-Infinity\"");
    }
    char* to = out_.room(kNumberRoom);
    if (to == nullptr) return false;
    char* end = std::to_chars(to, to + kNumberRoom, number).ptr;
    if (std::find_if(to, end, [](char c) { return c == '.' || c == 'e'; }) == end) {
      *end++ = '.';
      *end++ = '0';
    }
    out_.put_end(end);
    return true;
  }

  bool string(std::string_view text) {
    char* to = out_.room(text.size() + 2);
    if (to == nullptr) return false;
    bool ascii = true;
    const auto plain = plain_prefix(text.data(), text.size(), ascii);
    if (plain == text.size() && (ascii || is_utf8(text))) [[likely]] {
      *to++ = '"';
      std::memcpy(to, text.data(), text.size());
      to += text.size();
      *to++ = '"';
      out_.put_end(to);
      return true;
    }
    return escaped(text);
  }

  [[gnu::noinline]] bool escaped(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    if (!out_.put('"')) return false;
    while (!text.empty()) {
      auto good = utf8_prefix(text);
      bool ascii = true;
      const auto plain = std::min(good, plain_prefix(text.data(), good, ascii));
      if (!out_.put(text.substr(0, plain))) return false;
      text.remove_prefix(plain);
      good -= plain;
      if (text.empty()) break;
      if (good == 0) {
        if (!out_.put("\xEF\xBF\xBD")) return false;
        text.remove_prefix(broken_part(text));
        continue;
      }
      const char c = text.front();
      text.remove_prefix(1);
      const auto code = static_cast<unsigned char>(c);
      std::array<char, 6> escape{'\\', c};
      std::size_t size = 2;
      switch (c) {
        case '"':
        case '\\':
          break;
        case '\b':
          escape[1] = 'b';
          break;
        case '\f':
          escape[1] = 'f';
          break;
        case '\n':
          escape[1] = 'n';
          break;
        case '\r':
          escape[1] = 'r';
          break;
        case '\t':
          escape[1] = 't';
          break;
        default:
          escape = {'\\', 'u', '0', '0', kHex[code >> 4U], kHex[code & 15U]};
          size = 6;
      }
      if (!out_.put(std::string_view(escape.data(), size))) return false;
    }
    return out_.put('"');
  }

  // Bytes that one U+FFFD stands for.
  static std::size_t broken_part(std::string_view text) {
    Arena arena(64);
    for (std::size_t size = std::min<std::size_t>(text.size(), 3); size > 1; --size) {
      const auto repaired = replace_invalid_utf8(text.substr(0, size), arena);
      if (repaired && repaired->size() == 3) return size;
    }
    return 1;
  }

  bool bytes(const View& view) {
    const auto text = view.as_bytes();
    if (options_.logical) {
      if (view.logical() == Logical::Decimal) return decimal(text, view.decimal_shape().scale);
      if (view.logical() == Logical::Uuid && text.size() == 16) return uuid(text);
      if (view.logical() == Logical::Duration && text.size() == 12) return duration(text);
    }
    return options_.bytes == JsonTextOptions::Bytes::Base64 ? base64(text) : latin1(text);
  }

  bool base64(std::string_view bytes) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char* to = out_.room((bytes.size() + 2) / 3 * 4 + 2);
    if (to == nullptr) return false;
    *to++ = '"';
    const auto at = [&](std::size_t i) -> std::uint32_t {
      return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
    };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      const auto group = (at(i) << 16U) | (at(i + 1) << 8U) | at(i + 2);
      *to++ = kDigits[group >> 18U];
      *to++ = kDigits[(group >> 12U) & 63U];
      *to++ = i + 1 < bytes.size() ? kDigits[(group >> 6U) & 63U] : '=';
      *to++ = i + 2 < bytes.size() ? kDigits[group & 63U] : '=';
    }
    *to++ = '"';
    out_.put_end(to);
    return true;
  }

  bool latin1(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80) {
        text += c;
      } else {
        text += static_cast<char>(0xC0U | (byte >> 6U));
        text += static_cast<char>(0x80U | (byte & 0x3FU));
      }
    }
    return string(text);
  }

  bool uuid(std::string_view bytes) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    char* to = out_.room(38);
    if (to == nullptr) return false;
    *to++ = '"';
    for (std::size_t i = 0; i < 16; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      *to++ = kHex[byte >> 4U];
      *to++ = kHex[byte & 15U];
      if (i == 3 || i == 5 || i == 7 || i == 9) *to++ = '-';
    }
    *to++ = '"';
    out_.put_end(to);
    return true;
  }

  // Big-endian two's complement, times 10^-scale.
  bool decimal(std::string_view bytes, std::int32_t scale) {
    if (bytes.size() > kMaxDecimalBytes || scale < -10'000 || scale > 10'000) return base64(bytes);
    std::vector<std::uint8_t> number(bytes.begin(), bytes.end());
    const bool negative = !number.empty() && number.front() >= 0x80;
    if (negative) {  // its magnitude: complement and one more
      unsigned carry = 1;
      for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
        const unsigned sum = static_cast<std::uint8_t>(~*byte) + carry;
        *byte = static_cast<std::uint8_t>(sum);
        carry = sum >> 8U;
      }
    }
    std::string digits;  // the last one first
    std::size_t first = 0;
    while (first < number.size()) {
      if (number[first] == 0) {
        ++first;
        continue;
      }
      std::uint64_t rest = 0;
      for (std::size_t i = first; i < number.size(); ++i) {
        rest = (rest << 8U) | number[i];
        number[i] = static_cast<std::uint8_t>(rest / 100'000'000);
        rest %= 100'000'000;
      }
      for (int i = 0; i < 8; ++i, rest /= 10) digits += static_cast<char>('0' + rest % 10);
    }
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (scale < 0 && !digits.empty()) digits.insert(0, static_cast<std::size_t>(-scale), '0');
    const auto fraction = static_cast<std::size_t>(std::max(scale, 0));
    if (digits.size() <= fraction) digits.append(fraction + 1 - digits.size(), '0');
    std::string text = negative ? "-" : "";
    text.append(digits.rbegin(), digits.rend() - static_cast<std::ptrdiff_t>(fraction));
    if (fraction > 0) {
      text += '.';
      text.append(digits.rend() - static_cast<std::ptrdiff_t>(fraction), digits.rend());
    }
    return out_.put(text);
  }

  bool duration(std::string_view bytes) {
    std::array<std::uint32_t, 3> parts{};
    for (std::size_t i = 0; i < 12; ++i) {
      parts.at(i / 4) |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]))
                         << (8 * (i % 4));
    }
    std::string text = "\"P" + std::to_string(parts[0]) + "M" + std::to_string(parts[1]) + "DT" +
                       std::to_string(parts[2] / 1000) + ".";
    std::array<char, 3> millis{};
    put_digits(millis.data(), parts[2] % 1000, 3);
    text.append(millis.data(), 3);
    return out_.put(text + "S\"");
  }

  // The text of a date or time. Whole seconds and a fraction of so many digits.
  bool time(const View& view) {
    const auto value = view.as_long();
    const auto stamp = [&](std::int64_t per_second, int digits, bool zone) {
      const auto seconds = floor_div(value, per_second);
      const auto rest = value % per_second;  // of the value's own sign
      const auto fraction = rest < 0 ? rest + per_second : rest;
      return timestamp(seconds, static_cast<std::uint64_t>(fraction), digits, zone);
    };
    const auto clock = [&](std::int64_t per_second, int digits) {
      if (value < 0 || value >= kSecondsPerDay * per_second) return integer(value);
      char* to = out_.room(kNumberRoom);
      if (to == nullptr) return false;
      *to++ = '"';
      to = put_clock(to, value / per_second);
      to = put_fraction(to, static_cast<std::uint64_t>(value % per_second), digits);
      *to++ = '"';
      out_.put_end(to);
      return true;
    };
    switch (view.logical()) {
      case Logical::Date: {
        char* to = out_.room(kNumberRoom);
        if (to == nullptr) return false;
        *to++ = '"';
        to = put_date(to, value);
        *to++ = '"';
        out_.put_end(to);
        return true;
      }
      case Logical::TimeMillis:
        return clock(1000, 3);
      case Logical::TimeMicros:
        return clock(1'000'000, 6);
      case Logical::TimestampMillis:
        return stamp(1000, 3, true);
      case Logical::TimestampMicros:
        return stamp(1'000'000, 6, true);
      case Logical::TimestampNanos:
        return stamp(1'000'000'000, 9, true);
      case Logical::LocalTimestampMillis:
        return stamp(1000, 3, false);
      case Logical::LocalTimestampMicros:
        return stamp(1'000'000, 6, false);
      case Logical::LocalTimestampNanos:
        return stamp(1'000'000'000, 9, false);
      default:
        return integer(value);
    }
  }

  bool timestamp(std::int64_t seconds, std::uint64_t fraction, int digits, bool zone) {
    char* to = out_.room(2 * kNumberRoom);
    if (to == nullptr) return false;
    const auto day = floor_div(seconds, kSecondsPerDay);
    *to++ = '"';
    to = put_date(to, day);
    *to++ = 'T';
    to = put_clock(to, seconds - day * kSecondsPerDay);
    to = put_fraction(to, fraction, digits);
    if (zone) *to++ = 'Z';
    *to++ = '"';
    out_.put_end(to);
    return true;
  }

  // Years outside of 0000 to 9999 have a sign, and six digits or more (ISO 8601, expanded).
  static char* put_date(char* to, std::int64_t days) {
    const auto [year, month, day] = civil_from_days(days);
    if (year >= 0 && year <= 9999) {
      to = put_digits(to, static_cast<std::uint64_t>(year), 4);
    } else {
      *to++ = year < 0 ? '-' : '+';
      const auto size = static_cast<std::uint64_t>(year < 0 ? -year : year);
      int digits = 6;
      for (auto rest = size / 1'000'000; rest > 0; rest /= 10) ++digits;
      to = put_digits(to, size, digits);
    }
    *to++ = '-';
    to = put_digits(to, month, 2);
    *to++ = '-';
    return put_digits(to, day, 2);
  }
  static char* put_clock(char* to, std::int64_t seconds) {
    const auto of_day = static_cast<std::uint64_t>(seconds);
    to = put_digits(to, of_day / 3600, 2);
    *to++ = ':';
    to = put_digits(to, of_day / 60 % 60, 2);
    *to++ = ':';
    return put_digits(to, of_day % 60, 2);
  }
  static char* put_fraction(char* to, std::uint64_t fraction, int digits) {
    if (digits == 0) return to;
    *to++ = '.';
    return put_digits(to, fraction, digits);
  }
  // As few digits as it takes: none, 3, 6 or 9 (protobuf.dev, "ProtoJSON Format").
  static int digits_for(std::int64_t& nanos) {
    if (nanos == 0) return 0;
    if (nanos % 1'000'000 == 0) {
      nanos /= 1'000'000;
      return 3;
    }
    if (nanos % 1000 == 0) {
      nanos /= 1000;
      return 6;
    }
    return 9;
  }

  // Sets `written` for types of google.protobuf whose JSON form is not that of a record.
  bool well_known(const View& view, std::string_view name, int depth, bool& written) {
    const auto whole = [&](std::size_t i) { return view[i].as_long(); };
    const bool is_time = name == "Timestamp" || name == "Duration";
    if (is_time && view.size() == 2 && view[0].kind() == Kind::Long &&
        view[1].kind() == Kind::Int) {
      constexpr std::int64_t kLeast = -62'135'596'800;  // 0001-01-01
      constexpr std::int64_t kMost = 253'402'300'799;   // 9999-12-31
      constexpr std::int64_t kLongest = 315'576'000'000;
      auto nanos = whole(1);
      if (name == "Timestamp") {
        if (whole(0) < kLeast || whole(0) > kMost || nanos < 0 || nanos >= 1'000'000'000) {
          return true;
        }
        written = true;
        const int digits = digits_for(nanos);
        return timestamp(whole(0), static_cast<std::uint64_t>(nanos), digits, true);
      }
      const bool mixed = (whole(0) < 0 && nanos > 0) || (whole(0) > 0 && nanos < 0);
      if (mixed || std::abs(whole(0)) > kLongest || std::abs(nanos) >= 1'000'000'000) return true;
      written = true;
      const bool negative = whole(0) < 0 || nanos < 0;
      nanos = std::abs(nanos);
      const int digits = digits_for(nanos);
      char* to = out_.room(2 * kNumberRoom);
      if (to == nullptr) return false;
      *to++ = '"';
      if (negative) *to++ = '-';
      to = std::to_chars(to, to + kNumberRoom, std::abs(whole(0))).ptr;
      to = put_fraction(to, static_cast<std::uint64_t>(nanos), digits);
      *to++ = 's';
      *to++ = '"';
      out_.put_end(to);
      return true;
    }
    if (name.ends_with("Value") && name != "Value" && name != "ListValue" && name != "NullValue" &&
        view.size() == 1 && view.field_name(0) == "value") {
      written = true;
      return value(view[0], depth + 1);
    }
    return true;
  }

  Out out_;
  const JsonTextOptions& options_;
  bool too_deep_ = false;
};

}  // namespace

std::optional<Fault> append_json(const View& view, std::string& out,
                                 const JsonTextOptions& options) {
  return JsonPrinter(out, options).run(view);
}

}  // namespace limpet::value
