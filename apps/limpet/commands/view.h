// Answers as text for people. Nothing that a server sends can move the cursor or change colours:
// control characters are shown as dots.
#pragma once

#include "limpet/json/value.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace limpet::app {

/// One line per member, names aligned; lists and objects inside as compact JSON, empty ones as "-".
std::string object_view(const json::Value& object);

/// A heading and one line per item, columns aligned. `columns` are member names; the first of
/// several with '|' that an item has: "Status|SchemaStatus". An empty list is "nothing to list".
std::string list_view(const json::Value& list, std::initializer_list<std::string_view> columns);

/// `text` in one line, control characters as '.'.
std::string printable(std::string_view text);

}  // namespace limpet::app
