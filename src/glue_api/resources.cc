#include "resources.h"

#include "limpet/aws/arn.h"
#include "limpet/registry/names.h"

namespace limpet::glue_api {

bool names_a_registry(const glue_model::Box<glue_model::RegistryId>& id) {
  return id && (is_given(id->registry_name) || is_given(id->registry_arn));
}

std::string registry_resource(const Scope& scope, std::string_view name) {
  return aws::registry_arn(scope, name);
}

std::string registry_resource(const Scope& scope,
                              const glue_model::Box<glue_model::RegistryId>& id) {
  if (id && is_given(id->registry_arn)) return *id->registry_arn;
  if (id && is_given(id->registry_name)) return aws::registry_arn(scope, *id->registry_name);
  return aws::registry_arn(scope, registry::default_registry().str());
}

Arns schema_resources(const Scope& scope, const glue_model::Box<glue_model::SchemaId>& id) {
  if (!id) return {};
  if (is_given(id->schema_arn)) {
    const auto arn = aws::parse_schema_arn(*id->schema_arn);
    if (!arn) return {*id->schema_arn};
    return {aws::registry_arn(arn->scope, arn->registry), *id->schema_arn};
  }
  const std::string& registry =
      is_given(id->registry_name) ? *id->registry_name : registry::default_registry().str();
  return {aws::registry_arn(scope, registry),
          aws::schema_arn(scope, registry, id->schema_name.value_or(""))};
}

Arns new_schema(const Scope& scope, const glue_model::CreateSchemaInput& input) {
  std::string registry = registry_resource(scope, input.registry_id);
  std::string name = registry::default_registry().str();
  if (const auto arn = aws::parse_registry_arn(registry)) name = arn->registry;
  std::string schema = aws::schema_arn(scope, name, input.schema_name.value_or(""));
  return {std::move(registry), std::move(schema)};
}

}  // namespace limpet::glue_api
