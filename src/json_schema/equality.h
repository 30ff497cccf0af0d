// JSON equality: objects without order, numbers by value.
#pragma once

#include "document.h"

#include "limpet/json/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace limpet::json_schema {

/// One text for all values that JSON Schema calls equal: compact, members sorted by name, numbers
/// in the spelling of Decimal::text(). It is itself JSON. nullopt: nested deeper than `max_depth`.
/// Cost: linear in the text, times the logarithm of the members of one object.
std::optional<std::string> equality_text(const json::Value& value, std::size_t max_depth);
std::optional<std::string> equality_text(const ViewValue& value, std::size_t max_depth);

/// As many steps as the text of `value` takes to write, at least 1; stops counting at `enough`.
std::uint64_t size_of(const json::Value& value, std::uint64_t enough);
std::uint64_t size_of(const ViewValue& value, std::uint64_t enough);

}  // namespace limpet::json_schema
