#include "limpet/value/json_reader.h"

#include "limpet/value/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <utility>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace limpet::value {
namespace {

constexpr std::size_t kStackViews = 128;
constexpr std::size_t kFewNames = 48;             // so many names are looked through one by one
constexpr std::size_t kShownBytes = 64;           // of a name in a fault's path
constexpr int kSureDigits = 15;                   // a decimal of so many digits survives a double
constexpr std::int64_t kMaxExponent = INT32_MAX;  // json::parse() has about the same bound
constexpr int kMaxDigits = 19;                    // of a number in 64 bits
constexpr std::int64_t kExactPower = 22;          // 10^22 is a double
constexpr std::int64_t kNormalPower = 290;  // with kMaxDigits digits well within normal doubles

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// The decimal that a number's text writes: ± 0.digits · 10^exponent, without zeros at either end.
struct Digits {
  std::string digits;
  std::int64_t exponent = 0;

  static Digits of(std::string_view text) {
    Digits out;
    if (text.starts_with('-')) text.remove_prefix(1);
    std::int64_t power = 0;
    if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
      auto exponent = text.substr(e + 1);
      if (exponent.starts_with('+')) exponent.remove_prefix(1);
      std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
      text = text.substr(0, e);
    }
    const auto dot = std::min(text.find('.'), text.size());
    out.digits = text.substr(0, dot);
    if (dot < text.size()) out.digits += text.substr(dot + 1);
    const auto leading = std::min(out.digits.find_first_not_of('0'), out.digits.size());
    out.exponent = power + static_cast<std::int64_t>(dot) - static_cast<std::int64_t>(leading);
    out.digits.erase(0, leading);
    out.digits.erase(out.digits.find_last_not_of('0') + 1);
    if (out.digits.empty()) out.exponent = 0;
    return out;
  }
  friend bool operator==(const Digits&, const Digits&) = default;
};

/// Does the shortest text of `number` say the number that `text` says?
bool says_the_same(double number, std::string_view text) {
  std::array<char, 40> shortest{};
  const auto [end, failure] = std::to_chars(shortest.data(), shortest.data() + shortest.size(),
                                            number, std::chars_format::scientific);
  if (failure != std::errc()) return false;
  const std::string_view written(shortest.data(), static_cast<std::size_t>(end - shortest.data()));
  return Digits::of(written) == Digits::of(text);
}

/// Where something else than plain characters stands in a string, and whether all are ASCII.
const char* find_special(const char* p, const char* end, bool& ascii) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1F);
  while (end - p >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));  // NOLINT
    const __m128i found =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)),
                     _mm_cmpeq_epi8(_mm_min_epu8(block, last_control), block));
    const auto special = static_cast<unsigned>(_mm_movemask_epi8(found));
    const auto high = static_cast<unsigned>(_mm_movemask_epi8(block));
    if (special != 0) {
      const auto at = static_cast<unsigned>(std::countr_zero(special));
      if ((high & ((1U << at) - 1)) != 0) ascii = false;
      return p + at;
    }
    if (high != 0) ascii = false;
    p += 16;
  }
#endif
  for (; p < end; ++p) {
    const auto byte = static_cast<unsigned char>(*p);
    if (byte == '"' || byte == '\\' || byte < 0x20) return p;
    if (byte >= 0x80) ascii = false;
  }
  return end;
}

std::uint64_t hash_of(std::string_view name) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (name.size() >= 8) {
    std::memcpy(&first, name.data(), 8);
    std::memcpy(&last, name.data() + name.size() - 8, 8);
  } else if (name.size() >= 4) {
    std::memcpy(&first, name.data(), 4);
    std::memcpy(&last, name.data() + name.size() - 4, 4);
  } else {
    for (const char c : name) first = (first << 8U) | static_cast<unsigned char>(c);
  }
  auto hash = (first ^ (last * 0x9E3779B97F4A7C15U) ^ name.size()) * 0xD6E8FEB86659FD93U;
  hash ^= hash >> 32U;
  return hash * 0xD6E8FEB86659FD93U;
}

