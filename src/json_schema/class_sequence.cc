#include "class_sequence.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace limpet::json_schema {

// Each function reads one part and says whether it was of this kind.
class ClassSequence::Reader {
 public:
  explicit Reader(std::string_view ecma) : rest_(ecma) {}

  std::optional<ClassSequence> run() {
    if (!take('^')) return std::nullopt;
    ClassSequence out;
    while (!take('$')) {
      Item item;
      if (rest_.empty() || !read_class(item.allowed) || !read_count(item)) return std::nullopt;
      out.items_.push_back(std::move(item));
    }
    if (!rest_.empty()) return std::nullopt;
    return out;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  static bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
  static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
  static void add(Class& to, char first, char last) {
    for (int c = first; c <= last; ++c) to.set(static_cast<std::size_t>(c));
  }

  bool read_class(Class& out) {
    if (take('[')) return read_set(out);
    const char c = next();
    if (c == '\\') return read_escape(out).has_value();
    if (!is_ascii(c) || std::string_view("^$.*+?()[]{}|").find(c) != std::string_view::npos) {
      return false;
    }
    add(out, c, c);
    return true;
  }

  // \d, \w, or a character that stands for itself: then that one, else '\0'.
  std::optional<char> read_escape(Class& out) {
    if (rest_.empty()) return std::nullopt;
    const char c = next();
    if (c == 'd' || c == 'w') {
      add(out, '0', '9');
      if (c == 'd') return '\0';
      add(out, 'a', 'z');
      add(out, 'A', 'Z');
      add(out, '_', '_');
      return '\0';
    }
    if (!is_ascii(c) || c <= ' ' || is_letter_or_digit(c)) return std::nullopt;
    add(out, c, c);
    return c;
  }

  bool read_set(Class& out) {
    if (rest_.starts_with('^')) return false;
    while (!take(']')) {
      if (rest_.empty()) return false;
      const auto first = read_member(out);
      if (!first) return false;
      // A '-' at the end stands for itself.
      if (!rest_.starts_with('-') || rest_.substr(1).starts_with(']')) continue;
      rest_.remove_prefix(1);
      if (rest_.empty() || *first == '\0') return false;
      const auto last = read_member(out);
      if (!last || *last == '\0' || *last < *first) return false;
      add(out, *first, *last);
    }
    return true;
  }

  std::optional<char> read_member(Class& out) {
    const char c = next();
    if (c == '\\') return read_escape(out);
    if (!is_ascii(c) || c == '\0' || c == '[') return std::nullopt;
    add(out, c, c);
    return c;
  }

  bool read_count(Item& item) {
    if (take('*')) {
      item.least = 0;
      item.most = SIZE_MAX;
    } else if (take('+')) {
      item.most = SIZE_MAX;
    } else if (take('?')) {
      item.least = 0;
    } else if (take('{')) {
      if (!read_number(item.least)) return false;
      item.most = item.least;
      if (take(',')) {
        item.most = SIZE_MAX;
        if (!rest_.starts_with('}') && !read_number(item.most)) return false;
      }
      if (!take('}')) return false;
    }
    return !rest_.starts_with('?');  // lazy
  }

  bool read_number(std::size_t& out) {
    constexpr std::size_t kMost = 1'000'000;
    const auto is_digit = [&] {
      return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    };
    if (!is_digit()) return false;
    for (out = 0; is_digit(); out = out * 10 + static_cast<std::size_t>(next() - '0')) {
      if (out > kMost) return false;
    }
    return true;
  }

  std::string_view rest_;
};

std::optional<ClassSequence> ClassSequence::read(std::string_view ecma) {
  auto sequence = Reader(ecma).run();
  if (!sequence || !sequence->is_unambiguous()) return std::nullopt;
  return sequence;
}

// What an item may take but need not, no item that may come next must be able to take.
bool ClassSequence::is_unambiguous() const {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].least == items_[i].most) continue;
    for (std::size_t next = i + 1; next < items_.size(); ++next) {
      if ((items_[i].allowed & items_[next].allowed).any()) return false;
      if (items_[next].least > 0) break;
    }
  }
  return true;
}

bool ClassSequence::matches(std::string_view text) const {
  std::size_t at = 0;
  for (const auto& item : items_) {
    const auto most = std::min(item.most, text.size() - at);
    if (most < item.least) return false;
    std::size_t taken = 0;
    while (taken < most && item.allowed[static_cast<unsigned char>(text[at + taken])]) ++taken;
    if (taken < item.least) return false;
    at += taken;
  }
  return at == text.size();
}

}  // namespace limpet::json_schema
