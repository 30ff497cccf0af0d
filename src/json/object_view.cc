#include "limpet/json/object_view.h"

#include "plain_text.h"

#include "limpet/base/assert.h"
#include "limpet/base/utf8.h"

#include <array>
#include <charconv>
#include <utility>

namespace limpet::json {
namespace {

/// What most records have room in.
constexpr std::size_t kUsualFields = 16;

/// What stands behind a backslash for what; 0 for what may not stand there, `u` included.
constexpr auto kUnescaped = [] {
  std::array<char, 256> table{};
  for (const char c : {'"', '\\', '/'}) table[static_cast<unsigned char>(c)] = c;
  table['b'] = '\b';
  table['f'] = '\f';
  table['n'] = '\n';
  table['r'] = '\r';
  table['t'] = '\t';
  return table;
}();

inline char unescaped(char c) { return kUnescaped[static_cast<unsigned char>(c)]; }

/// One value that is rare enough to be left to parse(). Requires: `text` is all of it.
std::optional<Value> parsed(std::string_view text) {
  auto value =
      parse(text, {.max_bytes = text.size(), .max_depth = text.size(), .max_nodes = text.size()});
  return value ? std::optional(*std::move(value)) : std::nullopt;
}

}  // namespace

// Walks over one document. Iterative: depth costs heap, not stack.
class ObjectScanner {
 public:
  using Field = ObjectView::Field;

  ObjectScanner(std::string_view text, const ParseLimits& limits)
      : text_(text), at_(text.data()), end_(text.data() + text.size()), limits_(limits) {}

  bool read(ObjectView& into) {
    skip_space();
    if (limits_.max_depth < 1 || !count() || !take('{')) return false;
    skip_space();
    if (!take('}')) {
      do {
        Field field;
        skip_space();
        if (!name(field, into)) return false;
        skip_space();
        if (!value(field)) return false;
        add(field, into.fields_);
        skip_space();
      } while (take(','));
      if (!take('}')) return false;
    }
    skip_space();
    return at_ == end_ && (seen_ == 0 || is_valid_utf8(text_));
  }

 private:
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool count() { return ++nodes_ <= limits_.max_nodes; }

  /// A string with its quotes.
  bool string(Field& field) {
    const char* const begin = at_;
    if (!take('"')) return false;
    for (;;) {
      at_ = field.escaped_ ? skip_few(at_, end_, seen_) : skip_plain(at_, end_, seen_);
      if (at_ == end_) return false;
      if (*at_ == '"') break;
      if (*at_++ != '\\' || at_ == end_) return false;  // a control character
      field.escaped_ = true;
      if (*at_ == 'u') {
        field.unicode_escaped_ = true;
      } else if (unescaped(*at_) == 0) {
        return false;
      }
      ++at_;
    }
    ++at_;
    field.kind_ = Kind::String;
    field.raw_ = std::string_view(begin + 1, static_cast<std::size_t>(at_ - begin) - 2);
    return !field.unicode_escaped_ || parsed({begin, at_}).has_value();
  }

  /// A member's name and the colon.
  bool name(Field& field, ObjectView& into) {
    Field text;
    if (!string(text)) return false;
    field.name_ = text.escaped_ ? into.names_.emplace_front(text.text()) : text.raw_;
    skip_space();
    return take(':');
  }