/// Says whether a name may have been seen before.
class Seen {
 public:
  bool add(std::string_view name) {
    const auto bit = hash_of(name) >> 56U;
    auto& word = words_[bit >> 6U];
    const auto mask = std::uint64_t{1} << (bit & 63U);
    const bool seen = (word & mask) != 0;
    word |= mask;
    return seen;
  }

 private:
  std::array<std::uint64_t, 4> words_{};
};

class JsonReader {
 public:
  JsonReader(std::string_view text, Arena& arena, const JsonReadOptions& options)
      : begin_(text.data()),
        p_(begin_),
        end_(begin_ + text.size()),
        arena_(arena),
        options_(options) {
    stack_ = reinterpret_cast<View*>(local_);  // NOLINT: room for as many
  }

  std::optional<Fault> run(View& out) {
    skip_space();
    View root;
    if (!value(root, 0)) return std::move(fault_);
    skip_space();
    if (p_ != end_) {
      fail(FaultKind::Malformed, p_, "expected nothing more");
      return std::move(fault_);
    }
    out = root;
    return std::nullopt;
  }

 private:
  [[gnu::cold, gnu::noinline]] bool fail(FaultKind kind, const char* at, std::string message) {
    fault_.kind = kind;
    fault_.offset = static_cast<std::uint64_t>(at - begin_);
    fault_.message = std::move(message);
    return false;
  }
  [[gnu::cold, gnu::noinline]] bool expected(const char* what) {
    if (p_ >= end_) {
      return fail(FaultKind::Truncated, end_,
                  std::string("expected ") + what + ", and the text ends");
    }
    std::string found;
    const auto byte = static_cast<unsigned char>(*p_);
    if (byte > 0x20 && byte < 0x7F) {
      found = std::string("'") + *p_ + "'";
    } else {
      found = "byte " + std::to_string(byte);
    }
    return fail(FaultKind::Malformed, p_, std::string("expected ") + what + ", found " + found);
  }
  bool no_memory() {
    return fail(FaultKind::TooLarge, p_, "the value takes more memory than the arena may give");
  }
  [[gnu::cold, gnu::noinline]] bool within(std::string_view name) {
    std::string step(name.substr(0, kShownBytes));
    if (!fault_.path.empty() && fault_.path.front() != '[') step += '.';
    fault_.path.insert(0, step);
    return false;
  }
  [[gnu::cold, gnu::noinline]] bool within(std::size_t index) {
    std::string step = "[" + std::to_string(index) + "]";
    if (!fault_.path.empty() && fault_.path.front() != '[') step += '.';
    fault_.path.insert(0, step);
    return false;
  }

  [[gnu::always_inline]] void skip_space() {
    if (p_ < end_ && static_cast<unsigned char>(*p_) > 0x20) [[likely]]
      return;
    while (p_ < end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) ++p_;
  }
  bool at(char c) const { return p_ < end_ && *p_ == c; }

  // The stack holds what the containers that are open have so far.
  [[gnu::always_inline]] bool push(const View& value) {
    if (top_ == capacity_ && !grow()) return false;
    new (stack_ + top_++) View(value);
    return true;
  }
  [[gnu::noinline]] bool grow() {
    View* larger = arena_.allocate_array<View>(capacity_ * 2);
    if (larger == nullptr) return no_memory();
    std::memcpy(static_cast<void*>(larger), stack_, top_ * sizeof(View));
    stack_ = larger;
    capacity_ *= 2;
    return true;
  }

  bool value(View& out, std::size_t depth) {
    if (p_ >= end_) [[unlikely]]
      return expected("a value");
    switch (*p_) {
      case '"': {
        std::string_view text;
        if (!string(text)) return false;
        out = View::string(text);
        return true;
      }
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case 't':
        out = View::boolean(true);
        return word("true");
      case 'f':
        out = View::boolean(false);
        return word("false");
      case 'n':
        out = View::null();
        return word("null");
      default:
        return number(out);
    }
  }

