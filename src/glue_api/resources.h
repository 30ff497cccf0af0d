// Resources: the ARNs that a call is authorised for, by the shape of its input (Service
// Authorization Reference for AWS Glue: registry before schema, nothing for a version named by id).
//
// They are made from the request as it came, before names are checked: an authorizer compares text.
// Empty text counts as absent, as it does for the operation (addressing.h): what is authorised must
// be what is done.
#pragma once

#include "limpet/base/context.h"
#include "limpet/glue_model/schema_registry.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::glue_api {

using Arns = std::vector<std::string>;

/// RegistryName where a registry is made.
std::string registry_resource(const Scope& scope, std::string_view name);
/// The registry that a RegistryId names; the default registry when it names none.
std::string registry_resource(const Scope& scope,
                              const glue_model::Box<glue_model::RegistryId>& id);
/// Registry and schema that a SchemaId names.
Arns schema_resources(const Scope& scope, const glue_model::Box<glue_model::SchemaId>& id);

inline bool is_given(const std::optional<std::string>& text) { return text && !text->empty(); }
bool names_a_registry(const glue_model::Box<glue_model::RegistryId>& id);

// For the table of operations.

template <class Input>
Arns no_resource(const Scope&, const Input&) {
  return {};
}

template <class Input>
Arns new_registry(const Scope& scope, const Input& input) {
  return {registry_resource(scope, input.registry_name.value_or(""))};
}

template <class Input>
Arns named_registry(const Scope& scope, const Input& input) {
  return {registry_resource(scope, input.registry_id)};
}

template <class Input>
Arns any_registry(const Scope& scope, const Input&) {
  return {registry_resource(scope, "*")};
}

template <class Input>
Arns named_or_any_registry(const Scope& scope, const Input& input) {
  if (!names_a_registry(input.registry_id)) return any_registry(scope, input);
  return named_registry(scope, input);
}

template <class Input>
Arns named_schema(const Scope& scope, const Input& input) {
  return schema_resources(scope, input.schema_id);
}

template <class Input>
Arns named_version(const Scope& scope, const Input& input) {
  if (is_given(input.schema_version_id)) return {};
  return schema_resources(scope, input.schema_id);
}

template <class Input>
Arns tagged_resource(const Scope&, const Input& input) {
  return {input.resource_arn.value_or("")};
}

Arns new_schema(const Scope& scope, const glue_model::CreateSchemaInput& input);

}  // namespace limpet::glue_api
