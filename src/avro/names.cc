#include "names.h"

#include "letters.h"

#include "limpet/base/utf8.h"

namespace limpet::avro {

std::optional<std::string> name_problem(std::string_view simple) {
  if (simple.empty()) return "Empty name";
  bool first = true;
  for (std::size_t at = 0; at < simple.size(); first = false) {
    const auto c = next_code_point(simple, at);
    if (c && (*c == U'_' || is_letter(*c) || (!first && is_digit(*c)))) continue;
    return (first ? "Illegal initial character: " : "Illegal character in: ") +
           std::string(truncate_utf8(simple, 200));
  }
  return std::nullopt;
}

Name resolve_name(std::string_view written, std::string_view space) {
  const auto dot = written.rfind('.');
  if (dot != std::string_view::npos) {
    space = written.substr(0, dot);
    written.remove_prefix(dot + 1);
  }
  if (space.empty()) return Name{std::string(written), 0};
  Name name{std::string(space), space.size() + 1};
  name.full.push_back('.');
  name.full.append(written);
  return name;
}

}  // namespace limpet::avro
