#include "messages.h"

namespace limpet::client {
namespace {

/// A definition can be long; a message need not be.
constexpr std::size_t kQuotedMax = 1'024;

std::string quoted(std::string_view definition) {
  if (definition.size() <= kQuotedMax) return std::string(definition);
  std::size_t end = kQuotedMax;
  while ((static_cast<unsigned char>(definition[end]) & 0xC0U) == 0x80U) --end;  // whole characters
  return std::string(definition.substr(0, end)) + "…";
}

}  // namespace

std::string cannot_fetch_or_register(std::string_view definition, std::string_view schema,
                                     std::string_view why) {
  return "Exception occurred while fetching or registering schema definition = " +
         quoted(definition) + ", schema name = " + std::string(schema) +
         ". Error: " + std::string(why);
}

std::string found_but_status(std::string_view status) {
  return "Schema Found but status is " + std::string(status);
}

std::string registration_is_off() {
  return "Failed to auto-register schema. Auto registration of schema is not enabled.";
}

std::string register_failed(std::string_view schema) {
  return "Register schema :: Call failed when registering the schema with the schema registry for "
         "schema name = " +
         std::string(schema);
}

std::string create_failed(std::string_view schema, std::string_view why) {
  return "Create schema :: Call failed when creating the schema with the schema registry for "
         "schema name = " +
         std::string(schema) + ". Error = " + std::string(why);
}

std::string evolution_check_failed(const Uuid& version) {
  const std::string id = version.to_string();
  return "Exception occurred, while performing schema evolution check for schemaVersionId = " + id +
         ": Schema evolution check failed. schemaVersionId " + id + " is in FAILURE status.";
}

std::string evolution_check_exhausted(const Uuid& version) {
  return "Retries exhausted for schema evolution check for schemaVersionId = " +
         version.to_string();
}

std::string cannot_get_version(const Uuid& version) {
  return "Failed to get schema version Id = " + version.to_string();
}

}  // namespace limpet::client
