#include "limpet/value/json_reader.h"

#include "json_scan.h"

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

/// Says whether a name may have been seen before.
class Seen {
 public:
  [[gnu::always_inline]] bool add(unsigned trace) {
    const auto mask = std::uint64_t{1} << trace;
    const bool seen = (seen_ & mask) != 0;
    seen_ |= mask;
    return seen;
  }

 private:
  std::uint64_t seen_ = 0;
};

/// Functions that read take the place where they begin and answer the one where they stopped, or
/// nullptr when something is wrong: a place that is passed stays in a register.
class JsonReader {
 public:
  JsonReader(std::string_view text, Arena& arena, const JsonReadOptions& options)
      : begin_(text.data()),
        end_(begin_ + text.size()),
        blocks_end_(text.size() < kBlock ? begin_ : end_ - (kBlock - 1)),
        words_end_(text.size() < kWord ? begin_ : end_ - (kWord - 1)),
        arena_(arena),
        options_(options) {}

  std::optional<Fault> run(View& out) {
    ++top_;
    const char* p = value(begin_, 0);
    if (p == nullptr) return std::move(fault_);
    p = skip_space(p);
    if (p != end_) {
      fail(FaultKind::Malformed, p, "expected nothing more");
      return std::move(fault_);
    }
    out = stack_[0];
    return std::nullopt;
  }

 private:
  [[gnu::cold, gnu::noinline]] const char* fail(FaultKind kind, const char* at,
                                                std::string message) {
    fault_.kind = kind;
    fault_.offset = static_cast<std::uint64_t>(at - begin_);
    fault_.message = std::move(message);
    return nullptr;
  }
  [[gnu::cold, gnu::noinline]] const char* expected(const char* p, const char* what) {
    if (p >= end_) {
      return fail(FaultKind::Truncated, end_,
                  std::string("expected ") + what + ", and the text ends");
    }
    std::string found;
    const auto byte = static_cast<unsigned char>(*p);
    if (byte > 0x20 && byte < 0x7F) {
      found = std::string("'") + *p + "'";
    } else {
      found = "byte " + std::to_string(byte);
    }
    return fail(FaultKind::Malformed, p, std::string("expected ") + what + ", found " + found);
  }
  [[gnu::cold, gnu::noinline]] const char* no_memory(const char* p) {
    return fail(FaultKind::TooLarge, p, "the value takes more memory than the arena may give");
  }
  [[gnu::cold, gnu::noinline]] const char* within(std::string_view name) {
    std::string step(name.substr(0, kShownBytes));
    if (!fault_.path.empty() && fault_.path.front() != '[') step += '.';
    fault_.path.insert(0, step);
    return nullptr;
  }
  [[gnu::cold, gnu::noinline]] const char* within(std::size_t index) {
    std::string step = "[" + std::to_string(index) + "]";
    if (!fault_.path.empty() && fault_.path.front() != '[') step += '.';
    fault_.path.insert(0, step);
    return nullptr;
  }

  std::size_t left(const char* p) const { return static_cast<std::size_t>(end_ - p); }
  bool has_block(const char* p) const { return p < blocks_end_; }  // of kBlock bytes
  bool has_word(const char* p) const { return p < words_end_; }    // of kWord bytes
  bool at(const char* p, char c) const { return p != end_ && *p == c; }

  [[gnu::always_inline]] const char* skip_space(const char* p) const {
    if (p != end_ && static_cast<unsigned char>(*p) > 0x20) [[likely]]
      return p;
    return skip_spaces(p);
  }
  [[gnu::noinline]] const char* skip_spaces(const char* p) const {
    while (p != end_ && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) ++p;
    return p;
  }

  // The stack holds what the containers that are open have so far. It moves when it grows, so that
  // places on it are remembered by their number. A value is read into the place on top.
  std::size_t size() const { return static_cast<std::size_t>(top_ - stack_); }
  [[gnu::always_inline]] void put(const View& value) { new (top_ - 1) View(value); }
  [[gnu::always_inline]] bool has_room(std::ptrdiff_t views) {
    return stack_end_ - top_ >= views || grow();
  }
  [[gnu::noinline]] bool grow() {
    const auto capacity = static_cast<std::size_t>(stack_end_ - stack_) * 2;
    View* larger = arena_.allocate_array<View>(capacity);
    if (larger == nullptr) return false;
    const std::size_t used = size();
    std::memcpy(static_cast<void*>(larger), stack_, used * sizeof(View));
    stack_ = larger;
    top_ = larger + used;
    stack_end_ = larger + capacity;
    return true;
  }

