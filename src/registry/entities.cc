#include "limpet/registry/entities.h"

#include <array>
#include <cstddef>

namespace limpet::registry {
namespace {

constexpr std::array<std::string_view, 2> kRegistryStatuses{"AVAILABLE", "DELETING"};
constexpr std::array<std::string_view, 3> kSchemaStatuses{"AVAILABLE", "PENDING", "DELETING"};
constexpr std::array<std::string_view, 4> kVersionStatuses{"AVAILABLE", "PENDING", "FAILURE",
                                                           "DELETING"};

template <class Enum, std::size_t Size>
std::optional<Enum> parse_word(const std::array<std::string_view, Size>& words,
                               std::string_view text) {
  for (std::size_t at = 0; at < Size; ++at) {
    if (words.at(at) == text) return static_cast<Enum>(at);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(RegistryStatus status) {
  return kRegistryStatuses.at(static_cast<std::size_t>(status));
}
std::string_view to_string(SchemaStatus status) {
  return kSchemaStatuses.at(static_cast<std::size_t>(status));
}
std::string_view to_string(VersionStatus status) {
  return kVersionStatuses.at(static_cast<std::size_t>(status));
}

std::optional<RegistryStatus> parse_registry_status(std::string_view text) {
  return parse_word<RegistryStatus>(kRegistryStatuses, text);
}
std::optional<SchemaStatus> parse_schema_status(std::string_view text) {
  return parse_word<SchemaStatus>(kSchemaStatuses, text);
}
std::optional<VersionStatus> parse_version_status(std::string_view text) {
  return parse_word<VersionStatus>(kVersionStatuses, text);
}

}  // namespace limpet::registry