  bool word(std::string_view word) {
    const auto left = static_cast<std::size_t>(end_ - p_);
    if (left >= word.size() && std::memcmp(p_, word.data(), word.size()) == 0) [[likely]] {
      p_ += word.size();
      return true;
    }
    for (const char c : word) {
      if (!at(c)) break;
      ++p_;
    }
    return expected("true, false or null");
  }

  bool enter(std::size_t depth) {
    if (depth < options_.max_depth) [[likely]]
      return true;
    return fail(FaultKind::TooDeep, p_, "nested deeper than " + std::to_string(options_.max_depth));
  }

  bool array(View& out, std::size_t depth) {
    if (!enter(depth)) return false;
    ++p_;
    skip_space();
    if (at(']')) {
      ++p_;
      out = View::array({});
      return true;
    }
    const std::size_t base = top_;
    while (true) {
      View item;
      const std::size_t index = top_ - base;
      if (!value(item, depth + 1)) return within(index);
      if (!push(item)) return false;
      skip_space();
      if (at(',')) {
        ++p_;
        skip_space();
        continue;
      }
      if (!at(']')) return expected("',' or ']'");
      ++p_;
      break;
    }
    const std::size_t size = top_ - base;
    View* items = arena_.allocate_array<View>(size);
    if (items == nullptr) return no_memory();
    std::memcpy(static_cast<void*>(items), stack_ + base, size * sizeof(View));
    top_ = base;
    out = View::array({items, size});
    return true;
  }

  bool object(View& out, std::size_t depth) {
    if (!enter(depth)) return false;
    ++p_;
    skip_space();
    if (at('}')) {
      ++p_;
      out = View::map({});
      return true;
    }
    const std::size_t base = top_;
    Seen seen;
    bool maybe_twice = false;
    while (true) {
      if (!at('"')) [[unlikely]]
        return expected("a name in quotes");
      std::string_view name;
      if (!string(name)) return false;
      skip_space();
      if (!at(':')) [[unlikely]]
        return expected("':'");
      ++p_;
      skip_space();
      if (!push(View::string(name)) || !push(View::null())) return false;
      const std::size_t slot = top_ - 1;
      View member;
      if (!value(member, depth + 1)) return within(name);
      stack_[slot] = member;
      if (seen.add(name)) {
        if (top_ - base > 2 * kFewNames) {
          maybe_twice = true;
        } else {
          drop_if_twice(base);
        }
      }
      skip_space();
      if (at(',')) [[likely]] {
        ++p_;
        skip_space();
        continue;
      }
      if (!at('}')) return expected("',' or '}'");
      ++p_;
      break;
    }
    if (maybe_twice && !drop_twins(base)) return false;
    return close_object(base, out);
  }

  bool close_object(std::size_t base, View& out) {
    static_assert(sizeof(MapEntry) == 2 * sizeof(View));
    const std::size_t count = (top_ - base) / 2;
    MapEntry* entries = arena_.allocate_array<MapEntry>(count);
    if (entries == nullptr) return no_memory();
    std::memcpy(static_cast<void*>(entries), stack_ + base, count * sizeof(MapEntry));
    top_ = base;
    out = View::map({entries, count});
    return true;
  }

  // The member on top of the stack goes where an earlier one of its name stands, if there is one.
  [[gnu::noinline]] void drop_if_twice(std::size_t base) {
    const auto name = stack_[top_ - 2].text();
    for (std::size_t i = base; i < top_ - 2; i += 2) {
      if (stack_[i].text() != name) continue;
      stack_[i + 1] = stack_[top_ - 1];
      top_ -= 2;
      return;
    }
  }