  // What an open container has, in the arena; nullptr when that has no room.
  [[gnu::always_inline]] const View* settle(std::size_t base) {
    constexpr std::size_t kFewViews = 32;
    View* const from = stack_ + base;
    const auto count = static_cast<std::size_t>(top_ - from);
    View* out = arena_.allocate_array<View>(count);
    top_ = from;
    if (out == nullptr) [[unlikely]]
      return nullptr;
    if (count > kFewViews) {
      std::memcpy(static_cast<void*>(out), from, count * sizeof(View));
    } else {
      View* to = out;
      const View* next = from;
      for (const View* const pairs_end = from + count / 2 * 2; next != pairs_end; next += 2) {
        std::memcpy(static_cast<void*>(to), next, 2 * sizeof(View));
        to += 2;
      }
      if (count % 2 != 0) new (to) View(*next);
    }
    return out;
  }

  // A value that may have space before it.
  [[gnu::always_inline]] const char* value(const char* p, std::size_t depth) {
    if (p == end_) [[unlikely]]
      return expected(p, "a value");
    const char first = *p;
    if (first == '"') {
      std::string_view text;
      p = string(p, text);
      put(View::string(text));
      return p;
    }
    if (is_digit(first)) return number(p, p);
    return other_value(p, depth);
  }

  [[gnu::noinline]] const char* other_value(const char* p, std::size_t depth) {
    switch (*p) {
      case '{':
        return object(p, depth);
      case '[':
        return array(p, depth);
      case '-':
        return number(p, p + 1);
      case 't':
        put(View::boolean(true));
        return word(p, "true");
      case 'f':
        put(View::boolean(false));
        return word(p, "false");
      case 'n':
        put(View::null());
        return word(p, "null");
      default:
        break;
    }
    const char* behind = skip_spaces(p);
    return behind == p ? expected(p, "a value") : value(behind, depth);
  }
  [[gnu::always_inline]] const char* word(const char* p, std::string_view word) {
    if (left(p) >= word.size() && std::memcmp(p, word.data(), word.size()) == 0) [[likely]] {
      return p + word.size();
    }
    return other_word(p, word);
  }
  [[gnu::cold, gnu::noinline]] const char* other_word(const char* p, std::string_view word) {
    for (const char c : word) {
      if (!at(p, c)) break;
      ++p;
    }
    return expected(p, "true, false or null");
  }

  [[gnu::cold, gnu::noinline]] const char* too_deep(const char* p) {
    return fail(FaultKind::TooDeep, p, "nested deeper than " + std::to_string(options_.max_depth));
  }

  [[gnu::noinline]] const char* array(const char* p, std::size_t depth) {
    if (depth >= options_.max_depth) return too_deep(p);
    p = skip_space(p + 1);
    if (at(p, ']')) {
      put(View::array({}));
      return p + 1;
    }
    const std::size_t base = size();
    std::size_t count = 0;  // what is open further inside may stand on the stack as well
    while (true) {
      if (!has_room(1)) return no_memory(p);
      ++top_;
      const char* behind = value(p, depth + 1);
      if (behind == nullptr) [[unlikely]]
        return within(count);
      ++count;
      p = behind;
      if (!at(p, ',')) {
        p = skip_space(p);
        if (!at(p, ',')) break;
      }
      ++p;
    }
    if (!at(p, ']')) return expected(p, "',' or ']'");
    const View* items = settle(base);
    if (items == nullptr) return no_memory(p + 1);
    put(View::array({items, count}));
    return p + 1;
  }

  [[gnu::noinline]] const char* object(const char* p, std::size_t depth) {
    if (depth >= options_.max_depth) return too_deep(p);
    p = skip_space(p + 1);
    if (at(p, '}')) {
      put(View::map({}));
      return p + 1;
    }
    const std::size_t base = size();
    Seen seen;
    bool maybe_twice = false;
    while (true) {
      if (!at(p, '"')) [[unlikely]] {
        p = skip_space(p);
        if (!at(p, '"')) return expected(p, "a name in quotes");
      }
      const char* start = p + 1;
      std::string_view name;
      p = string(p, name);
      if (p == nullptr) [[unlikely]]
        return nullptr;
      const bool seen_before =
          seen.add(name.data() == start ? trace_of_quoted(name) : trace_of(name));
      if (!at(p, ':')) [[unlikely]] {
        p = skip_space(p);
        if (!at(p, ':')) return expected(p, "':'");
      }
      ++p;
      if (!has_room(2)) return no_memory(skip_space(p));
      new (top_) View(View::string(name));
      top_ += 2;
      const char* behind = value(p, depth + 1);
      if (behind == nullptr) [[unlikely]]
        return within(name);
      p = behind;
      if (seen_before) [[unlikely]] {
        if (size() - base > 2 * kFewNames) {
          maybe_twice = true;
        } else {
          drop_if_twice(base);
        }
      }
      if (!at(p, ',')) {
        p = skip_space(p);
        if (!at(p, ',')) break;
      }
      ++p;
    }
    if (!at(p, '}')) return expected(p, "',' or '}'");
    if (maybe_twice && !drop_twins(base)) return no_memory(p + 1);
    static_assert(sizeof(MapEntry) == 2 * sizeof(View) && alignof(MapEntry) == alignof(View));
    const std::size_t count = (size() - base) / 2;
    const View* entries = settle(base);
    if (entries == nullptr) return no_memory(p + 1);
    put(View::map({reinterpret_cast<const MapEntry*>(entries), count}));  // NOLINT: pairs of views
    return p + 1;
  }

