#include "offline_words.h"

#include "view.h"

#include <cstdint>

namespace limpet::app {

std::string counted(std::size_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

json::Value text_value(std::string_view text) { return json::Value::string(printable(text)); }

json::Value number_value(std::size_t number) {
  return json::Value::integer(static_cast<std::int64_t>(number));
}

json::Value place_value(const std::optional<Place>& place) {
  if (!place) return {};
  return json::Value::object({{"Line", number_value(place->line)},
                              {"Column", number_value(place->column)},
                              {"Exact", json::Value::boolean(place->exact)}});
}

// Workflow commands of GitHub end at a line's end; properties end at ':' and ',' as well.
std::string command_text(std::string_view text, CommandPart part) {
  const bool property = part == CommandPart::Property;
  std::string out;
  for (const char c : printable(text)) {
    if (c == '%') {
      out += "%25";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

// XML 1.0 has no control characters, and not the two non-characters at the end of the plane.
std::string xml_text(std::string_view text) {
  std::string out;
  const std::string plain = printable(text);
  for (std::size_t at = 0; at < plain.size(); ++at) {
    const std::string_view rest = std::string_view(plain).substr(at);
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      out += '.';
      at += 2;
      continue;
    }
    switch (plain[at]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += plain[at];
    }
  }
  return out;
}

}  // namespace limpet::app