  // The same for many members: by a table of hashes or, where those collide as if on purpose, by
  // sorting.
  [[gnu::noinline]] bool drop_twins(std::size_t base) {
    const std::size_t count = (top_ - base) / 2;
    const std::size_t room = std::bit_ceil(2 * count);
    const auto shift = static_cast<unsigned>(64 - std::countr_zero(room));  // high bits mix best
    auto* table = arena_.allocate_array<std::uint32_t>(room);
    auto* first = arena_.allocate_array<std::uint32_t>(count);  // the member whose name it has
    if (table == nullptr || first == nullptr) return no_memory();
    std::fill_n(table, room, UINT32_MAX);
    const auto name = [&](std::uint32_t i) { return stack_[base + 2UL * i].text(); };
    std::size_t probes_left = 16 * count;
    for (std::uint32_t i = 0; i < count; ++i) {
      first[i] = i;
      std::size_t place = hash_of(name(i)) >> shift;
      while (table[place] != UINT32_MAX && name(table[place]) != name(i) && --probes_left > 0) {
        place = (place + 1) & (room - 1);
      }
      if (probes_left == 0) {
        by_sorting(base, count, table, first);
        break;
      }
      if (table[place] == UINT32_MAX) {
        table[place] = i;
      } else {
        first[i] = table[place];
      }
    }
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const View member = stack_[base + 2UL * i + 1];
      if (first[i] != i) {
        stack_[base + 2UL * table[first[i]] + 1] = member;
        continue;
      }
      table[i] = kept;  // where it stands now; room >= count, and the hashes are not needed
      stack_[base + 2UL * kept] = stack_[base + 2UL * i];
      stack_[base + 2UL * kept + 1] = member;
      ++kept;
    }
    top_ = base + 2UL * kept;
    return true;
  }
  void by_sorting(std::size_t base, std::size_t count, std::uint32_t* order, std::uint32_t* first) {
    for (std::uint32_t i = 0; i < count; ++i) order[i] = i;
    const auto name = [&](std::uint32_t i) { return stack_[base + 2UL * i].text(); };
    std::sort(order, order + count, [&](std::uint32_t a, std::uint32_t b) {
      const int compared = name(a).compare(name(b));
      return compared != 0 ? compared < 0 : a < b;
    });
    for (std::size_t i = 0; i < count; ++i) {
      const bool twin = i > 0 && name(order[i]) == name(order[i - 1]);
      first[order[i]] = twin ? first[order[i - 1]] : order[i];
    }
  }

  [[gnu::always_inline]] bool string(std::string_view& out) {
    const char* start = ++p_;
    bool ascii = true;
    p_ = find_special(p_, end_, ascii);
    if (p_ < end_ && *p_ == '"' && ascii) [[likely]] {
      out = {start, static_cast<std::size_t>(p_ - start)};
      ++p_;
      return true;
    }
    return rare_string(start, ascii, out);
  }

  // A string with escapes, or beyond ASCII.
  [[gnu::noinline]] bool rare_string(const char* start, bool ascii, std::string_view& out) {
    bool escaped = false;
    while (p_ < end_ && *p_ == '\\') {
      escaped = true;
      p_ = std::min(p_ + 2, end_);
      p_ = find_special(p_, end_, ascii);
    }
    if (p_ >= end_) return expected("'\"' at the end of a string");
    if (*p_ != '"') return expected("no control character within a string");
    out = {start, static_cast<std::size_t>(p_ - start)};
    ++p_;
    if (!ascii && options_.utf8 != Utf8Policy::Trust) {
      const auto good = utf8_prefix(out);
      if (good < out.size()) {
        if (options_.utf8 == Utf8Policy::Validate) {
          return fail(FaultKind::InvalidUtf8, start + good, "a string is not UTF-8");
        }
        const auto repaired = replace_invalid_utf8(out, arena_);
        if (!repaired) return no_memory();
        return !escaped ? (out = *repaired, true) : unescape(*repaired, start, out);
      }
    }
    return !escaped || unescape(out, start, out);
  }

  bool bad_escape(const char* start, std::string_view raw, const char* at, const char* what) {
    // Of a repaired text the place is only about right.
    return fail(FaultKind::Malformed, std::min(start + (at - raw.data()), end_), what);
  }

  bool unescape(std::string_view raw, const char* start, std::string_view& out) {
    auto* made = arena_.allocate_array<char>(raw.size());
    if (made == nullptr) return no_memory();
    char* to = made;
    const char* p = raw.data();
    const char* end = p + raw.size();
    while (p < end) {
      const auto* next =
          static_cast<const char*>(std::memchr(p, '\\', static_cast<std::size_t>(end - p)));
      if (next == nullptr) next = end;
      std::memcpy(to, p, static_cast<std::size_t>(next - p));
      to += next - p;
      p = next;
      if (p == end) break;
      const char* escape = p++;
      const char c = *p++;  // find_special() never stops right behind a backslash
      switch (c) {
        case '"':
        case '\\':
        case '/':
          *to++ = c;
          break;
        case 'b':
          *to++ = '\b';
          break;
        case 'f':
          *to++ = '\f';
          break;
        case 'n':
          *to++ = '\n';
          break;
        case 'r':
          *to++ = '\r';
          break;
        case 't':
          *to++ = '\t';
          break;
        case 'u': {
          const auto code = code_point(p, end);
          if (!code) return bad_escape(start, raw, escape, "a \\u that is no code point");
          to = put_code_point(*code, to);
          break;
        }
        default:
          return bad_escape(start, raw, escape, "there is no such escape");
      }
    }
    out = {made, static_cast<std::size_t>(to - made)};
    return true;
  }

  static std::optional<std::uint32_t> four_digits(const char*& p, const char* end) {
    if (end - p < 4) return std::nullopt;
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++p) {
      const char c = *p;
      code <<= 4U;
      if (is_digit(c)) {
        code |= static_cast<std::uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        code |= static_cast<std::uint32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        code |= static_cast<std::uint32_t>(c - 'A' + 10);
      } else {
        return std::nullopt;
      }
    }
    return code;
  }
  static std::optional<std::uint32_t> code_point(const char*& p, const char* end) {
    const auto first = four_digits(p, end);
    if (!first || *first < 0xD800 || *first > 0xDFFF) return first;
    if (*first > 0xDBFF || end - p < 2 || p[0] != '\\' || p[1] != 'u') return std::nullopt;
    p += 2;
    const auto second = four_digits(p, end);
    if (!second || *second < 0xDC00 || *second > 0xDFFF) return std::nullopt;
    return 0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00);
  }
  static char* put_code_point(std::uint32_t code, char* to) {
    const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0U | (code >> 6U));
      put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      put(0xE0U | (code >> 12U));
      put(0x80U | ((code >> 6U) & 0x3FU));
      put(0x80U | (code & 0x3FU));
    } else {
      put(0xF0U | (code >> 18U));
      put(0x80U | ((code >> 12U) & 0x3FU));
      put(0x80U | ((code >> 6U) & 0x3FU));
      put(0x80U | (code & 0x3FU));
    }
    return to;
  }

  [[gnu::always_inline]] bool number(View& out) {
    const char* start = p_;
    const bool negative = *p_ == '-';
    if (negative) ++p_;
    const char* digits = p_;
    std::uint64_t mantissa = 0;
    while (p_ < end_ && is_digit(*p_)) {
      mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p_ - '0');
      ++p_;
    }
    const auto count = p_ - digits;
    if (count == 0) return p_ == start ? expected("a value") : expected("a digit");
    if (*digits == '0' && count > 1) {
      p_ = digits + 1;
      return expected("no digit behind a leading 0");
    }
    if (p_ < end_ && (*p_ == '.' || *p_ == 'e' || *p_ == 'E')) {
      return fraction(start, digits, mantissa, negative, out);
    }
    if (count < kMaxDigits) [[likely]] {
      const auto whole = static_cast<std::int64_t>(mantissa);
      out = View::of_long(negative ? -whole : whole);
      return true;
    }
    return long_integer(start, out);
  }

  bool long_integer(const char* start, View& out) {
    std::int64_t whole = 0;
    if (const auto [end, failure] = std::from_chars(start, p_, whole); failure == std::errc()) {
      out = View::of_long(whole);
      return true;
    }
    std::uint64_t natural = 0;
    if (*start != '-') {
      if (const auto [end, failure] = std::from_chars(start, p_, natural); failure == std::errc()) {
        out = View::unsigned_long(natural);
        return true;
      }
    }
    out = View::number({start, static_cast<std::size_t>(p_ - start)});
    return true;
  }

  // Behind the whole part of a number with a point or an exponent.
  bool fraction(const char* start, const char* digits, std::uint64_t mantissa, bool negative,
                View& out) {
    auto count = p_ - digits;
    std::int64_t power = 0;
    if (*p_ == '.') {
      const char* behind = ++p_;
      while (p_ < end_ && is_digit(*p_)) {
        mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p_ - '0');
        ++p_;
      }
      if (p_ == behind) return expected("a digit");
      power = behind - p_;
      count += p_ - behind;
    }
    if (p_ < end_ && (*p_ == 'e' || *p_ == 'E')) {
      ++p_;
      const bool down = at('-');
      if (down || at('+')) ++p_;
      const char* first = p_;
      std::int64_t exponent = 0;
      while (p_ < end_ && is_digit(*p_)) {
        exponent = std::min(exponent * 10 + (*p_ - '0'), kMaxExponent + 1);
        ++p_;
      }
      if (p_ == first) return expected("a digit");
      const std::string_view before(start, static_cast<std::size_t>(first - start));
      if (exponent > kMaxExponent && before.find_first_of("123456789") != before.npos) {
        p_ = first;
        return expected("an exponent of at most 2147483647");
      }
      exponent = std::min<std::int64_t>(exponent, 1'000'000);  // beyond what any double has
      power += down ? -exponent : exponent;
    }
    const std::string_view text(start, static_cast<std::size_t>(p_ - start));
    // Leading zeros are counted as well; that only sends a few numbers the long way.
    if (count <= kSureDigits && power >= -kExactPower && power <= kExactPower) {
      static constexpr std::array<double, kExactPower + 1> kPowers{
          1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
      // Both are exact, so that one division or multiplication rounds once.
      auto number = static_cast<double>(mantissa);
      if (power < 0) {
        number /= kPowers[static_cast<std::size_t>(-power)];
      } else {
        number *= kPowers[static_cast<std::size_t>(power)];
      }
      out = View::of_double(negative ? -number : number);
      return true;
    }
    return long_fraction(text, count, power, out);
  }

  bool long_fraction(std::string_view text, std::int64_t count, std::int64_t power, View& out) {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool sure = count <= kSureDigits && power > -kNormalPower && power < kNormalPower;
    if (failure == std::errc() && (sure || says_the_same(number, text))) {
      out = View::of_double(number);
    } else {
      out = View::number(text);
    }
    return true;
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  Arena& arena_;
  const JsonReadOptions& options_;
  View* stack_ = nullptr;
  std::size_t top_ = 0;
  std::size_t capacity_ = kStackViews;
  Fault fault_;
  alignas(View) std::byte local_[kStackViews * sizeof(View)];  // NOLINT: never all of it is filled
};

}  // namespace

std::optional<Fault> read_json(std::string_view text, Arena& arena, View& out,
                               const JsonReadOptions& options) {
  if (text.size() > options.max_bytes || text.size() > UINT32_MAX) {
    return Fault{FaultKind::TooLarge, 0, "",
                 "the text is longer than " + std::to_string(options.max_bytes) + " bytes"};
  }
  return JsonReader(text, arena, options).run(out);
}

}  // namespace limpet::value
