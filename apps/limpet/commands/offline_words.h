// Words and values that the offline commands' reports are made of. Nothing that a definition says
// can end a line, an annotation or an element.
#pragma once

#include "offline_places.h"

#include "limpet/json/value.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::app {

/// "1 reason", "2 reasons".
std::string counted(std::size_t number, const std::string& noun);

/// printable() as a JSON value.
json::Value text_value(std::string_view text);
json::Value number_value(std::size_t number);
/// {"Line":…,"Column":…,"Exact":…}, or null.
json::Value place_value(const std::optional<Place>& place);

/// For a workflow command of GitHub: the message, or the value of a property.
enum class CommandPart : bool { Message, Property };
std::string command_text(std::string_view text, CommandPart part);

/// For an attribute or text of XML 1.0.
std::string xml_text(std::string_view text);

}  // namespace limpet::app