  bool number(Field& field) {
    const char* const begin = at_;
    take('-');
    if (at_ == end_ || *at_ < '0' || *at_ > '9') return false;
    if (*at_++ != '0') skip_digits();
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) {
      while (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E' || *at_ == '+' ||
                             *at_ == '-' || (*at_ >= '0' && *at_ <= '9'))) {
        ++at_;
      }
      if (!parsed({begin, at_})) return false;
    }
    field.kind_ = Kind::Number;
    field.raw_ = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
    return true;
  }
  void skip_digits() {
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
  }

  bool word(Field& field, std::string_view letters, Kind kind) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(letters)) {
      return false;
    }
    field.kind_ = kind;
    field.raw_ = std::string_view(at_, letters.size());
    at_ += letters.size();
    return true;
  }

  bool scalar(Field& field) {
    if (!count() || at_ == end_) return false;
    switch (*at_) {
      case '"':
        return string(field);
      case 't':
        return word(field, "true", Kind::Bool);
      case 'f':
        return word(field, "false", Kind::Bool);
      case 'n':
        return word(field, "null", Kind::Null);
      default:
        return number(field);
    }
  }

  bool value(Field& field) {
    if (at_ == end_ || (*at_ != '{' && *at_ != '[')) return scalar(field);
    const char* const begin = at_;
    field.kind_ = *at_ == '{' ? Kind::Object : Kind::Array;
    if (!container()) return false;
    field.raw_ = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
    return true;
  }

  /// A member's name where one has to come.
  bool next_name(char closing) {
    Field ignored;
    ObjectView nowhere;
    return closing != '}' || name(ignored, nowhere);
  }

  bool container() {
    std::string open;  // what closes those that we are in
    do {
      skip_space();
      if (at_ != end_ && (*at_ == '{' || *at_ == '[')) {
        if (!count() || open.size() + 2 > limits_.max_depth) return false;
        open.push_back(*at_++ == '{' ? '}' : ']');
        skip_space();
        if (at_ == end_) return false;
        if (*at_ != open.back()) {
          if (!next_name(open.back())) return false;
          continue;
        }
      } else {
        Field ignored;
        if (!scalar(ignored)) return false;
        skip_space();
      }
      while (!open.empty() && take(open.back())) {
        open.pop_back();
        if (!open.empty()) skip_space();
      }
      if (open.empty()) return true;
      if (!take(',')) return false;
      skip_space();
      if (!next_name(open.back())) return false;
    } while (true);
  }

  /// The last value of a repeated name wins and stands where the name first stood.
  void add(const Field& field, std::vector<Field>& fields) {
    const std::string_view name = field.name();
    const auto mark = name.empty() ? 0U
                                   : name.size() + 7U * static_cast<unsigned char>(name.front()) +
                                         13U * static_cast<unsigned char>(name.back());
    const std::uint64_t bit = 1ULL << (mark % 64);
    if ((names_seen_ & bit) != 0) {  // perhaps
      for (Field& earlier : fields) {
        if (earlier.name() != name) continue;
        earlier = field;
        return;
      }
    }
    names_seen_ |= bit;
    fields.push_back(field);
  }

  const std::string_view text_;
  const char* at_;
  const char* const end_;
  const ParseLimits& limits_;
  std::size_t nodes_ = 0;
  std::uint64_t seen_ = 0;        // high bits of bytes of strings
  std::uint64_t names_seen_ = 0;  // a small Bloom filter
};

std::optional<ObjectView> ObjectView::read(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) return std::nullopt;
  std::optional<ObjectView> view = ObjectView();
  view->fields_.reserve(kUsualFields);
  if (!ObjectScanner(text, limits).read(*view)) view.reset();
  return view;
}

const ObjectView::Field* ObjectView::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (field.name_ == name) return &field;
  }
  return nullptr;
}

bool ObjectView::Field::as_bool() const {
  LIMPET_ASSERT(kind_ == Kind::Bool);
  return raw_ == "true";
}

std::optional<std::int64_t> ObjectView::Field::as_int64() const {
  if (kind_ != Kind::Number) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(raw_.data(), raw_.data() + raw_.size(), value);
  if (failure != std::errc() || end != raw_.data() + raw_.size()) return std::nullopt;
  return value;
}

std::string ObjectView::Field::text() const {
  if (!escaped_) return std::string(raw_);
  if (unicode_escaped_) return value().text();
  std::string out(raw_.size(), '\0');
  const char* at = raw_.data();
  const char* const end = at + raw_.size();
  char* to = out.data();
  while (at != end) {
    to = copy_few(at, end, to);
    if (at == end) break;
    *to++ = unescaped(at[1]);
    at += 2;
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

std::string_view ObjectView::Field::text(std::string& room) const {
  if (!escaped_) return raw_;
  room = text();
  return room;
}

Value ObjectView::Field::value() const {
  const bool is_string = kind_ == Kind::String;
  const std::string_view whole(raw_.data() - (is_string ? 1 : 0),
                               raw_.size() + (is_string ? 2 : 0));
  auto value = parsed(whole);
  LIMPET_ASSERT(value.has_value());
  return *std::move(value);
}

}  // namespace limpet::json
