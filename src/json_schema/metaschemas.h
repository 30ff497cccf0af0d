// The meta-schemas of the five dialects and their vocabularies, as json-schema.org publishes them.
#pragma once

#include <optional>
#include <string_view>

namespace limpet::json_schema {

/// The text of the meta-schema of that URI (no fragment; https is as good as http), or nullopt.
std::optional<std::string_view> find_metaschema(std::string_view uri);

}  // namespace limpet::json_schema
