#include "java_defaults.h"

#include <algorithm>
#include <utility>

namespace limpet::protobuf {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

template <class Of>
bool take_some(std::string_view& text, const Of& of) {
  const auto end = std::ranges::find_if_not(text, of);
  if (end == text.begin()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return true;
}

void take_indentation(std::string_view& text) {
  take_some(text, [](char c) { return c == ' '; });
}

// Behind "optional bytes name = 1 [".
bool take_bytes_field(std::string_view& line) {
  take_indentation(line);
  if (!take(line, "optional ")) take(line, "required ");
  return take(line, "bytes ") && take_some(line, is_name_byte) && take(line, " = ") &&
         take_some(line, is_digit) && take(line, " [");
}

// Whether libprotobuf's and Java's escaping of bytes could have written it.
bool is_escaped(std::string_view value) {
  constexpr std::string_view kEscapes = "abfnrtv\\'\"?01234567x";
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c < ' ' || c > '~' || c == '"' || c == '\'') return false;
    if (c != '\\') continue;
    if (++i == value.size() || kEscapes.find(value[i]) == std::string_view::npos) return false;
  }
  return true;
}

class Quoter {
 public:
  std::optional<std::string> run(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      line(text.substr(0, end), text.substr(std::min(end + 1, text.size())));
      if (end < text.size()) out_ += '\n';
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!changed_) return std::nullopt;
    return std::move(out_);
  }

 private:
  void line(std::string_view line, std::string_view following) {
    auto rest = line;
    if (take_bytes_field(rest)) {
      in_list_ = rest.empty();
      if (take(rest, "default = ") && rest.ends_with("];")) {
        rest.remove_suffix(2);
        return quote(line, rest, "];");
      }
    } else if (in_list_) {
      take_indentation(rest);
      take_indentation(following);
      // The default is the last of several options.
      if (take(rest, "default = ") && following.starts_with("];")) return quote(line, rest, "");
      if (rest.starts_with("];")) in_list_ = false;
    }
    out_ += line;
  }

  void quote(std::string_view line, std::string_view value, std::string_view tail) {
    if (!is_escaped(value)) {
      out_ += line;
      return;
    }
    out_.append(line.substr(0, line.size() - tail.size() - value.size()));
    out_.append("\"").append(value).append("\"").append(tail);
    changed_ = true;
  }

  std::string out_;
  bool in_list_ = false;  // of options of a bytes field
  bool changed_ = false;
};

}  // namespace

std::optional<std::string> quote_java_defaults(std::string_view text) { return Quoter().run(text); }

}  // namespace limpet::protobuf
