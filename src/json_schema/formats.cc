#include "formats.h"

#include "ecma_regex.h"
#include "uri.h"

#include "limpet/base/utf8.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace limpet::json_schema {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_any_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Reads a text from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view set) {
    if (text_.empty() || !is_any_of(text_.front(), set)) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits.
  std::optional<int> number(std::size_t count) {
    if (text_.size() < count || !std::ranges::all_of(text_.substr(0, count), is_digit)) {
      return std::nullopt;
    }
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + (text_[i] - '0');
    text_.remove_prefix(count);
    return value;
  }
  /// As many digits as there are.
  std::string_view digits() {
    const auto end = std::ranges::find_if_not(text_, is_digit);
    const auto taken = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

// RFC 3339, section 5.6.
bool read_date(Reader& in) {
  const auto year = in.number(4);
  if (!year || !in.take('-')) return false;
  const auto month = in.number(2);
  if (!month || *month < 1 || *month > 12 || !in.take('-')) return false;
  const auto day = in.number(2);
  constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = *year % 4 == 0 && (*year % 100 != 0 || *year % 400 == 0);
  const int days = kDays[static_cast<std::size_t>(*month - 1)] + (leap && *month == 2 ? 1 : 0);
  return day && *day >= 1 && *day <= days;
}

bool read_time(Reader& in) {
  const auto hour = in.number(2);
  if (!hour || *hour > 23 || !in.take(':')) return false;
  const auto minute = in.number(2);
  if (!minute || *minute > 59 || !in.take(':')) return false;
  const auto second = in.number(2);
  if (!second || *second > 60) return false;
  if (in.take('.') && in.digits().empty()) return false;
  int offset = 0;
  if (!in.take_any("Zz")) {
    const bool east = in.take('+');
    if (!east && !in.take('-')) return false;
    const auto hours = in.number(2);
    if (!hours || *hours > 23 || !in.take(':')) return false;
    const auto minutes = in.number(2);
    if (!minutes || *minutes > 59) return false;
    offset = (*hours * 60 + *minutes) * (east ? 1 : -1);
  }
  // A leap second ends a day of UTC.
  constexpr int kDay = 24 * 60;
  return *second < 60 || (*hour * 60 + *minute - offset + kDay) % kDay == kDay - 1;
}

bool is_date(std::string_view text) {
  Reader in(text);
  return read_date(in) && in.done();
}
bool is_time(std::string_view text) {
  Reader in(text);
  return read_time(in) && in.done();
}
bool is_date_time(std::string_view text) {
  Reader in(text);
  return read_date(in) && in.take_any("Tt") && read_time(in) && in.done();
}

// RFC 3339, appendix A: units in order, none skipped between two that are there.
bool read_units(Reader& in, std::string_view units, std::size_t& count) {
  std::size_t next = 0;
  while (!in.done() && is_digit(in.rest().front())) {
    in.digits();
    if (in.done()) return false;
    const auto at = units.find(in.rest().front(), next);
    if (at == std::string_view::npos || (count > 0 && next > 0 && at != next)) return false;
    in.take(units[at]);
    next = at + 1;
    ++count;
  }
  return true;
}

bool is_duration(std::string_view text) {
  Reader in(text);
  if (!in.take('P')) return false;
  if (text.ends_with('W')) return !in.digits().empty() && in.take('W') && in.done();
  std::size_t dates = 0;
  if (!read_units(in, "YMD", dates)) return false;
  std::size_t times = 0;
  if (in.take('T') && (!read_units(in, "HMS", times) || times == 0)) return false;
  return in.done() && dates + times > 0;
}

bool is_ipv4(std::string_view text) {
  Reader in(text);
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && !in.take('.')) return false;
    const auto digits = in.digits();
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0'))
      return false;
    if (*Reader(digits).number(digits.size()) > 255) return false;
  }
  return in.done();
}

// RFC 4291, section 2.2.
bool is_ipv6(std::string_view text) {
  std::size_t groups = 0;
  const auto gap = text.find("::");
  const auto count_groups = [&](std::string_view part, bool last) {
    while (!part.empty()) {
      const auto end = part.find(':');
      const auto group = part.substr(0, end);
      if (end == std::string_view::npos && last && group.find('.') != std::string_view::npos) {
        groups += 2;
        return is_ipv4(group);
      }
      if (group.empty() || group.size() > 4 || !std::ranges::all_of(group, is_hex)) return false;
      ++groups;
      if (end == std::string_view::npos) return true;
      part.remove_prefix(end + 1);
      if (part.empty()) return false;
    }
    return true;
  };
  if (gap == std::string_view::npos) return count_groups(text, true) && groups == 8;
  const auto behind = text.substr(gap + 2);
  return count_groups(text.substr(0, gap), false) && count_groups(behind, true) && groups <= 7;
}

// RFC 1123, section 2.1.
bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const auto label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::ranges::all_of(label,
                             [](char c) { return is_letter(c) || is_digit(c) || c == '-'; })) {
      return false;
    }
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

