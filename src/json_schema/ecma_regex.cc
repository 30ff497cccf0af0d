#include "ecma_regex.h"

#include "limpet/base/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace limpet::json_schema {
namespace {

constexpr std::size_t kMaxGroups = 200;  // within each other

// \s of ECMA-262: WhiteSpace and LineTerminator; and all the rest.
constexpr std::string_view kSpace =
    R"(\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view kNoSpace =
    R"(\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";
constexpr std::string_view kDigit = "0-9";
constexpr std::string_view kNoDigit = R"(\x{0}-\x{2f}\x{3a}-\x{10ffff})";
constexpr std::string_view kWord = "0-9A-Z_a-z";
constexpr std::string_view kNoWord =
    R"(\x{0}-\x{2f}\x{3a}-\x{40}\x{5b}-\x{5e}\x{60}\x{7b}-\x{10ffff})";
constexpr std::string_view kAnyPoint = R"([\x{0}-\x{10ffff}])";
constexpr std::string_view kNoPoint = R"([^\x{0}-\x{10ffff}])";
constexpr std::string_view kDot = R"([^\n\r\x{2028}\x{2029}])";

using LongName = std::pair<std::string_view, std::string_view>;
// Values of General_Category by their long names (Unicode, PropertyValueAliases).
constexpr std::array kCategories{
    LongName{"Cased_Letter", "L&"},
    LongName{"Close_Punctuation", "Pe"},
    LongName{"Connector_Punctuation", "Pc"},
    LongName{"Control", "Cc"},
    LongName{"Currency_Symbol", "Sc"},
    LongName{"Dash_Punctuation", "Pd"},
    LongName{"Decimal_Number", "Nd"},
    LongName{"Enclosing_Mark", "Me"},
    LongName{"Final_Punctuation", "Pf"},
    LongName{"Format", "Cf"},
    LongName{"Initial_Punctuation", "Pi"},
    LongName{"LC", "L&"},
    LongName{"Letter", "L"},
    LongName{"Letter_Number", "Nl"},
    LongName{"Line_Separator", "Zl"},
    LongName{"Lowercase_Letter", "Ll"},
    LongName{"Mark", "M"},
    LongName{"Math_Symbol", "Sm"},
    LongName{"Modifier_Letter", "Lm"},
    LongName{"Modifier_Symbol", "Sk"},
    LongName{"Nonspacing_Mark", "Mn"},
    LongName{"Number", "N"},
    LongName{"Open_Punctuation", "Ps"},
    LongName{"Other", "C"},
    LongName{"Other_Letter", "Lo"},
    LongName{"Other_Number", "No"},
    LongName{"Other_Punctuation", "Po"},
    LongName{"Other_Symbol", "So"},
    LongName{"Paragraph_Separator", "Zp"},
    LongName{"Private_Use", "Co"},
    LongName{"Punctuation", "P"},
    LongName{"Separator", "Z"},
    LongName{"Space_Separator", "Zs"},
    LongName{"Spacing_Mark", "Mc"},
    LongName{"Symbol", "S"},
    LongName{"Titlecase_Letter", "Lt"},
    LongName{"Unassigned", "Cn"},
    LongName{"Uppercase_Letter", "Lu"},
    LongName{"cntrl", "Cc"},
    LongName{"digit", "Nd"},
    LongName{"punct", "P"},
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Translator {
 public:
  explicit Translator(std::string_view pattern) : in_(pattern) {}

  Result<TranslatedPattern> run() {
    if (!is_valid_utf8(in_)) return refuse("is not valid UTF-8");
    while (at_ < in_.size()) LIMPET_CHECK(term());
    if (depth_ > 0) return refuse("has a group that is not closed");
    return std::move(out_);
  }

 private:
  Error refuse(std::string_view what) const {
    return Error::invalid_input("The regular expression \"" + std::string(truncate_utf8(in_, 200)) +
                                "\" " + std::string(what) + " (at character " +
                                std::to_string(at_ + 1) + ")");
  }

  bool ahead(std::string_view text) const { return in_.substr(at_).starts_with(text); }
  bool take(std::string_view text) {
    if (!ahead(text)) return false;
    at_ += text.size();
    return true;
  }

  Status term() {
    const char c = in_[at_];
    switch (c) {
      case '(':
        return open();
      case ')':
        if (depth_ == 0) return refuse("has a ) without (");
        --depth_;
        ++at_;
        out_.text += ')';
        return quantifier();
      case '|':
      case '^':
      case '$':
        ++at_;
        out_.text += c;
        // An assertion or the start of an alternative cannot be repeated.
        return is_quantifier() ? Status(refuse("repeats nothing")) : Status();
      case '*':
      case '+':
      case '?':
        return refuse("repeats nothing");
      case '.':
        ++at_;
        out_.text += kDot;
        return quantifier();
      case '[':
        LIMPET_CHECK(character_class());
        return quantifier();
      case '\\':
        return escape();
      default:
        break;
    }
    LIMPET_TRY(const auto point, read_point());
    literal(point);
    return quantifier();
  }

  Status open() {
    ++at_;
    if (++depth_ > kMaxGroups) return refuse("has too many groups within each other");
    if (!take("?")) {
      out_.text += '(';
    } else if (take(":")) {
      out_.text += "(?:";
    } else if (ahead("=") || ahead("!") || ahead("<=") || ahead("<!")) {
      out_.backtracks = true;
      const auto length = in_[at_] == '<' ? 2U : 1U;
      out_.text += "(?" + std::string(in_.substr(at_, length));
      at_ += length;
    } else if (take("<")) {
      const auto end = in_.find('>', at_);
      const auto name = in_.substr(at_, end == std::string_view::npos ? 0 : end - at_);
      if (name.empty() || is_digit(name[0]) || !std::ranges::all_of(name, [](char c) {
            return is_letter(c) || is_digit(c) || c == '_';
          })) {
        return refuse("has a group without a proper name");
      }
      out_.text += "(?P<" + std::string(name) + ">";
      at_ = end + 1;
    } else {
      LIMPET_CHECK(modifiers());
    }
    return is_quantifier() ? Status(refuse("repeats nothing")) : Status();
  }

  // (?i: and (?i) — the latter is not of ECMA-262 but of every other grammar.
  Status modifiers() {
    const auto end = in_.find_first_not_of("ims-", at_);
    if (end == at_ || end == std::string_view::npos || (in_[end] != ':' && in_[end] != ')')) {
      return refuse("has an unknown kind of group");
    }
    out_.text += "(?" + std::string(in_.substr(at_, end - at_));
    at_ = end;
    if (in_[at_] == ':') {
      out_.text += ':';
      ++at_;
    }
    return {};
  }

  // {2}, {2,}, {2,5}; nullopt when the brace stands for itself.
  std::optional<std::string_view> counted() const {
    if (!ahead("{")) return std::nullopt;
    auto i = at_ + 1;
    const auto digits = [&] {
      const auto from = i;
      while (i < in_.size() && is_digit(in_[i])) ++i;
      return i > from;
    };
    if (!digits()) return std::nullopt;
    if (i < in_.size() && in_[i] == ',') {
      ++i;
      digits();
    }
    if (i >= in_.size() || in_[i] != '}') return std::nullopt;
    return in_.substr(at_, i + 1 - at_);
  }

  bool is_quantifier() const {
    return at_ < in_.size() && (in_[at_] == '*' || in_[at_] == '+' || in_[at_] == '?' || counted());
  }

  Status quantifier() {
    if (!is_quantifier()) return {};
    if (const auto count = counted()) {
      LIMPET_CHECK(check_count(*count));
      out_.text += *count;
      at_ += count->size();
    } else {
      out_.text += in_[at_++];
    }
    if (take("?")) out_.text += '?';
    return is_quantifier() ? Status(refuse("repeats a repetition")) : Status();
  }

  Status check_count(std::string_view count) const {
    const auto comma = count.find(',');
    const auto number = [](std::string_view text) -> std::optional<std::uint32_t> {
      std::uint32_t value = 0;
      const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
      return bad == std::errc() && value <= 65'535 ? std::optional(value) : std::nullopt;
    };
    const auto low = number(count.substr(1, std::min(comma, count.size() - 1) - 1));
    if (!low) return refuse("repeats more than 65535 times");
    if (comma == std::string_view::npos || comma + 2 == count.size()) return {};
    const auto high = number(count.substr(comma + 1, count.size() - comma - 2));
    if (!high) return refuse("repeats more than 65535 times");
    if (*high < *low) return refuse("has a repetition whose bounds are the wrong way round");
    return {};
  }

  Result<char32_t> read_point() {
    const auto point = next_code_point(in_, at_);
    if (!point) return refuse("is not valid UTF-8");
    return *point;
  }

  void literal(char32_t point) {
    if (point < 0x80 &&
        (is_letter(static_cast<char>(point)) || is_digit(static_cast<char>(point)))) {
      out_.text += static_cast<char>(point);
      return;
    }
    static constexpr char kHex[] = "0123456789abcdef";
    std::string hex;
    for (auto rest = point; rest != 0 || hex.empty(); rest /= 16) hex.insert(0, 1, kHex[rest % 16]);
    out_.text += "\\x{" + hex + "}";
  }

  static std::optional<std::string_view> named_set(char c) {
    switch (c) {
      case 'd':
        return kDigit;
      case 'D':
        return kNoDigit;
      case 'w':
        return kWord;
      case 'W':
        return kNoWord;
      case 's':
        return kSpace;
      case 'S':
        return kNoSpace;
      default:
        return std::nullopt;
    }
  }

  Status escape() {
    if (at_ + 1 >= in_.size()) return refuse("ends in a backslash");
    const char c = in_[at_ + 1];
    if (c == 'b' || c == 'B') {
      at_ += 2;
      out_.text += c == 'b' ? "\\b" : "\\B";
      return is_quantifier() ? Status(refuse("repeats nothing")) : Status();
    }
    if (c >= '1' && c <= '9') {
      at_ += 1;
      out_.backtracks = true;
      out_.text += "\\g{";
      while (at_ < in_.size() && is_digit(in_[at_])) out_.text += in_[at_++];
      out_.text += '}';
      return quantifier();
    }
    if (c == 'k') {
      const auto end = in_.find('>', at_);
      if (!in_.substr(at_).starts_with("\\k<") || end == std::string_view::npos) {
        return refuse("has a back reference without a name");
      }
      out_.backtracks = true;
      out_.text += in_.substr(at_, end + 1 - at_);
      at_ = end + 1;
      return quantifier();
    }
    if (const auto set = named_set(c)) {
      at_ += 2;
      out_.text += "[" + std::string(*set) + "]";
      return quantifier();
    }
    if (c == 'p' || c == 'P') {
      LIMPET_CHECK(property());
      return quantifier();
    }
    LIMPET_TRY(const auto point, escaped_point());
    if (!point) {
      out_.text += kNoPoint;
    } else {
      literal(*point);
    }
    return quantifier();
  }

  // Behind \p or \P: {Letter}, {L}, {Script=Greek}, {sc=Grek}, {General_Category=Lu}.
  Status property() {
    const char sign = in_[at_ + 1];
    const auto end = in_.find('}', at_);
    if (in_.substr(at_ + 2, 1) != "{" || end == std::string_view::npos) {
      return refuse("has a property escape without {…}");
    }
    auto name = in_.substr(at_ + 3, end - at_ - 3);
    if (name.empty() || !std::ranges::all_of(name, [](char c) {
          return is_letter(c) || is_digit(c) || c == '_' || c == '=';
        })) {
      return refuse("names no Unicode property");
    }
    if (const auto equals = name.find('='); equals != std::string_view::npos) {
      const auto kind = name.substr(0, equals);
      if (kind != "Script" && kind != "sc" && kind != "General_Category" && kind != "gc") {
        return refuse("asks for a Unicode property that is not supported");
      }
      name.remove_prefix(equals + 1);
    }
    at_ = end + 1;
    if (name == "Any" || name == "ASCII") {
      const std::string_view set = name == "Any" ? R"(\x{0}-\x{10ffff})" : R"(\x{0}-\x{7f})";
      const std::string_view rest = name == "Any" ? "" : R"(\x{80}-\x{10ffff})";
      if (in_class_) {
        out_.text += sign == 'p' ? set : rest;
      } else {
        out_.text += sign == 'p' ? "[" + std::string(set) + "]" : "[^" + std::string(set) + "]";
      }
      return {};
    }
    const auto found = std::ranges::find(kCategories, name, &LongName::first);
    if (found != kCategories.end()) name = found->second;
    if (name == "L&") {  // PCRE2's name; RE2 has none
      if (sign == 'P') return refuse("asks for a Unicode property that is not supported");
      out_.text += in_class_ ? R"(\p{Lu}\p{Ll}\p{Lt})" : R"([\p{Lu}\p{Ll}\p{Lt}])";
      return {};
    }
    out_.text += std::string("\\") + sign + "{" + std::string(name) + "}";
    return {};
  }

  // An escape that stands for one code point; nullopt inside for a lone surrogate, which no valid
  // text has.
  Result<std::optional<char32_t>> escaped_point() {
    const char c = in_[at_ + 1];
    at_ += 2;
    switch (c) {
      case 't':
        return std::optional<char32_t>('\t');
      case 'n':
        return std::optional<char32_t>('\n');
      case 'v':
        return std::optional<char32_t>('\v');
      case 'f':
        return std::optional<char32_t>('\f');
      case 'r':
        return std::optional<char32_t>('\r');
      case '0':
        if (at_ < in_.size() && is_digit(in_[at_])) return refuse("has an octal escape");
        return std::optional<char32_t>(0);
      case 'c':
        if (at_ >= in_.size() || !is_letter(in_[at_])) return refuse("has \\c without a letter");
        return std::optional<char32_t>(in_[at_++] % 32);
      case 'x': {
        const auto value = hex(2);
        if (!value) return refuse("has \\x without two hexadecimal digits");
        return std::optional(*value);
      }
      case 'u':
        return unicode_escape();
      default:
        break;
    }
    if (is_letter(c) || is_digit(c)) {
      at_ -= 1;
      return refuse(std::string("has \\") + c + ", which ECMA-262 does not know");
    }
    --at_;
    LIMPET_TRY(const auto point, read_point());
    return std::optional(point);
  }

  std::optional<char32_t> hex(std::size_t length) {
    if (in_.size() - at_ < length) return std::nullopt;
    std::uint32_t value = 0;
    const auto* from = in_.data() + at_;
    const auto [end, bad] = std::from_chars(from, from + length, value, 16);
    if (bad != std::errc() || end != from + length) return std::nullopt;
    at_ += length;
    return value;
  }

  Result<std::optional<char32_t>> unicode_escape() {
    if (take("{")) {
      const auto end = in_.find('}', at_);
      const auto length = end == std::string_view::npos ? 0 : end - at_;
      const auto value = length == 0 || length > 8 ? std::nullopt : hex(length);
      if (!value || *value > 0x10FFFF) return refuse("has \\u{ without a code point");
      ++at_;
      if (*value >= 0xD800 && *value <= 0xDFFF) return std::optional<char32_t>();
      return std::optional(*value);
    }
    const auto first = hex(4);
    if (!first) return refuse("has \\u without four hexadecimal digits");
    if (*first < 0xD800 || *first > 0xDFFF) return std::optional(*first);
    if (*first < 0xDC00 && ahead("\\u")) {
      const auto back = at_;
      at_ += 2;
      const auto second = hex(4);
      if (second && *second >= 0xDC00 && *second <= 0xDFFF) {
        return std::optional<char32_t>(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
      }
      at_ = back;
    }
    return std::optional<char32_t>();
  }

  Status character_class() {
    ++at_;
    const bool negated = take("^");
    if (take("]")) {
      out_.text += negated ? kAnyPoint : kNoPoint;
      return {};
    }
    in_class_ = true;
    const auto begin = out_.text.size();
    out_.text += negated ? "[^" : "[";
    const auto empty = out_.text.size();
    while (!take("]")) {
      if (at_ >= in_.size()) return refuse("has a [ without ]");
      LIMPET_CHECK(class_range());
    }
    in_class_ = false;
    if (out_.text.size() == empty) {  // lone surrogates only: nothing that a text can hold
      out_.text.resize(begin);
      out_.text += negated ? kAnyPoint : kNoPoint;
    } else {
      out_.text += ']';
    }
    return {};
  }

  struct Atom {
    bool is_set = false;
    std::optional<char32_t> point;  // without a value: a lone surrogate
  };

  Status class_range() {
    LIMPET_TRY(const auto low, class_atom());
    if (!ahead("-") || in_.substr(at_).starts_with("-]")) {
      if (!low.is_set && low.point) literal(*low.point);
      return {};
    }
    if (low.is_set) {  // [\w-x]: the hyphen stands for itself
      ++at_;
      literal('-');
      return {};
    }
    const auto hyphen = at_++;
    if (at_ >= in_.size()) return refuse("has a [ without ]");
    const auto written = out_.text.size();
    LIMPET_TRY(const auto high, class_atom());
    if (high.is_set) {  // [x-\w], likewise
      const auto set = out_.text.substr(written);
      out_.text.resize(written);
      if (low.point) literal(*low.point);
      literal('-');
      out_.text += set;
      return {};
    }
    if (!low.point || !high.point) {
      surrogate_range(low.point, high.point);
      return {};
    }
    if (*high.point < *low.point) {
      at_ = hyphen;
      return refuse("has a range whose ends are the wrong way round");
    }
    literal(*low.point);
    out_.text += '-';
    literal(*high.point);
    return {};
  }

  // [\ud800-\udfff] names nothing; a range that begins or ends among the surrogates loses them.
  void surrogate_range(std::optional<char32_t> low, std::optional<char32_t> high) {
    if (!low && !high) return;
    literal(low ? *low : 0xE000);
    out_.text += '-';
    literal(high ? *high : 0xD7FF);
  }

  Result<Atom> class_atom() {
    if (in_[at_] != '\\') {
      LIMPET_TRY(const auto point, read_point());
      return Atom{false, point};
    }
    if (at_ + 1 >= in_.size()) return refuse("ends in a backslash");
    const char c = in_[at_ + 1];
    if (const auto set = named_set(c)) {
      at_ += 2;
      out_.text += *set;
      return Atom{true, {}};
    }
    if (c == 'p' || c == 'P') {
      LIMPET_CHECK(property());
      return Atom{true, {}};
    }
    if (c == 'b') {
      at_ += 2;
      return Atom{false, U'\b'};
    }
    LIMPET_TRY(const auto point, escaped_point());
    return Atom{false, point};
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool in_class_ = false;
  TranslatedPattern out_;
};

}  // namespace

Result<TranslatedPattern> translate_pattern(std::string_view pattern) {
  return Translator(pattern).run();
}

}  // namespace limpet::json_schema
