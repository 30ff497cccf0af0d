#include "unit.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace limpet::codegen {

namespace {

// ISO C++20, [lex.key] and [lex.digraph].
constexpr std::array<std::string_view, 92> kWords{
    "alignas",       "alignof",     "and",
    "and_eq",        "asm",         "auto",
    "bitand",        "bitor",       "bool",
    "break",         "case",        "catch",
    "char",          "char16_t",    "char32_t",
    "char8_t",       "class",       "co_await",
    "co_return",     "co_yield",    "compl",
    "concept",       "const",       "const_cast",
    "consteval",     "constexpr",   "constinit",
    "continue",      "decltype",    "default",
    "delete",        "do",          "double",
    "dynamic_cast",  "else",        "enum",
    "explicit",      "export",      "extern",
    "false",         "float",       "for",
    "friend",        "goto",        "if",
    "inline",        "int",         "long",
    "mutable",       "namespace",   "new",
    "noexcept",      "not",         "not_eq",
    "nullptr",       "operator",    "or",
    "or_eq",         "private",     "protected",
    "public",        "register",    "reinterpret_cast",
    "requires",      "return",      "short",
    "signed",        "sizeof",      "static",
    "static_assert", "static_cast", "struct",
    "switch",        "template",    "this",
    "thread_local",  "throw",       "true",
    "try",           "typedef",     "typeid",
    "typename",      "union",       "unsigned",
    "using",         "virtual",     "void",
    "volatile",      "wchar_t",     "while",
    "xor",           "xor_eq"};

bool is_word(std::string_view name) {
  return std::find(kWords.begin(), kWords.end(), name) != kWords.end();
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string identifier(std::string_view word) {
  std::string out;
  for (const char c : word) {
    // "__" and a leading "_X" belong to the implementation ([lex.name]).
    const char next = is_letter_or_digit(c) ? c : '_';
    if (next == '_' && !out.empty() && out.back() == '_') continue;
    out += next;
  }
  if (out.empty() || (out.front() >= '0' && out.front() <= '9')) out.insert(0, "n");
  if (out.front() == '_') out.insert(0, "n");
  if (is_word(out)) out += '_';
  return out;
}

std::string namespace_of(std::string_view dotted) {
  std::string out;
  while (!dotted.empty()) {
    const std::size_t dot = std::min(dotted.find('.'), dotted.size());
    if (!out.empty()) out += "::";
    out += identifier(dotted.substr(0, dot));
    dotted.remove_prefix(std::min(dot + 1, dotted.size()));
  }
  // `std` is not ours to open, and `limpet` would hide the library's own names.
  if (out == "std" || out.starts_with("std::") || out == "limpet" || out.starts_with("limpet::")) {
    out.insert(out.find("::") == std::string::npos ? out.size() : out.find("::"), "_");
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      // Three octal digits: no character behind them can become part of the escape.
      const auto byte = static_cast<unsigned char>(c);
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6U));
      out += static_cast<char>('0' + ((byte >> 3U) & 7U));
      out += static_cast<char>('0' + (byte & 7U));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string comment_lines(std::string_view text, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string line(text.substr(0, end));
    // A backslash at the end would join the next line to the comment, also with blanks behind it.
    line.erase(line.find_last_not_of("\\ \t\v\f") + 1);
    if (!line.empty()) out.append(indent).append("/// ").append(line).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

namespace {

bool has_booleans_in_sequence(const TypeRef& type) {
  if (type.shape == Shape::Sequence && type.elements.front().shape == Shape::Boolean) return true;
  return std::ranges::any_of(type.elements, has_booleans_in_sequence);
}

}  // namespace

Status check_unit(const Unit& unit) {
  std::map<std::string, std::string> seen;  // C++ name, schema place
  const auto take = [&seen](const std::string& name_space, const std::string& name,
                            const std::string& where) -> Status {
    const auto [at, fresh] = seen.emplace(name_space + "::" + name, where);
    if (fresh) return {};
    return Error::invalid_input("the types at " + at->second + " and " + where +
                                    " would both be named " + name_space + "::" + name + " in C++",
                                where);
  };
  for (const Enum& type : unit.enums) {
    LIMPET_CHECK(take(type.name_space, type.name, type.where));
    std::set<std::string> names;
    for (const Enumerator& value : type.values) {
      if (!names.insert(value.name).second) {
        return Error::invalid_input(
            "two symbols of " + type.where + " would be named " + value.name + " in C++",
            type.where);
      }
    }
  }
  for (const Struct& type : unit.structs) {
    LIMPET_CHECK(take(type.name_space, type.name, type.where));
    std::set<std::string> names;
    for (const Member& member : type.members) {
      if (!names.insert(member.name).second) {
        return Error::invalid_input(
            "two fields of " + type.where + " would be named " + member.name + " in C++",
            type.where);
      }
      if (has_booleans_in_sequence(member.type)) {
        return Error::invalid_input("field \"" + member.schema_name + "\" of " + type.where +
                                        " is an array of booleans, and std::vector<bool> has no "
                                        "items that can be read into",
                                    type.where);
      }
    }
  }
  return {};
}

}  // namespace limpet::codegen
