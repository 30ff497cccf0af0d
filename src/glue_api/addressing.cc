#include "addressing.h"

#include "limpet/aws/arn.h"
#include "limpet/glue_model/shape.h"
#include "limpet/registry/messages.h"
#include "limpet/registry/schemas.h"

namespace limpet::glue_api {
namespace {

bool given(const Text& text) { return text && !text->empty(); }

/// Length and form of an ARN, before what it names.
Status check_arn(std::string_view arn, std::string_view parameter) {
  using glue_model::shapes::kGlueResourceArn;
  if (!glue_model::fits_bytes(kGlueResourceArn, arn)) return registry::wrong_length(parameter);
  if (!glue_model::matches_pattern(kGlueResourceArn, arn)) {
    return registry::wrong_characters(parameter);
  }
  return {};
}

Result<registry::RegistryRef> registry_by_arn(const Call& call, const std::string& text,
                                              std::string_view parameter) {
  LIMPET_CHECK(check_arn(text, parameter));
  const auto arn = aws::parse_registry_arn(text);
  if (!arn) return registry::wrong_characters(parameter);
  auto name = registry::RegistryName::parse(arn->registry);
  if (!name) return registry::wrong_characters(parameter);
  registry::RegistryRef address{.name = *std::move(name), .arn = text};
  if (arn->scope != call.context.scope) return registry::no_such_registry(address);
  return address;
}

Result<registry::SchemaRef> schema_by_arn(const Call& call, const std::string& text,
                                          std::string_view parameter) {
  LIMPET_CHECK(check_arn(text, parameter));
  const auto arn = aws::parse_schema_arn(text);
  if (!arn) return registry::wrong_characters(parameter);
  auto registry = registry::RegistryName::parse(arn->registry);
  auto schema = registry::SchemaName::parse(arn->schema);
  if (!registry || !schema) return registry::wrong_characters(parameter);
  registry::SchemaRef address{
      .registry = *std::move(registry), .name = *std::move(schema), .arn = text};
  if (arn->scope != call.context.scope) return registry::no_such_schema(address);
  return address;
}

}  // namespace

bool names_no_registry(const RegistryIdBox& id) {
  return !id || (!given(id->registry_name) && !given(id->registry_arn));
}

Result<registry::RegistryRef> registry_address(const Call& call, const RegistryIdBox& id) {
  if (names_no_registry(id) || (given(id->registry_name) && given(id->registry_arn))) {
    return registry::registry_address_unclear();
  }
  if (given(id->registry_arn)) return registry_by_arn(call, *id->registry_arn, "registryArn");
  LIMPET_TRY(auto name, registry::RegistryName::parse(*id->registry_name));
  return registry::RegistryRef{.name = std::move(name)};
}

Result<registry::SchemaRef> schema_address(const Call& call, const SchemaIdBox& id) {
  if (!id) return registry::schema_address_missing();
  const bool by_name = given(id->schema_name) || given(id->registry_name);
  if (given(id->schema_arn)) {
    if (by_name) return registry::schema_address_doubled();
    return schema_by_arn(call, *id->schema_arn, "schemaArn");
  }
  const bool default_registry =
      !given(id->registry_name) && call.settings().schema_id_default_registry;
  if (!given(id->schema_name) || (!given(id->registry_name) && !default_registry)) {
    return registry::schema_address_missing();
  }
  LIMPET_TRY(auto registry, default_registry
                                ? Result<registry::RegistryName>(registry::default_registry())
                                : registry::RegistryName::parse(*id->registry_name));
  LIMPET_TRY(auto schema, registry::SchemaName::parse(*id->schema_name));
  return registry::SchemaRef{.registry = std::move(registry), .name = std::move(schema)};
}

Result<registry::VersionSelector> version_selector(const VersionNumberBox& number) {
  const bool latest = number && number->latest_version.value_or(false);
  const bool numbered = number && number->version_number.has_value();
  if (latest && numbered) return registry::version_selector_doubled();
  if (!latest && !numbered) return registry::version_selector_missing();
  return latest ? registry::VersionSelector::latest()
                : registry::VersionSelector::at(*number->version_number);
}

Result<registry::VersionRef> version_address(Call& call, const Text& version_id,
                                             const SchemaIdBox& schema,
                                             const VersionNumberBox& number) {
  if (given(version_id)) {
    if (schema || number) return registry::version_id_not_alone();
    LIMPET_TRY(const Uuid id, registry::parse_version_id(*version_id));
    return registry::VersionRef(id);
  }
  if (!schema) return registry::schema_address_missing();
  LIMPET_TRY(auto address, schema_address(call, schema));
  if (!number) return registry::version_selector_missing();
  auto selector = version_selector(number);
  if (!selector) {
    LIMPET_CHECK(registry::get_schema(call.snapshot, call.context, address));
    return std::move(selector).error();
  }
  return registry::VersionRef(
      registry::NumberedVersion{.schema = std::move(address), .version = *selector});
}

Result<registry::ResourceRef> resource_address(const Call& call, const Text& arn) {
  constexpr std::string_view kParameter = "resourceArn";
  const std::string text = arn.value_or("");
  LIMPET_CHECK(check_arn(text, kParameter));
  if (aws::parse_registry_arn(text)) {
    LIMPET_TRY(auto registry, registry_by_arn(call, text, kParameter));
    return registry::ResourceRef(std::move(registry));
  }
  LIMPET_TRY(auto schema, schema_by_arn(call, text, kParameter));
  return registry::ResourceRef(std::move(schema));
}

}  // namespace limpet::glue_api
