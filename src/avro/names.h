// Names of types, fields and symbols: what is legal, and what a written name means.
#pragma once

#include "limpet/avro/node.h"

#include <optional>
#include <string>
#include <string_view>

namespace limpet::avro {

/// Why Avro Java refuses a simple name ("Illegal character in: my-name"); nullopt when it is legal.
std::optional<std::string> name_problem(std::string_view simple);

/// What `written` means inside the namespace `space`: a dot in it makes it a full name. The
/// namespace itself is not checked, as in Avro Java before 1.12.
Name resolve_name(std::string_view written, std::string_view space);

}  // namespace limpet::avro