// RFC 5321, section 4.1.2.
bool is_mailbox(std::string_view text, bool ascii) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return false;
  const auto local = text.substr(0, at);
  auto domain = text.substr(at + 1);
  const auto is_word = [ascii](char c) {
    return is_letter(c) || is_digit(c) || is_any_of(c, "!#$%&'*+-/=?^_`{|}~.") ||
           (!ascii && static_cast<unsigned char>(c) >= 0x80);
  };
  if (local.size() > 1 && local.front() == '"' && local.back() == '"') {
    const auto quoted = local.substr(1, local.size() - 2);
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      if (quoted[i] == '"' || static_cast<unsigned char>(quoted[i]) < 0x20) return false;
      if (quoted[i] == '\\' && ++i == quoted.size()) return false;
    }
  } else if (!std::ranges::all_of(local, is_word) || local.front() == '.' || local.back() == '.' ||
             local.find("..") != std::string_view::npos) {
    return false;
  }
  if (domain.starts_with('[') && domain.ends_with(']')) {
    domain = domain.substr(1, domain.size() - 2);
    return domain.starts_with("IPv6:") ? is_ipv6(domain.substr(5)) : is_ipv4(domain);
  }
  if (ascii) return is_hostname(domain);
  return !domain.empty() && std::ranges::all_of(domain, is_word);
}
bool is_email(std::string_view text) { return is_mailbox(text, true); }
bool is_idn_email(std::string_view text) { return is_mailbox(text, false); }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_json_pointer(std::string_view text) { return split_pointer(text).has_value(); }

bool is_relative_json_pointer(std::string_view text) {
  Reader in(text);
  const auto digits = in.digits();
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return false;
  return in.rest() == "#" || is_json_pointer(in.rest());
}

bool is_regex(std::string_view text) { return translate_pattern(text).has_value(); }

// RFC 3986 (RFC 3987 with `ascii` off): each part holds characters that may stand there.
bool are_uri_characters(std::string_view text, std::string_view extra, bool ascii) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_letter(c) && !is_digit(c) && !is_any_of(c, "-._~!$&'()*+,;=") &&
               !is_any_of(c, extra) && (ascii || static_cast<unsigned char>(c) < 0x80)) {
      return false;
    }
  }
  return true;
}

bool is_authority(std::string_view text, bool ascii) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    if (!are_uri_characters(text.substr(0, at), ":", ascii)) return false;
    text.remove_prefix(at + 1);
  }
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) return false;
    text.remove_prefix(end + 1);
    return text.empty() || (text.front() == ':' && std::ranges::all_of(text.substr(1), is_digit));
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    if (!std::ranges::all_of(text.substr(colon + 1), is_digit)) return false;
    text = text.substr(0, colon);
  }
  return are_uri_characters(text, "", ascii);
}

bool is_reference(std::string_view text, bool absolute, bool ascii) {
  if (const auto at = text.find('#'); at != std::string_view::npos) {
    if (!are_uri_characters(text.substr(at + 1), ":@/?", ascii)) return false;
    text = text.substr(0, at);
  }
  if (const auto at = text.find('?'); at != std::string_view::npos) {
    if (!are_uri_characters(text.substr(at + 1), ":@/?", ascii)) return false;
    text = text.substr(0, at);
  }
  const auto colon = text.find(':');
  const auto scheme = text.substr(0, colon);
  const bool has_scheme = colon != std::string_view::npos && colon > 0 && is_letter(scheme[0]) &&
                          std::ranges::all_of(scheme, [](char c) {
                            return is_letter(c) || is_digit(c) || is_any_of(c, "+-.");
                          });
  if (has_scheme) {
    text.remove_prefix(colon + 1);
  } else if (absolute || text.substr(0, text.find('/')).find(':') != std::string_view::npos) {
    return false;
  }
  if (text.starts_with("//")) {
    const auto end = std::min(text.find('/', 2), text.size());
    if (!is_authority(text.substr(2, end - 2), ascii)) return false;
    text.remove_prefix(end);
  }
  return are_uri_characters(text, ":@/", ascii);
}
bool is_uri(std::string_view text) { return is_reference(text, true, true); }
bool is_uri_reference(std::string_view text) { return is_reference(text, false, true); }
bool is_iri(std::string_view text) { return is_reference(text, true, false); }
bool is_iri_reference(std::string_view text) { return is_reference(text, false, false); }

// RFC 6570, section 2: braces in pairs, with names in them.
bool is_uri_template(std::string_view text) {
  while (true) {
    const auto open = text.find_first_of("{}");
    const auto literal = text.substr(0, open);
    if (literal.find_first_of(" \"'<>\\^`|") != std::string_view::npos) return false;
    if (open == std::string_view::npos) return true;
    const auto close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) return false;
    auto names = text.substr(open + 1, close - open - 1);
    if (!names.empty() && is_any_of(names.front(), "+#./;?&=,!@|")) names.remove_prefix(1);
    if (names.empty() || !std::ranges::all_of(names, [](char c) {
          return is_letter(c) || is_digit(c) || is_any_of(c, "_.,%:*");
        })) {
      return false;
    }
    text.remove_prefix(close + 1);
  }
}

using Row = std::pair<std::string_view, Format>;
constexpr std::array kFormats{
    Row{"date", is_date},
    Row{"date-time", is_date_time},
    Row{"duration", is_duration},
    Row{"email", is_email},
    Row{"hostname", is_hostname},
    Row{"idn-email", is_idn_email},
    Row{"ipv4", is_ipv4},
    Row{"ipv6", is_ipv6},
    Row{"iri", is_iri},
    Row{"iri-reference", is_iri_reference},
    Row{"json-pointer", is_json_pointer},
    Row{"regex", is_regex},
    Row{"relative-json-pointer", is_relative_json_pointer},
    Row{"time", is_time},
    Row{"uri", is_uri},
    Row{"uri-reference", is_uri_reference},
    Row{"uri-template", is_uri_template},
    Row{"uuid", is_uuid},
};

}  // namespace

Format find_format(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &Row::first);
  return found == kFormats.end() ? nullptr : found->second;
}

}  // namespace limpet::json_schema
