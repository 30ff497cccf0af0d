// Members that several inputs and answers have in common.
#pragma once

#include "limpet/aws/arn.h"
#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/names.h"

#include <map>
#include <optional>
#include <string>

namespace limpet::glue_api {

inline std::string arn_of(const Scope& scope, const registry::Registry& registry) {
  return aws::registry_arn(scope, registry.name.str());
}

inline std::string arn_of(const Scope& scope, const registry::Schema& schema) {
  return aws::schema_arn(scope, schema.registry.str(), schema.name.str());
}

/// Of the schema that the version belongs to.
inline std::string arn_of(const Scope& scope, const registry::SchemaVersion& version) {
  return aws::schema_arn(scope, version.registry.str(), version.schema.str());
}

/// A member that answers leave out when there is nothing in it.
inline std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// Errors: InvalidInput.
inline Result<std::optional<registry::Description>> optional_description(
    const std::optional<std::string>& text) {
  if (!text) return std::optional<registry::Description>();
  LIMPET_TRY(auto description, registry::Description::parse(*text));
  return std::optional(std::move(description));
}

using TagMap = std::map<std::string, std::string>;

/// Errors: InvalidInput. No tags and an empty map are the same.
inline Result<registry::Tags> parse_tags(const std::optional<TagMap>& tags) {
  if (!tags) return registry::Tags();
  return registry::Tags::parse(registry::Tags::Map(tags->begin(), tags->end()));
}

inline TagMap tag_map(const registry::Tags& tags) {
  return TagMap(tags.entries().begin(), tags.entries().end());
}

/// Answers repeat tags only when some were given.
inline std::optional<TagMap> echoed_tags(const registry::Tags& tags) {
  return tags.empty() ? std::nullopt : std::optional(tag_map(tags));
}

}  // namespace limpet::glue_api