  // The member on top of the stack goes where an earlier one of its name stands, if there is one.
  [[gnu::noinline]] void drop_if_twice(std::size_t base) {
    const auto name = top_[-2].text();
    for (View* earlier = stack_ + base; earlier != top_ - 2; earlier += 2) {
      if (earlier->text() != name) continue;
      earlier[1] = top_[-1];
      top_ -= 2;
      return;
    }
  }

  // The same for many members: by a table of hashes or, where those collide as if on purpose, by
  // sorting. False: the arena has no room.
  [[gnu::noinline]] bool drop_twins(std::size_t base) {
    const std::size_t count = (size() - base) / 2;
    const std::size_t room = std::bit_ceil(2 * count);
    const auto shift = static_cast<unsigned>(64 - std::countr_zero(room));  // high bits mix best
    auto* table = arena_.allocate_array<std::uint32_t>(room);
    auto* first = arena_.allocate_array<std::uint32_t>(count);  // the member whose name it has
    if (table == nullptr || first == nullptr) return false;
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
    top_ = stack_ + base + 2UL * kept;
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

  [[gnu::always_inline]] const char* string(const char* p, std::string_view& out) {
    const char* start = p + 1;
    if (has_block(start)) [[likely]] {
      const auto size = plain_bytes(start);
      if (size < kBlock && start[size] == '"') [[likely]] {
        out = {start, size};
        return start + size + 1;
      }
    }
    p = long_string(start);
    out = text_;
    return p;
  }

  // A string that no block of the text holds whole, or that is not plain, becomes `text_`.
  [[gnu::noinline]] const char* long_string(const char* start) {
    const char* p = start;
    std::size_t plain = 0;
    while (has_block(p)) {
      plain = plain_bytes(p);
      p += plain;
      if (plain < kBlock) break;
    }
    if (!has_block(p) && begin_ != blocks_end_) {
      // What is left, with what stands before it.
      const auto found = unplain(end_ - kBlock) >> (kBlock - left(p));
      p = found == 0 ? end_ : p + std::countr_zero(found);
    }
    if (p != end_ && *p == '"') {
      text_ = {start, static_cast<std::size_t>(p - start)};
      return p + 1;
    }
    return rare_string(start, p);
  }

  // A string with escapes or beyond ASCII. Up to `p` it is plain.
  [[gnu::noinline]] const char* rare_string(const char* start, const char* p) {
    bool ascii = true;
    bool escaped = false;
    while (true) {
      p = find_special(p, ascii);
      if (p == end_ || *p != '\\') break;
      escaped = true;
      p += std::min<std::size_t>(2, left(p));
    }
    if (p == end_) return expected(p, "'\"' at the end of a string");
    if (*p != '"') return expected(p, "no control character within a string");
    text_ = {start, static_cast<std::size_t>(p - start)};
    ++p;
    if (!ascii && options_.utf8 != Utf8Policy::Trust) {
      const auto good = utf8_prefix(text_);
      if (good < text_.size()) {
        if (options_.utf8 == Utf8Policy::Validate) {
          return fail(FaultKind::InvalidUtf8, start + good, "a string is not UTF-8");
        }
        const auto repaired = replace_invalid_utf8(text_, arena_);
        if (!repaired) return no_memory(p);
        text_ = *repaired;
      }
    }
    return !escaped || unescape(text_, start, p) ? p : nullptr;
  }

  // Where a quote, a backslash or a control character stands, and whether all before it is ASCII.
  const char* find_special(const char* p, bool& ascii) const {
    for (; left(p) >= kBlock; p += kBlock) {
      const auto high = beyond_ascii(p);
      const auto special = unplain(p) & ~high;
      const auto before = special & -special;  // its least bit
      if ((high & (before - 1)) != 0) ascii = false;
      if (special != 0) return p + std::countr_zero(special);
    }
    for (; p != end_; ++p) {
      const auto byte = static_cast<unsigned char>(*p);
      if (byte == '"' || byte == '\\' || byte < 0x20) return p;
      if (byte >= 0x80) ascii = false;
    }
    return end_;
  }

  bool bad_escape(const char* start, std::string_view raw, const char* at, const char* what) {
    // Of a repaired text the place is only about right.
    fail(FaultKind::Malformed, std::min(start + (at - raw.data()), end_), what);
    return false;
  }

  // `raw` stands at `start`, or is that repaired; `behind` is behind its quote.
  bool unescape(std::string_view raw, const char* start, const char* behind) {
    auto* made = arena_.allocate_array<char>(raw.size());
    if (made == nullptr) {
      no_memory(behind);
      return false;
    }
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
    text_ = {made, static_cast<std::size_t>(to - made)};
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

  // The digits at `p`, behind those that `number` has; modulo 2^64. Requires: there is one.
  [[gnu::always_inline]] const char* digits(const char* p, std::uint64_t& number) const {
    if (has_word(p)) [[likely]] {
      const std::uint64_t word = load_word(p);
      const unsigned count = leading_digits(word);
      number = number * kTens[count] + number_of_digits(word, count);
      p += count;
      if (count < kWord) [[likely]]
        return p;
    }
    for (; p != end_ && is_digit(*p); ++p) {
      number = number * 10 + static_cast<std::uint64_t>(*p - '0');
    }
    return p;
  }

  // Its digits begin at `first`, `start` may be a minus before.
  [[gnu::always_inline]] const char* number(const char* start, const char* first) {
    if (start != first && (first == end_ || !is_digit(*first))) [[unlikely]]
      return expected(first, "a digit");
    std::uint64_t mantissa = 0;
    const char* p = digits(first, mantissa);
    const auto count = p - first;
    if (*first == '0' && count > 1) [[unlikely]]
      return expected(first + 1, "no digit behind a leading 0");
    if (p != end_ && (*p == '.' || (*p | 0x20) == 'e')) return fraction(start, p, mantissa);
    if (count >= kMaxDigits) [[unlikely]]
      return long_integer(start, p);
    const auto whole = static_cast<std::int64_t>(mantissa);
    put(View::of_long(start != first ? -whole : whole));
    return p;
  }

  [[gnu::noinline]] const char* long_integer(const char* start, const char* p) {
    std::int64_t whole = 0;
    if (const auto [end, failure] = std::from_chars(start, p, whole); failure == std::errc()) {
      put(View::of_long(whole));
      return p;
    }
    std::uint64_t natural = 0;
    if (*start != '-') {
      if (const auto [end, failure] = std::from_chars(start, p, natural); failure == std::errc()) {
        put(View::unsigned_long(natural));
        return p;
      }
    }
    put(View::number({start, static_cast<std::size_t>(p - start)}));
    return p;
  }

  // A number with a point or an exponent at `p`; `mantissa` is what stands before.
  [[gnu::noinline]] const char* fraction(const char* start, const char* p, std::uint64_t mantissa) {
    const bool negative = *start == '-';
    auto count = p - start - (negative ? 1 : 0);
    std::int64_t power = 0;
    if (*p == '.') {
      const char* behind = ++p;
      if (p == end_ || !is_digit(*p)) return expected(p, "a digit");
      p = digits(p, mantissa);
      power = behind - p;
      count += p - behind;
    }
    if (p != end_ && (*p == 'e' || *p == 'E')) {
      ++p;
      const bool down = at(p, '-');
      if (down || at(p, '+')) ++p;
      const char* first = p;
      std::int64_t exponent = 0;
      for (; p != end_ && is_digit(*p); ++p) {
        exponent = std::min(exponent * 10 + (*p - '0'), kMaxExponent + 1);
      }
      if (p == first) return expected(p, "a digit");
      const std::string_view before(start, static_cast<std::size_t>(first - start));
      if (exponent > kMaxExponent && before.find_first_of("123456789") != before.npos) {
        return expected(first, "an exponent of at most 2147483647");
      }
      exponent = std::min<std::int64_t>(exponent, 1'000'000);  // beyond what any double has
      power += down ? -exponent : exponent;
    }
    const std::string_view text(start, static_cast<std::size_t>(p - start));
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
      put(View::of_double(negative ? -number : number));
      return p;
    }
    long_fraction(text, count, power);
    return p;
  }

  void long_fraction(std::string_view text, std::int64_t count, std::int64_t power) {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool sure = count <= kSureDigits && power > -kNormalPower && power < kNormalPower;
    if (failure == std::errc() && (sure || says_the_same(number, text))) {
      put(View::of_double(number));
    } else {
      put(View::number(text));
    }
  }

  const char* begin_;
  const char* end_;
  const char* blocks_end_;  // before it, kBlock bytes can be looked at; begin_ if nowhere
  const char* words_end_;   // the same of kWord bytes
  Arena& arena_;
  const JsonReadOptions& options_;
  View* stack_ = reinterpret_cast<View*>(local_);  // NOLINT: room for as many
  View* top_ = stack_;
  View* stack_end_ = stack_ + kStackViews;
  std::string_view text_;  // the string that was read last, unless it was short and plain
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
